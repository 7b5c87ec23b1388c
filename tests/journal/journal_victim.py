"""A process that works on a journal until it is killed. It says what the journal has confirmed, line by line."""

from __future__ import annotations

import sys

from journal_making import DAY, batch, claim, event, held, opened, start

from pakdee.domain.message import Receipt
from pakdee.domain.vocabulary import EventKind

SIZE = 50
CUSTOMERS = [f"c{n:05}" for n in range(100 * SIZE)]


def say(*words: object) -> None:
    print(*words, flush=True)


def plan(journal) -> None:
    """Enqueue everybody, batch by batch, without those who are taken; hold out every tenth batch."""
    run = start(journal)
    say("run", run)
    for number, first in enumerate(range(0, len(CUSTOMERS), SIZE)):
        chosen = CUSTOMERS[first : first + SIZE]
        if number % 10 == 9:
            journal.set_aside(run, [held(c) for c in chosen], due_on=DAY)
        else:
            taken = journal.enqueue(run, batch(chosen, codes=True), due_on=DAY)
            free = [c for c in chosen if c not in taken]
            if taken and free:
                assert not journal.enqueue(run, batch(free, codes=True), due_on=DAY)
        say("batch", first)
    journal.finish_run(run)
    say("planned")


def send(journal) -> None:
    """Send everything; the line stands for the request that leaves."""
    while claimed := claim(journal):
        say("sent", claimed.batch_id)
        journal.accepted(claimed, Receipt("x-1", 202))
    say("done")


def learn(journal) -> None:
    """Append unsubscriptions, a handful at a time."""
    for first in range(0, len(CUSTOMERS), 10):
        journal.append_events([event(EventKind.UNSUBSCRIBED, c) for c in CUSTOMERS[first : first + 10]])
        say("events", first)


if __name__ == "__main__":
    found = opened(sys.argv[1])
    say("open")
    {"plan": plan, "send": send, "learn": learn}[sys.argv[2]](found)
    found.close()
