"""Paid plans: which terms there are, and what they say of customers on a day, as SQL."""

from __future__ import annotations

from dataclasses import dataclass

from pakdee.domain.program import Program
from pakdee.programme.connecting import choice, statement, text
from pakdee.programme.earning import IS_AN_ORDER


@dataclass(frozen=True)
class Plans:
    """The paid plans of a programme; where it has none, the shop's terms speak for themselves."""

    program: Program

    @property
    def terms(self) -> str:
        """The statements that make `plan_terms` and `plan_days`; `shop_memberships` must be there."""
        paid = self.program.membership
        trials = [
            (f"plan_id = {text(plan.id)}", f"(started_on + {plan.trial.sql})::DATE - 1")
            for plan in (paid.plans if paid else ())
            if plan.trial
        ]
        return statement("plan_terms").format(
            trial_ends=choice(trials, "NULL::DATE"), graced=self._graced or "ends_on"
        )

    @property
    def told(self) -> str:
        """The statement that makes `plans_told`, one row per customer of the range."""
        paid = self.program.membership
        return statement("plans_told").format(
            in_grace=self._in_grace,
            reminders=self._reminders,
            renews=self._renews,
            pays_back=str(bool(paid and paid.refund)).lower(),
            is_an_order=IS_AN_ORDER,
        )

    @property
    def _graced(self) -> str:
        """The SQL of the last day of grace after `ends_on`; empty where the programme states none."""
        paid = self.program.membership
        return f"(ends_on + {paid.lapse_grace.sql})::DATE" if paid and paid.lapse_grace else ""

    @property
    def _in_grace(self) -> str:
        """The SQL of whether a term that is over still gives its benefits."""
        if not self._graced:
            return "status = 'grace'"
        known = f"{self._graced} >= getvariable('day')"
        return f"status <> 'cancelled' AND coalesce({known}, status = 'grace')"

    @property
    def _reminders(self) -> str:
        """The SQL of the days on which members are reminded of the end of a term."""
        paid = self.program.membership
        days = [f"(ends_on - {span.sql})::DATE" for span in (paid.remind if paid else ())]
        return f"[{', '.join(days)}]::DATE[]"

    @property
    def _renews(self) -> str:
        """The SQL of whether a running term goes on by itself; what the member wishes goes before."""
        paid = self.program.membership
        if paid is None:
            return "auto_renew IS TRUE"
        return "auto_renew IS NOT FALSE" if paid.renew == "auto" else "false"
