"""Write what was decided and freeze it into the journal, request by request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from pakdee.domain.allowance import all_terms
from pakdee.domain.calendar import send_window
from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import RenderError
from pakdee.domain.message import ONLY, Draft, Envelope, MessageRow, Unsent, Written
from pakdee.domain.plan import Plan
from pakdee.domain.vocabulary import Verdict
from pakdee.house import House
from pakdee.jobs.drafting import Drafter
from pakdee.jobs.filing import Filing
from pakdee.jobs.notmailed import NotMailed
from pakdee.jobs.tally import Tally

if TYPE_CHECKING:
    from pakdee.delivery import Press
    from pakdee.rendering.writer import Writer


class Rehearsal:
    """Writes every mail of one shard after another, to see who cannot be written to; keeps nothing."""

    def __init__(self, house: House, day: dt.date) -> None:
        self._house, self._day = house, day
        self._campaigns: dict[str, Mails] = {}
        self.tally = Tally()

    def settle(self, people: pa.Table, made: Plan) -> None:
        """Count a shard, with `cannot_render` for those whose mail fails; the held-out are tried too."""
        for name in made.campaigns:
            mails = self._mails(name)
            for verdict in (Verdict.HOLDOUT, Verdict.INCLUDED):
                failed = self._write(mails, people, made, verdict)
                made = made.with_verdict(name, failed, Verdict.CANNOT_RENDER)
            made = self._keep(mails, people, made)
        self.tally.verdicts.update(made.counts())
        self.tally.later.update(made.later())

    def end(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def _keep(self, _mails: Mails, _people: pa.Table, made: Plan) -> Plan:
        return made

    def _take(self, _mails: Mails, _draft: Draft, _written: Written) -> None:
        """A mail that can be written to somebody included."""

    def _mails(self, name: str) -> Mails:
        if name not in self._campaigns:
            self._campaigns[name] = Mails(self._house, self._house.project.mails[name], self._day)
        return self._campaigns[name]

    def _write(self, mails: Mails, people: pa.Table, made: Plan, verdict: Verdict) -> list[str]:
        """Write to everyone with this verdict; ids of those who cannot be written to."""
        name, failed = mails.campaign.label, []
        rows = _rows(people, made, name, verdict)
        drafts = mails.drafter.drafts(rows, made.keys(name, verdict), made.offers(name, verdict))
        for draft in drafts:
            try:
                written = mails.writer(draft.locale, draft.variant).write(draft)
                if verdict is Verdict.INCLUDED:
                    self._take(mails, draft, written)
            except RenderError as error:
                failed.append(draft.key.customer_id)
                self.tally.reasons.setdefault(mails.campaign.name, error.what)
        self.tally.failed[mails.campaign.name] += len(failed)
        return failed


class Enqueuer(Rehearsal):
    """The same, and what is written goes into the journal; requests are filled over all shards.

    Those whom another run was quicker with become `already_sent`, or `no_offer_left`, when their request is
    full at the latest.
    """

    def __init__(self, house: House, day: dt.date, run_id: str, aside: NotMailed) -> None:
        super().__init__(house, day)
        self._run_id, self._aside = run_id, aside
        self._terms = all_terms(house.project.program.grants, day)
        self._filing = Filing(house.journal, run_id, day, self._terms, self._note_refused)

    def end(self) -> None:
        """Journal the requests that never became full; all is in the journal then."""
        for mails in self._campaigns.values():
            for press in mails.presses():
                self._filing.put(press.rest())
        self._filing.end()

    def close(self) -> None:
        """Let go of what journals."""
        self._filing.close()

    def _keep(self, mails: Mails, people: pa.Table, made: Plan) -> Plan:
        """Remember whose step is called off, the held-out, and whom another channel is to tell.

        Write aside who gets no mail.
        """
        name = mails.campaign.label
        for verdict in (Verdict.CALLED_OFF, Verdict.HOLDOUT, Verdict.OTHER_CHANNEL):
            for refused, customers in self._not_mailed(mails, people, made, verdict).items():
                made = made.with_verdict(name, customers, refused)
        self._aside.write(made, name)
        return made

    def _not_mailed(
        self, mails: Mails, people: pa.Table, made: Plan, verdict: Verdict
    ) -> Mapping[Verdict, set[str]]:
        """Remember those with this verdict, and their offers; who could not be had, by why."""
        name = mails.campaign.label
        keys, offers = made.keys(name, verdict), made.offers(name, verdict)
        refused: dict[Verdict, set[str]] = {}
        if keys:
            is_off = verdict is Verdict.CALLED_OFF
            if is_off:
                unsent = list(map(Unsent, keys))
            else:
                rows, is_held_out = _rows(people, made, name, verdict), verdict is Verdict.HOLDOUT
                unsent = list(mails.drafter.unsent(rows, keys, offers, is_held_out=is_held_out))
            found = self._house.journal.set_aside(
                self._run_id,
                unsent,
                due_on=self._day,
                counts=mails.campaign.needs_consent and not is_off,
                terms=self._terms,
            )
            for key, why in found.items():
                refused.setdefault(why, set()).add(key.customer_id)
        return refused

    def _take(self, mails: Mails, draft: Draft, written: Written) -> None:
        full = mails.press(draft.locale, draft.variant).add(draft, written)
        if full:
            self._filing.put(full)

    def _note_refused(self, told: Envelope, messages: Sequence[MessageRow], why: Verdict) -> None:
        self.tally.move(told.campaign, len(messages), Verdict.INCLUDED, why)
        self._aside.add((told.campaign, told.step), [(row[0], row[1]) for row in messages], why)


def _rows(people: pa.Table, made: Plan, campaign: str, verdict: Verdict) -> pa.Table:
    """The customers with this verdict."""
    decisions = made.campaigns[campaign]
    return people.take(pa.array(decisions.places[decisions.having(verdict)]))


class Mails:
    """What writes one campaign's mails, made once for all shards."""

    def __init__(self, house: House, campaign: Campaign, day: dt.date) -> None:
        self.campaign = campaign
        self.drafter = Drafter(house, campaign, day, real_codes=True)
        self._house, self._day = house, day
        self._writers: dict[tuple[str, str], Writer] = {}
        self._presses: dict[tuple[str, str], Press] = {}

    def writer(self, locale: str, variant: str) -> Writer:
        """The template's writer in one language, with one of its subjects."""
        found = self._writers.get((locale, variant))
        if found is None:
            found = self._house.templates.writer(self.campaign.template, locale, variant)
            self._writers[locale, variant] = found
        return found

    def press(self, locale: str, variant: str) -> Press:
        """Where requests in one language with one subject are filled."""
        found = self._presses.get((locale, variant))
        if found is None:
            told = envelope(self._house, self.campaign, locale, variant)
            found = self._presses[locale, variant] = _press(self._house, self.campaign, self._day, told)
        return found

    def presses(self) -> Iterator[Press]:
        """All of them, by language and variant."""
        return (self._presses[which] for which in sorted(self._presses))


def _press(house: House, campaign: Campaign, day: dt.date, told: Envelope) -> Press:
    from pakdee.delivery import Press

    settings = house.settings
    not_before, not_after = send_window(campaign.when, day, house.zone, settings.quiet_hours)
    if day != house.today():
        not_after = None  # a rehearsed day is over already; nothing of it would be left
    return Press(
        told,
        batch_size=settings.request_size(day, campaign.canary),
        not_before=not_before,
        not_after=not_after,
    )


def envelope(house: House, campaign: Campaign, locale: str, variant: str = ONLY) -> Envelope:
    """What all messages of a campaign in one language and variant share besides the content."""
    sender = house.project.brand.sender
    return Envelope(
        campaign=campaign.name,
        step=campaign.step,
        variant=variant,
        locale=locale,
        purpose=campaign.purpose,
        from_name=sender.name.in_language(locale),
        from_email=sender.email,
        reply_to=sender.reply_to,
    )
