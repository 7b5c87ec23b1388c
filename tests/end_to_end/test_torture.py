"""The torture in short (`make torture` is the long one), and the proof that its check can fail."""

from __future__ import annotations

import random

import pytest

from tests.torture.databases import postgresql
from tests.torture.nursery import Nursery
from tests.torture.oracle import OPEN
from tests.torture.stage import Stage
from tests.torture.weakened import SAFEGUARDS

SEED = 20_261_122
MESSAGES, KILLS = 600, 12  # in each of the rounds
SOON = {"quiet": '"1 minute"'}  # where nothing is to be heard anyway
SHORT = {"quiet": '"5 minutes"'}  # where nobody is killed at random
ROUNDS = 3  # a busy machine lets a process sleep through what it was to be killed in


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A fork server and a PostgreSQL for all rounds."""
    folder = tmp_path_factory.mktemp("torture")
    with postgresql() as server, Nursery(folder / "log") as nursery:
        yield Stage(folder, nursery, server)


@pytest.mark.parametrize(
    ("journal", "policy", "given"),
    [
        ("sqlite", "hold, webhook dead", {"settings": SOON}),
        ("postgresql", "resend", {}),
        ("sqlite", "scheduled", {"scale": 120.0}),
    ],
    ids=["hold", "resend", "scheduled"],
)
def test_processes_killed_at_random_lose_and_repeat_nothing(stage, journal, policy, given):
    """Sender, twin, web, database and planner are killed again and again; everyone has one mail, or is listed."""
    name = policy.split(",")[0]
    played, judgement = stage.play(
        name,
        journal=journal,
        policy=policy,
        messages=MESSAGES,
        batch_size=5,
        kills=KILLS,
        insists=True,
        chance=random.Random(f"{SEED} {name}"),
        **given,
    )

    assert not judgement.wrong, judgement.told()
    assert played.cast.killed.total() >= KILLS
    assert judgement.messages == MESSAGES


# What each is needed for: how it is provoked, and which finding of the check tells that it is missing.
PROVOKED = {
    "attempt": ({"policy": "hold", "kills": 8}, "taken under an attempt that was not written down"),
    "recheck": ({"policy": "hold", "kills": 0}, "suppressed before the claim, and mailed"),
    "unique-key": ({"policy": "hold", "kills": 0}, "more than once in the journal"),
    "frozen-body": ({"policy": "hold", "kills": 2}, "not the mail that was planned"),
    "fencing": ({"policy": "resend", "kills": 0, "stalls": 1, "settings": SHORT}, "went out more than once"),
    "evidence": ({"policy": "resend", "kills": 0, "news": 1, "settings": SHORT}, "went out more than once"),
    "absence": ({"policy": "resend, webhook dead", "kills": 4}, "went out more than once"),
}


def test_every_safeguard_is_tried():
    """None was added without a proof that it is needed."""
    assert PROVOKED.keys() == SAFEGUARDS.keys()


@pytest.mark.parametrize("safeguard", PROVOKED)
def test_without_a_safeguard_the_check_fails(stage, safeguard):
    """The same round with one safeguard taken away is found out; where no kill met the gap, the next one is."""
    given, finding = PROVOKED[safeguard]
    rounds = (_without(stage, safeguard, number, given) for number in range(ROUNDS))
    assert any(finding in judgement.wrong for judgement in rounds)


def _without(stage, safeguard, number, given):
    _, judgement = stage.play(
        f"without-{safeguard}-{number}",
        journal="sqlite",
        messages=400,
        batch_size=10,
        chance=random.Random(f"{SEED} {safeguard} {number}"),
        insists=True,
        without=safeguard,
        until=OPEN if safeguard == "absence" else ("queued", "sending"),
        **given,
    )
    return judgement
