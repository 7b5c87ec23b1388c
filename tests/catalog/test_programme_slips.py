"""Every slip in program.yaml is told with its line, in words, and with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_catalogue import findings

from pakdee.catalog.program_file import load_program
from pakdee.catalog.programme_checks import program_problems, unheard_of
from pakdee.catalog.reading import read_model
from pakdee.domain.errors import CatalogError
from pakdee.domain.program import Program
from pakdee.house.composing import feature_catalog

HEAD = """\
program: {name: {en: Club}, currency: THB}
"""
TIERS = """\
tiers:
  metric: {metric}
  window: calendar_year
  keep: end_of_next_year
  levels:
    - {{id: member, title: {{en: m}}, at: 0}}
    - {{id: silver, title: {{en: s}}, at: {silver}}}
    - {{id: gold, title: {{en: g}}, at: {gold}}}
"""


def told(tmp_path: Path, content: str) -> list[str]:
    """Findings of a file of HEAD and `content`, without the file's name; warnings included."""
    path = tmp_path / "program.yaml"
    path.write_text(HEAD + content, "utf-8")
    try:
        program, finder = read_model(path, Program, root=tmp_path)
    except CatalogError as refusal:
        return [str(problem).removeprefix("program.yaml:") for problem in refusal.problems]
    return [str(p).removeprefix("program.yaml:") for p in program_problems(program, finder, "THB")]


def tiers(silver: str = "5000 THB", gold: str = "20000 THB", metric: str = "net_spend") -> str:
    """Three levels; gold stands in line 9."""
    return TIERS.format(silver=silver, gold=gold, metric=metric)


def grant(words: str) -> str:
    """One grant, in line 3."""
    return f"grants:\n  - {{id: gift, title: {{en: Gift}}, {words}}}"


def earn(*rules: str) -> str:
    """Earn rules from line 3 on."""
    return "\n".join(["earn:", *(f"  - {{{rule}}}" for rule in rules)])


