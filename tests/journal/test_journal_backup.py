"""A lost journal is replaced by an older one, and nothing that the lost one sent goes out a second time."""

from __future__ import annotations

import datetime as dt
import threading
import zipfile
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from journal_making import (
    DAY,
    MINUTE,
    NINE,
    Clock,
    batch,
    claim,
    customers_in,
    dump,
    event,
    held,
    key,
    message_id,
    opened,
    plan,
    send,
    start,
)

from pakdee.domain.allowance import Terms
from pakdee.domain.answer import AnswerKind
from pakdee.domain.errors import JournalError
from pakdee.domain.message import Hold, Receipt, Unsent
from pakdee.domain.vocabulary import EventKind, Mode, SuppressionReason
from pakdee.journal import Journal

BANGKOK = ZoneInfo("Asia/Bangkok")
NEXT = DAY + timedelta(days=1)


def restore(file, url, clock, *, project="pakdee", mode=Mode.TWIN, beside=None):
    return Journal.restore(file, url, project=project, mode=mode, clock=clock, zone=BANGKOK, beside=beside)


def full(journal):
    """Something in every table."""
    plan(journal, batch(["ada", "ben"], codes=True), batch(["cat"], not_before=NINE - MINUTE))
    first = claim(journal)
    journal.held(first, Hold("p1", NINE + 15 * MINUTE))
    journal.unknown(first, "no answer")
    journal.accepted(claim(journal), Receipt("x-1", 202))
    run = start(journal)
    journal.set_aside(run, [held("dan")], due_on=DAY)
    journal.open_offers({"tea": Terms(is_pool=True)}, {"tea": ["TEA-1"]})
    told = Unsent(key("eve"), message_id("eve"))
    journal.set_aside(run, [told], due_on=DAY)
    journal.record_verdicts(run, {("birthday", "included"): 3})
    journal.finish_run(run)
    journal.append_events(
        [event(EventKind.DELIVERED, attempt_id="other"), event(EventKind.UNSUBSCRIBED, "ben")]
    )
    journal.store_webhook(bytes(range(256)), received_at=NINE)
    journal.suppress("f" * 32, SuppressionReason.BOUNCED, NINE, "list")
    journal.stop("winback", "wrong picture", by="mai")
    journal.set_watermark("bounces", NINE)
    journal.handed_over([told.key])
    journal.record_answer(message_id("ada"), AnswerKind.NPS, 3, "too late", at=NINE)


def state(journal, customer):
    row = journal.message(message_id(customer))
    return str(row.state)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "night.backup"


def test_a_backup_holds_every_row_of_every_table(journal, new_url, clock, file):
    """Restored, only what was open and the journal's own row differ."""
    full(journal)
    made = journal.backup(file)
    before = dump(journal)
    other = new_url()
    restore(file, other, clock)

    again = opened(other, clock)
    after = dump(again)
    assert made.messages == len(before["message"]) == 5
    assert {name for name in before if before[name] != after[name]} <= {
        "batch",
        "meta",
        "restoration",
        "attempt",
    }
    assert all(before[name] for name in before if name not in {"metric", "restoration", "canary"})
    assert again.body_of(again.message(message_id("ada")).batch_id) is not None
    again.close()


@pytest.mark.parametrize("there", ["sqlite", "postgresql"])
def test_a_backup_of_either_database_restores_into_the_other(journal, clock, file, there, tmp_path, request):
    """A shop that outgrows its file moves with its memory."""
    full(journal)
    journal.backup(file)
    url = f"sqlite:///{tmp_path}/there.sqlite"
    if there == "postgresql":
        import psycopg

        server = request.getfixturevalue("postgresql")
        name = f"there_{tmp_path.name[-40:].lower().replace('-', '_')}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE SCHEMA "{name}"')
        url = f"{server}&options=-csearch_path%3D{name}"
    restore(file, url, clock)

    again = opened(url, clock)
    assert dump(again)["message"] == dump(journal)["message"]
    again.stop("birthday", "numbers go on behind the restored ones", by="mai")
    again.suppress("e" * 32, SuppressionReason.BOUNCED, NINE, "list")
    again.close()


