"""A shop's own exports come in through its source file, as the shop's system writes them."""

import datetime as dt
from decimal import Decimal

import pytest
from import_desk import Desk, reasons, rows
from pydantic import ValidationError

from pakdee.catalog.sources import load_source
from pakdee.domain.errors import CatalogError, ImportRefused
from pakdee.domain.source import Source

MEMBERS = """\
รหัสสมาชิก,ชื่อ,นามสกุล,อีเมล,เบอร์โทรศัพท์,วันเกิด,วันที่สมัคร,ยินยอมรับข่าวสาร,สาขา
0812345678,สมชาย,ใจดี,somchai@example.com,0812345678,29/02/2535,01/06/2567,ยินยอม,สยาม
0898765432,มานี,รักไทย,manee@example.com,,31/02/2530,22/11/2568,ไม่ยินยอม,สยาม
0611111111,ชูใจ,,,,,29/02/2567,ยังไม่ได้ถาม,อารีย์
"""
RECEIPTS = """\
เลขที่ใบเสร็จ,วันที่,เวลา,รหัสสมาชิก,รหัสสินค้า,หมวดหมู่,จำนวน,ราคาต่อหน่วย,จำนวนเงิน,สถานะ
B690001,20/11/2569,09:15,0812345678,TEA-01,ชา,1,"1,290.00","1,290.00",ปกติ
B690001,20/11/2569,09:15,0812345678,CAK-01,เค้ก,2,145.00,290.00,ปกติ
B690002,20/11/2569,23:50,,DRK-01,เครื่องดื่ม,1,85.00,85.00,ปกติ
B690003,21/11/2569,10:00,0898765432,TEA-02,ชา,1,260.00,260.00,ยกเลิก
B690004,21/11/2569,10:05,0898765432,TEA-02,ชา,1,260.00,2.60.00,ปกติ
B690005,31/11/2569,10:05,0898765432,TEA-02,ชา,1,260.00,260.00,ปกติ
"""
SHOPIFY_CUSTOMERS = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
    "Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,"
    "Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,"
    "Total Spent,Total Orders,Note,Tax Exempt,Tags\n"
    "'7632398123456,Anna,Jansen,Anna@Example.com,yes,,Dorpsstraat 1,,Utrecht,,NL,'1234AB,,'+31612345678,no,"
    '141.95,2,,no,"vip, horeca"\n'
    "'7632398123457,Bo,Kim,bo@example.com,no,,,,,,TH,,,,no,0.00,0,,no,\n"
)
SHOPIFY_ORDERS_HEAD = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,"
    "Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,"
    "Lineitem taxable,Lineitem fulfillment status,Billing Name,Notes,Note Attributes,Cancelled at,"
    "Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,"
    "Id,Tags,Risk Level,Source,Lineitem discount,Phone,Receipt Number,Duties\n"
)
SHOPIFY_ORDERS = SHOPIFY_ORDERS_HEAD + (
    "#1050,anna@example.com,partially_refunded,2026-05-01 10:00:00 +0200,fulfilled,,yes,EUR,100.90,4.95,8.33,"
    "105.85,,5.00,Standard,2026-05-01 09:59:00 +0200,2,Matcha 100 gram,34.00,,MAT-100,true,true,fulfilled,"
    'Anna Jansen,"two\nlines",,,Shopify Payments,r1,32.90,,0.00,,,,5551,,Low,web,5.00,,,\n'
    "#1050,anna@example.com,,,,,,,,,,,,,,2026-05-01 09:59:00 +0200,1,Whisk,37.90,,WHI,true,true,fulfilled,"
    ",,,,,,,,,,,,,,,,0.00,,,\n"
    "#1051,anna@example.com,refunded,,,,yes,EUR,20.00,0.00,0.00,20.00,,0.00,,2026-05-02 09:59:00 +0200,1,Whisk,"
    "20.00,,WHI,true,true,,,,,2026-05-03 09:59:00 +0200,,,20.00,,0.00,,,,5552,,,pos,0.00,,,\n"
    "#1052,stranger@example.com,paid,,,,no,EUR,9.00,0.00,0.00,9.00,,0.00,,2026-05-03 09:59:00 +0200,1,Cup,9.00,,"
    ",true,true,,,,,,,,0.00,,0.00,,,,5553,,,580111,0.00,,,\n"
)
WOO_USERS = (
    "ID,customer_id,user_login,user_pass,user_nicename,user_email,user_url,user_registered,display_name,"
    "first_name,last_name,user_status,roles,nickname,description,locale,billing_first_name,billing_phone,"
    "billing_country\n"
    "7,7,anna,x,anna,anna@example.com,,2025-12-31 18:30:00,Anna,Anna,Miller,0,customer,anna,,th_TH,Anna,,TH\n"
    "8,8,boss,x,boss,boss@example.com,,2020-01-01 00:00:00,Boss,Bo,Kim,0,administrator,boss,,,,,\n"
)
WOO_ORDERS = (
    "order_id,order_number,order_date,paid_date,status,shipping_total,shipping_tax_total,fee_total,fee_tax_total,"
    "tax_total,cart_discount,order_discount,discount_total,order_total,order_subtotal,order_currency,"
    "payment_method,payment_method_title,transaction_id,shipping_method,customer_id,customer_user,"
    "customer_email,customer_note,line_item_1\n"
    "901,901,2026-11-20 09:00:00,,completed,50.00,0,0,0,7.00,0,0,20.00,557.00,520.00,THB,bacs,Bank,,,7,7,"
    "anna@example.com,,name:Tea|quantity:2|total:500.00\n"
    "902,902,11/21/2026 6:29:00,,wc-processing,0,0,0,0,0,0,0,0,100.00,100.00,THB,cod,COD,,,0,0,g@example.com,,\n"
    "903,903,2026-11-21 10:00:00,,pending,0,0,0,0,0,0,0,0,80.00,80.00,THB,cod,COD,,,0,0,g@example.com,,\n"
    "904,904,2026-11-21 11:00:00,,processing,0,0,0,0,0,0,0,0,80.00,80.00,THB,cod,COD,,,7,7,a@example.com,,\n"
)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def thai_pos(desk, encoding="cp874"):
    desk.put("สมาชิก_25691122.csv", MEMBERS, encoding)
    desk.put("ใบเสร็จ_25691122.csv", RECEIPTS, encoding)
    return desk