ORDER = "when: order, per: 25 THB, give: 1"
EARNING = [
    (earn("on: order, per: 25 THB, give: 1"), ["3: there is no key 'on' here\n  Next: write 'when'"]),
    (earn(f"{ORDER}, where_: x"), ["3: there is no key 'where_' here\n  Next: write 'where'"]),
    (earn("when: order, per: 25 THB, give: -1"), ["3: give: this must be more than 0"]),
    (earn("when: order, per: 0 THB, give: 1"), ["3: per: must be more than 0\n  Next: write for example 25 THB"]),
    (earn("when: order, per: -25 THB, give: 1"), ["3: per: '-25 THB' is not an amount"]),
    (earn("when: order, per: 25, give: 1"), ["3: per: 25 is not an amount\n  Next: write for example '250 THB'"]),
    (earn("when: order, per: 1 USD, give: 1"), ["3: 1 USD is not in the programme's currency\n  Next: write the amount in THB"]),
    (earn("when: review, per: 25 THB, give: 1"), ["3: per: is an amount of money, and only orders have one"]),
    (earn("when: birthday, give: 1, proof: ticket"), ["3: proof: goes with activities, not with when: birthday"]),
    (earn("when: Review, give: 1"), ["3: when: 'Review' is no name"]),
    (earn("when: bithday, give: 1"), ["3: warning: 'bithday' is taken for a type of activities\n  Next: if you mean 'birthday', write that"]),
    (earn("when: review, give: 1, cap: {times: 1, units: 2, per: ever}"), ["3: a cap is a number of times or of units\n  Next: give one of the two"]),
    (earn("when: review, give: 1, cap: {times: 1, per: always}"), ["3: per: 'always' is not a length of time\n  Next: write for example '12 months', or 'ever'"]),
    (earn("when: review, give: 1, cap: {times: 1, per: 0 days}"), ["3: per: '0 days' is no time at all"]),
    (earn("when: review, give: 1, cap: {times: 0, per: ever}"), ["3: times: this must be 1 or more"]),
    (earn("when: review, give: 1, pending: 900 years"), ["3: pending: '900 years' is longer than a hundred years"]),
    (earn("when: review, give: many"), ["3: give: this must be a number, for example 1.5"]),
    (earn("when: review, give: .inf"), ["3: give: this must be a number, for example 1.5"]),
    (earn("when: review, give: 1000000000001"), ["3: give: this must be 1000000000000 or less"]),
    (earn(f"{ORDER}, reverse: perhaps"), ["3: reverse: this must be true or false"]),
    (earn(f"{ORDER}, pending: P14D"), ["3: pending: 'P14D' is not written as a length of time\n  Next: write '14 days'"]),
    (earn("when: review, give: 1, cap: {times: 1, per: P1Y}"), ["3: per: 'P1Y' is not written as a length of time\n  Next: write '1 year'"]),
    (earn(ORDER, "when: join, give: 1", ORDER), ["5: 'order' is already the name of another one of earn\n  Next: write an id: of its own"]),
    (earn(f"{ORDER}, by_tier: {{gold: 2}}"), ["3: by_tier: there is no tier 'gold'\n  Next: write the id of one of the levels of tiers:"]),
    (tiers() + earn(f"{ORDER}, by_tier: {{gld: 2}}"), ["11: by_tier: there is no tier 'gld'\n  Next: write 'gold'"]),
    (tiers() + earn(f"{ORDER}, by_tier: {{gold: 0}}"), ["11: by_tier: members of 'gold' would earn nothing or less"]),
    ("expiry: {rule: age}", ["2: rule age needs after:\n  Next: write for example after: 12 months"]),
    ("expiry: {rule: never, after: 1 year}", ["2: units never run out, so after: means nothing"]),
    ("expiry: {rule: inactivity, after: 1 year}", ["2: rule inactivity needs keep_alive:"]),
    ("expiry: {rule: inactivity, after: 1 year, keep_alive: [orders]}", ["2: warning: 'orders' is taken for a type of activities\n  Next: if you mean 'order', write that"]),
    ("events: [{id: a, from: 2026-05-01, until: 2026-04-01}]", ["2: until: lies before from:"]),
    ("events: [{id: a, from: 2569-05-01, until: 2569-05-02}]", ["2: the year 2569 looks Buddhist\n  Next: write 2026"]),
    ("events:\n  - {id: a, from: 2026-05-01, until: 2026-05-09}\n  - {id: b, from: 2026-05-09, until: 2026-05-10}",
     ["4: 'b' begins before 'a' is over, and a day can have one event"]),
]  # fmt: skip
TIERED = [
    (tiers(gold="3000 THB"), ["9: 'gold' is reached before 'silver', which stands below it\n  Next: put the levels in order, lowest first"]),
    (tiers(gold="5000 THB"), ["9: 'gold' and 'silver' are reached at the same, so nobody would be 'silver'\n  Next: change one of the two"]),
    (tiers(gold="500"), ["9: 'gold' is reached before 'silver'", "9: at: levels by net_spend have another unit\n  Next: write an amount, for example 5000 THB"]),
    (tiers("5 THB", "9", "order_count"), ["8: at: levels by order_count have another unit\n  Next: write a number without a currency"]),
    (tiers(gold="lots"), ["9: at: 'lots' is neither an amount nor a number\n  Next: write for example '5000 THB' or 500"]),
    (tiers(gold="9000 THB, keep_at: 9001 THB"), ["9: keeping 'gold' would take more than reaching it"]),
    (tiers(gold="1000000000001 THB"), ["9: at: '1000000000001 THB' is more than anybody reaches\n  Next: write a smaller one"]),
    (tiers(gold="-1 THB"), ["9: at: '-1 THB' is neither an amount nor a number"]),
    (tiers().replace("at: 0", "at: 1 THB"), ["7: the lowest level, 'member', must begin at 0, since everyone has a tier"]),
    (tiers().replace("at: 0", "at: 0, invite: true"), ["7: everyone begins on the first level, so it cannot be by invitation", "8: the lowest level, 'silver', must begin"]),
    (tiers().replace("{en: g}", "{en: s}"), ["9: 'gold' and 'silver' have the same title, so nobody could tell them apart"]),
    (tiers().replace("id: gold", "id: silver"), ["9: 'silver' is already the name of another one of levels"]),
    (tiers().replace("end_of_next_year", "forever"), ["5: what is counted over a lifetime is kept for ever, and nothing else is"]),
    (tiers().replace("end_of_next_year", "long"), ["5: keep: 'long' is not a length of time\n  Next: write for example '12 months', or 'end_of_next_year' or 'forever'"]),
    (tiers("5", "9", "activity_sum"), ["3: metric activity_sum needs activity:"]),
    (tiers().replace("metric: net_spend", "metric: net_spend\n  activity: run"), ["4: activity: goes with metric activity_sum, not with net_spend"]),
]  # fmt: skip
GRANTED = [
    (grant("kind: product, who: vip"), ["3: there is no key 'who' here\n  Next: write 'where'"]),
    (grant("kind: money"), ["3: kind money needs value:\n  Next: write for example value: 150 THB"]),
    (grant("kind: money, value: 0 THB"), ["3: value: must be more than 0"]),
    (grant("kind: money, value: 50 THB, budget: {amount: 49 THB}"), ["3: the budget is less than one of them is worth"]),
    (grant('kind: product, when: schedule, dates: ["06-15", "06-15"]'), ["3: '06-15' stands here a second time"]),
    (grant("kind: percent"), ["3: kind percent needs percent:\n  Next: write for example percent: 10"]),
    (grant("kind: units"), ["3: kind units needs units:\n  Next: write for example units: 100"]),
    (grant("kind: donation"), ["3: kind donation is a share: of the order or a value:"]),
    (grant("kind: donation, share: 1%"), ["3: share: is of an order\n  Next: write when: order, or value: instead"]),
    (grant("kind: product, percent: 10"), ["3: percent: goes with kind percent, not with product\n  Next: remove it"]),
    (grant("kind: units, units: 5, when: balance, cost: 9"), ["3: units cannot pay for units without anybody's choosing, and balance has a cost:\n  Next: use another kind:, or remove cost:"]),
    (grant("kind: product, when: redeem"), ["3: when: redeem needs cost:"]),
    (grant("kind: product, when: balance"), ["3: when: balance needs cost:"]),
    (grant("kind: product, when: birthday, cost: 5"), ["3: cost: goes with when: redeem, balance, schedule, not with birthday"]),
    (grant("kind: product, when: join, window: {after: 7 days}"), ["3: window: goes with when: birthday, anniversary, not with join"]),
    (grant("kind: product, when: birthday, window: {}"), ["3: these days have no length"]),
    (grant("kind: product, when: schedule"), ["3: when: schedule needs dates: or every:, not both"]),
    (grant("kind: product, every: 1 month"), ["3: every: goes with when: schedule, not with campaign"]),
    (grant('kind: product, when: schedule, dates: ["02-29"]'), ["3: '02-29' is no day of every year\n  Next: write month-day"]),
    (grant("kind: badge, when: milestone, at: {activity: run, sum: 1.0e+12}"), []),
    (grant("kind: badge, when: milestone, at: {activity: run, count: 1000000000001}"), ["3: count: this must be 1000000000000 or less"]),
    (grant("kind: badge, when: milestone, at: {activity: run, sum: 1000000000001}"), ["3: sum: this must be 1000000000000 or less"]),
    (grant("kind: badge, when: milestone"), ["3: when: milestone needs at:"]),
    (grant("kind: badge, at: {activity: run, count: 1}"), ["3: at: goes with when: milestone or an activity, not with campaign"]),
    (grant("kind: badge, when: run, at: {activity: walk, count: 1}"), ["3: at: counts 'walk', but what gives the grant is 'run'\n  Next: write activity: run"]),
    (grant("kind: badge, when: milestone, at: {activity: run}"), ["3: a total is a number of activities or the sum of their amounts"]),
    (grant("kind: product, options: [{en: a}, {en: b}]"), ["3: options: need choose:"]),
    (grant("kind: product, choose: 1, options: [{en: a}]"), ["3: there is nothing to choose where all 1 may be taken"]),
    (grant("kind: product, cap: {units: 5, per: ever}"), ["3: a cap in units goes with kind units, not with product"]),
    (grant("kind: product, budget: {amount: 500 THB}"), ["3: a budget in money needs to know what the grant is worth"]),
    (grant("kind: product, when: redeem, cost: 5, budget: {times: 5}"), ["3: budget: goes with what campaigns give, not with when: redeem\n  Next: remove it, or let a campaign give it"]),
    (grant("kind: product, when: order, codes: pool"), ["3: codes: goes with what campaigns give, not with when: order"]),
    (grant("kind: product, when: always, cap: {times: 1, per: ever}"), ["3: what is there all the time cannot be counted, so cap: means nothing"]),
    (grant("kind: product, budget: {}"), ["3: a budget is an amount or a number of times"]),
    (grant("kind: donation, when: order, share: 1%, causes: [natur]") + "\ncauses: [{id: nature, title: {en: n}}]",
     ["3: there is no cause 'natur'\n  Next: write 'nature'"]),
    (grant("kind: donation, value: 5 THB, causes: [nature]"), ["3: there is no cause 'nature'\n  Next: add it to the block causes:"]),
    (grant("kind: product, when: redem, valid: 5 days"), ["3: warning: 'redem' is taken for a type of activities\n  Next: if you mean 'redeem', write that"]),
    (grant("kind: product") + "\n  - {id: gift, title: {en: Gift}, kind: badge}", ["4: 'gift' is already the name of another one of grants"]),
    (grant("kind: product, when: balance, cost: 5") + "\n  - {id: two, title: {en: Two}, kind: badge, when: balance, cost: 9}",
     ["4: 'gift' already takes the units as soon as there are enough\n  Next: let one grant have when: balance"]),
]  # fmt: skip


