"""Tests of the house write ledgers and journals with the same few lines as those rooms' own."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / room) for room in ("ledger", "journal")]