def test_a_thai_pos_export_comes_in_through_its_source_file(desk):
    """cp874, Thai headings, Buddhist years, consent in words; phone numbers as ids keep their zero."""
    snapshot = thai_pos(desk).bring_by("thai_pos").snapshot

    assert rows(
        snapshot,
        "SELECT customer_id, first_name, birth_year, birth_month, birth_day, joined_on, marketing_consent, locale "
        "FROM customers JOIN persons USING (customer_id)",
    ) == [
        ("0611111111", "ชูใจ", None, None, None, dt.date(2024, 2, 29), None, "th"),
        ("0812345678", "สมชาย", 1992, 2, 29, dt.date(2024, 6, 1), True, "th"),
        ("0898765432", "มานี", None, None, None, dt.date(2025, 11, 22), False, "th"),
    ]


def test_receipts_of_several_rows_become_one_order_with_lines(desk):
    """The amount is the sum of the rows; date and time stand in two columns; a cancelled receipt says so."""
    report = thai_pos(desk).bring_by("thai_pos")

    assert rows(
        report.snapshot, "SELECT order_id, customer_id, ordered_at, net_amount, status FROM orders ORDER BY 1"
    ) == [
        (
            "B690001",
            "0812345678",
            dt.datetime(2026, 11, 20, 2, 15, tzinfo=dt.UTC),
            Decimal("1580.0000"),
            "delivered",
        ),
        ("B690002", None, dt.datetime(2026, 11, 20, 16, 50, tzinfo=dt.UTC), Decimal("85.0000"), "delivered"),
        (
            "B690003",
            "0898765432",
            dt.datetime(2026, 11, 21, 3, tzinfo=dt.UTC),
            Decimal("260.0000"),
            "cancelled",
        ),
    ]
    assert rows(
        report.snapshot, "SELECT line_no, product_id, quantity FROM order_lines WHERE order_id = 'B690001'"
    ) == [(1, "CAK-01", Decimal("2.0000")), (2, "TEA-01", Decimal("1.0000"))]


def test_what_a_thai_export_gets_wrong_is_told(desk):
    """Impossible days, amounts with two points and wordings on no list are set aside with their place."""
    report = thai_pos(desk).bring_by("thai_pos")

    assert reasons(report) == [
        ("customers", 3, "birthday", "not a birthday"),
        ("customers", 4, "marketing_consent", "neither yes nor no"),
        ("order_lines", 6, "net_amount", "not a number"),
        ("order_lines", 7, "order_id", "unknown order"),
        ("orders", 6, "net_amount", "not a number"),
        ("orders", 7, "ordered_at", "not a date"),
    ]


def test_a_wrongly_declared_encoding_is_refused_and_names_the_key(desk):
    """A file that is UTF-8 although the source says cp874 (or the other way round) is not read as rubbish."""
    with pytest.raises(ImportRefused) as refused:
        thai_pos(desk, "utf-8").bring_by("thai_pos")

    assert "encoding:" in str(refused.value)


