"""The end of an import: guarded, written, described in its manifest, told in its report."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pakdee.domain.errors import ImportRefused
from pakdee.ledger.intake.guards import refuse_loss
from pakdee.ledger.intake.impossible import note_excess
from pakdee.ledger.intake.report import SHOWN, ImportReport, Reject
from pakdee.ledger.intake.staging import Bench, query
from pakdee.ledger.intake.store import Written, commit, content_hash, new_id, tidy, write_tables
from pakdee.ledger.intake.wish import Wish
from pakdee.ledger.snapshot import Snapshot, newest_snapshot


def conclude(
    bench: Bench, wish: Wish, last: Snapshot | None, names: list[str], digests: dict[str, str]
) -> ImportReport:
    """Write the merged tables `names` as a new snapshot, unless facts would be lost or nothing is new.

    Args:
        last: the snapshot in force when the import began.
        digests: sha256 by name of the files read.

    Raises:
        ImportRefused: facts would be lost, or another import came in between.
    """
    written = write_tables(bench, names)
    newest = bench.one("SELECT max(ordered_at) FROM merged_orders") if "orders" in names else None
    if last and not wish.append and not wish.accept_loss:
        rows = {name: table.rows for name, table in written.items()}
        refuse_loss(last, rows, newest, shrink=wish.shrink, where=str(wish.path))
    _note_consent(bench, wish, written)
    note_excess(bench)
    rejects, counts = _rejects(bench)
    content = content_hash(written, zone=bench.zone.key, currency=bench.currency)
    if last and last.manifest["content"] == content:
        bench.notes.append(f"nothing is new: the facts are those of snapshot {last.id}, which stays")
        return _report(last, rejects, counts, bench.notes)
    _refuse_race(wish, last)
    manifest = _manifest(bench, wish, last, written) | {
        "id": new_id(bench.now, content, last),
        "content": content,
        "files": digests,
        "facts_until": newest.isoformat() if newest else None,
        "rejects": [{"table": t, "reason": r, "rows": n} for (t, r), n in counts.items()],
    }
    snapshot = commit(bench, wish.location, manifest)
    tidy(wish.location, keep=wish.keep, newest=snapshot.path)
    return _report(snapshot, rejects, counts, bench.notes)


def _refuse_race(wish: Wish, last: Snapshot | None) -> None:
    newest = newest_snapshot(wish.location)
    if newest and newest.id != (last.id if last else None):
        what = "another import finished while this one ran"
        raise ImportRefused(what, where=str(wish.path), next_step="import again")


def _manifest(bench: Bench, wish: Wish, last: Snapshot | None, written: dict[str, Written]) -> dict[str, Any]:
    described = {
        name: {"rows": table.rows, "sha256": table.sha256, "columns": list(table.columns)}
        for name, table in written.items()
    }
    provides = [name for name, table in written.items() if table.rows]
    provides += [f"{name}.{column}" for name, table in written.items() for column in table.filled]
    return {
        "made_at": bench.now.astimezone(dt.UTC).isoformat(),
        "source": wish.source.name if wish.source else wish.adapter or "canonical",
        "append_to": last.id if wish.append and last else None,
        "zone": bench.zone.key,
        "currency": bench.currency,
        "tables": described,
        "provides": sorted(provides),
        "notes": bench.notes,
    }


def _note_consent(bench: Bench, wish: Wish, written: dict[str, Written]) -> None:
    customers = written.get("customers")
    if wish.assume_consent and bench.has("clean_customers"):
        assumed = bench.one(query("assumed"))
        bench.notes.append(
            f"CONSENT WAS ASSUMED for {assumed:,} customers who never said yes or no (--assume-consent)"
        )
    elif customers and not customers.columns.get("marketing_consent"):
        bench.notes.append("there is no marketing_consent, so nobody can be sent marketing mail")


def _rejects(bench: Bench) -> tuple[tuple[Reject, ...], dict[tuple[str, str], int]]:
    counts = {(table, reason): rows for table, reason, rows in bench.run(query("count_rejects"))}
    listed = tuple(Reject(*row) for row in bench.run(query("list_rejects"), [SHOWN]))
    return listed, counts


def _report(
    snapshot: Snapshot, rejects: tuple[Reject, ...], counts: dict[tuple[str, str], int], notes: list[str]
) -> ImportReport:
    rows = {name: table["rows"] for name, table in snapshot.manifest["tables"].items() if name != "persons"}
    return ImportReport(snapshot, rows, rejects, counts, tuple(notes))
