"""Offers in a day's work: what runs out, who gets which, what comes back, and whom another channel tells."""

import csv
import datetime as dt
import json
import stat

import pyarrow as pa
import pytest

from pakdee import jobs
from pakdee.domain.chance import drawn
from pakdee.domain.errors import CatalogError, PakdeeError
from pakdee.domain.message import MessageKey
from pakdee.domain.vocabulary import Verdict
from pakdee.house import open_house
from pakdee.jobs import tables
from pakdee.jobs.drafting import SHOWN, Drafter
from pakdee.jobs.telling import programme_warnings

from .conftest import DAY, NOW

CAKE = "  - id: birthday_cake\n"


def edited(house, grant="", offer=None, holdout="", codes=None, now=NOW):
    """The project opened anew, with more said of the grant and the campaign."""
    program, campaign = house.directory / "program.yaml", house.directory / "campaigns" / "birthday.yaml"
    text = program.read_text(encoding="utf-8")
    assert CAKE in text
    if codes is not None:
        text = text.replace("codes: unique\n    valid: 30 days", "codes: pool\n    valid: 30 days", 1)
    program.write_text(text.replace(CAKE, CAKE + grant), encoding="utf-8")
    told = campaign.read_text(encoding="utf-8").replace("goal:", f"{holdout}goal:")
    campaign.write_text(
        told.replace("offer: {grant: birthday_cake}", offer or "offer: {grant: birthday_cake}")
    )
    if codes is not None:
        file = house.directory / "lists" / "codes" / "birthday_cake.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(codes, encoding="utf-8")
    house.close()
    return open_house(house.directory, clock=lambda: now, environment={})


def verdicts(planned):
    return next(found for found in planned.campaigns if found.name == "birthday").verdicts


def imported(house, orders):
    exports = house.directory.parent / "exports"
    (exports / "orders.csv").write_text(orders, encoding="utf-8")
    jobs.import_facts(house, exports)
    house.close()


def test_a_pool_runs_dry_and_everybody_hears_of_it(house):
    """Two codes for four: lots decide, the codes are given out; alerts in status, in Prefect and `codes`."""
    shop = edited(house, codes="code\nPARTNER-1\nPARTNER-2\n")
    rehearsed = verdicts(jobs.plan_day(shop, DAY, dry=True))
    found = verdicts(jobs.plan_day(shop, DAY))

    asking = ["a1", "b2", "c3", "e5"]
    mailed, called = (
        asking[place] for place in drawn(shop.rules.salt, "birthday", [(one, "2026") for one in asking])[:2]
    )
    told = {Verdict.NO_CONSENT: 1, Verdict.NO_OFFER_LEFT: 2, Verdict.OTHER_CHANNEL: 1, Verdict.INCLUDED: 1}
    assert (called, found, rehearsed) == ("e5", told, told)
    ((customer, promised),) = shop.journal.reserved_offers()
    (handed,) = shop.journal.to_hand_over("birthday")
    assert (customer, handed.key.customer_id) == (mailed, "e5")
    assert {promised.code, handed.offer.code} == {"PARTNER-1", "PARTNER-2"}
    assert promised.code in jobs.preview(shop, "birthday", mailed, DAY).mail.text
    report = jobs.status(shop, DAY)
    (told,) = report.offers
    assert told.startswith("2 customers of birthday got no mail, since nothing is left of its offer")
    assert told[1:] in tables.summary(report)
    left = {one.grant: (one.left, one.codes) for one in jobs.standings(shop, DAY)}
    assert left["birthday_cake"] == (0, 2)
    assert verdicts(jobs.plan_day(shop, DAY)) == {
        Verdict.NO_CONSENT: 1,
        Verdict.ALREADY_SENT: 2,
        Verdict.NO_OFFER_LEFT: 2,
    }
    shop.close()


def test_a_pool_that_cannot_be_right_stops_before_anyone_is_mailed(house):
    """Odd characters and a code twice, whatever its case: each told by its line."""
    shop = edited(house, codes="GOOD-1\nhas blank\n\ngood-1\nx\n")
    with pytest.raises(CatalogError) as error:
        jobs.plan_day(shop, DAY)
    found = [(p.file, p.line) for p in error.value.problems if p.severity == "error"]
    assert found == [("lists/codes/birthday_cake.csv", line) for line in (2, 4, 5)]


def test_each_gets_the_first_offer_that_fits_and_what_was_used_is_known(house):
    """Ada ordered once and gets the cake, others nothing; her code used, its budget stays given."""
    offer = "offers: [{where: days_since_last_purchase = 2, grant: birthday_cake}]"
    shop = edited(house, "    budget: {times: 9}\n", offer)
    found = verdicts(jobs.plan_day(shop, DAY))
    assert found == {Verdict.NO_CONSENT: 1, Verdict.NO_OFFER: 3, Verdict.INCLUDED: 1}
    ((customer, promised),) = shop.journal.reserved_offers()
    assert customer == "a1"
    assert {r.campaign: r.verdict for r in jobs.explain(shop, "b2", DAY).reasons}["birthday"] == "no_offer"

    order = f"o3,a1,2026-06-15 12:00,400,{promised.code.lower()}\n"
    imported(
        shop, f"order_id,customer_id,ordered_at,net_amount,offer_id\no2,b2,2026-06-14 12:00,300,\n{order}"
    )
    later = open_house(house.directory, clock=lambda: NOW + dt.timedelta(days=1), environment={})
    jobs.plan_day(later, DAY + dt.timedelta(days=1))
    assert later.journal.memory("a1", "a1").offers["is_redeemed"].tolist() == [True]
    told = {"campaign": "birthday", "what": "redeemed birthday_cake", "day": dt.date(2026, 6, 15)}
    assert any(told.items() <= line.items() for line in jobs.explain(later, "a1", DAY).history)
    left = {one.grant: one.left for one in jobs.standings(later, DAY)}
    assert left["birthday_cake"] == 7, "Ada's, and one for Ben, who ordered two days ago by now"
    later.close()


