"""Tests of what a tactic did."""
