"""The journal kept and put back: nothing is sent twice, and what is held is told."""

from __future__ import annotations

import datetime as dt

import pytest

from pakdee import jobs
from pakdee.domain.errors import JournalError, JournalUnfit
from pakdee.domain.vocabulary import BatchState
from pakdee.house import open_house

from .sending_desk import DAY, HOUR, Desk, desk


@pytest.fixture
def shop(tmp_path) -> Desk:
    return desk(tmp_path / "shop")


def after_the_loss(shop: Desk, file) -> Desk:
    """The same machine, its journal gone and made again from `file`."""
    shop.house.close()
    for left in shop.house.var.glob("journal.sqlite*"):
        left.unlink()
    house = open_house(shop.house.directory, clock=shop.clock, environment={})
    house.__dict__ |= {"sender": shop.sendgrid, "account": shop.account}
    jobs.restore(house, file)
    return Desk(house, shop.clock, shop.sendgrid, shop.account)


def test_what_went_out_after_the_backup_is_not_sent_again(shop, tmp_path):
    """Twenty wait at the backup and go out after it; the restored journal holds them, and says so."""
    shop.enqueue(20, batch_size=5)
    jobs.backup(shop.house, tmp_path / "copy")
    jobs.send_due(shop.house)
    sent = list(shop.sendgrid.accepted)

    again = after_the_loss(shop, tmp_path / "copy")
    jobs.send_due(again.house)

    assert again.sendgrid.accepted == sent
    assert again.states() == {BatchState.UNKNOWN: 20}
    told = jobs.status(again.house, DAY)
    assert told.exit_code == 3
    assert told.rest[0].messages == 20
    assert any("status --unknown" in step for step in told.next_steps)
    assert all("restored from a backup" in found.why for found in jobs.unclear(again.house))


def test_days_the_lost_journal_may_have_sent_are_told_until_they_are_planned_again(shop, tmp_path):
    """A journal that knows nothing of the day says that it may have gone out; planned again it is held."""
    jobs.backup(shop.house, tmp_path / "copy")
    shop.enqueue(20)
    jobs.send_due(shop.house)

    again = after_the_loss(shop, tmp_path / "copy")

    assert f"may have sent mails of {DAY}" in jobs.status(again.house, DAY).next_steps[0]
    again.enqueue(20)
    jobs.send_due(again.house)
    assert len(again.sendgrid.accepted) == 20
    assert not any("may have sent" in step for step in jobs.status(again.house, DAY).next_steps)


def test_a_person_settles_what_a_restored_journal_holds(shop, tmp_path):
    """By hand: taken, or sent again at the operator's word, with a name beside it."""
    shop.enqueue(20, batch_size=10)
    jobs.backup(shop.house, tmp_path / "copy")
    again = after_the_loss(shop, tmp_path / "copy")
    first, second = jobs.unclear(again.house)

    jobs.settle_batch(again.house, first.batch, accepted=True, by="mali")
    jobs.settle_batch(again.house, second.batch, accepted=False, by="mali")
    jobs.send_due(again.house)

    assert again.states() == {BatchState.ACCEPTED: 20}
    assert len(again.sendgrid.accepted) == 10
    assert "10 accepted in birthday: settled by mali" in jobs.status(again.house, DAY).reasons


def test_an_older_journal_put_back_by_hand_is_found_out_and_told_with_a_command(shop):
    """A copy of the file from the night before claims nothing until `restore --in-place` was said."""
    shop.enqueue(20)
    file = shop.house.var / "journal.sqlite"
    with shop.house.journal._engine.connect() as connection:  # the whole of it is in the file then
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = file.read_bytes()
    jobs.send_due(shop.house)
    shop.house.close()
    for left in shop.house.var.glob("journal.sqlite*"):
        left.unlink()
    file.write_bytes(copy)
    house = open_house(shop.house.directory, clock=shop.clock, environment={})
    house.__dict__ |= {"sender": shop.sendgrid, "account": shop.account}

    with pytest.raises(JournalUnfit, match="restore --in-place"):
        jobs.send_due(house)
    assert jobs.restore_in_place(house).held == 20
    jobs.send_due(house)

    assert len(shop.sendgrid.accepted) == 20


def test_a_backup_does_not_take_another_files_place_unasked(shop, tmp_path):
    """Yesterday's stays unless it is said otherwise; only the owner reads either."""
    file = tmp_path / "copy"
    file.write_text("something of value")
    with pytest.raises(JournalError, match="--replace"):
        jobs.backup(shop.house, file)

    made = jobs.backup(shop.house, file, replace=True)

    assert (made.messages, made.size) == (0, file.stat().st_size)
    assert file.stat().st_mode & 0o077 == 0


def test_a_journal_with_mails_in_it_is_never_replaced(shop, tmp_path):
    """Restoring beside a living journal is refused, and that one goes on."""
    shop.enqueue(20)
    jobs.backup(shop.house, tmp_path / "copy")
    shop.clock.advance(HOUR)

    with pytest.raises(JournalError, match="move it away first"):
        jobs.restore(shop.house, tmp_path / "copy")

    jobs.send_due(shop.house)
    assert shop.states() == {BatchState.ACCEPTED: 20}


def test_the_days_of_a_gap_are_one_or_two_dates():
    """In words."""
    assert jobs.span(DAY, DAY) == "2026-06-15"
    assert jobs.span(DAY, DAY + dt.timedelta(days=2)) == "2026-06-15 to 2026-06-17"
