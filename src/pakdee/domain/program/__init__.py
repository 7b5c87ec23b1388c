"""The loyalty programme as `program.yaml` states it; `docs/programme.md` says what each rule means."""

from pakdee.domain.program.about import About, Unit
from pakdee.domain.program.block import Cap
from pakdee.domain.program.earning import EarnRule, Expiry
from pakdee.domain.program.grants import Around, Budget, Grant, GrantKind, Milestone
from pakdee.domain.program.ladder import Ladder
from pakdee.domain.program.membership import Cause, Membership, PaidPlan
from pakdee.domain.program.tiers import Level, Tiers, bare
from pakdee.domain.program.whole import Event, Program

__all__ = [
    "About",
    "Around",
    "Budget",
    "Cap",
    "Cause",
    "EarnRule",
    "Event",
    "Expiry",
    "Grant",
    "GrantKind",
    "Ladder",
    "Level",
    "Membership",
    "Milestone",
    "PaidPlan",
    "Program",
    "Tiers",
    "Unit",
    "bare",
]
