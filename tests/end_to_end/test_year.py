"""Some days of the simulated year (`make year` is the whole), and the proof that each of its checks can fail."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest

from pakdee.domain.vocabulary import Verdict
from pakdee.jobs import planning
from tests.year.play import play
from tests.year.points import Account
from tests.year.post import Mail
from tests.year.readers import Stop, Use
from tests.year.record import Offer, Record
from tests.year.sums import CHECKS, judge
from tests.year.telling import FIRES_WITHIN, lines, silent

FIRST, DAYS = dt.date(2026, 6, 13), 5


@pytest.fixture(scope="module")
def record(tmp_path_factory) -> Record:
    """Five days in which the news, a survey and a partner's codes go out, besides all that goes out every day.

    Templates are not tried before: what that finds out in eight seconds, tests of the starter project ask.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "require_usable", lambda _: None)
        folder = tmp_path_factory.mktemp("year")
        return play(folder, customers=200, first=FIRST, days=DAYS, seed=1, progress=lambda *_: None)


def test_five_days_add_up(record):
    """Every check holds on what really happened, and looked at something."""
    judged = judge(record)

    assert {check.name: check.wrong for check in judged if check.wrong} == {}
    assert [check.name for check in judged if not check.looked_at] in ([], ["used codes are known"])


def test_a_silent_campaign_says_why(record):
    """Each sent something or has its reason; a year without a word needs one that the facts give."""
    told = lines(record)
    quiet = [line for line in told if not line.messages]
    long_enough = dataclasses.replace(record, days=FIRES_WITHIN)

    assert len(told) == len(record.campaigns)
    assert sum(line.messages for line in told) == len(record.mails) > 0
    assert quiet
    assert all(line.why_not for line in quiet)
    assert not silent(record).wrong
    assert silent(long_enough).wrong


# ── one violation of each check, planted in the rows it looks at ──────────────────────────────────


def _capped(record: Record) -> Mail:
    """The first mail that counts in caps."""
    return next(mail for mail in record.mails if record.campaigns[mail.campaign].needs_consent)


def _given(record: Record) -> Offer:
    """The first offer that came with a mail that left."""
    left = {m.key for m in record.messages if m.state == "accepted"}
    return next(offer for offer in record.offers if offer.key in left and offer.code)


def _spoiled_message(record: Record, **changes: object) -> None:
    place = next(n for n, message in enumerate(record.messages) if message.state == "accepted")
    record.messages[place] = dataclasses.replace(record.messages[place], **changes)


def _spoiled_offer(record: Record, **changes: object) -> None:
    place = record.offers.index(_given(record))
    record.offers[place] = dataclasses.replace(record.offers[place], **changes)


def _an_occasion_twice(record: Record) -> None:
    record.messages.append(record.messages[0])


def _a_period_twice(record: Record) -> None:
    record.mails.append(next(mail for mail in record.mails if mail.campaign == "newsletter"))


def _mails_on_days(record: Record, mail: Mail, *days: int) -> None:
    record.mails += [dataclasses.replace(mail, at=mail.at + dt.timedelta(days=number)) for number in days]


def _too_much_marketing(record: Record) -> None:
    _mails_on_days(record, _capped(record), 1, 2, 3)


def _too_often(record: Record) -> None:
    mail = next(mail for mail in record.mails if mail.campaign == "birthday")
    _mails_on_days(record, mail, 299)


def _two_on_a_day(record: Record) -> None:
    record.mails.append(dataclasses.replace(_capped(record), campaign="welcome"))


def _at_night(record: Record) -> None:
    mail = record.mails[0]
    record.mails[0] = dataclasses.replace(mail, at=mail.at.replace(hour=21, minute=0))


def _before_its_time(record: Record) -> None:
    place = next(n for n, mail in enumerate(record.mails) if mail.campaign == "newsletter")
    record.mails[place] = dataclasses.replace(record.mails[place], at=record.mails[place].at.replace(hour=11))


def _without_consent(record: Record) -> None:
    address = _capped(record).address
    record.people = [dataclasses.replace(p, agreed=p.agreed and p.address != address) for p in record.people]


def _after_leaving(record: Record) -> None:
    mail = _capped(record)
    record.stops.append(Stop(mail.address, mail.at - dt.timedelta(seconds=1), is_hard=False))


