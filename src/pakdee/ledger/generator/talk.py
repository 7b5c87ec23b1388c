"""What members tell the shop: answers to its question, complaints, and friends they bring along."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pakdee.ledger.generator.moments import Day, at_some_hour, between, days_of, numbered

ASKED_EVERY, ANSWERED = 180, 0.35
"""Nobody is asked twice in so many days; so many answer."""
WAVE, WAVE_DAYS = 0.12, 4
"""Lately all are asked, and so many have answered, within so many days."""
SCORES = (0.01, 0.005, 0.01, 0.015, 0.02, 0.05, 0.05, 0.11, 0.20, 0.26, 0.27)
COMPLAINS, SETTLED, HARD, HARDER = 0.06, 3.0, 0.2, 6
"""So many orders lead to a ticket, settled in so many days in the mean; so many are so many times as hard."""
INVITED, RETURN_DAYS = 0.20, 14
"""So many members came because a member invited them; they count when their first order can't come back."""


def make_answers(chance: np.random.Generator, orders: pd.DataFrame, until: Day) -> pd.DataFrame:
    """`survey_responses` to the NPS question: some days after an order, and in a wave of the last days."""
    bought = orders[orders["customer_id"] != ""][["customer_id", "ordered_at"]]
    days = days_of(bought["ordered_at"])
    blocks = bought.assign(day=days, block=(until - days).astype(int) // ASKED_EVERY)
    asked = blocks.drop_duplicates(["customer_id", "block"])
    after = asked[chance.random(len(asked)) < ANSWERED]
    after = pd.DataFrame({"customer_id": after["customer_id"], "asked": after["day"].to_numpy() + 7})
    after["answered"] = after["asked"].to_numpy() + chance.integers(0, 5, len(after))
    lately = asked[asked["block"] == 0].drop_duplicates("customer_id")
    lately = lately[chance.random(len(lately)) < WAVE][["customer_id"]].assign(asked=until - WAVE_DAYS)
    lately["answered"] = until - chance.integers(1, WAVE_DAYS + 1, len(lately))
    return _scored(chance, pd.concat([after, lately], ignore_index=True), until)


def _scored(chance: np.random.Generator, answers: pd.DataFrame, until: Day) -> pd.DataFrame:
    answers = answers[answers["answered"].to_numpy() < until]
    asked, answered = (answers[name].to_numpy(dtype="datetime64[D]") for name in ("asked", "answered"))
    quarters = pd.PeriodIndex(pd.DatetimeIndex(asked), freq="Q").astype(str)
    table = pd.DataFrame(
        {
            "survey_id": np.char.add("nps-", quarters.to_numpy(dtype=str)),
            "customer_id": answers["customer_id"].to_numpy(),
            "question": "nps",
            "score": chance.choice(11, len(answers), p=SCORES),
            "scale_max": 10,
            "asked_at": np.char.add(asked.astype(str), " 07:00"),
            "answered_at": at_some_hour(chance, answered),
        }
    )
    return numbered(table, "response_id", "S", "answered_at")


def make_tickets(chance: np.random.Generator, orders: pd.DataFrame, until: Day) -> pd.DataFrame:
    """`tickets` about orders; those not closed in time are open."""
    of_members = orders[orders["customer_id"] != ""]
    about = of_members[chance.random(len(of_members)) < COMPLAINS]
    opened = days_of(about["ordered_at"]) + chance.integers(0, 6, len(about))
    in_time = np.asarray(opened < until)
    about, opened = about[in_time], opened[in_time]
    work = chance.exponential(SETTLED, len(about)) * np.where(chance.random(len(about)) < HARD, HARDER, 1)
    closed = opened + 1 + np.floor(work).astype(int)
    is_closed = closed < until
    satisfied = chance.choice(["", "2", "3", "4", "5"], len(about), p=[0.5, 0.05, 0.1, 0.15, 0.2])
    table = pd.DataFrame(
        {
            "customer_id": about["customer_id"].to_numpy(),
            "channel": chance.choice(["email", "line", "phone"], len(about)),
            "category": chance.choice(["delivery", "product", "payment", "question"], len(about)),
            "severity": chance.choice(["low", "normal", "high"], len(about), p=[0.4, 0.5, 0.1]),
            "opened_at": at_some_hour(chance, opened),
            "closed_at": np.where(is_closed, at_some_hour(chance, closed), ""),
            "at_fault": chance.choice(
                ["us", "carrier", "customer", ""], len(about), p=[0.45, 0.2, 0.1, 0.25]
            ),
            "order_id": about["order_id"].to_numpy(),
            "csat": np.where(is_closed, satisfied, ""),
        }
    )
    return numbered(table, "ticket_id", "T", "opened_at")


def make_referrals(
    chance: np.random.Generator, people: pd.DataFrame, orders: pd.DataFrame, until: Day
) -> pd.DataFrame:
    """`referrals`: friends who joined, and as many again who did not."""
    joined = days_of(people["joined_at"])
    friends = 1 + np.flatnonzero(chance.random(len(people) - 1) < INVITED)
    givers = np.floor(chance.random(len(friends)) * friends).astype(int)  # members before them
    invited = between(chance, np.maximum(joined[givers], joined[friends] - 14), joined[friends])
    won = pd.DataFrame({"giver": givers, "day": invited, "friend": people["customer_id"].to_numpy()[friends]})
    firsts = orders[orders["customer_id"] != ""].drop_duplicates("customer_id").set_index("customer_id")
    won = won.join(firsts[["order_id", "ordered_at"]], on="friend")
    lost = chance.choice(givers, len(givers))
    still_out = pd.DataFrame({"giver": lost, "day": between(chance, joined[lost], until - 1)})
    return _told(chance, pd.concat([won, still_out], ignore_index=True).fillna(""), people, until)


def _told(
    chance: np.random.Generator, invitations: pd.DataFrame, people: pd.DataFrame, until: Day
) -> pd.DataFrame:
    counts = np.full(len(invitations), until)
    bought = (invitations["ordered_at"] != "").to_numpy()
    counts[bought] = days_of(invitations["ordered_at"][bought]) + RETURN_DAYS
    is_won = counts < until
    table = pd.DataFrame(
        {
            "referrer_id": people["customer_id"].to_numpy()[invitations["giver"].to_numpy(dtype=int)],
            "invitee_key": [f"{key:016x}" for key in chance.integers(0, 2**62, len(invitations)).tolist()],
            "invited_at": at_some_hour(chance, invitations["day"].to_numpy(dtype="datetime64[D]")),
            "converted_customer_id": np.where(is_won, invitations["friend"], ""),
            "converted_order_id": np.where(is_won, invitations["order_id"], ""),
            "converted_at": np.where(is_won, np.char.add(counts.astype(str), " 06:00"), ""),
        }
    )
    return numbered(table, "referral_id", "N", "invited_at")
