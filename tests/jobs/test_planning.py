"""A day planned on a tiny shop: verdicts, frozen mails, failures and rehearsals."""

import datetime as dt
import json
import os

import pyarrow.parquet as pq
import pytest

from pakdee import jobs
from pakdee.domain.errors import CannotRun, CatalogError, LedgerStale, PakdeeError, RenderError
from pakdee.domain.vocabulary import BatchState, Verdict
from pakdee.house import open_house
from pakdee.jobs.people import columns_computed

from .conftest import DAY, NOW


def birthday(planned):
    return next(campaign for campaign in planned.campaigns if campaign.name == "birthday")


def test_everyone_in_the_segment_has_one_verdict(house):
    """Three are mailed, one did not agree, one has no address and is told by another channel."""
    planned = birthday(jobs.plan_day(house, DAY))
    assert planned.verdicts == {Verdict.OTHER_CHANNEL: 1, Verdict.NO_CONSENT: 1, Verdict.INCLUDED: 3}


def test_a_rehearsal_writes_nothing(house):
    """`plan` leaves no trace in the journal, and the run after it plans the same."""
    rehearsed = birthday(jobs.plan_day(house, DAY, dry=True))
    assert not house.journal.day_status(DAY).runs
    assert birthday(jobs.plan_day(house, DAY)).verdicts == rehearsed.verdicts


def test_codes_are_unique_and_reserved_with_the_message(house):
    """Each birthday mail carries a code of its own, which the journal remembers."""
    jobs.plan_day(house, DAY)
    offers = house.journal.reserved_offers("birthday_cake")
    assert {customer for customer, _ in offers} == {"a1", "b2", "c3"}
    assert len({offer.code for _, offer in offers}) == 3
    shown = jobs.preview(house, "birthday", "a1", DAY)
    assert dict(offers)["a1"].code in shown.mail.text
    assert dict(offers)["a1"].expires_on == DAY + dt.timedelta(days=30)


def test_a_preview_is_in_the_customers_language(house):
    """Thai for Thai customers, English for English ones, with their name."""
    assert "ชัย" in jobs.preview(house, "birthday", "c3", DAY).mail.html
    assert "Ada" in jobs.preview(house, "birthday", "a1", DAY).mail.html
    assert "PREVIEW" in jobs.preview(house, "birthday", "a1", DAY).mail.text


class Failing:
    """A writer that cannot write."""

    def write(self, draft):
        raise RenderError("first_name is empty", where="templates/birthday", next_step="give it a fallback")


def test_too_many_failing_mails_take_a_campaign_back(house, monkeypatch):
    """When mails cannot be rendered the campaign is taken back whole: nobody gets it, its keys are free."""
    monkeypatch.setattr(house.templates, "writer", lambda *_: Failing())
    planned = birthday(jobs.plan_day(house, DAY))
    assert planned.verdicts[Verdict.CANNOT_RENDER] == 3
    assert "could not be rendered" in planned.stopped
    assert not house.journal.sent("birthday", "a1")
    monkeypatch.undo()
    assert birthday(jobs.plan_day(house, DAY)).messages == 3


def test_stale_facts_stop_the_day(house):
    """Ten days after the newest order the ledger is too old to act on."""
    with pytest.raises(LedgerStale):
        jobs.plan_day(house, DAY + dt.timedelta(days=10))


def test_a_campaign_that_lacks_facts_is_told_and_the_others_go_on(house):
    """Named, it is an error; in the day's run it is passed over with the reason."""
    path = house.directory / "segments" / "tea.yaml"
    path.write_text("title: {en: Tea, th: ชา}\nwhere: top_category = 'tea'\n", encoding="utf-8")
    campaign = house.directory / "campaigns" / "win_back.yaml"
    text = campaign.read_text(encoding="utf-8").replace("segment: quiet_regulars", "segment: tea")
    campaign.write_text(text, encoding="utf-8")
    found = {c.name: c.skipped for c in jobs.plan_day(house, DAY, dry=True).campaigns}
    assert "cannot run: needs order_lines" in found["win_back"]
    assert found["birthday"] is None
    with pytest.raises(CannotRun, match="order_lines"):
        jobs.plan_day(house, DAY, ["win_back"], dry=True)


