"""What each step of planning costs, in processor microseconds per message: one process, one shard after the other.

Steps that hand single messages on are measured by what they add: drafts alone, drafts and writing, and so on,
since to keep what one step made for the next would measure the garbage collector instead.

    python -m benchmarks.steps --customers 100000
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import shop


def steps(folder: Path) -> Counter[str]:
    """Seconds per step over all customers of a project made by `benchmarks.shop`."""
    from pakdee.domain.plan import plan
    from pakdee.domain.vocabulary import Verdict
    from pakdee.house import open_house
    from pakdee.jobs.people import columns_read, situation
    from pakdee.jobs.planning import SHARD

    house = open_house(folder)
    campaign = house.project.campaigns["birthday"]
    table, chain = house.features(shop.DAY), Chain(house, campaign)
    took: Counter[str] = Counter()
    with table.reading(columns_read(house, [campaign]), threads=1) as read:
        for first, last in table.ranges(SHARD):
            people = _timed(took, "read the shard", partial(read, first, last))
            found = _timed(took, "lay out what decides", partial(situation, house, shop.DAY, people))
            made = _timed(took, "decide", partial(plan, found, [campaign]))
            keys = _timed(took, "name the messages", partial(made.keys, campaign.name, Verdict.INCLUDED))
            for name, work in chain.links.items():
                _timed(took, name, partial(work, people, keys))
    before = 0.0
    for name in chain.links:
        took[name], before = took[name] - before, took[name]
    return took


class Chain:
    """What is done for each message; each link does what the one before does, and one thing more."""

    def __init__(self, house: Any, campaign: Any) -> None:
        from pakdee.jobs.enqueuing import Mails

        self._house, self._run_id = house, _run(house)
        self._mails = Mails(house, campaign, shop.DAY)
        self.links: dict[str, Callable[[Any, Any], Any]] = {
            "draft": lambda people, keys: sum(1 for _ in self._drafts(people, keys)),
            "write": lambda people, keys: sum(1 for _ in self._written(people, keys)),
            "press into requests": lambda people, keys: sum(1 for _ in self._pressed(people, keys)),
            "put into the journal": self._enqueued,
        }

    def _drafts(self, people: Any, keys: Any) -> Iterator[Any]:
        offer = 0 if self._mails.campaign.brings else -1
        return self._mails.drafter.drafts(people, keys, [offer] * len(keys))

    def _written(self, people: Any, keys: Any) -> Iterator[Any]:
        for draft in self._drafts(people, keys):
            yield draft, self._mails.writer(draft.locale, draft.variant).write(draft)

    def _pressed(self, people: Any, keys: Any) -> Iterator[Any]:
        for draft, written in self._written(people, keys):
            yield from self._mails.press(draft.locale, draft.variant).add(draft, written)
        for press in self._mails.presses():
            yield from press.rest()

    def _enqueued(self, people: Any, keys: Any) -> None:
        for request in self._pressed(people, keys):
            self._house.journal.enqueue(self._run_id, request, due_on=shop.DAY)


def _run(house: Any) -> str:
    from pakdee.jobs.planning import LEASE

    return house.journal.start_run(
        day=shop.DAY,
        zone=house.zone.key,
        campaigns=["birthday"],
        content_version=house.project.content_version,
        snapshot_id=house.snapshot.id,
        lease=LEASE,
    )


def _timed(took: Counter[str], name: str, work: Callable[[], Any]) -> Any:
    began = time.process_time()
    result = work()
    took[name] += time.process_time() - began
    return result


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--customers", type=int, default=100_000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "shop"
        shop.make_project(project, given.customers)
        took = steps(project)
    for name, seconds in took.items():
        print(f"{name:36} {seconds / given.customers * 1e6:6.2f} us")
    print(f"{'sum':36} {sum(took.values()) / given.customers * 1e6:6.2f} us")


if __name__ == "__main__":
    main()