def test_a_shopify_export_comes_in_through_its_source_file(desk):
    """Line rows become orders and lines, customers are found by address, amounts are net of what was paid back."""
    desk.put("customers_export.csv", SHOPIFY_CUSTOMERS)
    desk.put("orders_export.csv", SHOPIFY_ORDERS)

    report = desk.bring_by("shopify", currency="EUR")

    anna = "7632398123456"
    assert rows(
        report.snapshot,
        "SELECT order_id, customer_id, ordered_at, net_amount, status, channel FROM orders ORDER BY 1",
    ) == [
        ("#1050", anna, _utc(5, 1), Decimal("68.0000"), "placed", "online"),
        ("#1051", anna, _utc(5, 2), Decimal("0.0000"), "returned", "store"),
        ("#1052", None, _utc(5, 3), Decimal("9.0000"), "placed", "online"),
    ]
    assert rows(report.snapshot, "SELECT * FROM order_lines WHERE order_id = '#1050' ORDER BY line_no") == [
        ("#1050", 1, "Matcha 100 gram", Decimal("2.0000"), Decimal("63.0000"), Decimal("34.0000")),
        ("#1050", 2, "Whisk", Decimal("1.0000"), Decimal("37.9000"), Decimal("37.9000")),
    ]
    assert rows(report.snapshot, "SELECT customer_id, marketing_consent FROM customers") == [
        (anna, True),
        ("7632398123457", False),
    ]
    assert [(r.column, r.reason, r.whole_row) for r in report.rejects] == [
        ("customer_id", "no single customer has this e-mail: a guest's order", False)
    ]


def _utc(month, day):
    return dt.datetime(2026, month, day, 7, 59, tzinfo=dt.UTC)


def test_a_woocommerce_export_comes_in_through_its_source_file(desk):
    """Sign-ups are in UTC, customer 0 is a guest, unpaid orders are none, an unknown status is set aside."""
    desk.put("user_export_2026-11-22.csv", WOO_USERS)
    desk.put("order_export_2026-11-22.csv", WOO_ORDERS)

    report = desk.bring_by("woocommerce")

    assert rows(report.snapshot, "SELECT customer_id, joined_on, is_staff, locale FROM customers") == [
        ("7", dt.date(2026, 1, 1), False, "th"),
        ("8", dt.date(2020, 1, 1), True, None),
    ]
    assert rows(
        report.snapshot, "SELECT order_id, customer_id, net_amount, status FROM orders ORDER BY order_id"
    ) == [
        ("901", "7", Decimal("500.0000"), "delivered"),
        ("903", None, Decimal("80.0000"), "cancelled"),
        ("904", "7", Decimal("80.0000"), "placed"),
    ]
    assert reasons(report) == [("orders", 3, "status", "unknown status")]
    assert any("no heading 'mailchimp_woocommerce_is_subscribed'" in note for note in report.notes)


def test_a_renamed_heading_is_refused_with_the_nearest_one(desk):
    """The source file's owner reads which heading is meant."""
    desk.put("สมาชิก.csv", MEMBERS.replace("รหัสสมาชิก,", "รหัสสมาชก,"), "cp874")
    desk.put("ใบเสร็จ.csv", RECEIPTS, "cp874")

    with pytest.raises(
        ImportRefused, match="'รหัสสมาชิก' for customer_id is not there; did you mean 'รหัสสมาชก'"
    ):
        desk.bring_by("thai_pos")


def source(**table):
    given = {"file": "customers.csv", "columns": {"customer_id": "id", "email": "mail"}} | table
    orders = {"file": "orders.csv", "columns": {n: n for n in ("order_id", "customer_id")}}
    orders["columns"] |= {"ordered_at": "day", "net_amount": "sum"}
    return {"name": "shop", "title": {"en": "Shop"}, "tables": {"customers": given, "orders": orders}}


