"""Measured figures of the whole product against what it promises; run with `python -m benchmarks`."""
