"""Bad surroundings: clocks, disks, databases, files and networks that fail while a day is being sent.

Each time the error says what, where and what to do; after mending, everyone has their mail once.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from collections import Counter
from contextlib import closing

import pytest
from sqlalchemy import event

from pakdee import jobs
from pakdee.domain.errors import JournalError, LedgerError, NotReached, PakdeeError
from tests.torture.databases import postgresql

from .conftest import Shop, free_port, make_shop


@pytest.fixture(scope="module")
def _pattern(tmp_path_factory, commands):
    made = make_shop(tmp_path_factory.mktemp("pattern") / "shop", commands, customers=600)
    text = (made.directory / "pakdee.toml").read_text(encoding="utf-8")
    assert "batch_size = 1000" in text
    text = text.replace("batch_size = 1000", "batch_size = 5")
    (made.directory / "pakdee.toml").write_text(text, encoding="utf-8")
    made.close()
    return made.directory


@pytest.fixture
def shop(_pattern, tmp_path, commands):
    """A shop whose mails go five to a request; its twin runs."""
    shutil.copytree(_pattern, tmp_path / "shop")
    made = Shop(tmp_path / "shop", free_port(), commands)
    made.start_twin()
    yield made
    made.close()


class Clock:
    """The time on the wall, until it jumps."""

    def __init__(self, off=dt.timedelta(0)):
        self.off = off

    def __call__(self):
        return dt.datetime.now(dt.UTC) + self.off


def at_the_third(act):
    """A progress that does something in the middle: once, when the third request has been seen through."""
    calls = []

    def progress(_what, _done, _all):
        calls.append(1)
        if len(calls) == 3:
            act()

    return progress


def mails(shop):
    """How often each address got each campaign."""
    return Counter((m["categories"][0], m["to"]) for m in shop.twin_messages())


def finish(shop):
    """What the schedule does some hours later: plan what is missing, settle, send."""
    house = shop.house(clock=Clock(dt.timedelta(hours=4)))
    jobs.plan_day(house, shop.day)
    jobs.settle_unknown(house)
    jobs.send_due(house, shop.day)
    return house


def states(house, day):
    """Messages by state."""
    counts = Counter()
    for of_campaign in house.journal.day_status(day).messages.values():
        counts.update(of_campaign)
    return counts


def everyone_once(shop, house):
    """Nobody twice; what the journal calls accepted went out, and whoever has no mail is listed as unclear."""
    found, counted = mails(shop), states(house, shop.day)
    assert set(found.values()) <= {1}
    assert jobs.plan_day(shop.house(), shop.day, dry=True).messages == 0, "nobody is missing in the journal"
    unclear = counted["unknown"] + counted["unconfirmed"]
    assert counted["accepted"] <= len(found) <= counted["accepted"] + unclear
    assert counted.total() == counted["accepted"] + counted["cancelled"] + unclear
    assert len(found) > 50
    return unclear


def understood(error):
    """An error for people: what, where, next step, and nothing about a customer."""
    text = str(error.value)
    assert "Next:" in text
    assert "Traceback" not in text
    assert "@" not in text.replace("://pakdee@", "")
    return text


@pytest.mark.parametrize("jump", [dt.timedelta(hours=3), dt.timedelta(days=-1)], ids=["forward", "backward"])
def test_a_clock_that_jumps_while_requests_are_under_way(shop, jump):
    """Past every lease, or back by a day: another worker looks at once, and nobody is mailed twice."""
    clock = Clock()
    house = shop.house(clock=clock)
    jobs.plan_day(house, shop.day)

    def jumped():
        clock.off = jump
        other = shop.house(clock=clock)
        jobs.settle_unknown(other)
        jobs.send_due(other, shop.day)

    jobs.send_due(house, shop.day, progress=at_the_third(jumped))
    everyone_once(shop, finish(shop))
    assert set(mails(shop).values()) == {1}


def filled(house):
    """The journal's disk is full from now on; gives what makes room again."""
    engine = house.journal._engine
    with house.journal._reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limit(connection, _record):
        connection.execute(f"PRAGMA max_page_count = {pages}").close()

    engine.dispose()
    event.listen(engine, "connect", limit)

    def make_room():
        event.remove(engine, "connect", limit)
        engine.dispose()

    return make_room