def test_explain_says_why_and_why_not(house):
    """Every campaign answers for a customer, in words."""
    jobs.plan_day(house, DAY)
    told = {r.campaign: r.verdict for r in jobs.explain(house, "d4", DAY).reasons}
    assert told["birthday"] == "no_consent"
    assert told["win_back"] == "not_in_segment"
    found = jobs.explain(house, "a1", DAY)
    assert {r.campaign: r.verdict for r in found.reasons}["birthday"] == "already_sent"
    assert found.history[0]["what"] == "mail queued"
    with pytest.raises(PakdeeError, match="no such customer"):
        jobs.explain(house, "nobody", DAY)


def test_a_stopped_campaign_is_not_planned(house):
    """The brake holds planning too, and says why."""
    jobs.stop(house, "birthday", "wrong cake", by="op")
    assert "wrong cake" in birthday(jobs.plan_day(house, DAY)).skipped


def test_a_segment_is_shown_by_its_parts(house):
    """Size, parts and overlap of a segment."""
    report = jobs.segment(house, "birthday_this_week", DAY)
    assert (report.customers, report.of_all) == (5, 5)
    assert dict(report.overlap)["bought_yesterday"] == 1


def test_a_forecast_says_what_it_cannot_say(house):
    """Without a holdout no effect can be detected; cost is exact."""
    planned = jobs.plan_day(house, DAY, dry=True)
    found = next(f for f in jobs.forecast(house, planned) if f.campaign == "birthday")
    assert (found.difference, found.detectable, found.cost) == (None, None, "0.09 THB")


def test_what_is_old_is_forgotten_and_what_is_young_is_kept(house):
    """After the time set in pakdee.toml the mails' words and the list of those not mailed are gone."""
    jobs.plan_day(house, DAY)
    (kept,) = (house.var / "runs").glob("*/not-mailed.parquet")
    jobs.measure(house, DAY)
    assert kept.is_file()
    os.utime(kept.parent, (0, 0))
    jobs.measure(house, DAY)
    assert not kept.exists()


def test_the_summary_of_a_day_is_one_answer_and_counts(house):
    """What an operator reads in Prefect: the answer first, no customer anywhere."""
    from pakdee.jobs import tables

    assert tables.summary(jobs.status(house, DAY)).startswith("**Nothing ran: no mail was planned")
    jobs.plan_day(house, DAY)
    jobs.stop(house, None, "wrong price", by="op")
    told = tables.summary(jobs.status(house, DAY))
    assert told.startswith("**Partly done: of 3 messages")
    assert "- Stopped by op: everything, because wrong price." in told
    assert "| birthday | 3 |" in told
    assert "@" not in told


def test_days_that_a_lost_journal_may_have_sent_are_planned_first(house, tmp_path):
    """The day after a loss, nobody gets again what may have gone out; a stop does not hide it."""
    jobs.backup(house, tmp_path / "copy")
    jobs.plan_day(house, DAY)
    house.close()
    for left in house.var.glob("journal.sqlite*"):
        left.unlink()
    tomorrow = NOW + dt.timedelta(days=1)
    again = open_house(house.directory, clock=lambda: tomorrow, environment={})
    jobs.restore(again, tmp_path / "copy")
    jobs.stop(again, "birthday", "wrong cake", by="op")
    jobs.plan_day(again, DAY + dt.timedelta(days=1))
    held = {
        message.state
        for customer in ["a1", "b2", "c3"]
        for message in again.journal.sent("birthday", customer)
    }

    assert held == {BatchState.UNKNOWN}
    assert [run.state for run in again.journal.day_status(DAY).runs] == ["enqueued"]
    assert again.journal.gap() is None
    jobs.resume(again, "birthday", "mended", by="op")
    assert birthday(jobs.plan_day(again, DAY + dt.timedelta(days=1))).messages == 0
    again.close()