def _after_a_bounce(record: Record) -> None:
    mail = next(mail for mail in record.mails if mail.campaign == "service_apology")
    record.stops.append(Stop(mail.address, mail.at - dt.timedelta(seconds=1), is_hard=True))


def _a_verdict_lost(record: Record) -> None:
    record.verdicts[next(iter(record.verdicts))] -= 1


def _nobody_aside(record: Record) -> None:
    record.aside.clear()


def _one_more_won(record: Record) -> None:
    day, campaign = next(iter(record.segments))
    record.verdicts[day, campaign, Verdict.INCLUDED] += 1


def _left_open(record: Record) -> None:
    _spoiled_message(record, state="unknown")


def _a_mail_lost(record: Record) -> None:
    record.mails.pop()


def _an_offer_forgotten(record: Record) -> None:
    record.offers.remove(_given(record))


def _the_held_out_forgotten(record: Record) -> None:
    aside = {message.key for message in record.messages if not message.state}
    record.offers.remove(next(offer for offer in record.offers if offer.key in aside))


def _another_grant(record: Record) -> None:
    _spoiled_offer(record, grant="biscuit_tin")


def _a_code_twice(record: Record) -> None:
    record.offers.append(dataclasses.replace(_given(record), customer="nobody"))


def _another_code(record: Record) -> None:
    _spoiled_offer(record, code="2222-2222-2222")


def _a_use_unknown(record: Record) -> None:
    record.uses.append(Use(_given(record).code or "", "an order", FIRST))


def _a_use_made_up(record: Record) -> None:
    _spoiled_offer(record, redeemed_on=FIRST)
    record.uses.clear()


def _above_a_budget(record: Record) -> None:
    limited = next(grant for grant, terms in record.terms.items() if terms.budget is not None)
    more = dataclasses.replace(_given(record), grant=limited, budget_period="ever", released=None)
    record.offers += [more] * ((record.terms[limited].budget or 0) + 1)
    record.given[limited, "ever"] = len(record.offers)


def _points_lost(record: Record) -> None:
    record.accounts[0] = Account("somebody", 10, 9)


def _all_held_out(record: Record) -> None:
    day, campaign = next(key for key in record.segments if key[1] == "win_back")
    record.verdicts[day, campaign, Verdict.HOLDOUT] += 50


PLANTED: dict[Callable[[Record], None], str] = {
    _an_occasion_twice: "no occasion twice",
    _a_period_twice: "no occasion twice",
    _too_much_marketing: "nobody above the cap for all marketing",
    _too_often: "nobody above a campaign's at_most",
    _two_on_a_day: "one capped mail a day",
    _at_night: "never in the hours of quiet, each at its time",
    _before_its_time: "never in the hours of quiet, each at its time",
    _without_consent: "nobody mailed without consent, or after leaving",
    _after_leaving: "nobody mailed without consent, or after leaving",
    _after_a_bounce: "nobody mailed without consent, or after leaving",
    _a_verdict_lost: "verdicts sum to the segment",
    _nobody_aside: "verdicts are what is in the journal and aside",
    _one_more_won: "everyone won is accounted for",
    _left_open: "everyone won is accounted for",
    _a_mail_lost: "what left is what the journal calls accepted",
    _an_offer_forgotten: "offers as promised, the held-out's too",
    _the_held_out_forgotten: "offers as promised, the held-out's too",
    _another_grant: "offers as promised, the held-out's too",
    _a_code_twice: "no code twice, each in its own mail",
    _another_code: "no code twice, each in its own mail",
    _a_use_unknown: "used codes are known",
    _a_use_made_up: "used codes are known",
    _above_a_budget: "budgets and members' caps kept",
    _points_lost: "points: entries sum to the balance",
    _all_held_out: "held out as many as asked",
}


def test_every_check_is_tried():
    """None was added without a proof that it can fail."""
    assert set(PLANTED.values()) == CHECKS.keys()


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
def test_what_is_planted_is_caught(record, plant):
    """The check that is there for it finds one violation among the true rows."""
    spoiled = _copied(record)
    plant(spoiled)

    assert {check.name: check.wrong for check in judge(spoiled)}[PLANTED[plant]]


def _copied(record: Record) -> Record:
    """The same rows in lists and dictionaries of its own; the rows themselves never change."""
    fields = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    return Record(**{name: copy.copy(value) for name, value in fields.items()})
