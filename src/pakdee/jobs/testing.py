"""Test mails: to the addresses of the test list only, marked, known to no metric and no cap."""

from __future__ import annotations

import datetime as dt

from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import PakdeeError, SettingsError
from pakdee.domain.message import Draft, FrozenBatch
from pakdee.domain.vocabulary import BatchState
from pakdee.house import House
from pakdee.jobs.enqueuing import envelope
from pakdee.jobs.sending import send_run

TESTER = "test"
"""Whom the journal has as the customer of test mails."""
TEST_IS_OVER = dt.timedelta(minutes=10)


def must_be_listed(house: House, to: str) -> None:
    """Raise SettingsError unless test mails may go to that address."""
    if to.strip().lower() not in {address.lower() for address in house.settings.test.addresses}:
        raise SettingsError(
            f"{to} is not on the test list",
            where="pakdee.toml, [test] addresses",
            next_step="add the address there; test mails go nowhere else",
        )


def send_marked(house: House, campaign: Campaign, draft: Draft, day: dt.date) -> None:
    """Send one test mail through the journal like any other, so that its events are known as this request's.

    Raises:
        PakdeeError: it was not sent, and why; it does not go out later by itself.
    """
    journal = house.journal
    run_id = journal.start_run(
        day=day,
        zone=house.settings.shop.zone,
        campaigns=[campaign.name],
        content_version=house.project.content_version,
        snapshot_id=house.snapshot.id,
        lease=TEST_IS_OVER,
        is_test=True,
    )
    journal.enqueue(run_id, _marked(house, campaign, draft), due_on=day)
    journal.finish_run(run_id)
    send_run(house, run_id)
    sent = journal.message(draft.message_id)
    if sent is None or sent.state is not BatchState.ACCEPTED:
        state, reason = (sent.state, sent.reason) if sent else ("lost", None)
        raise PakdeeError(
            f"the test mail is {state}{': ' + reason if reason else ''}",
            where="pakdee test-send",
            next_step="see what holds it with: pakdee status; then send another one",
        )


def _marked(house: House, campaign: Campaign, draft: Draft) -> FrozenBatch:
    """The request of a test mail, with a mark in its subject; what cannot go out soon never does."""
    from pakdee.delivery import Press

    writer = house.templates.writer(campaign.template, draft.locale, draft.variant)
    written, now = writer.write(draft), house.clock()
    told = envelope(house, campaign, draft.locale, draft.variant)
    press = Press(told, batch_size=1, not_before=now, not_after=now + TEST_IS_OVER)
    marked = written._replace(subject=f"[Test] {written.subject}")
    return [*press.add(draft, marked), *press.rest()][0]
