"""Files named after canonical tables become a snapshot; bad rows are set aside, bad files refused."""

import datetime as dt
import json
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from import_desk import CUSTOMERS, NOW, ORDERS, Desk, reasons, rows

from pakdee.domain.errors import ImportRefused, LedgerError, LedgerStale
from pakdee.ledger import check_fresh, connect, open_snapshot


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_the_minimal_files_are_enough_for_a_ledger(desk):
    """Customers and orders come in typed: ids as text, money exact, times in UTC, days in the shop's zone."""
    desk.put_minimal()

    snapshot = desk.bring().snapshot

    assert rows(snapshot, "SELECT * FROM orders WHERE order_id = 'O2'") == [
        (
            "O2",
            "C1",
            dt.datetime(2026, 11, 20, 16, 30, tzinfo=dt.UTC),
            dt.date(2026, 11, 20),
            Decimal("80.0000"),
            "online",
            "THB",
        )
    ]
    assert rows(snapshot, "SELECT customer_id, birth_month, birth_day, joined_on FROM customers") == [
        ("C1", 11, 25, dt.date(2024, 3, 1)),
        ("C2", 2, 29, dt.date(2025, 1, 15)),
        ("C3", None, None, dt.date(2026, 11, 20)),
    ]


def test_names_and_addresses_lie_in_a_file_of_their_own(desk):
    """Only persons holds what identifies people, so an erasure rewrites one file."""
    desk.put_minimal()

    snapshot = desk.bring().snapshot

    assert "email" not in snapshot.manifest["tables"]["customers"]["columns"]
    assert rows(snapshot, "SELECT * FROM persons WHERE customer_id = 'C1'") == [
        ("C1", "anna@example.com", "Anna")
    ]


def test_the_snapshot_says_what_it_provides(desk):
    """Tables with rows and columns with at least one value are provided; wholly empty ones are not."""
    desk.put_minimal(customers=CUSTOMERS.replace(",joined_at", ",locale").replace("2024-03-01", ""))

    provides = desk.bring().snapshot.provides

    assert {"orders", "orders.channel", "customers.birth_day"} <= provides
    assert "order_lines" not in provides
    assert "orders.discount_amount" not in provides


def test_bad_rows_are_set_aside_with_their_reason_and_the_good_ones_load(desk):
    """Each bad row names its table, spreadsheet row, column and reason."""
    desk.put_minimal(
        orders=ORDERS
        + "O5,C1,2026-02-30,5,store\nO6,C1,2026-11-01,12 baht,store\nO7,C9,2026-11-01,5,store\n"
        + ",C1,2026-11-01,5,store\nO8,C1,2569-11-01,5,store\nO9,C1,2026-12-24,5,store\nO10,C1,2026-11-01\n"
        + "6.68E+10,C1,2026-11-01,5,store\nO11,C1,2026-11-01,,store\n"
    )

    report = desk.bring()

    assert report.rows["orders"] == 4
    assert reasons(report) == [
        ("orders", 6, "ordered_at", "not a date"),
        ("orders", 7, "net_amount", "not a number"),
        ("orders", 8, "customer_id", "unknown customer"),
        ("orders", 9, "order_id", "missing value"),
        ("orders", 10, "ordered_at", "year looks Buddhist; say calendar: buddhist in a source file"),
        ("orders", 11, "ordered_at", "lies in the future"),
        ("orders", 12, "", "wrong number of columns in this line"),
        ("orders", 13, "order_id", "number shortened by a spreadsheet (as in 6.68E+10)"),
        ("orders", 14, "net_amount", "missing value"),
    ]
    assert sum(report.reject_counts.values()) == 9


