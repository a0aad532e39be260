"""The sample shop: a generator of plausible order lines with planted incidents."""
