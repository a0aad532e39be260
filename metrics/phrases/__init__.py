"""The words people use for time, one family of phrases a file; `metrics.periods.read` puts them together."""
