"""How each campaign stands: whether it goes out, what keeps it from it, and when it is next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pakdee.domain.calendar import next_due, send_window
from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import Problem
from pakdee.domain.vocabulary import Status
from pakdee.house import House
from pakdee.jobs.breakers import BY as BREAKER
from pakdee.journal import LastPlan, Stop

ONE_DAY = dt.timedelta(days=1)


class State(StrEnum):
    """In the order in which they are shown: what needs a person first."""

    UNREADABLE = "unreadable"
    CANNOT_RUN = "cannot_run"
    TRIPPED = "tripped"
    STOPPED = "stopped"
    LIVE = "live"
    OVER = "over"
    DRAFT = "draft"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True)
class Standing:
    """One campaign.

    Args:
        campaign: None while its file was never readable.
        stop: what holds it, of its own.
        needs: tables and columns the ledger lacks.
        next_at: when its next mails may leave; None where none is to come.
        plan: who got it when it was planned last.
        problems: in its file and its template's.
    """

    name: str
    state: State
    campaign: Campaign | None = None
    stop: Stop | None = None
    needs: tuple[str, ...] = ()
    next_at: dt.datetime | None = None
    plan: LastPlan | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> int:
        """Findings that block."""
        return sum(problem.severity == "error" for problem in self.problems)


@dataclass(frozen=True)
class Known:
    """All there is to know for it: as of `day`, with the stops in force and what `check` found."""

    house: House
    day: dt.date
    campaigns: Mapping[str, Campaign]
    plans: Mapping[str, LastPlan]
    stops: Sequence[Stop]
    problems: Sequence[Problem]
    needs: Mapping[str, tuple[str, ...]]

    def standing(self, name: str) -> Standing:
        """How the campaign of that name stands."""
        campaign = self.campaigns.get(name)
        stop = next((found for found in self.stops if found.scope == name), None)
        needs = self.needs.get(name, ())
        problems = tuple(problem for problem in self.problems if _concerns(problem, name, campaign))
        state = _state(campaign, stop, needs)
        next_at = self._next_at(name, campaign) if campaign is not None else None
        if state is State.LIVE and next_at is None:
            state = State.OVER
        return Standing(
            name=name,
            state=state,
            campaign=campaign,
            stop=stop,
            needs=needs,
            next_at=next_at,
            plan=self.plans.get(name),
            problems=problems,
        )

    def _next_at(self, name: str, campaign: Campaign) -> dt.datetime | None:
        """A day that was planned is done; today is over once its last hour has passed."""
        plan, today = self.plans.get(name), self.house.today()
        due = next_due(campaign, self.day + ONE_DAY if plan and plan.day == self.day else self.day)
        if due == today and self._window(campaign, due)[1] < self.house.clock():
            due = next_due(campaign, today + ONE_DAY)
        return self._window(campaign, due)[0] if due else None

    def _window(self, campaign: Campaign, due: dt.date) -> tuple[dt.datetime, dt.datetime]:
        quiet = self.house.settings.quiet_hours
        start, end = send_window(campaign.when, due, self.house.zone, quiet)
        return start, end or start + ONE_DAY


def in_order(standings: Sequence[Standing]) -> list[Standing]:
    """What needs a person first, then by the next date, then by name."""
    order, never = list(State), dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(standings, key=lambda one: (order.index(one.state), one.next_at or never, one.name))


def _state(campaign: Campaign | None, stop: Stop | None, needs: Sequence[str]) -> State:
    if campaign is None:
        return State.UNREADABLE
    if campaign.status is not Status.LIVE:
        return State(campaign.status.value)
    if needs:
        return State.CANNOT_RUN
    if stop is not None:
        return State.TRIPPED if stop.by == BREAKER else State.STOPPED
    return State.LIVE


def _concerns(problem: Problem, name: str, campaign: Campaign | None) -> bool:
    folders = tuple(f"templates/{mail.template}/" for mail in campaign.mails) if campaign else ()
    return problem.file == f"campaigns/{name}.yaml" or problem.file.startswith(folders)
