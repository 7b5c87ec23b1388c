"""What the desk knows: the quick things asked anew at every look, the slow ones kept on the shelf."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from pakdee import jobs
from pakdee.desk.office import Office, Present
from pakdee.desk.shelf import Kept, Shelf
from pakdee.desk.standing import Known, Standing, in_order
from pakdee.domain.errors import LedgerError, PakdeeError, Problem
from pakdee.domain.vocabulary import BatchState, Mode
from pakdee.house import House
from pakdee.jobs.people import features_needed
from pakdee.journal import LastPlan, Stop

PATIENCE = 0.05
"""Seconds a page waits for something slow before it is shown without it."""
_OPEN = (BatchState.QUEUED, BatchState.SENDING, BatchState.UNKNOWN)


@dataclass(frozen=True)
class Findings:
    """What `check` found, and what the ledger lacks for each campaign."""

    problems: tuple[Problem, ...]
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def are_usable(self) -> bool:
        """Whether mails can be shown: no file has an error."""
        return not any(problem.severity == "error" for problem in self.problems)


@dataclass(frozen=True)
class Today:
    """Messages of the day shown."""

    planned: int
    settled: int
    waiting: int


@dataclass(frozen=True)
class Board:
    """One look at the project.

    Args:
        day: the business day shown: today, or in a rehearsal the last one that was planned.
        everything: the stop of all sending, if it is in force.
        facts: what is wrong with the ledger.
        findings, results: slow ones.
    """

    present: Present
    day: dt.date
    standings: tuple[Standing, ...]
    everything: Stop | None
    facts: PakdeeError | None
    today: Today | None
    findings: Kept[Findings]
    results: Kept[jobs.Results]

    @property
    def house(self) -> House:
        """The project's."""
        return self.present.house

    @property
    def is_rehearsal(self) -> bool:
        """Whether another day than today is shown."""
        return self.day != self.house.today()

    @property
    def is_live(self) -> bool:
        """Whether mails leave this machine."""
        return self.house.settings.sendgrid.mode is Mode.LIVE

    @property
    def is_tried(self) -> bool:
        """Whether every file was tried as it is now, and mails may be rendered here."""
        found = self.findings
        usable = found.value is not None and found.value.are_usable
        return usable and not found.is_waiting and not self.present.unreadable

    @property
    def errors(self) -> int:
        """Findings that block."""
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything found in any file."""
        return self.present.unreadable or (self.findings.value.problems if self.findings.value else ())

    @property
    def other_problems(self) -> tuple[Problem, ...]:
        """Those that no campaign is shown with."""
        shown = {problem for standing in self.standings for problem in standing.problems}
        return tuple(problem for problem in self.problems if problem not in shown)

    def standing(self, name: str) -> Standing | None:
        """One campaign, None where there is no such file."""
        return next((one for one in self.standings if one.name == name), None)


class Desk:
    """All looks are taken here, and all answers kept."""

    def __init__(self, house: House) -> None:
        self.office, self.shelf = Office(house), Shelf(house.clock)

    def board(self) -> Board:
        """The present state of everything. Raises JournalError where the journal cannot be read."""
        present = self.office.now()
        house = present.house
        plans = house.journal.last_plans(dt.date.max)
        day, stops = _day(house, plans), house.journal.stops()
        findings = self._findings(present, day)
        found = findings.value or Findings(())
        known = Known(
            house=house,
            day=day,
            campaigns=present.project.campaigns if present.project else {},
            plans=plans,
            stops=stops,
            problems=present.unreadable or found.problems,
            needs=found.needs,
        )
        return Board(
            present=present,
            day=day,
            standings=tuple(in_order([known.standing(name) for name in present.names])),
            everything=next((stop for stop in stops if stop.scope is None), None),
            facts=_facts(house, day),
            today=_today(house, day),
            findings=findings,
            results=self._results(present, day),
        )

    def count(self, name: str) -> None:
        """Begin to count whom a campaign would reach, by a plan that writes nothing."""
        board = self.board()
        house, day = board.house, board.day

        def counted() -> LastPlan:
            (plan,) = jobs.plan_day(house, day, [name], dry=True).campaigns
            return LastPlan(day, plan.verdicts)

        version = f"{_counted_from(board, name)} {house.clock().isoformat()}"
        self.shelf.ask(f"count {name}", version, counted)

    def counted(self, board: Board, name: str) -> Kept[LastPlan]:
        """What such a count found; forgotten when a file has changed since, or the campaign was planned."""
        kept: Kept[LastPlan] = self.shelf.peek(f"count {name}")
        is_true = kept.is_waiting or kept.version.startswith(f"{_counted_from(board, name)} ")
        return kept if is_true else Kept()

    def close(self) -> None:
        """End all work and let go of the journal."""
        self.shelf.close()
        self.office.close()

    def _findings(self, present: Present, day: dt.date) -> Kept[Findings]:
        return self.shelf.ask(
            "findings",
            f"{present.version} {day}",
            lambda: _looked_through(present.house, day),
            patience=PATIENCE,
        )

    def _results(self, present: Present, day: dt.date) -> Kept[jobs.Results]:
        if present.unreadable:
            return self.shelf.peek("results")
        version = f"{present.version} {day} {present.house.journal.mark()}"
        return self.shelf.ask("results", version, lambda: jobs.results(present.house, day), patience=PATIENCE)


def _counted_from(board: Board, name: str) -> str:
    """What a count is true for."""
    standing = board.standing(name)
    planned = standing.plan.day if standing and standing.plan else None
    return f"{board.present.version} {board.day} {planned}"


def _looked_through(house: House, day: dt.date) -> Findings:
    problems = tuple(jobs.check(house))
    found = Findings(problems)
    try:
        lacking = _lacking(house, day) if found.are_usable else {}
    except LedgerError:
        return found
    return Findings(problems, {name: tuple(sorted(needs)) for name, needs in lacking.items() if needs})


def _lacking(house: House, day: dt.date) -> Mapping[str, frozenset[str]]:
    """What each campaign needs and planning would not have."""
    from pakdee.house.composing import Composer

    needed = {name: features_needed(house, one) for name, one in house.project.campaigns.items()}
    known = Composer.of(house).known(day, frozenset[str]().union(*needed.values()))
    return {name: house.missing_for(names, known) for name, names in needed.items()}


def _day(house: House, plans: Mapping[str, LastPlan]) -> dt.date:
    """Today; in a rehearsal of another day, on facts too old for today, the last day that was planned."""
    today, planned = house.today(), max((plan.day for plan in plans.values()), default=None)
    is_rehearsed = house.settings.sendgrid.mode is Mode.TWIN and planned not in (None, today)
    return planned if planned and is_rehearsed and _facts(house, today) else today


def _facts(house: House, day: dt.date) -> PakdeeError | None:
    try:
        house.fresh_snapshot(day)
    except LedgerError as error:
        return error
    return None


def _today(house: House, day: dt.date) -> Today | None:
    found = house.journal.period_messages(day, day + dt.timedelta(days=1)).values()
    if not found:
        return None
    waiting = sum(states.get(state, 0) for states in found for state in _OPEN)
    planned = sum(sum(states.values()) for states in found)
    return Today(planned, planned - waiting, waiting)
