"""Public data sets come in with the figures that are published about them."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from import_desk import NOW, public_data, rows

from pakdee.domain.errors import ImportRefused
from pakdee.ledger import import_

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")


def bring(name, file, location, *, zone, currency, **wishes):
    folder = public_data(file)
    return import_(folder, location=location, zone=zone, currency=currency, now=NOW, adapter=name, **wishes)


@pytest.fixture(scope="module")
def retail(tmp_path_factory):
    location = tmp_path_factory.mktemp("retail")
    return bring("online-retail", "online_retail.parquet", location, zone=LONDON, currency="GBP")


def test_online_retail_has_its_customers_and_its_money_to_the_tenth_of_a_penny(retail):
    """4,372 customers; all invoices but write-offs and bad debt add up to the published net amount."""
    bad_debt = Decimal("-11062.06")

    total = rows(retail.snapshot, "SELECT sum(net_amount) FROM orders")[0][0]

    assert retail.rows["customers"] == 4372
    assert total + bad_debt == Decimal("9747747.934")
    assert retail.rows["orders"] + sum(retail.reject_counts.values()) == 25_900


def test_online_retail_cancellations_are_returns_and_guests_have_no_customer(retail):
    """3,836 C invoices are returned and not above zero; guests' invoices stay without customer."""
    returned = "SELECT count(*), count(*) FILTER (net_amount > 0) FROM orders WHERE status = 'returned'"

    assert rows(retail.snapshot, returned) == [(3836, 0)]
    assert rows(retail.snapshot, "SELECT count(*) > 0 FROM orders WHERE customer_id IS NULL") == [(True,)]


def test_online_retail_times_are_londons(retail):
    """The last invoice is of 12:50 on 9 December 2011; in July the clock is an hour ahead of UTC."""
    assert retail.snapshot.facts_until == dt.datetime(2011, 12, 9, 12, 50, tzinfo=dt.UTC)
    first_of_july = rows(
        retail.snapshot, "SELECT min(ordered_at) FROM orders WHERE ordered_on = DATE '2011-07-01'"
    )
    assert first_of_july[0][0].astimezone(LONDON).date() == dt.date(2011, 7, 1)


def test_online_retail_addresses_are_made_up_and_that_is_said(retail):
    """Nobody real can be written to, and nobody has consented."""
    odd = rows(retail.snapshot, "SELECT count(*) FROM persons WHERE email NOT LIKE 'c%@example.invalid'")

    assert odd == [(0,)]
    assert any("made up" in note for note in retail.notes)
    assert any("no marketing_consent" in note for note in retail.notes)


def test_online_retail_charges_are_money_but_no_products(retail):
    """Postage and fees are in the amounts, not among the goods; prices keep three decimals."""
    assert rows(retail.snapshot, "SELECT count(*) FROM order_lines WHERE product_id = 'POST'") == [(0,)]
    assert rows(retail.snapshot, "SELECT count(*) FROM order_lines WHERE unit_list_price = 0.001") == [(3,)]


def test_cdnow_rows_of_one_day_are_one_order(tmp_path):
    """23,570 customers, 67,591 customer-days from 69,659 rows, 2,500,315.63 dollars."""
    report = bring("cdnow", "cdnow_master.parquet", tmp_path, zone=NEW_YORK, currency="USD")

    assert report.rows == {"customers": 23_570, "orders": 67_591, "order_lines": 69_659}
    assert rows(report.snapshot, "SELECT sum(net_amount), min(ordered_on), max(ordered_on) FROM orders") == [
        (Decimal("2500315.6300"), dt.date(1997, 1, 1), dt.date(1998, 6, 30))
    ]


def test_starbucks_receipts_count_once(tmp_path):
    """17,000 members, 76,277 receipts although 81 stand twice, 4,873 purchases."""
    report = bring("starbucks", "starbucks_profile.parquet", tmp_path, zone=NEW_YORK, currency="USD")

    assert (report.rows["customers"], report.rows["orders"]) == (17_000, 4_873)
    assert rows(report.snapshot, "SELECT count(*) FROM activities WHERE type = 'offer_received'") == [
        (76_277,)
    ]
    assert report.rejects == ()


def test_a_set_in_another_currency_than_the_shops_is_refused(tmp_path):
    """Pounds are not relabelled as baht."""
    with pytest.raises(ImportRefused, match="is in GBP, the shop's currency is THB"):
        bring("online-retail", "online_retail.parquet", tmp_path, zone=LONDON, currency="THB")


def test_an_unknown_adapter_is_refused_with_the_known_ones(tmp_path):
    """The message lists what can be adapted."""
    with pytest.raises(ImportRefused, match="known are: online-retail, cdnow, starbucks"):
        import_(tmp_path, location=tmp_path, zone=LONDON, currency="GBP", now=NOW, adapter="amazon")


def test_a_folder_without_the_set_is_refused(tmp_path):
    """The missing file is named."""
    with pytest.raises(ImportRefused, match="is not there"):
        import_(tmp_path, location=tmp_path / "l", zone=LONDON, currency="USD", now=NOW, adapter="cdnow")
