"""Steps of a campaign: in order, each with a name of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from pakdee.catalog.lines import LineFinder
from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import Problem

_DAY = dt.timedelta(days=1)


def step_problems(campaign: Campaign, finder: LineFinder) -> Iterator[Problem]:
    """Findings about the names and days of a campaign's steps."""
    before, names = dt.timedelta(0), set[str]()
    for number, step in enumerate(campaign.steps):
        if step.after % _DAY:
            what = "a step comes whole days after the first mail"
            yield finder.problem(
                "steps", number, "after", what=what, next_step="write for example  after: 7 days"
            )
        elif step.after <= before:
            told = f"the step before it, after {before.days} days" if before else "the first mail"
            what = f"the step '{step.id}' does not come later than {told}"
            hint = "put the steps in order; each  after:  counts from the first mail"
            yield finder.problem("steps", number, "after", what=what, next_step=hint)
        if step.id in names:
            what = f"there are two steps '{step.id}'"
            yield finder.problem(
                "steps", number, "id", what=what, next_step="give each step a name of its own"
            )
        before, names = step.after, names | {step.id}
    if campaign.goal and campaign.steps and campaign.goal.order <= before:
        goal = campaign.goal.order.days
        what = f"the last step, after {before.days} days, comes when the goal's {goal} days are over"
        hint = "let the goal reach beyond the last step, so that the whole series is measured"
        yield finder.problem("goal", what=what, next_step=hint, severity="warning")
