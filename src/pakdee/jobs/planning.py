"""Plan a business day: who gets which mail, frozen into the journal before anything is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

from pakdee.domain.campaign import Campaign
from pakdee.domain.chance import shuffled
from pakdee.domain.errors import CannotRun
from pakdee.domain.vocabulary import Verdict
from pakdee.house import House
from pakdee.jobs.due import due_campaigns
from pakdee.jobs.fitting import require_usable
from pakdee.jobs.notmailed import NotMailed, aside_of
from pakdee.jobs.offers import open_day, scarce
from pakdee.jobs.people import columns_computed, features_needed
from pakdee.jobs.planner import Briefing, Task
from pakdee.jobs.processes import Crew, Shard, processors
from pakdee.jobs.shard import Order, ShardPlanner
from pakdee.jobs.tally import Tally

if TYPE_CHECKING:
    from pakdee.ledger import FeatureTable

SHARD = 25_600  # customers at once: half a row group of the feature table
WORTH_PROCESSES = 20_000  # customers; fewer are planned before a second process has started
LEASE = timedelta(minutes=5)
ONE_DAY = timedelta(days=1)
Progress = Callable[[str, int, int], None]
"""Called with (what is being done, how many are done, of how many) on long work."""


def no_progress(_what: str, _done: int, _all: int) -> None:
    """Show nothing."""


@dataclass(frozen=True)
class CampaignPlan:
    """What became of one campaign on a day.

    Attributes:
        later: how many of its mails are of `steps`, after the first one.
        skipped: why nothing was planned.
    """

    name: str
    verdicts: dict[str, int] = field(default_factory=dict)
    later: int = 0
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

    Days before it that a lost journal may have sent are planned first; the journal holds what comes of it.

    Args:
        campaigns: only these; none means every live campaign that is due.
        dry: decide and count, write nothing; named campaigns are planned whatever their status and rhythm.

    Raises:
        CatalogError, LedgerStale, LedgerError, CannotRun (a named campaign only): nothing was sent.
    """
    today = house.business_day(day)
    require_usable(house)
    if not dry:
        _plan_again(house, today, progress)
    with _Work.open(house, today, campaigns, dry=dry, progress=progress) as work:
        return work.rehearse() if dry else work.run()


def _plan_again(house: House, until: dt.date, progress: Progress) -> None:
    """Take the keys of all that a lost journal may have sent before `until`, so that nobody gets it twice.

    Stops are passed over: what is stopped now may have gone out then.
    """
    first, last = house.journal.gap() or (until, until)
    for number in range((min(last, until - ONE_DAY) - first).days + 1):
        day = first + number * ONE_DAY
        with _Work.open(house, day, (), dry=False, progress=progress, heeds_stops=False) as work:
            work.run()


