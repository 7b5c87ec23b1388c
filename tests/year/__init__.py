"""A simulated year of the made-up shop, day by day, through the real planning and a sender in memory.

`python -m tests.year` plays it; `docs/year.md` says how to read what it prints. In short in `tests/end_to_end`.
"""
