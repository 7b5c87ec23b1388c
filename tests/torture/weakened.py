"""Safeguards, taken away one at a time in the harness' own children: a check that cannot fail shows nothing.

Each function changes code in memory, in a process that was forked for this; the product knows no switches.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

from sqlalchemy import text

from pakdee.delivery import Sender
from pakdee.domain.message import ClaimedBatch, Hold, Receipt
from pakdee.domain.settlement import Decision, Unclear
from pakdee.jobs import settling
from pakdee.journal import Journal, claiming, statements
from pakdee.journal.schema import attempt, batch
from tests.torture.world import FIRST_WORDS, World

STOLEN = 90_000_000  # microseconds that other workers leave a batch alone which one holds only in memory


def take_away(world: World) -> None:
    """Remove the safeguard this world does without; nothing when it has them all."""
    if world.without:
        SAFEGUARDS[world.without](world)


def without_fencing(_world: World) -> None:
    """Whatever a worker says about a batch is written down, even when others have claimed it since."""

    def blind(sql: str) -> Any:
        return text(re.sub(r" AND (b\.)?(fence|attempt_id) = :\w+", "", sql))

    statements.statement.cache_clear()
    statements.text = blind


def without_attempt(_world: World) -> None:
    """A claim is kept in memory until the answer is there; the journal hears of both at once."""
    claim, record = Journal.claim, Journal._record
    kept: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}

    def claim_in_memory(self: Journal, **given: Any) -> ClaimedBatch | None:
        claimed = claim(self, **given)
        if claimed:
            kept[claimed.attempt_id] = _unwrite(self, claimed)
        return claimed

    def write_both(self: Journal, claimed: ClaimedBatch, outcome: str, **values: Any) -> bool:
        _write_again(self, *kept.pop(claimed.attempt_id))
        return record(self, claimed, outcome, **values)

    Journal.claim, Journal._record = claim_in_memory, write_both


def _unwrite(journal: Journal, claimed: ClaimedBatch) -> tuple[dict[str, Any], dict[str, Any]]:
    with journal._writing() as connection:
        mine = attempt.c.id == claimed.attempt_id
        its_row = dict(connection.execute(attempt.select().where(mine)).mappings().one())
        row = dict(connection.execute(batch.select().where(batch.c.id == claimed.batch_id)).mappings().one())
        connection.execute(attempt.delete().where(mine))
        untried = {"state": "queued", "worker": None, "lease_until": None, "attempts": 0, "attempt_id": None}
        later = {"retry_at": its_row["claimed_at"] + STOLEN}
        connection.execute(batch.update().where(batch.c.id == row["id"]).values(untried | later))
    return row, its_row


def _write_again(journal: Journal, row: dict[str, Any], its_row: dict[str, Any]) -> None:
    names = ("state", "worker", "lease_until", "attempts", "attempt_id", "retry_at")
    with journal._writing() as connection:
        unchanged = (batch.c.id == row["id"]) & (batch.c.fence == row["fence"]) & (batch.c.state == "queued")
        connection.execute(batch.update().where(unchanged).values({name: row[name] for name in names}))
        connection.execute(attempt.insert(), its_row)


def without_recheck(_world: World) -> None:
    """A claim trusts the plan about who may be mailed."""
    rows = claiming.rows

    def trusting(connection: Any, name: str, values: Any) -> list[Any]:
        return [] if name == "affected_messages" else rows(connection, name, values)

    claiming.rows = trusting


def take_away_keys(world: World) -> None:
    """Where the world does without unique keys: the tables were just made, so nothing is lost with them."""
    if world.without == "unique-key":
        assert world.journal_url.startswith("sqlite:///"), "only shown on SQLite"
        with closing(sqlite3.connect(world.journal_url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute("CREATE TABLE bare AS SELECT * FROM message")
            connection.execute("DROP TABLE message")
            connection.execute("ALTER TABLE bare RENAME TO message")


def without_unique_key(_world: World) -> None:
    """Planners meet tables without keys; see `take_away_keys`."""


def without_frozen_body(world: World) -> None:
    """What is sent is written anew from the template as it stands at that moment."""
    send = Sender.send

    def render_and_send(self: Sender, claimed: ClaimedBatch, hold: Hold | None, **given: Any) -> Receipt:
        body = claimed.body.replace(FIRST_WORDS.encode(), world.words().encode())
        anew = ClaimedBatch(
            claimed.batch_id,
            claimed.campaign,
            claimed.attempt_id,
            claimed.fence,
            body,
            claimed.size,
            claimed.send_by,
        )
        return send(self, anew, hold, **given)

    Sender.send = render_and_send


def without_absence(_world: World) -> None:
    """What is unclear is sent again at once."""

    def impatient(unclear: Unclear, **_: Any) -> Decision:
        return Decision.ACCEPT if unclear.has_evidence else Decision.RESEND

    settling.settle = impatient


def without_evidence(_world: World) -> None:
    """A decision is carried out as it was made, whatever has arrived since."""

    def decide(self: Journal, unclear: Unclear, decision: Decision) -> bool:
        states = {Decision.RESEND: "queued", Decision.ACCEPT: "accepted", Decision.UNCONFIRMED: "unconfirmed"}
        now = None if decision is Decision.RESEND else self._now()
        since = batch.c.since if decision is Decision.UNCONFIRMED else None
        changes = {
            "state": states[decision],
            "reason": "decided",
            "settled_at": now,
            "since": since,
            "provider_id": None,
        }
        with self._writing() as connection:
            connection.execute(batch.update().where(batch.c.id == unclear.batch_id).values(changes))
        return True

    Journal.decide = decide


SAFEGUARDS: dict[str, Callable[[World], None]] = {
    "fencing": without_fencing,
    "attempt": without_attempt,
    "recheck": without_recheck,
    "unique-key": without_unique_key,
    "frozen-body": without_frozen_body,
    "absence": without_absence,
    "evidence": without_evidence,
}
