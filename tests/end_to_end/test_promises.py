"""The promises of the main job, shown on a generated shop with real processes."""

from __future__ import annotations

import datetime as dt
import random
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pyarrow.parquet as pq
import pytest

from pakdee import jobs
from pakdee.domain.vocabulary import Verdict

from .conftest import fetch, free_port, make_shop


def mails(shop) -> Counter:
    """How often each address got each campaign."""
    return Counter((m["categories"][0], m["to"]) for m in shop.twin_messages())


def run(shop, *words, day=None, check=0, **given):
    return shop.pakdee("run", *words, "--as-of", str(day or shop.day), check=check, **given)


def change(shop, file, old, new):
    path = shop.directory / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_day_is_sent_once_however_often_it_is_run(shop):
    """A second run, and two runs at once, send nothing more; nobody is in the twin twice."""
    shop.start_twin()
    run(shop)
    first = mails(shop)
    assert len({campaign for campaign, _ in first}) >= 5, "most campaigns have an audience on this day"
    run(shop)
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda _: run(shop), range(2)))
    assert mails(shop) == first
    assert set(first.values()) == {1}
    assert shop.pakdee("status", "--day", str(shop.day)).stdout.startswith("Done")


def test_two_first_runs_at_once_share_the_day(shop):
    """Started at the same instant, two runs mail everyone once and between them lose nobody."""
    shop.start_twin()
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda _: run(shop, check=None), range(2)))
    run(shop)
    found = mails(shop)
    assert set(found.values()) == {1}
    again = jobs.plan_day(shop.house(), shop.day, dry=True)
    assert again.messages == 0


def test_two_skipped_days_lose_no_birthday(shop):
    """After two days without a run, everyone whose birthday came near is mailed or held out exactly once."""
    change(shop, "pakdee.toml", 'max_age = "3 days"', 'max_age = "10 days"')
    change(shop, "campaigns/newsletter.yaml", "status: live", "status: paused")
    shop.start_twin()
    days = [shop.day, shop.day + dt.timedelta(days=3)]
    for day in days:
        run(shop, day=day)
    house = shop.house()
    seen = jobs.plan_day(house, days[-1], ["birthday"], dry=True).campaigns[0].verdicts
    assert seen.get(Verdict.INCLUDED, 0) == seen.get(Verdict.HOLDOUT, 0) == 0
    people = house.features(days[-1])
    skipped = {
        row["customer_id"]
        for shard in people.shards()
        for row in shard.select(["customer_id", "segment:birthday_this_week"]).to_pylist()
        if row["segment:birthday_this_week"]
    }
    birthdays = Counter(to for (campaign, to) in mails(shop).elements() if campaign == "birthday")
    assert set(birthdays.values()) == {1}
    held = len(
        [c for c in skipped if any(h.key.campaign == "birthday" for h in house.journal.history(c).not_mailed)]
    )
    sent = len([c for c in skipped if house.journal.sent("birthday", c)])
    reasons = sum(n for verdict, n in seen.items() if verdict != Verdict.ALREADY_SENT)
    assert sent + held == seen[Verdict.ALREADY_SENT]
    assert sent + held + reasons == len(skipped)
    assert sent > 10


def test_what_the_twin_received_is_what_preview_shows(shop):
    """For 100 random messages subject, text and HTML are equal, byte for byte."""
    shop.start_twin()
    run(shop)
    house = shop.house()
    listed = random.Random(3).sample(shop.twin_messages(), 100)
    for found in listed:
        row = house.journal.message(found["message"])
        got = shop.twin(f"/twin/messages/{found['id']}")
        shown = jobs.preview(house, row.key.campaign, row.key.customer_id, shop.day)
        assert shown.source == "stored"
        assert (got["subject"], got["text"], got["html"]) == (
            shown.mail.subject,
            shown.mail.text,
            shown.mail.html,
        )


def test_a_preview_before_the_plan_equals_the_mail_but_for_its_code(shop):
    """What a marketer sees in the morning is what is sent at noon, with PREVIEW where the code will stand."""
    shop.start_twin()
    house = shop.house()
    (someone,) = house.features(shop.day).sample("segment:bought_once", 1)
    before = jobs.preview(house, "second_purchase", someone, shop.day)
    change(shop, "campaigns/newsletter.yaml", "status: live", "status: paused")
    run(shop)
    after = jobs.preview(shop.house(), "second_purchase", someone, shop.day)
    assert before.source == "rendered"
    assert before.mail == after.mail


