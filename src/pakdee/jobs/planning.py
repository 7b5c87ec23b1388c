"""Plan a business day: who gets which mail, frozen into the journal before anything is sent."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING

import pyarrow as pa

from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import CannotRun, PakdeeError
from pakdee.domain.occasion import occasion_features
from pakdee.domain.plan import Plan, plan
from pakdee.domain.vocabulary import Status, Verdict
from pakdee.house import House
from pakdee.jobs.enqueuing import Enqueuer
from pakdee.jobs.notmailed import NotMailed
from pakdee.jobs.people import situation

if TYPE_CHECKING:
    from pakdee.ledger import FeatureTable

SHARD = 20_000  # customers at once; what waits to be rendered is most of the memory
LEASE = timedelta(minutes=5)
Progress = Callable[[str, int, int], None]
"""Called with (what is being done, how many are done, of how many) on long work."""


def no_progress(_what: str, _done: int, _all: int) -> None:
    """Show nothing."""


@dataclass(frozen=True)
class CampaignPlan:
    """What became of one campaign on a day. `skipped` says why nothing was planned."""

    name: str
    verdicts: dict[str, int] = field(default_factory=dict)
    skipped: str | None = None
    stopped: str | None = None

    @property
    def audience(self) -> int:
        """Customers in the segment; each has one verdict."""
        return sum(self.verdicts.values())

    @property
    def messages(self) -> int:
        """Customers who get the mail."""
        return self.verdicts.get(Verdict.INCLUDED, 0)


@dataclass(frozen=True)
class DayPlan:
    """A planned day. `run_id` is None for a rehearsal."""

    day: dt.date
    run_id: str | None
    snapshot_id: str
    campaigns: tuple[CampaignPlan, ...]

    @property
    def messages(self) -> int:
        """Messages of all campaigns."""
        return sum(campaign.messages for campaign in self.campaigns)


def plan_day(
    house: House,
    day: dt.date | None = None,
    campaigns: Sequence[str] = (),
    *,
    dry: bool = False,
    progress: Progress = no_progress,
) -> DayPlan:
    """Decide about every customer for `day` and put the messages into the journal, ready to be sent.

    Args:
        campaigns: only these; none means every live campaign that is due.
        dry: decide and count, write nothing; named campaigns are planned whatever their status and rhythm.

    Raises:
        CatalogError, LedgerStale, LedgerError, CannotRun (a named campaign only): nothing was sent.
    """
    work = _Work.open(house, house.business_day(day), campaigns, dry=dry, progress=progress)
    return work.rehearse() if dry else work.run()


@dataclass
class _Work:
    """One planning of one day."""

    house: House
    day: dt.date
    table: FeatureTable
    due: list[Campaign]
    skipped: list[CampaignPlan]
    progress: Progress

    @classmethod
    def open(
        cls, house: House, day: dt.date, names: Sequence[str], *, dry: bool, progress: Progress
    ) -> _Work:
        house.fresh_snapshot(day)
        due, skipped = _due(house, day, names, dry=dry)
        progress("features", 0, 1)
        table = house.features(day)
        progress("features", 1, 1)
        if not dry:
            house.require_keys()
        work = cls(house, day, table, [], skipped, progress)
        for campaign in due:
            lacking = cannot_run(house, campaign, table)
            if lacking and campaign.name in names:
                raise lacking
            if lacking:
                skipped.append(CampaignPlan(campaign.name, skipped=lacking.what))
            else:
                work.due.append(campaign)
        return work

    def rehearse(self) -> DayPlan:
        enqueuer = Enqueuer(self.house, self.day, run_id=None)
        counts, stopped = enqueuer.stop_failing(self._each_shard(enqueuer.settle))
        return self._result(None, counts, stopped)

    def run(self) -> DayPlan:
        journal = self.house.journal
        run_id = journal.start_run(
            day=self.day,
            zone=self.house.settings.shop.zone,
            campaigns=[campaign.name for campaign in self.due],
            content_version=self.house.project.content_version,
            snapshot_id=self.house.snapshot.id,
            lease=LEASE,
        )
        try:
            counts, stopped = self._enqueue(run_id)
            journal.record_verdicts(run_id, counts)
            journal.finish_run(run_id)
        except BaseException as error:
            journal.fail_run(run_id, type(error).__name__)
            raise
        return self._result(run_id, counts, stopped)

    def _enqueue(self, run_id: str) -> tuple[Counter[tuple[str, str]], dict[str, str]]:
        enqueuer = Enqueuer(self.house, self.day, run_id)
        with NotMailed(self.house.var / "runs" / run_id / "not-mailed.parquet") as aside:

            def settle(people: pa.Table, made: Plan) -> Plan:
                done = enqueuer.settle(people, made)
                aside.write(done)
                self.house.journal.keep_alive(run_id)
                return done

            counts = self._each_shard(settle)
        return enqueuer.stop_failing(counts)

    def _each_shard(self, settle: Callable[[pa.Table, Plan], Plan]) -> Counter[tuple[str, str]]:
        counts: Counter[tuple[str, str]] = Counter()
        done = 0
        for people in self.table.shards(SHARD) if self.due else ():
            made = settle(people, plan(situation(self.house, self.day, people), self.due))
            counts.update(made.counts())
            done += people.num_rows
            self.progress("customers planned", done, self.table.customers)
        return counts

    def _result(
        self, run_id: str | None, counts: Counter[tuple[str, str]], stopped: dict[str, str]
    ) -> DayPlan:
        planned = [
            CampaignPlan(
                campaign.name,
                {
                    verdict: counts[campaign.name, verdict]
                    for verdict in Verdict
                    if counts[campaign.name, verdict]
                },
                stopped=stopped.get(campaign.name),
            )
            for campaign in self.due
        ]
        everyone = sorted([*planned, *self.skipped], key=lambda campaign: campaign.name)
        return DayPlan(self.day, run_id, self.house.snapshot.id, tuple(everyone))


def cannot_run(house: House, campaign: Campaign, table: FeatureTable) -> CannotRun | None:
    """Why the ledger does not suffice for `campaign`, its template included; None if it does."""
    names = house.project.features_of(campaign) | occasion_features(campaign.once_per)
    names |= house.templates.features_of(campaign.template)
    missing = house.missing_for(names, table)
    return CannotRun(f"campaigns/{campaign.name}.yaml", sorted(missing)) if missing else None


def _due(
    house: House, day: dt.date, names: Sequence[str], *, dry: bool
) -> tuple[list[Campaign], list[CampaignPlan]]:
    project = house.project
    for name in names:
        if name not in project.campaigns:
            raise no_such_campaign(name, project.campaigns)
    chosen = [project.campaigns[name] for name in names] or list(project.campaigns.values())
    stops = {} if dry else {stop.scope: stop.because for stop in house.journal.stops()}
    due: list[Campaign] = []
    skipped: list[CampaignPlan] = []
    for campaign in chosen:
        reason = None if dry and names else _why_not_due(campaign, day, stops)
        if reason and names and campaign.status is not Status.LIVE:
            raise _not_live(campaign)
        if reason:
            skipped.append(CampaignPlan(campaign.name, skipped=reason))
        else:
            due.append(campaign)
    return due, skipped


def _why_not_due(campaign: Campaign, day: dt.date, stops: dict[str | None, str]) -> str | None:
    if campaign.status is not Status.LIVE:
        return f"status is {campaign.status}"
    if not campaign.when.is_due_on(day):
        return f"not due on {day}"
    if campaign.name in stops or None in stops:
        return f"stopped: {stops.get(campaign.name) or stops[None]}"
    return None


def no_such_campaign(name: str, known: Iterable[str]) -> PakdeeError:
    """The error for a campaign that no file describes, with the nearest one that there is."""
    near = get_close_matches(name, list(known), n=1)
    hint = f"did you mean {near[0]}?" if near else "see the folder campaigns/"
    return PakdeeError(f"there is no campaign {name!r}", where="campaigns/", next_step=hint)


def _not_live(campaign: Campaign) -> PakdeeError:
    return PakdeeError(
        f"its status is {campaign.status}, and only live campaigns are sent",
        where=f"campaigns/{campaign.name}.yaml",
        next_step="set status: live to send it, or look at it with: "
        f"pakdee plan {campaign.name}. Nothing was sent.",
    )
