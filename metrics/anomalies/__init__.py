"""Unusual days: what a figure should have been, how far it is off, and which cut of the shop explains it."""