def test_a_backup_is_of_one_instant_while_workers_go_on(journal, new_url, clock, file):
    """Whole batches only, however much is written meanwhile."""
    plan(journal, *(batch([f"c{n}", f"d{n}"]) for n in range(40)))
    go_on = threading.Event()

    def write():
        number = 0
        run = start(journal)
        while not go_on.is_set():
            journal.enqueue(run, batch([f"e{number}", f"f{number}"]), due_on=DAY)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backups = [journal.backup(file.with_name(f"{n}.backup")) for n in range(5)]
    finally:
        go_on.set()
        writer.join()

    for number, made in enumerate(backups):
        url = new_url()
        restore(file.with_name(f"{number}.backup"), url, clock)
        again = opened(url, clock)
        rows = dump(again)
        assert len(rows["message"]) == made.messages == sum(row[10] for row in rows["batch"])
        again.close()


def test_what_was_open_is_held_until_an_event_or_a_person_settles_it(journal, new_url, clock, file):
    """Queued, being sent or unknown: the lost journal may have sent it since."""
    plan(journal, batch(["ada"]), batch(["ben"], not_before=NINE - MINUTE), batch(["cat"]))
    claim(journal)
    journal.backup(file)
    clock.advance(timedelta(hours=3))
    url = new_url()
    made = restore(file, url, clock)

    again = opened(url, clock)
    assert (made.generation, made.from_day, made.to_day, made.held) == (2, DAY, DAY, 3)
    assert again.generation == 2
    assert claim(again, due=clock.now) is None
    reason = again.message(message_id("ada")).reason
    assert (
        reason == "the journal was restored from a backup of 2026-11-22 02:00 UTC; it may have gone out since"
    )
    assert {u.is_restored for u in again.unclear(timedelta(hours=1))} == {True}

    again.append_events([event(EventKind.DELIVERED, "ada", attempt_id="of the lost journal")])
    assert state(again, "ada") == "accepted"
    assert again.settle_by_hand(again.message(message_id("ben")).batch_id, accepted=False, by="mai")
    assert customers_in(claim(again, due=clock.now)) == ["ben"]
    assert again.settle_by_hand(again.message(message_id("cat")).batch_id, accepted=True, by="mai")
    assert state(again, "cat") == "accepted"
    again.close()


def test_days_since_the_backup_are_planned_again_and_held(journal, new_url, clock, file):
    """Their keys are taken, so that nothing goes out twice; later days go out as ever."""
    journal.backup(file)
    clock.advance(timedelta(days=1))
    url = new_url()
    made = restore(file, url, clock)
    again = opened(url, clock)
    assert (made.from_day, made.to_day) == again.gap() == (DAY, NEXT)

    plan(again, batch(["ada"]))
    assert again.gap() == (NEXT, NEXT)
    plan(again, batch(["ben"]), day=NEXT)
    assert again.gap() is None
    assert claim(again, due=clock.now) is None
    assert (state(again, "ada"), state(again, "ben")) == ("unknown", "unknown")

    later = NEXT + timedelta(days=1)
    run = start(again, day=later)
    assert again.enqueue(run, batch(["ada", "cat"]), due_on=later).keys() == {"ada"}
    again.enqueue(run, batch(["cat"]), due_on=later)
    again.finish_run(run)
    assert customers_in(claim(again, due=clock.now)) == ["cat"]
    again.close()


def test_a_rehearsed_day_before_the_backup_is_held_too(journal, new_url, clock, file):
    """A twin is sent past days as well, and the lost journal may have rehearsed any of them."""
    journal.backup(file)
    url = new_url()
    restore(file, url, clock)
    again = opened(url, clock)
    plan(again, batch(["ada"]), day=DAY - timedelta(days=30))
    assert claim(again, due=clock.now) is None
    again.close()


def test_a_held_day_stays_held_when_it_is_planned_twice(journal, new_url, clock, file):
    """A test mail of that day goes out; a failed run or a test does not count as planned again."""
    journal.backup(file)
    url = new_url()
    restore(file, url, clock)
    again = opened(url, clock)
    again.fail_run(start(again), "broke")
    plan(again, batch(["tester"], occasion="test-1"), is_test=True)

    assert again.gap() == (DAY, DAY)
    assert customers_in(claim(again)) == ["tester"]
    plan(again, batch(["ada"]))
    plan(again, batch(["ben"]))
    assert claim(again) is None
    again.close()


def test_a_run_that_was_being_planned_is_closed_and_held(journal, new_url, clock, file):
    """The lost journal may have finished and sent it."""
    run = start(journal)
    journal.enqueue(run, batch(["ada"]), due_on=DAY)
    journal.backup(file)
    url = new_url()
    restore(file, url, clock)
    again = opened(url, clock)

    with pytest.raises(JournalError, match="not being planned"):
        again.enqueue(run, batch(["ben"]), due_on=DAY)
    clock.advance(timedelta(days=2))
    start(again, day=DAY + timedelta(days=2))
    assert state(again, "ada") == "unknown"
    again.close()


