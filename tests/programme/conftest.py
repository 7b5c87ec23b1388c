"""The programme's tests write their ledgers with the same few lines as the ledger's own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