@dataclass
class _Work:
    """One planning of one day.

    Args:
        crew: further processes that plan; None where this one does.
    """

    house: House
    day: dt.date
    table: FeatureTable
    due: list[Campaign]
    skipped: list[CampaignPlan]
    crew: Crew | None
    progress: Progress
    done: int = 0

    @classmethod
    @contextmanager
    def open(
        cls,
        house: House,
        day: dt.date,
        names: Sequence[str],
        *,
        dry: bool,
        progress: Progress,
        heeds_stops: bool = True,
    ) -> Iterator[_Work]:
        house.fresh_snapshot(day)
        stops = (
            {stop.scope: stop.because for stop in house.journal.stops()} if heeds_stops and not dry else {}
        )
        due, passed = due_campaigns(house, day, names, stops, dry=dry)
        skipped = [CampaignPlan(name, skipped=reason) for name, reason in passed.items()]
        if not dry:
            house.require_keys()
            open_day(house, day)
        with _crew(house, day, due) as crew:
            progress("features", 0, 1)
            table = house.features(day, None if dry else columns_computed(house, due))
            progress("features", 1, 1)
            work = cls(house, day, table, [], skipped, crew, progress)
            for campaign in due:
                work.add(campaign, asked=campaign.name in names)
            yield work

    def add(self, campaign: Campaign, *, asked: bool) -> None:
        """Plan it too, unless the ledger lacks what it needs. Raises CannotRun for one that was asked for."""
        lacking = cannot_run(self.house, campaign, self.table)
        if lacking and asked:
            raise lacking
        if lacking:
            self.skipped.append(CampaignPlan(campaign.name, skipped=lacking.what))
        else:
            self.due.append(campaign)

    def rehearse(self) -> DayPlan:
        tally = self._plan(None)
        return self._result(None, tally, tally.stop_failing())

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
            tally = self._plan(run_id)
            stopped = tally.stop_failing()
            for name in stopped:
                journal.discard(run_id, name)
            journal.record_verdicts(run_id, +tally.verdicts)
            journal.finish_run(run_id, {c.name: c.canary for c in self.due if c.canary is not None})
        except BaseException as error:
            journal.fail_run(run_id, type(error).__name__)
            raise
        return self._result(run_id, tally, stopped)

    def _plan(self, run_id: str | None) -> Tally:
        """Plan everybody, in one process or in several; what became of them."""
        if not self.due:
            return Tally()
        aside = aside_of(self.house.var, run_id)
        order = Order(self.day, run_id, tuple(campaign.name for campaign in self.due), aside)
        shards = self.table.ranges(SHARD)
        if self.crew is None:
            return self._here(order, shards)
        return self._by_crew(self.crew, order, shards)

    def _here(self, order: Order, shards: Sequence[Shard]) -> Tally:
        with ShardPlanner(self.house, self.table, order) as planner:
            for first, last in shuffled(self.house.rules.salt, self.day, shards):
                self._tell(planner.plan(first, last))
                if order.run_id:
                    self.house.journal.keep_alive(order.run_id)
            return planner.end()

    def _by_crew(self, crew: Crew, order: Order, shards: Sequence[Shard]) -> Tally:
        journal, run_id = self.house.journal, order.run_id
        parts = [order.aside.with_name(f"not-mailed-{number}.parquet") for number in range(len(crew))]
        tasks = [Task(self.table.path.resolve(), replace(order, aside=part)) for part in parts]
        pulse = partial(journal.keep_alive, run_id) if run_id else lambda: None
        tally = crew.plan(tasks, shards, self._tell, pulse)
        if run_id:
            with NotMailed(order.aside) as whole:
                whole.gather(parts)
        return tally

    def _tell(self, customers: int) -> None:
        self.done += customers
        self.progress("customers planned", self.done, self.table.customers)

    def _result(self, run_id: str | None, tally: Tally, stopped: Mapping[str, str]) -> DayPlan:
        planned = [
            CampaignPlan(
                campaign.name,
                {
                    verdict: tally.verdicts[campaign.name, verdict]
                    for verdict in Verdict
                    if tally.verdicts[campaign.name, verdict]
                },
                later=0 if campaign.name in stopped else tally.later[campaign.name],
                stopped=stopped.get(campaign.name),
            )
            for campaign in self.due
        ]
        everyone = sorted([*planned, *self.skipped], key=lambda campaign: campaign.name)
        return DayPlan(self.day, run_id, self.house.snapshot.id, tuple(everyone))


def _crew(house: House, day: dt.date, due: Sequence[Campaign]) -> Crew | nullcontext[None]:
    """A process per processor, if there is enough to do to be worth starting them.

    Where an offer may run out, one process plans, shard by shard in drawn order: who gets the last ones is
    then the same on any machine.
    """
    customers = house.snapshot.customers
    processes = min(house.settings.delivery.processes or processors(), ceil(customers / SHARD))
    if not due or customers < WORTH_PROCESSES or processes <= 1:
        return nullcontext()
    mails = [mail for campaign in due for mail in campaign.mails]
    if scarce(house, day, {grant for mail in mails for _, grant in mail.brings}):
        return nullcontext()
    briefing = Briefing(
        directory=house.directory,
        clock=house.clock,
        environment=house.environment,
        content_version=house.project.content_version,
        snapshot_id=house.snapshot.id,
        templates=frozenset(mail.template for mail in mails),
    )
    return Crew(briefing, processes)


def cannot_run(house: House, campaign: Campaign, table: FeatureTable) -> CannotRun | None:
    """Why the ledger does not suffice for `campaign`, its template included; None if it does."""
    missing = house.missing_for(features_needed(house, campaign), table.columns)
    return CannotRun(f"campaigns/{campaign.name}.yaml", sorted(missing)) if missing else None
