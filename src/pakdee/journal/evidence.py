"""What proves that a request was taken: an event of one of its attempts, or of one of its messages."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from pakdee.journal.statements import in_chunks, statement

DEAD_WORKER = "its worker died while sending: it may have gone out"
EVIDENCE = "an event of this mail arrived"


def settle_by_evidence(connection: Connection, batches: Collection[str], now: int) -> int:
    """Those of these batches that are unclear, and of which an event has arrived, become accepted; how many.

    The caller holds the lock of the logs: an event that is being stored sees the batch, or is seen here.
    """
    count = 0
    for chunk in in_chunks(sorted(batches)):
        values = {"batches": chunk, "now": now, "reason": EVIDENCE}
        settled = connection.execute(statement("settle_by_evidence", many="batches"), values)
        taken = [row.id for row in settled]
        if taken:
            query = statement("attempts_with_evidence", many="batches")
            connection.execute(query, {"batches": taken, "now": now})
            count += len(taken)
    return count
