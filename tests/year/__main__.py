"""`python -m tests.year`: see --help, and docs/year.md for how to read what it prints."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

from pakdee.cli import show
from tests.year.checks import Check
from tests.year.play import play
from tests.year.record import Record
from tests.year.sums import judge
from tests.year.telling import lines, silent

SHOWN = 5  # examples of each kind of finding


def main() -> int:
    """Simulate the time asked for; 0 if every check held, 1 if not."""
    wanted, began = _arguments(), time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="pakdee-year-") as folder,
        show.progress(quiet=wanted.json) as bar,
    ):
        record = play(
            Path(folder),
            customers=wanted.customers,
            first=wanted.first,
            days=wanted.days,
            seed=wanted.seed,
            progress=bar,
        )
    checks = [silent(record), *judge(record)]
    _as_json(record, checks) if wanted.json else _for_people(record, checks, time.monotonic() - began)
    return 1 if any(check.wrong for check in checks) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    parser.add_argument("--customers", type=int, default=2000, help="members of the made-up shop, from 50")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1, help="of the shop, and of what readers do")
    first = dt.date(2026, 1, 1)
    parser.add_argument("--from", dest="first", type=dt.date.fromisoformat, default=first, metavar="DAY")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    return parser.parse_args()


def _for_people(record: Record, checks: list[Check], seconds: float) -> None:
    days = f"{record.days} days from {record.first}"
    headings = ["campaign", "messages", "first day", "customers", "held out", "why not"]
    rows = [
        (one.campaign, one.messages, one.first_day, one.customers, one.held_out, one.why_not)
        for one in lines(record)
    ]
    show.table(f"{len(record.people):,} customers, {days}", headings, rows)
    found = [
        (one.name, f"{one.looked_at:,}", "; ".join(one.wrong[:SHOWN]) or "holds", len(one.wrong))
        for one in checks
    ]
    show.table("Checks", ["check", "rows", "", "wrong"], found)
    states = ", ".join(f"{n:,} {what}" for what, n in _sums(record).items())
    show.say(f"{states}. {seconds:.0f} s.")


def _sums(record: Record) -> dict[str, int]:
    return {
        "mails left": len(record.mails),
        "offers": len(record.offers),
        "codes used": len(record.uses),
        "answers": record.answers,
        "readers left or bounced": len(record.stops),
    }


def _as_json(record: Record, checks: list[Check]) -> None:
    show.as_json({"campaigns": lines(record), "checks": checks, "sums": _sums(record)})


if __name__ == "__main__":
    sys.exit(main())
