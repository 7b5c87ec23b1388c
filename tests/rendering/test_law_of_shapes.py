"""Filling a shape's tags gives the direct rendering, byte for byte, whatever stands in the values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mail_making import PERSONAS, a_context, a_customer, a_draft, a_paragraph, a_template, load

from pakdee.domain.message import Draft, Shape
from pakdee.rendering import Templates
from pakdee.rendering import shapes as room
from pakdee.rendering.shapes import fill

NASTY = st.sampled_from(
    [
        "<script>",
        "{{7*7}}",
        "O'Neil & Sons",
        "~a1b2c3d4.0~",
        "^|`~",
        "&amp;",
        "\x00",
        "a\r\nb",
        "👩‍👩‍👧‍👦",
        "\u202eמרים",
        "ศิริพัฒนกุลวงศ์" * 4,
        "",
        " ",
        "\ud800",
        "-0.0-",
        "%name%",
        "[%name%]",
    ]
)
NAMES = st.none() | NASTY | st.text(max_size=30) | st.lists(NASTY, min_size=2, max_size=4).map("".join)
CUSTOMERS = st.builds(
    a_customer,
    first_name=NAMES,
    years_a_member=st.none() | st.integers(0, 90),
    days_since_last_purchase=st.none() | st.integers(0, 4000),
    order_count=st.integers(0, 10**6),
    order_count_365d=st.integers(0, 400),
    tier=st.sampled_from(["member", "silver", "gold", "new<tier>"]),
    next_tier=st.none() | st.sampled_from(["silver", "gold"]),
    to_next_tier=st.none() | st.decimals(0, 10**6, places=4),
    tier_progress=st.floats(0, 1),
)
CODES = st.none() | st.text("ABCDEFGHJK23456789-~<&", min_size=1, max_size=20)
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))
VALUES = st.none() | st.decimals(0, 10**6, places=4)


@st.composite
def batches(draw: st.DrawFn) -> tuple[str, list[Draft]]:
    """Some drafts in one language, offers and all."""
    locale = draw(st.sampled_from(["th", "en"]))
    drafts = []
    for number in range(draw(st.integers(1, 12))):
        context = a_context(locale, draw(CUSTOMERS), number)
        context["offer"] |= {"code": draw(CODES), "expires_on": draw(DAYS), "value": draw(VALUES)}
        drafts.append(a_draft(context, number, locale))
    return locale, drafts


def assert_law(templates: Templates, name: str, locale: str, drafts: list[Draft]) -> list[Shape]:
    """Every draft stands in exactly one shape, and its tags filled give the direct rendering."""
    found, errors = templates.render_shapes(name, locale, drafts)
    rows = [(shape, row) for shape in found for row in shape.rows]
    keys = [row.draft.key for _, row in rows] + list(errors)
    assert sorted(keys) == sorted(draft.key for draft in drafts)
    for shape, row in rows:
        assert fill(shape, row) == templates.render(name, locale, row.draft.context)
    return found


@pytest.mark.parametrize(
    "name", ["birthday", "newsletter", "second_purchase", "tier_upgrade", "welcome", "win_back"]
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batch=batches())
def test_filled_shapes_equal_direct_rendering(
    templates: Templates, name: str, batch: tuple[str, list[Draft]]
):
    """For any values: subject, HTML and text are equal byte for byte."""
    locale, drafts = batch
    assert_law(templates, name, locale, drafts)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batch=batches(), data=st.data())
def test_any_order_of_replacement_gives_the_same_mail(
    templates: Templates, batch: tuple[str, list[Draft]], data: st.DataObject
):
    """How SendGrid orders tags is its own affair: no value can make or break another tag."""
    locale, drafts = batch
    found, _ = templates.render_shapes("birthday", locale, drafts)
    for shape in found:
        for row in shape.rows:
            html = shape.html
            for tag in data.draw(st.permutations(list(row.substitutions))):
                html = html.replace(tag, row.substitutions[tag])
            assert html == templates.render("birthday", locale, row.draft.context).html


def test_customers_on_the_same_path_share_one_shape(templates: Templates):
    """A thousand birthdays of which some have years to thank for: two paths, two shapes."""
    drafts = [
        a_draft(a_context("th", a_customer(first_name=f"ชื่อ{n}", years_a_member=n % 3), n), n)
        for n in range(1000)
    ]
    found = assert_law(templates, "birthday", "th", drafts)

    assert sorted(len(shape.rows) for shape in found) == [334, 666]


def test_what_all_share_is_text_and_what_serves_both_parts_is_one_tag(templates: Templates):
    """Brand and date are no slots; a code is one tag in HTML and text; an escaped name is two."""
    names = ["Ann & Co", "Bea", "<Cy>"] * 5
    drafts = [
        a_draft(a_context("en", a_customer(first_name=name), n), n, "en") for n, name in enumerate(names)
    ]
    [shape] = assert_law(templates, "birthday", "en", drafts)
    values = list(shape.rows[0].substitutions.values())

    assert values.count("K7RM-2QWX-0000") == 1
    assert {"Happy birthday, Ann &amp; Co", "Happy birthday, Ann & Co"} <= {*values} | {
        f"Happy birthday, {v}" for v in values
    }
    assert "22\xa0December\xa02026" in shape.html
    assert len(values) <= 8


def test_tags_are_counted_and_stand_in_no_value(templates: Templates):
    """Each tag stands in the text or the HTML, all begin alike, and nothing else does."""
    drafts = [a_draft(a_context("th", customer, n), n) for n, customer in enumerate(PERSONAS.values())]
    found = assert_law(templates, "birthday", "th", drafts)
    for shape in (shape for shape in found if len(shape.rows) > 1):
        tags = list(shape.rows[0].substitutions)
        prefix = tags[0].partition(".")[0]
        assert all(
            tag.startswith(prefix) and tag[-1] == prefix[0] and not set(tag) & set("<>& ") for tag in tags
        )
        written = shape.html + shape.text
        assert written.count(prefix) == sum(written.count(tag) for tag in tags)
        assert all(prefix not in value for row in shape.rows for value in row.substitutions.values())


def test_a_row_too_long_goes_alone_and_the_others_stay(tmp_path: Path):
    """Over 10,000 bytes of substitutions: rendered alone, without slots."""
    words = " ".join("{{ customer.first_name or '-' }}" for _ in range(3)) + "{{ customer.last_name or '-' }}"
    templates = load(tmp_path, birthday=a_template(a_paragraph(words)))
    customers = [a_customer(first_name="ก" * 10), a_customer(first_name="ข" * 1990, last_name="ค" * 1990)]
    drafts = [a_draft(a_context("th", customers[n == 3], n), n) for n in range(10)]
    found = assert_law(templates, "birthday", "th", drafts)

    assert sorted(len(shape.rows) for shape in found) == [1, 9]
    assert not next(shape for shape in found if len(shape.rows) == 1).rows[0].substitutions


def test_more_slots_than_allowed_go_alone(tmp_path: Path):
    """Over 150 different values in a row: every mail alone."""
    features = "{{ customer.first_name or '-' }}" + "".join(
        f"{{{{ '{n}' ~ customer.last_name if customer.last_name else 'x' }}}} " for n in range(80)
    )
    body = a_paragraph(
        "".join(
            f"{{{{ customer.days_since_last_purchase|plural('w{n}') if customer.days_since_last_purchase else 'x' }}}} "
            for n in range(160)
        )
        + features
    )
    templates = load(tmp_path, birthday=a_template(body))
    drafts = [a_draft(a_context("th", a_customer(days_since_last_purchase=n + 1), n), n) for n in range(3)]

    assert [len(shape.rows) for shape in assert_law(templates, "birthday", "th", drafts)] == [1, 1, 1]


def test_a_template_that_breaks_the_law_is_rendered_one_by_one(
    templates: Templates, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """Direct rendering is the definition: where the fast way differs, it is not used, and says so."""
    monkeypatch.setattr(room, "_put", lambda static, stands: "wrong")
    drafts = [a_draft(a_context("th", a_customer(first_name=f"ชื่อ{n}"), n), n) for n in range(4)]
    found = assert_law(templates, "birthday", "th", drafts)

    assert [len(shape.rows) for shape in found] == [1, 1, 1, 1]
    assert "rendered one by one" in caplog.text


def test_who_cannot_be_rendered_is_told_apart_and_never_half_rendered(templates: Templates):
    """One customer without a tier: an error with file, line and variable; the others get their mail."""
    customers = [a_customer(), a_customer(tier=None), a_customer(to_next_tier=Decimal("NaN"))]
    drafts = [a_draft(a_context("th", customer, n), n) for n, customer in enumerate(customers)]
    found, errors = templates.render_shapes("tier_upgrade", "th", drafts)

    assert [row.draft.key.customer_id for shape in found for row in shape.rows] == ["c0"]
    assert {key.customer_id for key in errors} == {"c1", "c2"}
    assert "templates/tier_upgrade/th.j2:2: customer.tier is empty" in str(errors[drafts[1].key])
    assert "customer.to_next_tier is empty" in str(errors[drafts[2].key])


def test_no_drafts_make_no_shapes(templates: Templates):
    """Nobody to write to is no error."""
    assert templates.render_shapes("birthday", "th", []) == ([], {})