@pytest.mark.parametrize("cases", [EARNING, TIERED, GRANTED], ids=["earning", "tiers", "grants"])
def test_a_slip_is_told_in_these_words(tmp_path: Path, cases: list[tuple[str, list[str]]]) -> None:
    """Line, what and next step of each finding, and no finding besides."""
    for content, expected in cases:
        said = told(tmp_path, content)

        assert len(said) == len(expected), (content, said)
        assert all(text.startswith(words) for text, words in zip(said, expected, strict=True)), (
            content,
            said,
        )


def test_all_slips_of_a_file_come_at_once(tmp_path: Path) -> None:
    """Those of one block and those between blocks."""
    content = earn(
        "when: order, per: 1 USD, give: 1, by_tier: {gold: 2}", "when: join, give: 1", "when: join, give: 2"
    )

    assert [line.partition(":")[0] for line in told(tmp_path, content)] == ["3", "3", "5"]


def test_a_grant_without_a_time_lives_as_long_as_expiry_says(tmp_path: Path) -> None:
    """Eleven months here; thirty days where nothing is said; its own time where it has one."""
    path = tmp_path / "program.yaml"
    path.write_text(HEAD + grant("kind: badge") + "\nexpiry: {rule: never, grant_after: 11 months}", "utf-8")

    assert str(read_model(path, Program, root=tmp_path)[0].grants[0].valid) == "11 months"