def test_a_bad_optional_value_is_left_out_and_the_customer_stays(desk):
    """An impossible birthday or an unclear consent loses the value, never the customer and their orders."""
    desk.put_minimal(customers=CUSTOMERS.replace("11,25,true", "2,30,perhaps"))

    report = desk.bring()

    assert [(r.column, r.reason, r.whole_row) for r in report.rejects] == [
        ("birthday", "not a birthday", False),
        ("marketing_consent", "neither yes nor no", False),
    ]
    assert rows(report.snapshot, "SELECT birth_day, marketing_consent FROM customers LIMIT 1") == [
        (None, None)
    ]
    assert report.rows == {"customers": 3, "orders": 4}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1990-11-22", (1990, 11, 22)),
        ("11-22", (None, 11, 22)),
        ("--02-29", (None, 2, 29)),
        ("1992-02-29", (1992, 2, 29)),
        ("1991-02-29", (None, None, None)),
        ("2533-11-22", (None, None, None)),
        ("1990-13-01", (None, None, None)),
    ],
)
def test_a_birth_date_must_exist_and_may_lack_its_year(desk, text, parts):
    """29 February needs a leap year where a year is given; a Buddhist year is not guessed."""
    desk.put_minimal(customers=f"customer_id,email,birth_date\nC1,a@example.com,{text}\nC2,b@example.com,\n")

    snapshot = desk.bring().snapshot

    assert rows(snapshot, "SELECT birth_year, birth_month, birth_day FROM customers LIMIT 1") == [parts]


def test_identical_duplicates_count_once_and_conflicting_ones_not_at_all(desk):
    """Which of two different rows with one id is true cannot be known, so neither is believed."""
    desk.put_minimal(
        orders=ORDERS + "O1,C1,2026-11-01 10:00,120.50,store\nO3,C2,2026-10-01,999,store\n",
    )

    report = desk.bring()

    assert reasons(report) == [
        ("orders", 4, "order_id", "same key, different content: none is kept"),
        ("orders", 6, "order_id", "identical duplicate, kept once"),
        ("orders", 7, "order_id", "same key, different content: none is kept"),
    ]
    assert rows(report.snapshot, "SELECT order_id FROM orders ORDER BY 1") == [("O1",), ("O2",), ("O4",)]


def test_an_order_in_another_currency_is_set_aside(desk):
    """Amounts of two currencies are never added up."""
    desk.put_minimal(
        orders="order_id,customer_id,ordered_at,net_amount,currency\n"
        "O1,C1,2026-11-01,5,THB\nO2,C1,2026-11-02,5,USD\nO3,C1,2026-11-02,5,\n"
    )

    report = desk.bring()

    assert reasons(report) == [("orders", 3, "currency", "another currency than the shop's")]
    assert rows(report.snapshot, "SELECT DISTINCT currency FROM orders") == [("THB",)]


@pytest.mark.parametrize("odd", ["0812345678", "gid://shopify/Customer/1", "=1+1", "007", "ลูกค้า 1", "a'b\"c"])
def test_ids_are_text_and_stay_as_they_are(desk, odd):
    """Phone numbers keep their zero, formulas are only text."""
    cell = '"' + odd.replace('"', '""') + '"'
    desk.put_minimal(
        customers=f"customer_id,email\n{cell},a@example.com\n",
        orders=f"order_id,customer_id,ordered_at,net_amount\n1,{cell},2026-11-01,5\n",
    )

    snapshot = desk.bring().snapshot

    assert rows(snapshot, "SELECT customer_id FROM customers JOIN orders USING (customer_id)") == [(odd,)]


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2026-03-29 01:30", "2026-03-29T01:30+00:00"),  # this hour does not exist: moved on by the gap
        ("2026-10-25 01:30", "2026-10-25T00:30+00:00"),  # this hour exists twice: the first
        ("2026-07-01 00:15", "2026-06-30T23:15+00:00"),
        ("2026-07-01 00:15:00 +0700", "2026-06-30T17:15+00:00"),
        ("2026-07-01T00:15:00Z", "2026-07-01T00:15+00:00"),
    ],
)
def test_times_without_offset_are_the_shops_even_where_clocks_change(desk, wall, utc):
    """Naive times are in the shop's zone; hours that do not exist or exist twice have one meaning."""
    desk.put_minimal(orders=f"order_id,customer_id,ordered_at,net_amount\n1,C1,{wall},5\n")

    snapshot = desk.bring(zone=ZoneInfo("Europe/London")).snapshot

    assert snapshot.facts_until == dt.datetime.fromisoformat(utc)


def test_an_order_shortly_before_midnight_belongs_to_the_shops_day(desk):
    """18:30 UTC on 31 January is 1 February in Bangkok."""
    desk.put_minimal(orders="order_id,customer_id,ordered_at,net_amount\n1,C1,2026-01-31T18:30:00Z,5\n")

    assert rows(desk.bring().snapshot, "SELECT ordered_on FROM orders") == [(dt.date(2026, 2, 1),)]


