"""Tests of the house write ledgers and journals with the same few lines as those rooms' own."""

import neighbours  # noqa: F401 -- makes them known