def test_no_personal_data_in_metadata_or_output(shop):
    """Ids that are phone numbers or shop URLs stay out of custom_args, categories and everything printed."""
    exports = shop.directory / "exports"
    customers = (exports / "customers.csv").read_text(encoding="utf-8").splitlines()
    place = customers[0].split(",").index("customer_id")
    renamed = {line.split(",")[place]: _odd_id(n) for n, line in enumerate(customers[1:])}
    for path in exports.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"\bM\d{6}\b", lambda m: renamed.get(m[0], m[0]), text), encoding="utf-8")
    assert "gid://shopify/Customer/" in (exports / "orders.csv").read_text(encoding="utf-8")
    shop.pakdee("import", str(exports), "--accept-loss")
    shop.start_twin()
    printed = run(shop)
    sent = shop.twin_messages()
    assert len(sent) > 100
    for found in {m["request"]: m for m in sent}.values():
        body = shop.twin(f"/twin/messages/{found['id']}/request")
        assert set(body["custom_args"]) == {"pakdee_attempt"}
        assert body["categories"] == [found["categories"][0]]
        for one in body["personalizations"]:
            assert re.fullmatch(r"[0-9a-f]{32}", one["custom_args"]["pakdee_message"])
            assert set(one["custom_args"]) == {"pakdee_message"}
            assert set(one["to"][0]) == {"email"}
    output = printed.stdout + printed.stderr
    assert "@" not in output
    assert not re.search(r"\+66\d|gid://", output)


def _odd_id(n):
    return f"+668{n:08d}" if n % 2 else f"gid://shopify/Customer/{n}"


def test_an_unsubscribed_customer_stays_unsubscribed(shop):
    """One click, then a re-import saying marketing_consent=true, then a run: not mailed."""
    shop.start_twin()
    run(shop, "birthday")
    house = shop.house()
    message = shop.twin_messages()[0]
    link = shop.twin(f"/twin/messages/{message['id']}")["headers"]["List-Unsubscribe"].strip("<>")
    customer = house.journal.message(message["message"]).key.customer_id

    port = free_port()
    shop.start("web", port=port)
    click = f"http://127.0.0.1:{port}/{link.split('/', 3)[3]}"
    fetch(click)
    assert not house.journal.history(customer).consents, "reading the page changes nothing"
    fetch(click, b"List-Unsubscribe=One-Click")
    assert house.journal.history(customer).consents

    path = shop.directory / "exports" / "customers.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    where = lines[0].split(",").index("marketing_consent")
    fresh = [lines[0]] + [_with_consent(line, where) if customer in line else line for line in lines[1:]]
    path.write_text("\n".join(fresh) + "\n", encoding="utf-8")
    shop.pakdee("import", str(shop.directory / "exports"))
    before = mails(shop)
    run(shop)
    newly = set(mails(shop) - before)
    assert newly
    assert message["to"] not in {to for _, to in newly}
    reasons = {r.campaign: r.verdict for r in jobs.explain(shop.house(), customer, shop.day).reasons}
    assert reasons["newsletter"] in ("no_consent", "excepted")


def _with_consent(line, where):
    cells = line.split(",")
    cells[where] = "true"
    return ",".join(cells)


def test_a_cut_off_export_is_refused_and_nothing_is_sent(shop):
    """Yesterday's orders alone, imported as the full picture, are refused; the last snapshot stays in force."""
    path = shop.directory / "exports" / "orders.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], *lines[-20:]]) + "\n", encoding="utf-8")
    before = shop.house().snapshot.id
    refused = shop.pakdee("import", str(shop.directory / "exports"), check=1)
    assert "--accept-loss" in refused.stderr
    assert shop.house().snapshot.id == before