def test_lines_refunds_and_products_follow_their_orders(desk):
    """Rows that name an unknown order are set aside; optional tables may have headings only."""
    desk.put_minimal()
    desk.put(
        "order_lines.csv",
        "order_id,line_no,product_id,quantity,net_amount\nO1,1,TEA,2,120.50\nO77,1,TEA,1,60\n",
    )
    desk.put("refunds.csv", "refund_id,order_id,amount,refunded_at\n")

    report = desk.bring()

    assert report.rows == {"customers": 3, "orders": 4, "order_lines": 1, "refunds": 0}
    assert reasons(report) == [("order_lines", 3, "order_id", "unknown order")]
    assert "refunds" not in report.snapshot.provides


def test_rows_that_contradict_themselves_are_set_aside(desk):
    """Entries of nobody, of an unknown kind or the wrong sign, terms that end before they begin and more."""
    desk.put_minimal()
    for name, content in {
        "point_entries": "entry_id,customer_id,kind,units,occurred_at\n"
        "1,C1,Earned,10,2026-01-05\n2,C9,earn,10,2026-01-05\n3,,earn,10,2026-01-05\n4,C1,bonus,10,2026-01-05\n"
        "5,C1,redeem,10,2026-01-05\n6,C1,earn,-1,2026-01-05\n7,C1,reverse,-4,2026-01-05\n8,C1,earn,1,2027-01-05\n",
        "refunds": "refund_id,order_id,amount,refunded_at\n1,O1,-20,2026-11-02\n2,O1,20,2026-11-03\n",
        "memberships": "membership_id,customer_id,plan_id,status,started_on,ends_on\n"
        "1,C1,club,past_due,2026-01-01,2026-02-01\n2,C1,club,active,2026-01-01,2025-02-01\n"
        "3,C1,club,frozen,2026-01-01,\n",
        "tickets": "ticket_id,customer_id,opened_at,closed_at\n1,C1,2026-02-02 10:00,2026-02-02 09:00\n",
        "activities": "activity_id,customer_id,type,occurred_at,rating\n1,C1,review,2026-02-02,9\n",
        "survey_responses": "response_id,survey_id,score,scale_max,answered_at\n1,s,11,10,2026-02-02\n",
        "customer_dates": "date_id,customer_id,relation,month,day\n1,C1,wedding,2,30\n2,C1,wedding,2,29\n"
        "3,C1,wedding,13,1\n",
    }.items():
        desk.put(f"{name}.csv", content)

    report = desk.bring()

    sign = "units earned are above 0, those redeemed, donated or expired below"
    assert sorted(reasons(report)) == [
        ("activities", 2, "rating", "a rating is from 1 to 5"),
        ("customer_dates", 2, "day", "no day of a year"),
        ("customer_dates", 4, "day", "no day of a year"),
        ("memberships", 3, "ends_on", "ends before it begins"),
        (
            "memberships",
            4,
            "status",
            "unknown state of a plan: trial, active, grace, lapsed or cancelled",
        ),
        ("point_entries", 3, "customer_id", "unknown customer"),
        ("point_entries", 4, "customer_id", "missing value"),
        (
            "point_entries",
            5,
            "kind",
            "unknown kind of entry: earn, redeem, expire, reverse, adjust or donate",
        ),
        ("point_entries", 6, "units", sign),
        ("point_entries", 7, "units", sign),
        ("point_entries", 9, "occurred_at", "lies in the future"),
        ("refunds", 2, "amount", "what is paid back must be above 0"),
        ("survey_responses", 2, "score", "a score outside its scale"),
        ("tickets", 2, "closed_at", "ends before it begins"),
    ]
    assert rows(report.snapshot, "SELECT kind FROM point_entries ORDER BY entry_id") == [
        ("earn",),
        ("reverse",),
    ]
    assert rows(report.snapshot, "SELECT status FROM memberships") == [("grace",)]