def test_a_journal_that_is_not_empty_is_left_alone(journal, new_url, clock, file):
    """Restoring over another journal would forget what that one sent."""
    journal.backup(file)
    url = new_url()
    other = opened(url, clock)
    plan(other, batch(["ada"]))
    before = dump(other)

    with pytest.raises(JournalError, match="not empty"):
        restore(file, url, clock)
    assert dump(other) == before
    other.close()


def test_an_empty_journal_can_be_restored_into(journal, new_url, clock, file):
    """As one that was made by looking into it."""
    plan(journal, batch(["ada"]))
    journal.backup(file)
    url = new_url()
    opened(url, clock).close()

    restore(file, url, clock)
    again = opened(url, clock)
    assert state(again, "ada") == "unknown"
    again.close()


@pytest.mark.parametrize("other", [{"project": "neighbour"}, {"mode": Mode.LIVE}])
def test_a_backup_of_another_project_or_mode_is_refused(journal, new_url, clock, file, other):
    """Nothing is mixed."""
    journal.backup(file)

    with pytest.raises(JournalError, match="this backup has"):
        restore(file, new_url(), clock, **other)


def test_a_backup_of_another_version_is_refused(journal, new_url, clock, file, monkeypatch):
    """A newer program's backup is not guessed at."""
    journal.backup(file)
    monkeypatch.setattr("pakdee.journal.schema.VERSION", 99)

    with pytest.raises(JournalError, match="schema version"):
        restore(file, new_url(), clock)


