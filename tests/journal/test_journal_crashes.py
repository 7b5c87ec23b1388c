"""Killed at any moment, the journal holds whole transactions, and going on leaves nobody out and nobody twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import journal_victim
import pytest
from journal_making import DAY, MINUTE, NINE, Clock, batch, claim, opened, plan
from sqlalchemy import text

from tests.forking import ForkServer

VICTIM = Path(journal_victim.__file__)
ROUNDS = 3


@pytest.fixture
def killed(commands: ForkServer, url: str) -> Callable[[str, int, random.Random], list[list[str]]]:
    """Lets a process work, kills it some milliseconds after so many lines; all it had confirmed."""

    def work(act: str, after_lines: int, chance: random.Random) -> list[list[str]]:
        ours, theirs = os.pipe()
        with os.fdopen(ours, encoding="utf-8") as said:
            with os.fdopen(theirs, "wb") as out:
                child = commands.start([url, act], os.environ, out, sys.__stderr__, script=VICTIM)
            lines = [said.readline() for _ in range(after_lines)]
            time.sleep(chance.uniform(0, 0.02))
            child.kill()
            lines += said.readlines()
        child.wait()
        return [line.split() for line in lines if line.endswith("\n")]

    return work


def ask(journal, sql: str) -> list[tuple]:
    with journal._reading() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


HALF_BATCHES = """
    SELECT b.id FROM batch b LEFT JOIN message m ON m.batch_id = b.id LEFT JOIN offer o ON o.customer_id = m.customer_id
    GROUP BY b.id, b.size HAVING COUNT(m.message_id) <> b.size OR COUNT(o.customer_id) <> b.size
"""


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_planner_killed_anywhere_leaves_whole_batches_and_the_next_one_completes_the_day(url, killed, seed):
    """What was confirmed is there, nothing is half there, and afterwards everyone has exactly one key."""
    chance = random.Random(seed)
    confirmed = killed("plan", chance.randint(1, 60), chance)
    clock = Clock()
    journal = opened(url, clock)
    clock.advance(10 * MINUTE)

    assert ask(journal, HALF_BATCHES) == []
    kept = set(journal.memory("a", "z").contacts["customer_id"])
    for word, *rest in confirmed:
        if word == "batch":
            first = int(rest[0])
            assert kept.issuperset(journal_victim.CUSTOMERS[first : first + journal_victim.SIZE])

    journal_victim.plan(journal)
    assert sorted(journal.memory("a", "z").contacts["customer_id"]) == journal_victim.CUSTOMERS
    assert ask(journal, HALF_BATCHES) == []
    assert ask(journal, "SELECT COUNT(*) FROM run WHERE state = 'planning'") == [(0,)]
    mailed = set()
    while claimed := claim(journal):
        mailed.add(claimed.batch_id)
    assert len(mailed) == 90
    journal.close()


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_sender_killed_anywhere_sends_nothing_twice(url, killed, seed):
    """The batch under way is unknown, the others go on; no request leaves a second time."""
    chance = random.Random(seed)
    clock = Clock()
    journal = opened(url, clock)
    plan(journal, *(batch([f"c{n}"]) for n in range(60)))

    confirmed = killed("send", chance.randint(1, 40), chance)
    sent = [rest[0] for word, *rest in confirmed if word == "sent"]
    clock.advance(10 * MINUTE)
    buried = journal.bury_dead()
    while claimed := claim(journal):
        sent.append(claimed.batch_id)

    assert len(sent) == len(set(sent))
    assert len(set(sent)) + (buried - len([b for b in sent if _state(journal, b) == "unknown"])) == 60
    assert buried <= 1
    journal.close()


def _state(journal, batch_id: str) -> str:
    ((state,),) = ask(journal, f"SELECT state FROM batch WHERE id = '{batch_id}'")
    return state


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_an_ingest_killed_anywhere_keeps_events_and_effects_together(url, killed, seed):
    """No event without its withdrawal; reading again completes the rest."""
    chance = random.Random(seed)
    journal = opened(url)
    journal_victim.plan(journal)
    confirmed = killed("learn", chance.randint(1, 40), chance)

    apart = """
        SELECT COUNT(*) FROM engagement_event e JOIN message m ON m.message_id = e.message_id
        LEFT JOIN consent c ON c.customer_id = m.customer_id WHERE c.id IS NULL
    """
    assert ask(journal, apart) == [(0,)]
    ((stored,),) = ask(journal, "SELECT COUNT(*) FROM engagement_event")
    assert stored % 10 == 0
    assert stored >= 10 * sum(word == "events" for word, *_ in confirmed)
    journal_victim.learn(journal)
    assert ask(journal, "SELECT COUNT(*) FROM engagement_event") == [(len(journal_victim.CUSTOMERS),)]
    journal.close()


def test_two_planners_at_once_write_everybody_once(url):
    """Two processes plan the same day: each customer has one message, whoever was quicker."""
    children = [
        subprocess.Popen([sys.executable, VICTIM, url, "plan"], stdout=subprocess.DEVNULL) for _ in range(2)
    ]
    assert [child.wait() for child in children] == [0, 0]

    journal = opened(url)
    assert sorted(journal.memory("a", "z").contacts["customer_id"]) == journal_victim.CUSTOMERS
    assert ask(journal, HALF_BATCHES) == []
    assert journal.day_status(DAY).open == 90 * journal_victim.SIZE
    journal.close()


def test_two_senders_at_once_send_each_batch_once(url):
    """Two processes empty one queue."""
    journal = opened(url)
    plan(journal, *(batch([f"c{n}"]) for n in range(60)))
    children = [
        subprocess.Popen([sys.executable, VICTIM, url, "send"], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    sent = [
        line.split()[1]
        for child in children
        for line in child.communicate()[0].splitlines()
        if "sent" in line
    ]

    assert len(sent) == len(set(sent)) == 60
    assert journal.open_messages(NINE) == 0
    journal.close()