def test_paying_back_more_than_an_order_came_to_is_told(desk):
    """Two refunds that are fine by themselves and too much together; nothing is dropped."""
    desk.put_minimal()
    refunds = "refund_id,order_id,amount,refunded_at\n1,O1,80,2026-11-02\n2,O1,40.60,2026-11-03\n"
    desk.put("refunds.csv", refunds + "3,O2,80,2026-11-21\n")

    report = desk.bring()

    assert report.rows["refunds"] == 3
    assert any("more was paid back than the order came to: 1, such as O1;" in note for note in report.notes)


def test_a_file_of_no_known_table_is_named(desk):
    """Nothing is skipped silently, and a slip of the name is recognised."""
    desk.put_minimal()
    desk.put("point_entry.csv", "entry_id\n1\n")
    desk.put("loyalty.csv", "x\n1\n")

    assert set(desk.bring().notes) >= {
        "point_entry.csv was not used: it is no known table (did you mean point_entries.csv?)",
        "loyalty.csv was not used: it is no known table",
    }


def test_parquet_files_come_in_like_text_files(desk):
    """Typed columns of a Parquet file give the same facts as their text."""
    desk.put_minimal(orders=ORDERS.replace("T01:00:00+07:00", " 01:00"))
    before = desk.bring().snapshot
    with duckdb.connect() as connection:
        for name in ("customers", "orders"):
            path = desk.files / name
            connection.execute(f"COPY (FROM read_csv('{path}.csv')) TO '{path}.parquet'")
            path.with_suffix(".csv").unlink()

    after = desk.bring()

    assert after.snapshot.id == before.id
    assert after.rejects == ()


def test_importing_the_same_files_twice_changes_nothing(desk):
    """The second import keeps the snapshot in force and says so."""
    desk.put_minimal()
    first = desk.bring()

    second = desk.bring(now=NOW + dt.timedelta(hours=5))

    assert second.snapshot.id == first.snapshot.id
    assert "nothing is new" in second.notes[-1]
    assert len(list(desk.location.iterdir())) == 1


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(5)), turned=st.booleans())
def test_the_order_of_rows_changes_nothing(tmp_path_factory, order, turned):
    """The same rows in another order make the same snapshot, duplicates and conflicts included."""
    lines = [*ORDERS.splitlines()[1:], "O3,C2,2026-10-01,999,store"]
    desk = Desk(tmp_path_factory.mktemp("desk"))
    desk.put_minimal(orders="\n".join([ORDERS.splitlines()[0], *lines]) + "\n")
    first = desk.bring().snapshot
    customers = CUSTOMERS.splitlines()
    shuffled = [customers[0], *(customers[:0:-1] if turned else customers[1:])]

    desk.put_minimal("\n".join(shuffled), "\n".join([ORDERS.splitlines()[0], *(lines[i] for i in order)]))

    assert desk.bring().snapshot.id == first.id


# ── files that cannot be used ──


def test_a_missing_path_is_refused(desk):
    """There is nothing to import where nothing is."""
    with pytest.raises(ImportRefused, match="no such file or folder"):
        desk.bring(desk.files / "nowhere")


def test_a_folder_without_known_files_is_refused_with_the_names_wanted(desk):
    """The message says which names are expected."""
    desk.put("kunden.csv", CUSTOMERS)

    with pytest.raises(ImportRefused, match=r"customers\.csv and orders\.csv"):
        desk.bring()


def test_a_missing_table_of_the_full_picture_is_refused(desk):
    """Without orders there is no picture; a near name is not silently taken."""
    desk.put("customers.csv", CUSTOMERS)
    desk.put("order.csv", ORDERS)

    with pytest.raises(ImportRefused, match="no file of orders"):
        desk.bring()


def test_a_missing_column_is_refused_with_the_nearest_heading(desk):
    """The needed column is named, and the heading that may be meant."""
    desk.put_minimal(orders=ORDERS.replace("net_amount", "amount"))

    with pytest.raises(ImportRefused, match=r"'net_amount' is missing; did you mean it by 'amount'"):
        desk.bring()


def test_a_misspelt_optional_column_is_refused_instead_of_lost(desk):
    """A heading that is nearly a known one is a mistake, not an extra column."""
    desk.put_minimal(customers=CUSTOMERS.replace("marketing_consent", "marketing_concent"))

    with pytest.raises(ImportRefused, match="did you mean 'marketing_consent'"):
        desk.bring()