def test_whom_mail_does_not_reach_is_exported_once_for_its_owner_alone(house, tmp_path):
    """One without an address, and the held-out who get the programme's grant all the same."""
    shop = edited(house, holdout="holdout: 50%\n")
    found = verdicts(jobs.plan_day(shop, DAY))
    held = found.get(Verdict.HOLDOUT, 0)
    file, customers = jobs.hand_over(shop, "birthday", tmp_path / "calls.csv")

    assert found[Verdict.OTHER_CHANNEL] == 1
    assert customers == 1 + held
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = {row["customer_id"]: row for row in csv.DictReader(file.read_text("utf-8").splitlines())}
    assert rows["e5"]["why"] == "other_channel"
    assert all(row["code"] for row in rows.values())
    assert sum(row["why"] == "holdout" for row in rows.values()) == held
    assert jobs.hand_over(shop, "birthday")[1] == 0
    assert jobs.hand_over(shop, "birthday", tmp_path / "again.csv", again=True)[1] == customers
    with pytest.raises(PakdeeError, match="there is a file of this name"):
        jobs.hand_over(shop, "birthday", file)
    assert "to be told by another channel" in json.dumps(jobs.explain(shop, "e5", DAY).history, default=str)
    shop.close()


def test_a_window_lies_around_each_birthday(house, tmp_path):
    """From the day before a birthday to a week after it: in the mail, in the journal and in what is handed over."""
    shop = edited(house, "    window: {before: 1 day, after: 7 days}\n")
    jobs.plan_day(shop, DAY)
    promised = dict(shop.journal.reserved_offers("birthday_cake"))
    days = {customer: (offer.starts_on, offer.expires_on) for customer, offer in promised.items()}
    told = " ".join(jobs.preview(shop, "birthday", "a1", DAY).mail.text.split())

    assert days == {
        "b2": (None, dt.date(2026, 6, 23)),
        "a1": (dt.date(2026, 6, 16), dt.date(2026, 6, 24)),
        "c3": (dt.date(2026, 6, 17), dt.date(2026, 6, 25)),
    }
    assert "24 June" in told
    assert "15 July" not in told
    file, _ = jobs.hand_over(shop, "birthday", tmp_path / "calls.csv")
    with file.open(encoding="utf-8-sig", newline="") as rows:
        (row,) = csv.DictReader(rows)
    assert (row["starts_on"], row["expires_on"]) == ("2026-06-18", "2026-06-26")
    shop.close()


def test_who_was_born_on_29_february_has_a_whole_week(house):
    """On 7 March 2028 the week after is not over, on whichever day the next birthday is; then the next is meant."""
    shop = edited(house, "    window: {before: 7 days, after: 7 days}\n")
    cases = {
        (dt.date(2028, 3, 7), 7, 358): (None, dt.date(2028, 3, 7)),
        (dt.date(2028, 3, 7), 7, 359): (None, dt.date(2028, 3, 7)),
        (dt.date(2028, 3, 8), 8, 357): (dt.date(2029, 2, 21), dt.date(2029, 3, 7)),
        (dt.date(2028, 3, 8), 8, 358): (dt.date(2029, 2, 22), dt.date(2029, 3, 8)),
    }
    for (day, since, to), use in cases.items():
        row = {name: [None] for name in SHOWN} | {"email": ["a@example.com"], "locale": ["en"]}
        people = pa.table(row | {"days_since_birthday": [since], "days_to_birthday": [to]})
        drafter = Drafter(shop, shop.project.campaigns["birthday"], day, real_codes=True)
        (draft,) = drafter.drafts(people, [MessageKey("birthday", "1", "a1", "2028")], [0])

        assert (draft.offer.starts_on, draft.offer.expires_on) == use
        assert (draft.context["offer"]["starts_on"], draft.context["offer"]["expires_on"]) == use
    shop.close()


def test_a_grant_that_asks_what_was_never_imported_is_told(house):
    """Orders came without their lines, so nobody's categories are known; readers of mails answer questions."""
    shop = edited(house, "    where: category_count_365d > 1 and order_count > 0 or last_nps > 8\n")
    told = [problem for problem in programme_warnings(shop) if "birthday_cake" in problem.what]
    shop.close()

    assert [(problem.line, problem.what) for problem in told] == [
        (
            27,
            "'birthday_cake' is given to nobody: its condition reads category_count_365d, which needs order_lines",
        )
    ]


def test_a_code_counts_from_its_first_day(house):
    """Ada, whose birthday is on the 17th, shows hers on the 15th in vain; that of the 16th is known on the 17th."""
    shop = edited(house, "    window: {before: 1 day, after: 7 days}\n")
    jobs.plan_day(shop, DAY)
    code = dict(shop.journal.reserved_offers("birthday_cake"))["a1"].code
    shop.close()
    later = edited(house, now=NOW + dt.timedelta(days=2))
    orders = "".join(f"o{day},a1,2026-06-{day} 12:00,400,{code}\n" for day in (15, 16))
    imported(later, f"order_id,customer_id,ordered_at,net_amount,offer_id\n{orders}")
    later = open_house(house.directory, clock=later.clock, environment={})

    jobs.plan_day(later, DAY + dt.timedelta(days=1))
    assert not later.journal.memory("a1", "a1").offers["is_redeemed"].any()
    jobs.plan_day(later, DAY + dt.timedelta(days=2))
    assert later.journal.memory("a1", "a1").offers["is_redeemed"].tolist() == [True]
    later.close()
