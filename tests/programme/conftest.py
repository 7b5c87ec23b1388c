"""The programme's tests write their ledgers with the same few lines as the ledger's own.

Random programmes and shops are those of the domain's tests of accounts.
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / room) for room in ("ledger", "domain")]