def test_columns_that_mean_nothing_to_us_are_named_and_left(desk):
    """An extra column of the shop's does no harm."""
    desk.put_minimal(customers=CUSTOMERS.replace("first_name", "ชื่อเล่น"))

    assert "customers.csv: not used: ชื่อเล่น" in desk.bring().notes


@pytest.mark.parametrize("heading", ["rowid", "{strict}", "it's", 'a""b', "_row", "t_email"])
def test_odd_headings_are_only_headings(desk, heading):
    """Nothing a heading says is taken for a command."""
    head, *lines = CUSTOMERS.splitlines()
    desk.put_minimal(customers="\n".join([f'{head},"{heading}"', *(f"{line},x" for line in lines)]))

    assert desk.bring().rows["customers"] == 3


@pytest.mark.parametrize("content", ["", "   \n"])
def test_an_empty_file_is_refused(desk, content):
    """An export that broke off before its headings is not a shop without customers."""
    desk.put_minimal(orders=content)

    with pytest.raises(ImportRefused, match="the file is empty"):
        desk.bring()


def test_headings_without_rows_are_refused_for_what_a_ledger_needs(desk):
    """A shop without any order has nothing to plan on."""
    desk.put_minimal(orders=ORDERS.splitlines()[0] + "\n")

    with pytest.raises(ImportRefused, match="headings but no rows"):
        desk.bring()


def test_a_file_of_which_nothing_can_be_read_is_refused_with_the_main_reason(desk):
    """Dates in another format everywhere are a wrong file, not a file of rejects."""
    desk.put_minimal(
        orders="order_id,customer_id,ordered_at,net_amount\n1,C1,22/11/2026,5\n2,C1,21/11/2026,5\n"
    )

    with pytest.raises(ImportRefused, match=r"ordered_at: not a date \(2 rows\)"):
        desk.bring()


def test_text_in_another_encoding_is_refused_and_names_the_key(desk):
    """A Thai Windows file that nobody declared is not read as rubbish."""
    desk.put_minimal()
    desk.put("customers.csv", CUSTOMERS, encoding="cp874")

    with pytest.raises(ImportRefused, match=r"customers\.csv:4: .*not UTF-8") as refused:
        desk.bring()
    assert "'encoding:'" in refused.value.next_step


def test_a_heading_twice_is_refused(desk):
    """Which of two columns is meant cannot be known."""
    desk.put_minimal(customers="customer_id,email,email\nC1,a@example.com,b@example.com\n")

    with pytest.raises(ImportRefused, match="'email' is there twice"):
        desk.bring()


@pytest.mark.parametrize("content", [b"\x00\x01\x02\x03" * 1000, b"PK\x03\x04" + bytes(range(128)) * 50])
def test_a_file_that_is_no_table_is_refused(desk, content):
    """A spreadsheet or rubbish renamed to .csv is told apart from data."""
    desk.put_minimal()
    desk.put("orders.csv", content)

    with pytest.raises(ImportRefused):
        desk.bring()


def test_a_broken_parquet_file_is_refused(desk):
    """A half-written Parquet file is named."""
    desk.put("customers.csv", CUSTOMERS)
    desk.put("orders.parquet", b"PAR1 and then nothing")

    with pytest.raises(ImportRefused, match="Parquet file cannot be read"):
        desk.bring()


def test_windows_files_with_bom_semicolons_and_mixed_line_ends_are_read(desk):
    """What Excel in Europe writes comes in without a word about it."""
    desk.put_minimal(
        customers="\ufeff" + CUSTOMERS.replace(",", ";").replace("\n", "\r\n"),
        orders=ORDERS.replace("O1", "\r\nO1", 1).replace("store\n", "store\r\n", 1).lstrip("\r\n"),
    )

    assert desk.bring().rows == {"customers": 3, "orders": 4}


# ── what is kept, and what an import may not do ──


def test_yesterdays_orders_alone_are_refused_as_the_full_picture(desk):
    """A day's file in the place of the whole would make everyone look lost; the last snapshot stays."""
    desk.put_minimal()
    before = desk.bring().snapshot
    desk.put("orders.csv", "order_id,customer_id,ordered_at,net_amount\nO9,C1,2026-11-21 10:00,5\n")

    with pytest.raises(ImportRefused, match=r"orders would shrink: 4 rows before, 1 now \(75% fewer\)"):
        desk.bring()
    assert open_snapshot(desk.location).id == before.id
    assert [p.name for p in desk.location.iterdir()] == [before.id]


