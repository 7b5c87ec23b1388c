"""Which features a programme tells by the facts there are, and the views that tell them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property, partial

from pakdee.domain.condition import Condition
from pakdee.domain.feature_text import COLUMN_TYPES
from pakdee.domain.program import Grant, GrantKind, Program, Tiers
from pakdee.domain.program.earning import ORDER
from pakdee.domain.program.features import COUNT, activity_of
from pakdee.domain.program.grants import OF_CAMPAIGNS
from pakdee.programme import tiering
from pakdee.programme.applying import Applying
from pakdee.programme.balancing import Balancing
from pakdee.programme.catalogue import PLAN_FEATURES, SPENT, STANDS_IN, specs_of
from pakdee.programme.choosing import Choosing
from pakdee.programme.connecting import statement, text
from pakdee.programme.expiring import Expiring
from pakdee.programme.granting import NOTHING_GIVEN, Granting
from pakdee.programme.plans import Plans

LADDER_READS = frozenset({"order_count", "order_count_365d", "days_since_last_purchase"})
"""Features of stage "ledger" that the ladder is made from."""

BALANCE = "points_balance"
REWARD = "units_to_next_reward"

_VIEWS = {
    "is_lapsed": "ladder",
    "is_retained": "ladder",
    "points_earned_365d": "earnings_told",
    "points_used_365d": "earnings_told",
    "redemption_rate": "earnings_told",
    BALANCE: "balance_told",
    "points_expiring_30d": "balance_told",
    "points_expire_on": "balance_told",
    "days_to_next_expiry": "balance_told",
    REWARD: "balance_told",
    SPENT: "spending_told",
    "days_since_milestone": "milestones_told",
    "last_milestone": "milestones_told",
    "donated_365d": "donations_told",
    **dict.fromkeys(PLAN_FEATURES, "plans_told"),
}
"""The view that tells each feature; totals of activities have one too, all others are told by `tiers`."""
_TOTALS = "activities_told"
_TABLES_OF = {_TOTALS: "activities", "plans_told": "memberships"}

_EARNS_FROM = {ORDER: "orders", "join": "customers", "birthday": "customers", "referral": "referrals"}
_EARNS_FROM |= {"survey": "survey_responses"}
_GIVES_FROM = {ORDER: "orders", **dict.fromkeys(OF_CAMPAIGNS | {"schedule"}, "customers")}
_SPENT = {"earnings_told", "spending_told"}
"""Views that tell of what was spent."""
_COUNTS_FROM = {"net_spend": "orders", "order_count": "orders", "activity_sum": "activities"}


@dataclass(frozen=True)
class Telling:
    """What a programme has to tell about customers.

    Args:
        tables: those that the shop has.
        part: columns of the ledger's features.
        shop_keeps_points: the shop's own entries are what was earned.
        conditions: of the earn rules, by name.
        fits: for each grant with a condition, the SQL of whether it is known to hold.
        by_tier: grants whose condition hangs on the tier of the day.
    """

    program: Program
    tables: Collection[str]
    part: frozenset[str]
    shop_keeps_points: bool
    conditions: Mapping[str, Condition]
    fits: Mapping[str, str]
    by_tier: frozenset[str] = frozenset()

    def columns(self, names: Collection[str] | None) -> dict[str, str]:
        """The features of `names` there are facts for, with the SQL of each, in catalogue order."""
        types = {spec.name: spec.type for spec in specs_of(self.program)}
        stands_in = in_place_of_the_ledger(self.program, shop_keeps_points=self.shop_keeps_points)
        types |= {name: STANDS_IN[name] for name in sorted(stands_in) if name not in self.part}
        return {
            name: f'"{name}"::{COLUMN_TYPES[kind]} AS "{name}"'
            for name, kind in types.items()
            if (names is None or name in names) and self._is_told(name)
        }

    def applying(self, told: Collection[str]) -> Applying:
        """What has to be worked out for these features."""
        views = set(self.views(told))
        tiers = self.program.tiers if "tiers" in views or self.asks_old_tiers(told) else None
        return Applying(
            self.program,
            climb=partial(tiering.run, program=self.program) if tiers else None,
            climbs_by_units=tiers is not None and tiers.metric == "units_earned",
            units=bool(views & {"earnings_told", "spending_told"}),
            balance=self._asks_balance(views),
            shop_keeps_points=self.shop_keeps_points,
            conditions=self.conditions,
            fits=self.fits,
        )

    def views(self, told: Collection[str]) -> list[str]:
        """The views that tell these features, by name."""
        return sorted(self.by_view(told))

    def by_view(self, told: Collection[str]) -> dict[str, list[str]]:
        """The features that each view tells."""
        views: dict[str, list[str]] = {}
        for name in told:
            views.setdefault(_view_of(name), []).append(name)
        return views

    def _asks_balance(self, views: AbstractSet[str]) -> bool:
        waits = "spending_told" in views and bool(self._choosing.rewards)
        return "balance_told" in views or waits or (bool(views & _SPENT) and self._balance_pays)

    def asks_old_tiers(self, told: Collection[str]) -> bool:
        """Whether units that are wanted hang on the tiers of earlier days."""
        views = set(self.views(told))
        asked = bool({"earnings_told", "balance_told"} & views) and not self.shop_keeps_points
        expiry = self.program.expiry
        by_tier = bool(any(r.by_tier for r in self.program.earn) or (expiry and expiry.by_tier))
        grants = [*self._grants_in(views), *(self._choosing.rewards if self._asks_rewards(told) else ())]
        return (asked and by_tier) or any(grant.id in self.by_tier for grant in grants)

    def _asks_rewards(self, told: Collection[str]) -> bool:
        return bool({REWARD, SPENT} & set(told)) and bool(self._choosing.rewards)

    def _grants_in(self, views: AbstractSet[str]) -> Iterator[Grant]:
        """The grants that these views tell something of."""
        if "milestones_told" in views:
            yield from self._granting.milestones
        if "donations_told" in views:
            yield from self._granting.donations
        if self._asks_balance(views) and not self.shop_keeps_points:
            yield from self._granting.of_units
            yield from Balancing(self.program, self.fits).grants

    def begin(self, told: Collection[str]) -> list[str]:
        """What lays out what is the same for all ranges."""
        walks = SPENT in told and self.shop_keeps_points and self._choosing.rewards
        return [statement("kept_queue")] if walks else []

    def statements(self, told: Collection[str]) -> list[str]:
        """What lays out the views of these features, in each range after all else."""
        views = self.by_view(told)
        has_lots = self._asks_balance(set(views)) and not self.shop_keeps_points
        first = [self._choosing.cheapest] if self._asks_rewards(told) else []
        if first and SPENT in told:
            first.append(statement("kept_reached") if self.shop_keeps_points else self._choosing.reached)
        return first + [self._view(view, views[view], has_lots=has_lots) for view in sorted(views)]

    # ── what there are facts for ─────────────────────────────────────────────────────────────────
    def _is_told(self, name: str) -> bool:
        program, tables = self.program, self.tables
        match _view_of(name):
            case "tiers":
                return bool(program.tiers and self._has_tiers(program.tiers))
            case "ladder":
                return "orders" in tables and self.part >= LADDER_READS
            case "activities_told" | "plans_told" as view:
                return _TABLES_OF[view] in tables
            case "milestones_told":
                return bool(self._granting.milestones) and "activities" in tables
            case "donations_told":
                return "donations" in tables or (bool(self._granting.donations) and "orders" in tables)
        has_balance = not self.shop_keeps_points or BALANCE in self.part
        has_reward = bool(self._choosing.rewards) and has_balance
        has_units = self._earns or (self._gives_units and _view_of(name) != "earnings_told")
        return (name != REWARD or has_reward) and (self.shop_keeps_points or has_units)

    def _has_tiers(self, tiers: Tiers) -> bool:
        if "tier_changes" in self.tables:
            return True
        if tiers.metric == "units_earned":
            return self.shop_keeps_points or self._earns
        return _COUNTS_FROM[tiers.metric] in self.tables

    @property
    def _earns(self) -> bool:
        return any(_EARNS_FROM.get(rule.when, "activities") in self.tables for rule in self.program.earn)

    @property
    def _gives_units(self) -> bool:
        of_units = (grant.when for grant in self.program.grants if grant.kind is GrantKind.UNITS)
        return any(_GIVES_FROM.get(when, "activities") in self.tables for when in of_units)

    @property
    def _balance_pays(self) -> bool:
        return bool(Balancing(self.program, self.fits).grants)

    @cached_property
    def _choosing(self) -> Choosing:
        return Choosing(self.program, self.fits)

    # ── how it is told ───────────────────────────────────────────────────────────────────────────
    @cached_property
    def _granting(self) -> Granting:
        return Granting(self.program, self.fits)

    def _view(self, view: str, names: Sequence[str], *, has_lots: bool) -> str:
        """The statement that makes a view of these features."""
        if view == "tiers":
            return tiering.features(self.program, members_only=bool(self.program.program.needs))
        if view == "plans_told":
            return Plans(self.program).told
        if view == "ladder":
            return statement("earlier_orders") + statement("ladder")
        if view == _TOTALS:
            return statement(view).format(totals=", ".join(map(_total, names)))
        if view == "balance_told" and self.shop_keeps_points:
            view = "reward_told"
        granting, has_rewards = self._granting, REWARD in names
        waits = SPENT in names and bool(self._choosing.rewards)
        given = {"milestones_told": granting.milestones, "donations_told": granting.donations}
        return statement(view).format(
            cost="cost" if has_rewards else "NULL",
            costs="LEFT JOIN cheapest USING (customer_id)" if has_rewards else "",
            reached_on="reached_on" if waits else "NULL::DATE",
            waiting="LEFT JOIN reached USING (customer_id)" if waits else "",
            kept_by_tier=Expiring(self.program).kept_by_tier,
            given=granting.given(given.get(view, [])) or NOTHING_GIVEN,
            earnings="lots" if has_lots else statement("earnings"),
        )


def in_place_of_the_ledger(program: Program, *, shop_keeps_points: bool) -> frozenset[str]:
    """Features of stage "ledger" that a programme tells, since it alone knows of its rules.

    Where the shop keeps the points, it is since when somebody could have chosen a reward who never did.
    """
    if not shop_keeps_points:
        return frozenset(STANDS_IN)
    return frozenset({SPENT} if Choosing(program, {}).rewards else ())


def _view_of(name: str) -> str:
    """The view that tells a feature."""
    return _TOTALS if activity_of(name) else _VIEWS.get(name, "tiers")


def _total(name: str) -> str:
    """The SQL of a total of activities, 0 where there are none."""
    what = "count(*)" if name.startswith(COUNT) else "sum(coalesce(amount, 1))"
    return f'coalesce({what} FILTER (type = {text(activity_of(name))}), 0) AS "{name}"'