def test_a_full_disk_while_the_day_is_written_down(shop):
    """Planning stops and says so; nothing was sent, and with room again the day is planned whole."""
    house = shop.house()
    make_room = filled(house)
    with pytest.raises(JournalError) as full:
        jobs.plan_day(house, shop.day)
    assert "make room" in understood(full)
    assert not mails(shop)
    make_room()
    assert everyone_once(shop, finish(shop)) == 0


def test_a_full_disk_while_outcomes_are_written_down(shop, monkeypatch):
    """Sending stops before the next request; what could not be written down is unclear, and not repeated."""
    monkeypatch.setattr("pakdee.jobs.worker.RETRIES", (0.05,))
    house, room = shop.house(), []
    jobs.plan_day(house, shop.day)
    with pytest.raises(JournalError) as full:
        jobs.send_due(house, shop.day, progress=at_the_third(lambda: room.append(filled(house))))
    assert "make room" in understood(full)
    room[0]()
    everyone_once(shop, finish(shop))


def test_a_database_that_is_gone_for_a_moment(shop, monkeypatch):
    """PostgreSQL is stopped at once and started again: the run goes on as if nothing had been."""
    with postgresql() as server:
        monkeypatch.setenv("PAKDEE_JOURNAL_URL", server.database("moment"))
        house = shop.house()
        jobs.plan_day(house, shop.day)

        def restarted():
            server.stop()
            server.start()

        jobs.send_due(house, shop.day, progress=at_the_third(restarted))
        assert states(house, shop.day)["queued"] == 0, "the same run sent the rest"
        everyone_once(shop, finish(shop))
        house.close()


def test_a_database_that_stays_away(shop, monkeypatch):
    """The run ends and says what to start; afterwards everything goes on where it was."""
    monkeypatch.setattr("pakdee.jobs.worker.RETRIES", (0.05,))
    with postgresql() as server:
        monkeypatch.setenv("PAKDEE_JOURNAL_URL", server.database("away"))
        house = shop.house()
        jobs.plan_day(house, shop.day)
        with pytest.raises(JournalError) as gone:
            jobs.send_due(house, shop.day, progress=at_the_third(server.stop))
        assert "start the database" in understood(gone)
        server.start()
        everyone_once(shop, finish(shop))
        house.close()


def test_a_network_that_is_cut(shop):
    """The twin is killed with requests under way: the run ends with its address, and the next one goes on."""
    house = shop.house()
    jobs.plan_day(house, shop.day)
    with pytest.raises(NotReached) as cut:
        jobs.send_due(house, shop.day, progress=at_the_third(shop.processes[-1].kill))
    assert str(shop.twin_port) in understood(cut)
    shop.processes[-1].wait()
    shop.start_twin()
    everyone_once(shop, finish(shop))


@pytest.fixture
def half_sent(shop):
    """Some requests of the day are out, the rest wait; the journal is closed and copied aside."""
    house = shop.house()
    jobs.plan_day(house, shop.day)
    jobs.send_due(house, shop.day, progress=at_the_third(lambda: jobs.stop(house, None, "lunch", by="test")))
    house.close()
    journal = shop.directory / "var" / "journal.sqlite"
    shutil.copyfile(journal, journal.with_suffix(".kept"))
    return journal


def mended(shop, journal):
    """The copy is put back, and the day is finished."""
    remove(journal)
    shutil.copyfile(journal.with_suffix(".kept"), journal)
    house = shop.house()
    jobs.resume(house, None, "lunch is over", by="test")
    try:
        house.journal.keep_in_step()
    except (
        JournalError
    ):  # the damaged one had got on a little before it failed; we know that nothing went out
        shop.pakdee("restore", "--in-place")
        settle_all(shop.house(), accepted=False)
    everyone_once(shop, finish(shop))


