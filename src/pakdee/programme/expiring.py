"""When units run out, as SQL."""

from __future__ import annotations

from dataclasses import dataclass

from pakdee.domain.program import Program
from pakdee.programme.connecting import statement, text
from pakdee.programme.earning import IS_AN_ORDER
from pakdee.programme.limiting import told

NEVER = "DATE '9999-12-31'"

_LAST_ON = "runs_out(CASE WHEN s.starts <= runs_out(x.available_on) THEN s.ends ELSE x.available_on END)"
_SESSIONS = "ASOF LEFT JOIN sessions AS s ON x.customer_id = s.customer_id AND x.available_on < s.ends"


@dataclass(frozen=True)
class Expiring:
    """The rule of a programme by which units run out."""

    program: Program

    @property
    def macro(self) -> str:
        """`runs_out(day)`: the last day of units whose time begins on a day."""
        expiry = self.program.expiry
        if expiry is None or expiry.after is None:
            return f"CREATE TEMP MACRO runs_out(start) AS {NEVER}"
        last_on = f"(start + {expiry.after.sql})::DATE"
        return f"CREATE TEMP MACRO runs_out(start) AS {f'last_day({last_on})' if expiry.round else last_on}"

    @property
    def asks_tiers(self) -> bool:
        """Whether members of a tier keep their units."""
        return bool(self.program.expiry and self.program.expiry.by_tier)

    @property
    def sessions(self) -> str | None:
        """The statement that finds out what kept units alive; None where nothing does."""
        alive = " UNION ALL ".join(self._alive())
        return statement("sessions").format(alive=alive) if alive else None

    @property
    def lasting(self) -> dict[str, str]:
        """The SQL of the last day of units of `x`, and of what it is joined with."""
        if self.sessions:
            return {"last_on": _LAST_ON, "sessions": _SESSIONS}
        return {"last_on": "runs_out(x.available_on)", "sessions": ""}

    @property
    def kept_by_tier(self) -> str:
        """The SQL of customers whose tier keeps their units today."""
        if not self._ranks():
            return "SELECT NULL AS customer_id WHERE false"
        members = self._members(told(self.program.program, "getvariable('day') - 1"))
        return statement("kept_by_tier").format(
            ranks=self._ranks(), beginning=self._beginning(), members=members
        )

    def _alive(self) -> list[str]:
        expiry = self.program.expiry
        if expiry is None or expiry.after is None:
            return []
        found = [_alive_by(kind) for kind in expiry.keep_alive]
        if self._ranks():
            found.append(self._alive_by_tier())
        return found

    def _alive_by_tier(self) -> str:
        needs_birth_date = "birth_date" in self.program.program.needs
        return statement("alive_by_tier").format(
            ranks=self._ranks(),
            beginning=self._beginning(),
            starts="greatest(day + 1, birth_told_on)" if needs_birth_date else "day + 1",
            members=self._members("birth_told_on IS NOT NULL" if needs_birth_date else "true"),
        )

    def _beginning(self) -> str:
        """The SQL of everyone's time on the lowest tier, where that one keeps units."""
        tiers, expiry = self.program.tiers, self.program.expiry
        lowest = next((level.id for level in tiers.levels if not level.invite), None) if tiers else None
        return statement("alive_by_lowest") if expiry and lowest in expiry.by_tier else ""

    def _members(self, told: str) -> str:
        """The SQL that leaves members, of whom `told` holds; who is no member has no tier."""
        if not self.program.program.needs:
            return ""
        return f"JOIN (FROM facts_people WHERE has_contact AND {told}) USING (customer_id)"

    def _ranks(self) -> str:
        """Places, counted from 1, of the tiers whose units never run out."""
        expiry, tiers = self.program.expiry, self.program.tiers
        if expiry is None or tiers is None:
            return ""
        return ", ".join(
            str(rank) for rank, level in enumerate(tiers.levels, 1) if level.id in expiry.by_tier
        )


def _alive_by(kind: str) -> str:
    if kind == "order":
        return statement("alive_by_order").format(is_an_order=IS_AN_ORDER)
    if kind == "redeem":
        return statement("alive_by_use")
    return statement("alive_by_activity").format(type=text(kind))