@pytest.mark.parametrize(
    ("dates", "text", "day"),
    [
        ("dd/MM/yyyy", "05/11/2026", (2026, 11, 5)),
        ("d.M.yy", "5.1.26", (2026, 1, 5)),
        ("yyyyMMdd", "20261105", (2026, 11, 5)),
        ("d MMM yyyy", "5 พ.ย. 2026", (2026, 11, 5)),
        ("d MMMM yyyy", "5 พฤศจิกายน 2026", (2026, 11, 5)),
        ("MMMM d, yyyy", "November 5, 2026", (2026, 11, 5)),
    ],
)
def test_dates_are_read_by_the_pattern_given(desk, dates, text, day):
    """Patterns may hold Thai and English month names, one or two digits, short years."""
    desk.put("customers.csv", "id,mail\n1,a@example.com\n")
    desk.put("orders.csv", f'order_id,customer_id,day,sum\nA,1,"{text}",5\n')

    snapshot = desk.bring(source=Source.model_validate(source() | {"dates": dates})).snapshot

    assert rows(snapshot, "SELECT ordered_on FROM orders") == [(dt.date(*day),)]


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1.234,50", "1234.5"), ("-7", "-7"), ("฿ 12.345.678,9", "12345678.9"), ("12,3456", "12.3456")],
)
def test_numbers_are_read_by_the_signs_given(desk, text, amount):
    """Decimal comma and groups of thousands, exact."""
    desk.put("customers.csv", "id;mail\n1;a@example.com\n")
    desk.put("orders.csv", f"order_id;customer_id;day;sum\nA;1;2026-11-01;{text}\n")
    signs = {"numbers": {"decimal": ",", "thousands": "."}}

    snapshot = desk.bring(source=Source.model_validate(source() | signs)).snapshot

    assert rows(snapshot, "SELECT net_amount FROM orders") == [(Decimal(amount).quantize(Decimal("0.0001")),)]


@pytest.mark.parametrize("text", ["1.25", "1.234.5", "12,34,5"])
def test_a_number_with_groups_not_of_three_is_not_guessed(desk, text):
    """1.25 under a decimal comma is no 125."""
    desk.put("customers.csv", "id;mail\n1;a@example.com\n")
    desk.put("orders.csv", f"order_id;customer_id;day;sum\nA;1;2026-11-01;{text}\nB;1;2026-11-01;1\n")
    signs = {"numbers": {"decimal": ",", "thousands": "."}}

    report = desk.bring(source=Source.model_validate(source() | signs))

    assert reasons(report) == [("orders", 2, "net_amount", "not a number")]


def test_title_lines_above_the_headings_are_skipped_and_counted(desk):
    """Rows are named as a spreadsheet numbers them, titles included."""
    desk.put("customers.csv", "Report of today\n\nid,mail\n1,a@example.com\n,b@example.com\n")
    desk.put("orders.csv", "order_id,customer_id,day,sum\nA,1,2026-11-01,5\n")

    report = desk.bring(source=Source.model_validate(source(skip_lines=2)))

    assert report.rows["customers"] == 1
    assert reasons(report) == [("customers", 5, "customer_id", "missing value")]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"encoding": "thai-windows"}, "is no encoding"),
        ({"dates": "the day"}, "is not a date pattern"),
        ({"numbers": {"decimal": ",", "thousands": ","}}, "cannot be the same sign"),
        ({"tables": {"orders": {"file": "o.csv", "columns": {"order_id": {}}}}}, "give one of heading"),
        (
            {"tables": {"orders": {"file": "o.csv", "columns": {"x": {"heading": "a", "yes": "y"}}}}},
            "both yes",
        ),
        ({"tables": {"orders": {"file": "o.csv", "columns": {"x": {"heading": "a", "sum": True}}}}}, "sum"),
    ],
)
def test_a_source_file_that_makes_no_sense_is_refused_on_reading(change, says):
    """Mistakes are found before any data is touched."""
    with pytest.raises(ValidationError, match=says):
        Source.model_validate(source() | change)


def test_a_mistake_in_a_source_file_is_told_with_its_line(tmp_path):
    """Marketers read file, line and what to write instead."""
    path = tmp_path / "sources" / "shop.yaml"
    path.parent.mkdir()
    path.write_text("title: {en: Shop}\nencodng: cp874\ntables: {}\n", encoding="utf-8")

    with pytest.raises(CatalogError) as refused:
        load_source(path)
    assert "sources/shop.yaml:2:" in str(refused.value)
    assert "encoding" in str(refused.value)


@pytest.mark.parametrize("wrong", ["custmers", "customers"])
def test_unknown_tables_and_columns_are_refused_with_the_nearest_name(desk, wrong):
    """A source file can only name what there is."""
    desk.put("customers.csv", "id,mail\n1,a@example.com\n")
    desk.put("orders.csv", "order_id,customer_id,day,sum\nA,1,2026-11-01,5\n")
    given = source(columns={"customer_id": "id", "email": "mail", "first_nam": "id"})
    given["tables"] = {wrong: given["tables"]["customers"], "orders": given["tables"]["orders"]}

    with pytest.raises(ImportRefused, match=r"did you mean (customers|first_name)"):
        desk.bring(source=Source.model_validate(given))
