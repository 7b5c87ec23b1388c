"""Every number of the catalogue has its campaigns, and a shop that lacks what they need is told so.

`docs/campaigns.md` shows them. After a change, write it anew with: python -m tests.jobs.test_campaigns_page
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pakdee import jobs
from pakdee.domain.campaign import Campaign, Step, When
from pakdee.domain.errors import CannotRun
from pakdee.domain.vocabulary import Purpose
from pakdee.house import House, open_house

PAGE = Path(__file__).parents[2] / "docs" / "campaigns.md"
DAY = dt.date(2026, 6, 15)
CUSTOMERS = "customer_id,email,first_name,locale,birth_month,birth_day,marketing_consent\na1,ada@example.com,Ada,en,6,17,true\n"
ORDERS = "order_id,customer_id,ordered_at,net_amount\no1,a1,2026-06-13 12:00,500\n"
NUMBERS = {
    "C01": ("birthday",),
    "C02": ("half_birthday",),
    "C03": ("join_anniversary",),
    "C04": ("welcome",),
    "C05": ("second_purchase",),
    "C06": ("tier_upgrade",),
    "C07": ("tier_near_miss",),
    "C08": ("tier_at_risk",),
    "C09": ("points_expiring",),
    "C10": ("reward_unused",),
    "C11": ("win_back", "win_back_2", "win_back_3"),
    "C12": ("points_statement",),
    "C13": ("sunset",),
    "C14": ("replenishment",),
    "C15": ("review_request",),
    "C16": ("nps_survey",),
    "C17": ("detractor_recovery",),
    "C18": ("late_delivery", "our_fault", "service_apology"),
    "C19": ("survey_thanks",),
    "C20": ("referral_invitation",),
    "C21": ("early_access", "early_access_2"),
    "C22": ("advocate_thanks", "new_advocate"),
    "C23": ("trial_days", "trial_ending", "club_offer"),
    "C24": ("plan_renewal", "plan_lapsed"),
    "C25": ("milestone",),
    "C26": ("donation_impact", "choose_cause"),
    "C27": ("surprise",),
    "C28": ("cross_category",),
    "C29": ("newsletter",),
    "C30": ("product_news",),
    "C31": ("event_invitation",),
    "C32": ("back_in_stock",),
    "C33": ("partner_code",),
    "C34": ("social_ask",),
}
"""The catalogue of campaigns, and what stands for each number of it in the starter project."""
ORDERS_ALONE = {"birthday", "half_birthday", "second_purchase", "win_back", "win_back_2", "win_back_3"}
"""Those that a shop with customers and orders must be able to run, whatever else it lacks."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The starter project in a shop that knows customers and orders and nothing else."""
    opened = barest(tmp_path_factory.mktemp("barest"))
    yield opened
    opened.close()