@pytest.mark.parametrize(
    "damage", ["cut short", "a byte", "a byte in the middle", "empty", "a text", "not there"]
)
def test_a_damaged_backup_is_refused_and_nothing_is_made_of_it(journal, new_url, clock, file, damage):
    """Found out before anything is written: the journal there is as it was."""
    full(journal)
    journal.backup(file)
    content = bytearray(file.read_bytes())
    if damage == "not there":
        file.unlink()
    elif damage == "a text":
        file.write_text("minutes of the meeting\n" * 1000)
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "cut short":
        file.write_bytes(content[: len(content) * 2 // 3])
    else:
        at = 200 if damage == "a byte" else len(content) // 2
        content[at] ^= 0xFF
        file.write_bytes(content)
    url = new_url()

    with pytest.raises(JournalError):
        restore(file, url, clock)
    again = opened(url, clock)
    assert again.memory("a", "z").contacts.empty
    assert again.generation == 1
    again.close()


def test_a_backup_whose_rows_are_fewer_than_told_is_refused_whole(journal, new_url, clock, file):
    """All or nothing: what was inserted until then is taken back."""
    import json

    full(journal)
    journal.backup(file)
    with zipfile.ZipFile(file) as old:
        content = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(content["manifest.json"])
    manifest["tables"]["suppression"]["rows"] += 1
    content["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(file, "w") as new:
        for name, told in content.items():
            new.writestr(name, told)
    url = new_url()

    with pytest.raises(JournalError, match="no whole backup"):
        restore(file, url, clock)
    again = opened(url, clock)
    assert again.memory("a", "z").contacts.empty
    again.close()


def test_a_backup_with_another_ones_table_is_refused(journal, new_url, clock, file):
    """Well-formed, as many rows, and not what was kept."""
    journal.suppress("f" * 32, SuppressionReason.BOUNCED, NINE, "list")
    journal.backup(file)
    with zipfile.ZipFile(file) as old:
        content = {name: old.read(name) for name in old.namelist()}
    other = opened(new_url(), clock)
    other.suppress("e" * 32, SuppressionReason.BOUNCED, NINE, "list")
    other.backup(file.with_name("other.backup"))
    other.close()
    with zipfile.ZipFile(file.with_name("other.backup")) as old:
        content["suppression.arrow"] = old.read("suppression.arrow")
    with zipfile.ZipFile(file, "w") as new:
        for name, told in content.items():
            new.writestr(name, told)

    with pytest.raises(JournalError, match="no whole backup"):
        restore(file, new_url(), clock)


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(journal, tmp_path):
    """And the one of last night stays."""
    (tmp_path / "taken").write_text("a file where a folder should be")

    with pytest.raises(JournalError, match="cannot be written"):
        journal.backup(tmp_path / "taken" / "night.backup")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


# ── a number beside the journal ────────────────────────────────────────────────────────────────────


def beside(url, clock, file):
    return Journal.open(url, project="pakdee", mode=Mode.TWIN, clock=clock, beside=file)


def put_back(journal):
    """What a file copied back by hand does: the counter is lower than what was told beside."""
    from sqlalchemy import text

    with journal._writing() as connection:
        connection.execute(text("UPDATE meta SET epoch = 0"))


@pytest.mark.parametrize("act", ["claim", "plan", "finish"])
def test_a_journal_older_than_what_was_sent_neither_sends_nor_plans(url, clock, tmp_path, act):
    """Found out by the number beside it; the way out is told."""
    first = beside(url, clock, tmp_path / "journal.epoch")
    plan(first, batch(["ada"]), batch(["ben"]))
    send(first)
    run = start(first)
    put_back(first)
    first.close()
    again = beside(url, clock, tmp_path / "journal.epoch")

    acts = {
        "claim": lambda: claim(again),
        "plan": lambda: start(again),
        "finish": lambda: again.finish_run(run),
    }
    with pytest.raises(JournalError, match="older than what was sent") as error:
        acts[act]()
    assert "restore --in-place" in str(error.value)
    again.close()


def test_restored_in_place_it_goes_on_and_holds_what_may_have_gone(url, clock, tmp_path):
    """As if it had been restored from a backup of its last change."""
    file = tmp_path / "journal.epoch"
    first = beside(url, clock, file)
    plan(first, batch(["ada"]))
    claim(first)
    put_back(first)
    clock.advance(timedelta(days=1))

    again = beside(url, clock, file)
    made = again.restore_in_place(BANGKOK)

    assert (made.kept_at, made.from_day, made.to_day, made.held) == (NINE, DAY, NEXT, 1)
    assert again.gap() == (DAY, NEXT)
    plan(again, batch(["ben"]), day=NEXT)
    plan(again, batch(["cat"]), day=NEXT + timedelta(days=1))
    assert customers_in(claim(again, due=clock.now)) == ["cat"]
    again.close()
    first.close()


def test_the_number_moves_with_runs_and_with_sending(url, clock, tmp_path):
    """Once per run, at the first claim, and then once a minute, whichever way the clock goes."""
    file = tmp_path / "deep" / "journal.epoch"
    journal = beside(url, clock, file)
    plan(journal, *(batch([f"c{n}"]) for n in range(9)))

    def told():
        claim(journal)
        return journal.told_beside()

    assert journal.told_beside() == 1
    assert [told(), told()] == [2, 2]
    clock.advance(2 * MINUTE)
    assert [told(), told()] == [3, 3]
    clock.advance(-timedelta(days=1))
    assert told() == 4
    journal.close()


def test_a_restored_journal_is_ahead_of_the_number_beside_it(url, new_url, clock, tmp_path):
    """Else it would refuse to go on."""
    file = tmp_path / "journal.epoch"
    journal = beside(url, clock, file)
    journal.backup(tmp_path / "night.backup")
    plan(journal, batch(["ada"]))
    claim(journal)
    journal.close()
    there = new_url()
    restore(tmp_path / "night.backup", there, clock, beside=file)

    again = beside(there, clock, file)
    plan(again, batch(["ada"]))
    assert claim(again) is None
    again.close()


def test_a_number_that_cannot_be_read_is_told(url, clock, tmp_path):
    """Nothing is sent on a guess."""
    file = tmp_path / "journal.epoch"
    file.write_text("")
    journal = beside(url, clock, file)

    with pytest.raises(JournalError, match="number cannot be read"):
        start(journal)
    journal.close()


def test_the_backup_instant_is_told_in_utc(journal, clock, file):
    """And the size on disk."""
    made = journal.backup(file)

    assert made.kept_at == NINE
    assert made.size == file.stat().st_size
    assert made.kept_at.tzinfo is dt.UTC


def test_a_clock_that_was_put_back_makes_no_negative_gap(journal, new_url, file):
    """A backup from tomorrow by its own clock."""
    ahead = Clock()
    ahead.advance(timedelta(days=1))
    url = new_url()
    first = opened(url, ahead)
    first.backup(file)
    first.close()
    there = new_url()

    made = restore(file, there, Clock())
    assert (made.from_day, made.to_day) == (DAY, NEXT)
