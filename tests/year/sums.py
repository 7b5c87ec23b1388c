"""What must add up after any year: people, mails, offers, points, and who was held out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection

from pakdee.domain.vocabulary import BatchState, Verdict
from tests.year import checks
from tests.year.checks import Check, Findings
from tests.year.record import Record

APART = (Verdict.HOLDOUT, Verdict.OTHER_CHANNEL, Verdict.CALLED_OFF)
"""What the journal remembers of who gets no mail."""
WON = (Verdict.INCLUDED, *APART)
Key = tuple[str, str, str, str]
SETTLED = {str(state) for state in BatchState if state.is_terminal} - {str(BatchState.UNCONFIRMED)}
FAR = 4.5
"""Standard deviations that a share may be off: once in some 150,000 by chance."""


def segments(record: Record) -> Findings:
    """Each customer in a segment, or whose step is due, has one verdict; no campaign has any that was not due."""
    sums: Counter[tuple[object, str]] = Counter()
    for (day, campaign, _), customers in record.verdicts.items():
        sums[day, campaign] += customers
    for (day, campaign), size in record.segments.items():
        if sums.pop((day, campaign), 0) != size:
            yield f"{campaign} on {day}: {size} to be decided on, and not as many verdicts"
    yield from (f"{campaign} on {day}: verdicts of a campaign that was not due" for day, campaign in sums)


def verdicts(record: Record) -> Findings:
    """What the journal counted is what it has messages for, and what was written aside."""
    mailed: Counter[tuple[object, str]] = Counter()
    apart: Counter[tuple[object, str]] = Counter()
    for message in record.messages:
        (mailed if message.state else apart)[message.day, message.campaign] += 1
    for day, campaign in record.segments:
        told = {verdict: record.verdicts[day, campaign, verdict] for verdict in Verdict}
        if told[Verdict.INCLUDED] != mailed[day, campaign]:
            yield f"{campaign} on {day}: {told[Verdict.INCLUDED]} included, {mailed[day, campaign]} to be mailed"
        if sum(told[verdict] for verdict in APART) != apart[day, campaign]:
            yield f"{campaign} on {day}: held out, of other channels, called off: not as many in the journal"
        for verdict, count in told.items():
            if verdict is not Verdict.INCLUDED and count != record.aside[day, campaign, verdict]:
                yield f"{campaign} on {day}: {count} {verdict}, not as many written aside"


def planned(record: Record) -> Findings:
    """Everyone a campaign won is accepted, refused, cancelled, held out or told otherwise; nothing is open."""
    won = sum(n for (_, _, verdict), n in record.verdicts.items() if verdict in WON)
    done = Counter(message.state or "not mailed" for message in record.messages)
    if won != done.total():
        yield f"{won} won, {done.total()} in the journal"
    yield from (f"{n} {state}" for state, n in done.items() if state not in SETTLED | {"not mailed"})


def posted(record: Record) -> Findings:
    """The mails that left are those the journal calls accepted, each once, to its customer, from its campaign."""
    left = Counter((mail.message_id, mail.campaign, record.reader(mail)) for mail in record.mails)
    said = Counter(
        (m.message_id, m.campaign, m.customer) for m in record.messages if m.state == BatchState.ACCEPTED
    )
    yield from (f"{campaign}: accepted, and did not leave" for _, campaign, _ in said - left)
    yield from (f"{campaign}: left, and is not accepted" for _, campaign, _ in left - said)


def offers(record: Record) -> Findings:
    """Each mail of a campaign that brings something brings it, and who is held out keeps what is promised."""
    given = {offer.key: offer for offer in record.offers}
    for message in record.messages:
        brings = bool(record.kinds[message.campaign, message.step].brings)
        if brings and message.state and message.key not in given:
            yield f"{message.campaign} on {message.day}: mailed without what it brings"
    for offer in record.offers:
        if offer.grant not in {grant for _, grant in record.kinds[offer.campaign, offer.step].brings}:
            yield f"{offer.campaign}: brings no {offer.grant}"
    aside = Counter(m.campaign for m in record.messages if not m.state and m.is_first)
    yield from _held_out(record, given.keys(), aside)


def _held_out(record: Record, given: Collection[Key], aside: Counter[str]) -> Findings:
    """Rows without a mail have an offer each, but for the held-out of a grant only campaigns give."""
    for name, campaign in record.campaigns.items():
        published = {record.terms[grant].is_published for _, grant in campaign.brings}
        if len(published) == 1:
            expected = aside[name] if True in published else record.count(name, Verdict.OTHER_CHANNEL)
            unsent = [m for m in record.messages if m.campaign == name and not m.state]
            found = sum(m.key in given for m in unsent)
            if found != expected:
                yield f"{name}: {expected} without a mail were to get an offer, {found} did"


def codes(record: Record) -> Findings:
    """No code was given twice, each mail has its own code in its words, and no other's."""
    own = {offer.key: offer.code for offer in record.offers if offer.code}
    counts = Counter(offer.code for offer in record.offers if offer.code)
    yield from (f"a code was given {n} times" for n in counts.values() if n > 1)
    words = {mail.message_id: mail.codes for mail in record.mails}
    for message in record.messages:
        if message.message_id in words:
            expected = {own[message.key]} if message.key in own else set()
            if words[message.message_id] & counts.keys() != expected:
                yield f"{message.campaign} on {message.day}: the mail does not show just its own code"