def barest(folder: Path) -> House:
    """Such a shop."""
    jobs.new_project(folder / "shop")
    exports = folder / "exports"
    exports.mkdir()
    (exports / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    (exports / "orders.csv").write_text(ORDERS, encoding="utf-8")
    now = dt.datetime.combine(DAY, dt.time(4), dt.UTC)
    opened = open_house(folder / "shop", clock=lambda: now, environment={})
    jobs.import_facts(opened, exports)
    return opened


def needs(house: House, campaign: str) -> tuple[str, ...]:
    """What its plan says is lacking; nothing where it can run."""
    try:
        (planned,) = jobs.plan_day(house, DAY, [campaign], dry=True).campaigns
    except CannotRun as lacking:
        return lacking.needs
    assert not (planned.skipped or "").startswith("cannot run")
    return ()


# ── the page ─────────────────────────────────────────────────────────────────────────────────────
def page(house: House) -> str:
    """The page, from the files."""
    head = """# The campaigns

What the starter project has ready for each of the 34 kinds of campaigns, as its files say it. Copy one with `pakdee new campaign NAME --from …`, or change the files: segments say for whom, `program.yaml` what is given, [docs/files.md](files.md) what each key means.

For all of them, and so not in the table: a customer has agreed to the purpose (mail of service excepted), can be mailed and wants mail, or is in `pakdee export handover CAMPAIGN`; waits for no answer of ours; gets no more marketing than `[caps]` of `pakdee.toml` allows, and one such mail a day, by priority; and never twice for one occasion. Drafts have words or days of your own to be filled in before they go live. *Needs* is what the ledger must have besides customers and their orders: without it, `pakdee plan` says `cannot run: needs …`, and nobody is taken for an empty audience.

*Written by `python -m tests.jobs.test_campaigns_page`; a test holds it true.*

| number | campaign | for whom | when, how often | brings | goal | needs |
|---|---|---|---|---|---|---|
"""
    return (
        head + "\n".join(row(house, code, name) for code, names in NUMBERS.items() for name in names) + "\n"
    )


def row(house: House, code: str, name: str) -> str:
    """A campaign's line of the table."""
    campaign = house.project.campaigns[name]
    cells = (
        code,
        f"[`{name}`](../campaigns/{name}.yaml)<br>{campaign.title.root['en']}<br>{campaign.title.root['th']}",
        for_whom(house, campaign),
        f"{rhythm(campaign.when)}; {often(campaign)}",
        brings(house, campaign),
        f"an order in {campaign.goal.order.days} days" if campaign.goal else "",
        ", ".join(f"`{need}`" for need in needs(house, name)),
    )
    return "| " + " | ".join(cells) + " |"


def for_whom(house: House, campaign: Campaign) -> str:
    """Its segment in words and as a condition, and who is left out."""
    segment = house.project.segments.get(campaign.segment or "")
    if segment is None:
        said = "everyone"
    else:
        condition = " ".join((segment.where or str(segment.list)).split())
        said = f"{segment.title.root['en']}<br>{segment.title.root['th']}<br>`{condition}`"
    left_out = [f"`{name}`" for name in campaign.except_]
    return said + (f"<br>except {', '.join(left_out)}" if left_out else "")


def rhythm(when: When) -> str:
    """Its day and time."""
    day = str(when.date) if when.date else f"every {when.every}"
    span = "".join(f", {word} {end}" for word, end in (("from", when.from_), ("until", when.until)) if end)
    return f"{day}, {when.at:%H:%M}{span}"


def often(campaign: Campaign) -> str:
    """Its occasion and cap."""
    kind = "" if campaign.purpose is Purpose.MARKETING else f"; {campaign.purpose}"
    cap = (
        f", at most {campaign.at_most.times} in {campaign.at_most.window.days} days"
        if campaign.at_most
        else ""
    )
    steps = "".join(f"<br>{then(step)}" for step in campaign.steps)
    return f"once per {str(campaign.once_per).replace('_', ' ')}{cap}{kind}; {campaign.status}{steps}"


def then(step: Step) -> str:
    """A further mail of it."""
    unless = f", unless `{step.unless}`" if step.unless else ""
    return f"then `{step.id}` after {step.after.days} days{unless}"


def brings(house: House, campaign: Campaign) -> str:
    """What comes with it."""
    grants = [grant for mail in campaign.mails for _, grant in mail.brings]
    titles = [house.project.program.grant(grant).title.root for grant in grants]
    return "<br>".join(f"{title['en']}<br>{title['th']}" for title in titles)


# ── what holds it ────────────────────────────────────────────────────────────────────────────────
def test_each_campaign_has_one_number_and_each_number_a_campaign(house: House) -> None:
    """With a segment, and a mail in both languages."""
    numbered = [name for names in NUMBERS.values() for name in names]

    assert list(NUMBERS) == [f"C{n:02}" for n in range(1, 35)]
    assert sorted(numbered) == sorted(house.project.campaigns)
    for campaign in house.project.campaigns.values():
        for mail in campaign.mails:
            folder = house.directory / "templates" / mail.template
            assert {file.name for file in folder.iterdir()} >= {"en.j2", "th.j2"}, mail.label
        assert campaign.segment in {*house.project.segments, "everyone"}, campaign.name


def test_the_page_says_what_the_files_say_and_plan_says_what_is_lacking(house: House) -> None:
    """In a shop of customers and orders, a campaign runs or names what it needs: no audience is empty for want of data."""
    assert PAGE.read_text(encoding="utf-8") == page(house), "run: python -m tests.jobs.test_campaigns_page"
    assert not any(needs(house, name) for name in ORDERS_ALONE)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        shop = barest(Path(made))
        PAGE.write_text(page(shop), encoding="utf-8")
        shop.close()
    sys.exit()
