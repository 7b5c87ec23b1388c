"""The torture: thousands of messages through a misbehaving SendGrid while processes are killed at random.

`make torture`, or `python -m tests.torture --help`. What it does and how to read it: docs/torture.md.
"""
