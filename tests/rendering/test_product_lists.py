"""A loop over a customer's own list: quick for each number of entries, and the same mail as the direct one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mail_making import BRAND, FEATURES, PROGRAM, a_context, a_customer, a_draft, a_template, load, slow
from odd_values import NASTY, WRONG

from pakdee.domain.errors import RenderError
from pakdee.rendering import Templates
from pakdee.rendering.personas import personas

PERSONA_DAY = dt.date(2026, 6, 15)
CARDS = """{% call ui.section() %}
{% if customer.favourites %}{{ ui.h2("For you") }}
  {% for product in customer.favourites %}
    {% call ui.card(product.title, tag=product.price|money) %}
      {{ product.category ~ ": " ~ product.title }}{% if product.price > 100 %} {{ ui.strong("fine") }}{% endif %}
    {% endcall %}
  {% endfor %}
{% else %}{% call ui.p() %}Come and look around.{% endcall %}{% endif %}
{% for one in customer.favourites %}{% for two in customer.favourites %}
  {% if one.title == two.title %}{% call ui.p() %}{{ two.title }} {{ one.price|money }}{% endcall %}{% endif %}
{% endfor %}{% endfor %}
{% endcall %}"""
SUBJECT = "สำหรับคุณ{% for p in customer.favourites %} {{ p.title }}{% endfor %}"


def a_product(title: Any = "ชาอู่หลง", price: Any = Decimal("320.0000")) -> dict[str, Any]:
    return {"title": title, "price": price, "category": "tea"}


def outcome(make: Any) -> Any:
    """A mail, or the error in its words."""
    try:
        return make()
    except RenderError as error:
        return str(error)


def assert_law(templates: Templates, lists: list[Any]) -> int:
    """Each list's mail is that of direct rendering; how many shapes they took."""
    writer, shapes = templates.writer("birthday", "th"), set()
    for number, favourites in enumerate(lists):
        context = a_context(customer=a_customer(favourites=favourites), number=number)
        written = outcome(lambda context=context: writer.write(a_draft(context)))
        expected = outcome(lambda context=context: templates.render("birthday", "th", context))
        if isinstance(written, str):
            assert written == expected
            continue
        assert written.skeleton.filled(written.subject, written.values) == expected
        shapes.add(written.skeleton)
    assert writer.why_direct is None
    return len(shapes)


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return load(tmp_path_factory.mktemp("t"), birthday=a_template(CARDS, subject=SUBJECT))


def test_a_shape_for_each_number_of_entries(tmp_path: Path):
    """None to three: four shapes, however many customers and whatever stands in their lists."""
    loop = "{% for p in customer.favourites %}{{ ui.card(p.title, tag=p.price|money) }}{% endfor %}"
    card = loop.replace("{{ ui.card(", "{% call ui.card(").replace(
        ") }}{%", ") %}{{ p.category }}{% endcall %}{%"
    )
    templates = load(tmp_path, birthday=a_template(f"{{% call ui.section() %}}{card}{{% endcall %}}"))
    lists = [[a_product(f"ชา {n} <b>{number}")] * n for number in range(50) for n in range(4)]

    assert slow(templates) == []
    assert assert_law(templates, lists) == 4


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lists=st.lists(
        st.lists(
            st.builds(
                a_product,
                st.sampled_from(NASTY) | st.text(max_size=20) | WRONG,
                st.decimals(1, 999, places=4) | WRONG,
            )
            | WRONG,
            max_size=5,
        )
        | WRONG,
        max_size=6,
    )
)
def test_any_list_makes_the_direct_mail_or_its_error(cards: Templates, lists: list[Any]):
    """Also one that is longer than it can be, holds what is no product, or is no list."""
    assert_law(cards, lists)


@pytest.mark.parametrize("locale", ["th", "en"])
def test_sample_customers_have_lists_of_every_length_and_nasty_words_in_them(tmp_path: Path, locale: str):
    """None, one, two and three products; titles with markup, of sixty Thai letters, and long ones."""
    lists = {p.name: p.context_values["favourites"] for p in personas(FEATURES, locale, PROGRAM)}
    templates = load(tmp_path, birthday=a_template(CARDS, subject=SUBJECT))

    assert {len(found) for found in lists.values()} == {0, 1, 2, 3}
    assert lists["nothing_bought"] == lists["zero"] == []
    assert lists["markup"][0]["title"] == "<script>alert(1)</script>"
    assert len(lists["long_thai_name"][0]["title"]) == 60
    assert_law(templates, list(lists.values()))
    for persona in personas(FEATURES, locale, PROGRAM):
        assert (
            "<script"
            not in templates.render("birthday", "th", persona.context(None, BRAND, PERSONA_DAY)).html
        )


def test_a_list_the_ledger_lacks_is_none_where_it_is_tested_first(tmp_path: Path):
    """Inside `if` a template can do without; a bare loop makes the campaign say that it cannot run."""
    loop = "{% for p in customer.favourites %}{% call ui.p() %}{{ p.title }}{% endcall %}{% endfor %}"
    tested = f"{{% call ui.section() %}}{{% if customer.favourites %}}{loop}{{% endif %}}{{% endcall %}}"
    templates = load(
        tmp_path,
        birthday=a_template(tested),
        bare=a_template(f"{{% call ui.section() %}}{loop}{{% endcall %}}"),
    )
    context = a_context(customer={"first_name": None})

    assert templates.features_of("birthday") == frozenset()
    assert (
        templates.features_of("bare")
        == templates.reads("bare")
        == templates.reads("birthday")
        == {"favourites"}
    )
    written = templates.writer("birthday", "th").write(a_draft(context))
    assert written.skeleton.filled(written.subject, written.values) == templates.render(
        "birthday", "th", context
    )