def test_yesterdays_orders_are_welcome_as_an_addition(desk):
    """With append they are put onto what is known; an order that comes again replaces its old self."""
    desk.put_minimal()
    desk.bring()
    path = desk.put(
        "orders.csv",
        "order_id,customer_id,ordered_at,net_amount\nO9,C3,2026-11-21 10:00,5\nO1,C1,2026-11-01 10:00,99\n",
    )

    report = desk.bring(path, append=True)

    assert report.rows == {"customers": 3, "orders": 5}
    assert rows(report.snapshot, "SELECT order_id, net_amount, channel FROM orders ORDER BY 1") == [
        ("O1", Decimal("99.0000"), "store"),
        ("O2", Decimal("80.0000"), "online"),
        ("O3", Decimal("0.1000"), "store"),
        ("O4", Decimal("40.0000"), "store"),
        ("O9", Decimal("5.0000"), None),
    ]
    assert rows(report.snapshot, "SELECT first_name FROM persons ORDER BY 1") == [
        ("Anna",),
        ("Ben",),
        ("ชบา",),
    ]


def test_appending_the_same_again_changes_nothing(desk):
    """An addition can be sent twice."""
    desk.put_minimal()
    desk.bring()
    path = desk.put("orders.csv", "order_id,customer_id,ordered_at,net_amount\nO9,C3,2026-11-21 10:00,5\n")

    first = desk.bring(path, append=True)
    second = desk.bring(path, append=True)

    assert second.snapshot.id == first.snapshot.id


def test_an_order_that_comes_again_brings_all_its_lines_again(desk):
    """A corrected order with fewer lines does not keep its old ones."""
    desk.put_minimal()
    head = "order_id,line_no,product_id,quantity,net_amount\n"
    desk.put("order_lines.csv", head + "O1,1,TEA,1,60\nO1,2,CAKE,1,60.50\nO2,1,TEA,1,80\n")
    desk.bring()
    for name in ("customers.csv", "orders.csv"):
        (desk.files / name).unlink()
    desk.put("order_lines.csv", head + "O1,1,TEA,2,120.50\n")

    snapshot = desk.bring(append=True).snapshot

    assert rows(snapshot, "SELECT order_id, product_id, quantity FROM order_lines ORDER BY ALL") == [
        ("O1", "TEA", Decimal("2.0000")),
        ("O2", "TEA", Decimal("1.0000")),
    ]


def test_a_picture_older_than_the_last_is_refused_unless_the_loss_is_accepted(desk):
    """Going back in time needs a word."""
    desk.put_minimal()
    desk.bring()
    desk.put("orders.csv", ORDERS.replace("2026-11-2", "2026-10-2"))

    with pytest.raises(
        ImportRefused, match="newest order is of 2026-11-01 03:00 UTC, before it was of 2026-11-20 18:00"
    ):
        desk.bring()
    assert desk.bring(accept_loss=True).snapshot.facts_until < NOW - dt.timedelta(days=20)


def test_a_lost_table_is_a_loss(desk):
    """A picture without the lines that were there is refused."""
    desk.put_minimal()
    desk.put("order_lines.csv", "order_id,line_no,product_id,quantity,net_amount\nO1,1,TEA,1,60\n")
    desk.bring()
    (desk.files / "order_lines.csv").unlink()

    with pytest.raises(ImportRefused, match="order_lines would shrink"):
        desk.bring()


def test_adding_to_a_ledger_of_another_currency_is_refused(desk):
    """Appending never mixes money or days of two shops."""
    desk.put_minimal()
    desk.bring()

    with pytest.raises(ImportRefused, match=r"Asia/Bangkok and THB, pakdee\.toml says Asia/Bangkok and USD"):
        desk.bring(append=True, currency="USD")


