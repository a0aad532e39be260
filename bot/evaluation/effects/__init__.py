"""Measuring the measurement: simulated tactics with a known effect."""