def used(record: Record) -> Findings:
    """Every code that was used in time is known to be, with its order, and no other is."""
    told = {use.code: use for use in record.uses}
    for offer in record.offers:
        use = told.get(offer.code or "")
        if (
            use
            and use.day <= offer.expires_on
            and (offer.redeemed_on, offer.order_id) != (use.day, use.order_id)
        ):
            yield f"{offer.campaign}: a code was used on {use.day}, and the journal says {offer.redeemed_on}"
        if offer.redeemed_on and not use:
            yield f"{offer.campaign}: a code counts as used that nobody used"


def budgets(record: Record) -> Findings:
    """No grant was given more often than its budget and each member's cap allow."""
    counted: Counter[tuple[str, str]] = Counter()
    for offer in record.offers:
        if offer.budget_period and not offer.released:
            counted[offer.grant, offer.budget_period] += 1
        cap = record.terms[offer.grant].cap
        if cap is not None and offer.cap_place is not None and offer.cap_place > cap:
            yield f"{offer.grant}: place {offer.cap_place} of a member who may have {cap}"
    for grant, period in counted.keys() | record.given.keys():
        budget, given = record.terms[grant].budget, record.given.get((grant, period), 0)
        if counted[grant, period] != given:
            yield f"{grant} in {period}: {given} by the journal's count, {counted[grant, period]} offers"
        if budget is not None and counted[grant, period] > budget:
            yield f"{grant} in {period}: {counted[grant, period]} given, {budget} allowed"


def points(record: Record) -> Findings:
    """The sum of a customer's entries is the balance."""
    for account in record.accounts:
        if account.entries != account.balance:
            yield f"{account.customer}: entries sum to {account.entries}, the balance is {account.balance}"


def holdouts(record: Record) -> Findings:
    """The share held out of the first mail is near what each campaign asks for."""
    later = Counter(m.campaign for m in record.messages if m.state and not m.is_first)
    for name, campaign in record.campaigns.items():
        held = record.count(name, Verdict.HOLDOUT)
        eligible = held + record.count(name, Verdict.INCLUDED) - later[name]
        off = abs(held - eligible * campaign.holdout)
        if off > 1 + FAR * math.sqrt(eligible * campaign.holdout * (1 - campaign.holdout)):
            yield f"{name}: {held} of {eligible} held out, {campaign.holdout:.0%} asked for"


CHECKS: dict[str, tuple[Callable[[Record], Findings], Callable[[Record], int]]] = {
    "no occasion twice": (checks.no_occasion_twice, lambda r: len(r.messages)),
    "nobody above the cap for all marketing": (checks.global_cap, lambda r: len(r.messages)),
    "nobody above a campaign's at_most": (checks.own_caps, lambda r: len(r.messages)),
    "one capped mail a day": (checks.one_a_day, lambda r: len(r.mails)),
    "never in the hours of quiet, each at its time": (checks.in_time, lambda r: len(r.mails)),
    "nobody mailed without consent, or after leaving": (checks.consent, lambda r: len(r.mails)),
    "verdicts sum to the segment": (segments, lambda r: len(r.segments)),
    "verdicts are what is in the journal and aside": (verdicts, lambda r: len(r.segments)),
    "everyone won is accounted for": (planned, lambda r: len(r.messages)),
    "what left is what the journal calls accepted": (posted, lambda r: len(r.mails)),
    "offers as promised, the held-out's too": (offers, lambda r: len(r.offers)),
    "no code twice, each in its own mail": (codes, lambda r: len(r.offers)),
    "used codes are known": (used, lambda r: len(r.uses)),
    "budgets and members' caps kept": (budgets, lambda r: len(r.offers)),
    "points: entries sum to the balance": (points, lambda r: len(r.accounts)),
    "held out as many as asked": (holdouts, lambda r: len(r.campaigns)),
}
"""By name: the check, and how many rows it looks at."""


def judge(record: Record) -> list[Check]:
    """All checks."""
    return [Check(name, count(record), list(check(record))) for name, (check, count) in CHECKS.items()]