def remove(journal):
    """Of SQLite all files of the journal."""
    for file in journal.parent.glob(f"{journal.name}*"):
        file.unlink()


def settle_all(house, *, accepted):
    """A person knows what became of everything that is unclear; how many messages these were."""
    unclear = house.journal.unclear_batches()
    for found in unclear:
        assert jobs.settle_batch(house, found.batch_id, accepted=accepted, by="test")
    return sum(found.messages for found in unclear)


def spoil_header(journal):
    with journal.open("r+b") as file:
        file.write(b"not what it was " * 8)


def spoil_page(journal):
    with closing(sqlite3.connect(journal)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'batch'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with journal.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


def truncate(journal):
    with journal.open("r+b") as file:
        file.truncate(journal.stat().st_size // 3)


@pytest.mark.parametrize("spoil", [spoil_header, spoil_page, truncate])
def test_a_journal_file_that_is_damaged(shop, half_sent, spoil):
    """A run stops with a word about the backup, and sends nothing from a memory that cannot be trusted."""
    before = mails(shop)
    spoil(half_sent)
    done = shop.pakdee("run", "--as-of", str(shop.day), check=1)
    assert "Next:" in done.stderr
    assert "backup" in done.stderr
    assert "Traceback" not in done.stderr
    assert mails(shop) == before
    mended(shop, half_sent)


def test_a_journal_of_another_project_in_its_place(shop, half_sent):
    """It is refused by name; nothing of it is sent, and ours goes on when it is back."""
    before = mails(shop)
    with closing(sqlite3.connect(half_sent)) as connection, connection:
        connection.execute("UPDATE meta SET project = 'other-shop'")
    done = shop.pakdee("run", "--as-of", str(shop.day), check=1)
    assert "other-shop" in done.stderr
    assert mails(shop) == before
    mended(shop, half_sent)


def test_facts_that_vanish_while_the_day_is_planned(shop):
    """The snapshot's files are gone in the middle: the run says so; when they are back, everyone is mailed."""
    house = shop.house()
    snapshot = house.ledger_location / house.snapshot.id
    aside = shop.directory / "aside"
    with pytest.raises(LedgerError) as gone:
        jobs.plan_day(house, shop.day, progress=lambda *_: snapshot.exists() and snapshot.rename(aside))
    understood(gone)
    assert not mails(shop)
    aside.rename(snapshot)
    assert everyone_once(shop, finish(shop)) == 0


def test_a_marketers_file_that_vanishes_while_the_day_is_sent(shop):
    """What is frozen goes out; the next run names the file and mails nobody; then it goes on."""
    house = shop.house()
    jobs.plan_day(house, shop.day, ["welcome"])
    template = shop.directory / "templates" / "newsletter"
    aside = shop.directory / "newsletter.aside"
    jobs.send_due(house, shop.day, progress=lambda *_: template.exists() and template.rename(aside))
    before = mails(shop)
    assert before
    with pytest.raises(PakdeeError) as missing:
        jobs.plan_day(shop.house(), shop.day)
    assert "newsletter" in understood(missing)
    assert mails(shop) == before
    aside.rename(template)
    assert everyone_once(shop, finish(shop)) == 0


def test_last_nights_journal_is_restored_and_run(shop, half_sent):
    """It knows nothing of what went out since; nobody gets it twice, and all of that is listed."""
    jobs.resume(shop.house(), None, "lunch is over", by="test")
    early = mails(shop)
    backup = shop.directory / "last-night.backup"
    shop.pakdee("backup", str(backup))
    jobs.send_due(shop.house(), shop.day)
    late = mails(shop)
    assert len(late) > len(early)

    for house in shop.houses:
        house.close()
    remove(half_sent)
    shop.pakdee("restore", str(backup))
    for _ in range(2):
        shop.pakdee("run", "--as-of", str(shop.day), check=3)
    house = finish(shop)

    assert mails(shop) == late
    assert set(late.values()) == {1}
    assert settle_all(house, accepted=True) == len(late) - len(early)
    assert shop.pakdee("status", "--day", str(shop.day)).stdout.startswith("Done")
