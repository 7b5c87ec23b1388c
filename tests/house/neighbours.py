"""Where the makers of ledgers and journals stand that tests of the house share with those rooms' own tests."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""Of the project."""

sys.path[:0] = [str(ROOT / "tests" / room) for room in ("ledger", "journal")]
