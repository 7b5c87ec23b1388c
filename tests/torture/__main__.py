"""`python -m tests.torture`: see --help, and docs/torture.md for how to read what it prints."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.torture import weakened
from tests.torture.databases import postgresql
from tests.torture.nursery import Nursery
from tests.torture.stage import POLICIES, Stage
from tests.torture.tally import Tally
from tests.torture.workers import kill_workers

JOURNALS = ("sqlite", "postgresql")


def main() -> int:
    """Torture until enough was killed; 0 if nothing was found, 1 if something was."""
    wanted = _arguments()
    tally, began = Tally(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pakdee-torture-") as folder, postgresql() as server:
        base = Path(wanted.keep or folder)
        with Nursery(base / "log") as nursery:
            stage = Stage(base, nursery, server)
            for number, (journal, policy) in enumerate(_rounds(wanted)):
                if _is_enough(wanted, tally, number, began):
                    break
                chance = random.Random(f"{wanted.seed} {number}")
                done, judgement = stage.play(
                    f"round-{number}",
                    journal=journal,
                    policy=policy,
                    messages=wanted.messages,
                    kills=wanted.kills_in_a_round,
                    stalls=wanted.stalls if policy == "resend" else 0,
                    news=wanted.stalls if policy == "resend" else 0,
                    chance=chance,
                    without=wanted.without,
                )
                kills, in_the_middle = done.cast.killed, done.open_at_kill.total()
                print(
                    tally.add(f"{number}. {journal}, {policy}", kills, in_the_middle, judgement), flush=True
                )
        if wanted.workers:
            judgement = kill_workers(base / "prefect", wanted.workers, random.Random(wanted.seed))
            killed = Counter(worker=wanted.workers)
            print(tally.add("Prefect's worker", killed, wanted.workers, judgement), flush=True)
    print(f"\n{tally.told()}\n{time.monotonic() - began:.0f} s, seed {wanted.seed}")
    return 1 if tally.findings else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of all chance but the machine's own")
    parser.add_argument(
        "--rounds", type=int, default=None, help="at most so many; else until --kills are reached"
    )
    parser.add_argument(
        "--kills",
        type=int,
        default=1000,
        help="of processes, in all rounds together, each kind once at least",
    )
    parser.add_argument("--kills-in-a-round", type=int, default=110, help="at most, in one round")
    parser.add_argument(
        "--stalls", type=int, default=2, help="in a round: sleeps past a claim, and news amid a decision"
    )
    parser.add_argument("--messages", type=int, default=20_000, help="in one round, 20 to a request")
    parser.add_argument("--journal", choices=[*JOURNALS, "both"], default="both")
    parser.add_argument("--policy", choices=[*POLICIES, "all"], default="all")
    parser.add_argument("--minutes", type=float, default=None, help="begin no round after so long")
    parser.add_argument(
        "--workers", type=int, default=5, help="kills of a real Prefect worker; 0 leaves it out"
    )
    parser.add_argument("--without", choices=sorted(weakened.SAFEGUARDS), help="take a safeguard away")
    parser.add_argument("--keep", help="a folder that keeps everything, to look at afterwards")
    return parser.parse_args()


def _rounds(wanted: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Journals and policies in turn, for ever."""
    journals = JOURNALS if wanted.journal == "both" else (wanted.journal,)
    policies = POLICIES if wanted.policy == "all" else (wanted.policy,)
    while True:
        yield from ((journal, policy) for policy in policies for journal in journals)


def _is_enough(wanted: argparse.Namespace, tally: Tally, number: int, began: float) -> bool:
    if wanted.rounds is not None and number >= wanted.rounds:
        return True
    if wanted.minutes is not None and time.monotonic() - began > wanted.minutes * 60:
        return True
    each = (2 if wanted.journal == "both" else 1) * (len(POLICIES) if wanted.policy == "all" else 1)
    return wanted.rounds is None and number >= each and tally.kills.total() >= wanted.kills


if __name__ == "__main__":
    sys.exit(main())