def test_an_activity_that_never_happened_is_a_warning(tmp_path: Path) -> None:
    """Only who has the facts can say so; each name is told once, where it stands first."""
    path = tmp_path / "program.yaml"
    rules = earn("when: review, give: 1", "when: workout, give: 1", "id: again, when: workout, give: 1")
    path.write_text(
        HEAD + rules + "\nexpiry: {rule: inactivity, after: 1 year, keep_alive: [order, login]}", "utf-8"
    )
    program, finder = read_model(path, Program, root=tmp_path)

    assert [str(problem) for problem in unheard_of(program, finder, {"review", "workouts"})] == [
        ("program.yaml:4: warning: there is no activity 'workout' in the ledger yet, so this does nothing\n"
         "  Next: if you mean 'workouts', write that"),
        ("program.yaml:6: warning: there is no activity 'login' in the ledger yet, so this does nothing\n"
         "  Next: import activities of this type"),
    ]  # fmt: skip


def test_a_condition_on_what_the_shop_lacks_is_a_warning(tmp_path: Path) -> None:
    """The grant asks a table that is not there, the rule a column; what is there is not told."""
    path = tmp_path / "program.yaml"
    asked = "when: order, where: category_count_365d > 2 and order_count > 1"
    rules = earn(
        "when: order, give: 1, where: channel = 'app' and status = 'delivered' and weekday = 'monday'"
    )
    path.write_text(f"{HEAD}{grant(f'kind: badge, {asked}')}\n{rules}", "utf-8")
    has = {"customers", "orders", "orders.status", "refunds"}

    warnings = load_program(path, tmp_path, feature_catalog(), provides=has).warnings
    enough = has | {"order_lines", "order_lines.category", "orders.channel"}

    assert [str(problem) for problem in warnings if "reads" in problem.what] == [
        ("program.yaml:3: warning: 'gift' is given to nobody: its condition reads category_count_365d, which needs"
         " order_lines\n  Next: import that, or let where: ask something else"),
        ("program.yaml:5: warning: the condition of 'order' reads channel, which needs orders.channel: what nobody"
         " knows earns nothing\n  Next: import that, or let where: ask something else"),
    ]  # fmt: skip
    for provides in (enough, None):
        found = load_program(path, tmp_path, feature_catalog(), provides=provides)
        assert not [problem for problem in found.warnings if "reads" in problem.what]