def test_editing_a_template_changes_the_next_run_not_this_one(shop):
    """Mails planned with the twin down go out later with the words they were planned with."""
    failed = run(shop, "welcome", check=1)
    assert "twin" in failed.stderr
    for locale in ("th", "en"):
        path = shop.directory / "templates" / "welcome" / f"{locale}.j2"
        path.write_text(
            re.sub(r"subject: .*", 'subject: "changed"', path.read_text(encoding="utf-8")), encoding="utf-8"
        )
    shop.start_twin()
    run(shop, "welcome")
    subjects = {m["subject"] for m in shop.twin_messages()}
    assert subjects
    assert "changed" not in subjects


def test_a_planner_that_died_is_finished_by_the_next_run(shop):
    """Killed while planning, the day is completed by the next run: everybody once, nobody lost."""
    shop.start_twin()
    process = shop.begin("run", "--as-of", str(shop.day))
    journal = shop.house().journal
    for _ in range(600):
        if any(run.state == "planning" for run in journal.day_status(shop.day).runs):
            break
        time.sleep(0.02)
    process.kill()
    process.wait()
    run(shop)
    found = mails(shop)
    assert found
    assert set(found.values()) == {1}
    assert jobs.plan_day(shop.house(), shop.day, dry=True).messages == 0


def test_the_many_not_mailed_are_kept_with_their_verdict(shop):
    """Mailed and not mailed together are every campaign's segment, one verdict each."""
    shop.start_twin()
    run(shop)
    day = jobs.plan_day(shop.house(), shop.day, dry=True)
    files = sorted((shop.directory / "var" / "runs").glob("*/not-mailed.parquet"))
    rows = pq.read_table(files[-1]).to_pandas()
    assert not rows.duplicated(["campaign", "customer_id"]).any()
    assert set(rows["verdict"]) <= {str(v) for v in Verdict} - {"included"}
    in_segments = sum(campaign.audience for campaign in day.campaigns)
    assert len(rows) + len(shop.twin_messages()) == in_segments


@pytest.mark.timeout(600)
def test_the_brake_stops_a_run_of_20000_and_resume_finishes_it(tmp_path, commands):
    """`stop` ends the run within one batch per worker; after `resume` everyone has one mail."""
    shop = make_shop(tmp_path / "large", commands, customers=33_000)
    try:
        change(shop, "campaigns/newsletter.yaml", "except: [bought_yesterday, tasting_guests]\n", "")
        change(shop, "pakdee.toml", "batch_size = 1000", "batch_size = 100")
        shop.start_twin()
        process = shop.begin("run", "newsletter", "--as-of", str(shop.day))
        while not shop.twin("/twin/counts")["messages"]:
            assert process.poll() is None
            time.sleep(0.05)
        shop.pakdee("stop", "--because", "wrong price in the newsletter")
        at_stop = shop.twin("/twin/counts")["messages"]
        process.wait(120)
        ended = shop.twin("/twin/counts")["messages"]
        assert ended - at_stop <= 4 * 100, "one batch for each of four workers"
        status = shop.pakdee("status", "--day", str(shop.day), check=3)
        assert "wrong price" in status.stdout
        planned = jobs.plan_day(shop.house(), shop.day, ["newsletter"], dry=True)
        assert planned.messages == 0, "everyone is in the journal already"
        shop.pakdee("resume", "--because", "mended")
        run(shop, "newsletter")
        found = mails(shop)
        assert set(found.values()) == {1}
        assert len(found) >= 20_000
        assert shop.pakdee("status", "--day", str(shop.day)).stdout.startswith("Done")
    finally:
        shop.close()


def test_a_test_mail_arrives_marked_and_counts_nowhere(shop):
    """Real process, real twin: it is there, and the day, its caps and its results are what they were."""
    shop.start_twin()
    change(shop, "pakdee.toml", "addresses = []", 'addresses = ["me@example.com"]')
    planned = jobs.plan_day(shop.house(), shop.day, dry=True)
    for _ in range(4):  # more than any cap allows
        shop.pakdee("test-send", "birthday", "--to", "me@example.com", "--as-of", str(shop.day))

    tests = shop.twin_messages()
    assert [(m["to"], m["subject"].startswith("[Test] ")) for m in tests] == [("me@example.com", True)] * 4
    house = shop.house()
    assert not house.journal.day_status(shop.day).runs
    assert not jobs.results(house, shop.day).campaigns
    assert jobs.plan_day(house, shop.day, dry=True).campaigns == planned.campaigns
    run(shop)
    assert len(mails(shop)) == planned.messages + 1