def test_consent_is_assumed_only_when_asked_and_said_aloud(desk):
    """Those who never said a word are counted as agreed; a no stays a no."""
    desk.put_minimal()

    report = desk.bring(assume_consent=True)

    assert rows(report.snapshot, "SELECT marketing_consent, consent_source FROM customers") == [
        (True, None),
        (False, None),
        (True, "assumed at import"),
    ]
    assert any(note.startswith("CONSENT WAS ASSUMED for 1 customers") for note in report.notes)


def test_a_ledger_without_consent_says_that_nobody_gets_marketing(desk):
    """The missing column is told at import, not found out at the first empty campaign."""
    desk.put_minimal(customers="customer_id,email\nC1,a@example.com\nC2,b@example.com\n")

    assert "there is no marketing_consent, so nobody can be sent marketing mail" in desk.bring().notes


def test_only_the_last_snapshots_are_kept(desk):
    """Older ones go, oldest first; the newest is the one in force."""
    ids = []
    for amount in range(1, 6):
        desk.put_minimal(orders=ORDERS + f"N{amount},C1,2026-11-21,{amount},store\n")
        ids.append(desk.bring(keep=3, accept_loss=True).snapshot.id)

    assert sorted(p.name for p in desk.location.iterdir()) == ids[2:]
    assert open_snapshot(desk.location).id == ids[-1]
    assert open_snapshot(desk.location, ids[2]).id == ids[2]


def test_a_half_written_snapshot_is_ignored(desk):
    """Without its manifest, which is written last, a folder is no snapshot."""
    desk.put_minimal()
    snapshot = desk.bring().snapshot
    (desk.location / "20991231T000000-ffffff").mkdir()
    (desk.location / ".incoming-dead").mkdir()

    assert open_snapshot(desk.location).id == snapshot.id


def test_a_damaged_snapshot_is_not_opened(desk):
    """A missing table is found before anyone is planned on what is left."""
    desk.put_minimal()
    snapshot = desk.bring().snapshot
    snapshot.tables["orders"].unlink()

    with pytest.raises(LedgerError, match="the table orders is missing"):
        open_snapshot(desk.location)


def test_no_ledger_yet_is_told_as_such(desk):
    """The next step is the import."""
    with pytest.raises(LedgerError, match="no ledger yet"):
        open_snapshot(desk.location)


def test_the_manifest_accounts_for_files_rows_and_rejects(desk):
    """What came in, from which bytes, and what was set aside can be read later."""
    desk.put_minimal(orders=ORDERS + "O5,C1,2026-02-30,5,store\n")

    snapshot = desk.bring().snapshot
    manifest = json.loads((snapshot.path / "manifest.json").read_text(encoding="utf-8"))

    assert set(manifest["files"]) == {"customers.csv", "orders.csv"}
    assert manifest["rejects"] == [{"table": "orders", "reason": "not a date", "rows": 1}]
    assert manifest["tables"]["orders"]["rows"] == 4
    assert manifest["facts_until"] == "2026-11-20T18:00:00+00:00"


def test_facts_older_than_allowed_stop_the_day(desk):
    """The age is counted in the shop's days from the newest order."""
    desk.put_minimal()
    snapshot, zone = desk.bring().snapshot, ZoneInfo("Asia/Bangkok")
    age = dt.timedelta(days=3)

    check_fresh(snapshot, day=dt.date(2026, 11, 24), zone=zone, max_age=age)
    with pytest.raises(LedgerStale, match="newest order is of 2026-11-21, allowed are 3 days"):
        check_fresh(snapshot, day=dt.date(2026, 11, 25), zone=zone, max_age=age)


def test_a_connection_reaches_the_snapshot_and_nothing_else(desk, tmp_path):
    """Other files, the network and the configuration are out of reach."""
    desk.put_minimal()
    other = desk.put("other.csv", "a\n1\n")
    with connect(desk.bring().snapshot) as connection:
        assert connection.execute("SELECT count(*) FROM orders").fetchall() == [(4,)]
        for hostile in (f"FROM read_csv('{other}')", f"COPY orders TO '{tmp_path}/x.csv'", "SET threads = 1"):
            with pytest.raises(duckdb.Error):
                connection.execute(hostile)


def test_progress_is_told_step_by_step(desk):
    """Each table says what was read and what was stored."""
    desk.put_minimal()
    told = []

    desk.bring(progress=told.append)

    assert "orders: 4 rows read" in told
    assert "orders: 4 rows stored" in told
