"""Render what was decided and freeze it into the journal, batch by batch."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pyarrow as pa

from pakdee.domain.calendar import send_window
from pakdee.domain.campaign import FIRST_STEP, Campaign
from pakdee.domain.errors import RenderError
from pakdee.domain.message import Draft, Envelope, FrozenBatch, MessageKey, Shape
from pakdee.domain.plan import Plan
from pakdee.domain.vocabulary import Verdict
from pakdee.house import House
from pakdee.jobs.drafting import Drafter

FAILING_SHARE = 0.001
FAILING_AT_LEAST = 3  # one odd customer in a small audience is told about, not a reason to stop
_MAILED = (Verdict.INCLUDED, Verdict.HOLDOUT)


class Enqueuer:
    """Turns the plan of one shard after another into frozen batches; remembers who could not be rendered."""

    def __init__(self, house: House, day: dt.date, run_id: str | None) -> None:
        self._house, self._day, self._run_id = house, day, run_id
        self._failures: Counter[str] = Counter()
        self.reasons: dict[str, RenderError] = {}

    def settle(self, people: pa.Table, made: Plan) -> Plan:
        """The plan with `cannot_render` for those whose mail fails; held-out customers are tried too.

        In a run the mails of the included go into the journal, and the held-out are remembered; those whom
        another run was quicker with become `already_sent`. A rehearsal writes nothing.
        """
        for name in sorted(set(made.decisions["campaign"])):
            campaign = self._house.project.campaigns[name]
            drafter = Drafter(self._house, campaign, self._day, real_codes=True)
            _, failed = self._shapes(campaign, drafter.drafts(people, made.keys(name, Verdict.HOLDOUT)))
            made = made.with_verdict(failed, Verdict.CANNOT_RENDER)
            shapes, failed = self._shapes(campaign, drafter.drafts(people, made.keys(name, Verdict.INCLUDED)))
            made = made.with_verdict(failed, Verdict.CANNOT_RENDER)
            if self._run_id is not None:
                made = made.with_verdict(
                    self._write(self._run_id, campaign, made, shapes), Verdict.ALREADY_SENT
                )
        return made

    def stop_failing(
        self, counts: Counter[tuple[str, str]]
    ) -> tuple[Counter[tuple[str, str]], dict[str, str]]:
        """Take back campaigns with too many failures: the counts that remain, and why per campaign."""
        stopped: dict[str, str] = {}
        for name, failed in self._failures.items():
            tried = failed + sum(counts[name, verdict] for verdict in _MAILED)
            if failed < min(FAILING_AT_LEAST, tried) or failed / tried <= FAILING_SHARE:
                continue
            stopped[name] = f"{failed} of {tried} mails could not be rendered: {self.reasons[name].what}"
            if self._run_id is not None:
                self._house.journal.discard(self._run_id, name)
            for verdict in _MAILED:
                counts[name, Verdict.CANNOT_RENDER] += counts.pop((name, verdict), 0)
        return counts, stopped

    def _shapes(
        self, campaign: Campaign, drafts: Iterable[Draft]
    ) -> tuple[list[tuple[str, Shape]], set[MessageKey]]:
        by_locale: dict[str, list[Draft]] = {}
        for draft in drafts:
            by_locale.setdefault(draft.locale, []).append(draft)
        shapes: list[tuple[str, Shape]] = []
        failed: set[MessageKey] = set()
        for locale, group in sorted(by_locale.items()):
            found, errors = self._house.templates.render_shapes(campaign.template, locale, group)
            shapes += [(locale, shape) for shape in found]
            failed |= errors.keys()
            self._note(campaign.name, list(errors.values()))
        return shapes, failed

    def _note(self, campaign: str, errors: Sequence[RenderError]) -> None:
        self._failures[campaign] += len(errors)
        if errors:
            self.reasons.setdefault(campaign, errors[0])

    def _write(
        self, run_id: str, campaign: Campaign, made: Plan, shapes: Sequence[tuple[str, Shape]]
    ) -> set[MessageKey]:
        """Journal a campaign's held-out and mails. Returns the keys that were taken already."""
        held, counts = made.keys(campaign.name, Verdict.HOLDOUT), campaign.needs_consent
        taken = set(self._house.journal.hold_out(run_id, held, due_on=self._day, counts=counts))
        for locale, shape in shapes:
            taken |= self._put(run_id, campaign, locale, shape)
        return taken

    def _batches(self, campaign: Campaign, locale: str, shape: Shape) -> list[FrozenBatch]:
        from pakdee.delivery import freeze

        settings = self._house.settings
        not_before, not_after = send_window(campaign.when, self._day, self._house.zone, settings.quiet_hours)
        if self._day != self._house.today():
            not_after = None  # a rehearsed day is over already; nothing of it would be left
        size = settings.delivery.batch_size
        shared = envelope(self._house, campaign, locale)
        return freeze(shape, shared, batch_size=size, not_before=not_before, not_after=not_after)

    def _put(self, run_id: str, campaign: Campaign, locale: str, shape: Shape) -> set[MessageKey]:
        """Journal a shape's batches; where another run was quicker with some, the rest without them."""
        all_taken: set[MessageKey] = set()
        for batch in self._batches(campaign, locale, shape):
            taken = self._house.journal.enqueue(run_id, batch, due_on=self._day)
            if taken:
                mine = {draft.key for draft in batch.drafts} - taken
                rest = replace(shape, rows=tuple(row for row in shape.rows if row.draft.key in mine))
                all_taken |= taken
                all_taken |= self._put(run_id, campaign, locale, rest) if rest.rows else set()
        return all_taken


def envelope(house: House, campaign: Campaign, locale: str) -> Envelope:
    """What all messages of a campaign in one language share besides the content."""
    sender = house.project.brand.sender
    return Envelope(
        campaign=campaign.name,
        step=FIRST_STEP,
        variant="only",
        locale=locale,
        purpose=campaign.purpose,
        from_name=sender.name.in_language(locale),
        from_email=sender.email,
        reply_to=sender.reply_to,
    )
