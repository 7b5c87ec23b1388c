"""Measurements against the physical limit and against what a user would write instead. No test reads a clock."""
