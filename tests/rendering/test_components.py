"""A component has one name and one set of arguments, in the registry, in HTML and in text."""

from __future__ import annotations

from decimal import Decimal
from importlib.resources import files
from itertools import product
from pathlib import Path

import pytest
from jinja2 import nodes
from mail_making import BRAND, PERSONAS, PROGRAM, a_context, a_customer, a_draft, a_template, load

from pakdee.rendering.components import COMPONENTS, Level, Takes
from pakdee.rendering.findings import dotted
from pakdee.rendering.kit import Kit


@pytest.mark.parametrize("part", ["html", "text"])
def test_registry_and_macros_are_equal(part: str):
    """Names, order of arguments, which may be left out, and whether there is content."""
    library = Kit.of("th", BRAND, "THB", None).libraries[part]["ui"]

    assert set(library.trees) == set(COMPONENTS)
    for name, macro in library.trees.items():
        component = COMPONENTS[name]
        arguments = [argument.name for argument in macro.args]
        assert arguments == list(component.takes)
        assert set(arguments[len(arguments) - len(macro.defaults) :]) == component.optional
        assert ("caller" in [n.name for n in macro.find_all(nodes.Name)]) is (component.content is not None)


@pytest.mark.parametrize("part", ["html", "text"])
def test_components_hold_only_what_can_be_inlined(part: str):
    """No values kept, no filter over a block, loops over lists of ours: the flattened mail prints the same."""
    for space in ("ui", "frame"):
        for macro in Kit.of("th", BRAND, "THB", None).libraries[part][space].trees.values():
            found = {type(node) for node in macro.find_all(nodes.Stmt)}
            assert found <= {nodes.Output, nodes.If, nodes.For}
            lists = {dotted(loop.iter) for loop in macro.find_all(nodes.For)}
            assert lists <= {"accounts", "scales.nps", "scales.stars", "group.scores"}
            filtered = [node.node for node in macro.find_all(nodes.Filter)]
            assert all(isinstance(node, nodes.Name) for node in filtered)


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_argument_is_looked_at_in_html(name: str):
    """Printed or tested whatever else holds: what fails as an argument fails in the slot program as well."""
    macro = Kit.of("th", BRAND, "THB", None).libraries["html"]["ui"].trees[name]
    reached = [node for node in macro.body if not isinstance(node, nodes.For)]
    for loop in macro.find_all(nodes.For):  # over a list of ours, which is never empty
        reached += loop.body
    outermost = [node for node in reached if isinstance(node, nodes.Output)]
    outermost += [node.test for node in reached if isinstance(node, nodes.If)]
    looked_at = {n.name for node in outermost for n in node.find_all(nodes.Name)}
    looked_at |= {node.name for node in outermost if isinstance(node, nodes.Name)}

    assert {argument.name for argument in macro.args} <= looked_at


@pytest.mark.parametrize("part", ["html", "text"])
def test_components_are_read_once_and_print_in_each_language(part: str):
    """What is written is shared; filters and words are each language's own."""
    thai, english = (Kit.of(locale, BRAND, "THB", PROGRAM).libraries[part]["ui"] for locale in ("th", "en"))
    told = [str(library.macros["points"](1500, "x")) for library in (thai, english, thai)]

    assert thai.trees is english.trees
    assert ["แต้ม" in text for text in told] == [True, False, True]
    assert ["points" in text.split("1,500")[1] for text in told] == [False, True, False]


def test_sources_are_in_the_package():
    """An installed package carries its components."""
    folder = files("pakdee.rendering") / "components"
    assert all(
        (folder / f"{space}_{part}.j2").is_file()
        for space, part in product(("ui", "frame"), ("html", "text"))
    )


def call(name: str, *, full: bool) -> str:
    """A call of a component, inside what it needs around it."""
    component = COMPONENTS[name]
    samples = {
        Takes.WORDS: "'w' ~ customer.tier",
        Takes.LINK: component.leads_to or "links.shop",
        Takes.SHARE: "customer.tier_progress",
        Takes.NUMBER: "customer.order_count",
        Takes.IMAGE: "'tea'",
        Takes.TONE: f"'{component.tones[-1]}'" if component.tones else "",
    }
    given = ", ".join(
        f"{a}={samples[t]}" for a, t in component.takes.items() if full or a not in component.optional
    )
    inner = {
        Level.BLOCK: "{{ ui.h2('b') }}",
        Level.ITEM: "{% call ui.item() %}i{% endcall %}",
        Level.PRODUCT: "{{ ui.product('x') }}",
        Level.ROW: f"{{{{ ui.row({'1, 2, 3' if full else '1, 2'}) }}}}",
        Level.INLINE: "c",
    }
    text = f"{{{{ ui.{name}({given}) }}}}"
    if component.content:
        text = f"{{% call ui.{name}({given}) %}}{inner[component.content]}{{% endcall %}}"
    heads = "1, 2, 3" if full else "1, 2"
    around = {
        Level.INLINE: "p()",
        Level.ITEM: "list()",
        Level.PRODUCT: "products()",
        Level.ROW: f"table({heads})",
    }
    outer = [around[component.level]] if component.level in around else []
    for inside in [*outer, *(["section()"] if component.level is not Level.TOP else [])]:
        text = f"{{% call ui.{inside} %}}{text}{{% endcall %}}"
    return text


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("name", COMPONENTS)
def test_every_component_renders_in_both_parts(tmp_path: Path, name: str, full: bool):
    """With all its arguments, and with only those it must have; by its slot program the same mail."""
    templates = load(tmp_path, birthday=a_template(call(name, full=full)))
    mail = templates.render("birthday", "th", a_context())

    writer = templates.writer("birthday", "th")
    for number, customer in enumerate(PERSONAS.values()):
        draft = a_draft(a_context(customer=customer, number=number))
        written = writer.write(draft)
        direct = templates.render("birthday", "th", draft.context)
        assert written.skeleton.filled(written.subject, written.values) == direct
    assert writer.why_direct is None
    expected = COMPONENTS[name].takes.values()
    if Takes.WORDS in expected and (full or set(COMPONENTS[name].takes) - COMPONENTS[name].optional):
        assert "wsilver" in mail.html
        assert "wsilver" in mail.text
    assert f'{a_context()["links"]["help"]}"' in mail.html


def test_a_customers_own_products_are_listed_by_the_slot_program(tmp_path: Path):
    """However many there are, none among them."""
    body = (
        "{% call ui.section() %}{% if customer.favourites %}{% call ui.products() %}"
        "{% for product in customer.favourites %}"
        "{{ ui.product(product.title, price=product.price|money, image='tea', href=links.shop) }}"
        "{% endfor %}{% endcall %}{% endif %}{{ ui.h2('x') }}{% endcall %}"
    )
    templates = load(tmp_path, birthday=a_template(body))
    writer = templates.writer("birthday", "th")
    for count in range(4):
        products = [
            {"title": f"ชา & {n}", "price": Decimal("145.0000"), "category": "ชา"} for n in range(count)
        ]
        draft = a_draft(a_context(customer=a_customer(favourites=products)), count)
        written = writer.write(draft)
        direct = templates.render("birthday", "th", draft.context)
        assert written.skeleton.filled(written.subject, written.values) == direct
        assert direct.text.count("145 บาท".replace(" ", "\N{NO-BREAK SPACE}")) == count
    assert writer.why_direct is None