def test_a_request_goes_without_those_another_run_was_quicker_with(house, monkeypatch):
    """Two of three in a request are taken meanwhile: the third goes alone, in the very bytes that were frozen."""
    jobs.plan_day(house, DAY)
    exports = house.directory.parent / "exports"
    text = (exports / "customers.csv").read_text(encoding="utf-8").replace("6,19,false", "6,19,true")
    (exports / "customers.csv").write_text(text.replace("ดาว,th", "Dao,en"), encoding="utf-8")
    jobs.import_facts(house, exports)
    later = open_house(house.directory, clock=house.clock, environment={})
    nothing = later.journal.memory("", "")
    monkeypatch.setattr(later.journal, "memory", lambda *_: nothing)

    planned = birthday(jobs.plan_day(later, DAY))

    assert planned.verdicts == {Verdict.ALREADY_SENT: 4, Verdict.INCLUDED: 1}
    (message,) = later.journal.sent("birthday", "d4")
    body = json.loads(later.journal.body_of(message.batch_id))
    assert [one["to"][0]["email"] for one in body["personalizations"]] == ["dao@example.com"]
    assert jobs.preview(later, "birthday", "d4", DAY).source == "stored"
    (file,) = (later.var / "runs" / message.run_id).glob("*")
    aside = [
        row["customer_id"] for row in pq.read_table(file).to_pylist() if row["verdict"] == "already_sent"
    ]
    assert sorted(aside) == ["a1", "b2", "c3", "e5"]
    later.close()


def edited(house, *edits):
    """The project opened anew after files were edited: (file, old, new)."""
    for file, old, new in edits:
        path = house.directory / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    return open_house(house.directory, clock=house.clock, environment={})


def test_nothing_is_planned_on_a_template_with_an_error(house):
    """Told as `check` tells it, by file and line; one bad file stops all, and a mended one goes out."""
    subject = ('subject: "', 'subject: "RE: ')
    bad = edited(house, ("templates/welcome/en.j2", *subject))
    with pytest.raises(CatalogError):
        jobs.plan_day(bad, DAY, dry=True)
    with pytest.raises(CatalogError) as refused:
        jobs.plan_day(bad, DAY)

    assert str(refused.value).startswith("templates/welcome/en.j2:2: the subject looks like an answer")
    assert "(S03)" in str(refused.value)
    assert str(refused.value).endswith("Nothing was sent.")
    assert not bad.journal.day_status(DAY).runs
    assert "Ada" in jobs.preview(bad, "birthday", "a1", DAY).mail.html
    mended = edited(bad, ("templates/welcome/en.j2", *reversed(subject)))
    assert birthday(jobs.plan_day(mended, DAY)).messages == 3
    bad.close()
    mended.close()


def test_a_campaign_that_lacks_what_its_template_shows_stops_the_day(house):
    """On the line that names the template; `check` says the same."""
    bare = edited(house, ("campaigns/birthday.yaml", "offer: {grant: birthday_cake}\n", ""))
    with pytest.raises(CatalogError) as refused:
        jobs.plan_day(bare, DAY, dry=True)

    (problem,) = refused.value.problems
    assert (problem.file, problem.line) == ("campaigns/birthday.yaml", 5)
    assert problem in jobs.check(bare)
    bare.close()


def test_a_run_computes_what_its_campaigns_read_and_a_whole_table_serves_it_too(house):
    """Who asks for everything later gets everything; who ran after that computes nothing anew."""
    jobs.plan_day(house, DAY)
    few = house.features(DAY, columns_computed(house, [house.project.campaigns["birthday"]]))
    assert "segment:birthday_this_week" in few.columns
    assert "net_spend_this_year" not in few.columns

    whole = house.features(DAY)

    assert set(few.columns) < set(whole.columns)
    assert house.features(DAY, frozenset({"age"})).path == whole.path