def test_a_value_that_no_row_has_is_a_warning(tmp_path: Path) -> None:
    """With the one that is meant, whatever its capitals; a field of many values is not looked at."""
    path = tmp_path / "program.yaml"
    asked = "channel = 'ONLINE' and status in ('delivered', 'gone') and offer_id <> 'X1' and payment = 'cash'"
    path.write_text(HEAD + earn(f'when: order, give: 1, where: "{asked}"'), "utf-8")
    ledger = {"orders.channel": {"online", "shop"}, "orders.status": {"delivered", "ordered"}}

    found = load_program(path, tmp_path, feature_catalog(), values=lambda column: ledger.get(column, ()))

    asks = "program.yaml:3: warning: the condition of 'order' asks for"
    assert [str(problem) for problem in found.warnings if "stands in" in problem.what] == [
        f"{asks} channel 'ONLINE', which stands in no row of orders.channel\n  Next: if you mean 'online', write that",
        f"{asks} status 'gone', which stands in no row of orders.status\n  Next: write one of those there are: delivered, ordered",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("where", "unasked"),
    [
        ("event = 'fair'", ["sale"]),
        ("event in ('fair', 'sale')", []),
        ("event <> 'fair'", []),
        (None, ["fair", "sale"]),
    ],
)
def test_an_event_that_no_rule_asks_is_a_warning(
    tmp_path: Path, where: str | None, unasked: list[str]
) -> None:
    """Its days would earn nothing, and nobody would know why."""
    days = "".join(
        f"\n  - {{id: {name}, from: 2026-0{month}-01, until: 2026-0{month}-09}}"
        for month, name in enumerate(("fair", "sale"), 5)
    )
    path, asked = tmp_path / "program.yaml", f', where: "{where}"' if where else ""
    path.write_text(HEAD + earn(f"when: order, give: 1{asked}") + f"\nevents:{days}", "utf-8")

    found = [problem.what for problem in load_program(path, tmp_path, feature_catalog()).warnings]

    told = [f"no rule of earn: asks for the event '{name}', so it does nothing" for name in unasked]
    assert [what for what in found if "asks for the event" in what] == told


def test_a_trial_or_reminder_longer_than_the_term_is_a_warning(tmp_path: Path) -> None:
    """Each for the plan whose term is too short for it; as long as the term is none."""
    content = (
        "membership:\n  renew: auto\n  remind: [1 week, 31 days]\n  plans:\n"
        "    - {id: short, title: {en: S}, price: 9 THB, per: 2 weeks, trial: 1 month}\n"
        "    - {id: long, title: {en: L}, price: 9 THB, per: 1 month, trial: 1 month}"
    )

    assert [line.partition("\n")[0] for line in told(tmp_path, content)] == [
        "4: warning: 31 days is longer than a term of 'short', which is 14 days",
        "6: warning: 1 month is longer than a term of 'short', which is 14 days",
    ]


def test_a_campaign_cannot_give_what_the_programme_gives(project: Path) -> None:
    """A reward that members take for points is no offer."""
    path = project / "program.yaml"
    text = path.read_text("utf-8").replace("when: birthday\n", "when: redeem\n    cost: 50\n", 1)
    path.write_text(text, "utf-8")

    assert findings(project) == [
        ("campaigns/birthday.yaml:10: no campaign can give 'birthday_cake', since program.yaml gives it"
         "  when: redeem\n  Next: use another grant, or leave the offer out and write of it in the mail")
    ]  # fmt: skip
