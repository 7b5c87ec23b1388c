"""Slips in calls of components are told while the file is read, on their line, with what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from mail_making import BRAND, FEATURES, PROGRAM, a_context, a_paragraph, a_template

from pakdee.domain.brand import Brand, Links, Social
from pakdee.domain.errors import CatalogError
from pakdee.rendering import Templates

BARE = BRAND.model_copy(
    update={
        "links": Links(**BRAND.links.model_dump(exclude={"refer", "review"})),
        "social": Social(),
        "values": None,
        "images": {},
    }
)
REVIEW = '{{ ui.button("รีวิว", href=links.review) }}'


def told(folder: Path, body: str, brand: Brand = BRAND) -> list[tuple[int, str, str]]:
    """Line, what and next step of everything wrong with a section's body, which begins on line 6."""
    try:
        loaded(folder, body, brand)
    except CatalogError as error:
        return [(problem.line, problem.what, problem.next_step) for problem in error.problems]
    return []


def loaded(folder: Path, body: str, brand: Brand = BRAND) -> Templates:
    (folder / "birthday").mkdir(exist_ok=True)
    text = a_template(f"{{% call ui.section() %}}\n{body}\n{{% endcall %}}")
    (folder / "birthday" / "th.j2").write_text(text, encoding="utf-8")
    return Templates.load(folder, brand=brand, currency="THB", features=FEATURES, program=PROGRAM)


SLIPS = {
    "a picture's name": ("{{ ui.image('shopfrnt', alt='ร้าน') }}", "no picture 'shopfrnt'", "write 'shopfront'"),
    "no such picture": ("{{ ui.image('z', alt='ร้าน') }}", "no picture 'z'", "url: https://…"),
    "a picture by value": ("{{ ui.image(customer.tier, alt='ร้าน') }}", "the name of a picture", "under images:"),
    "no alt": ("{{ ui.image('tea') }}", "lacks alt", "add alt=…"),
    "an empty alt": ("{{ ui.image('tea', alt='') }}", "alt of ui.image is empty", "say in words"),
    "a link written out": (
        "{{ ui.image('tea', alt='ชา', href='https://x.example.com') }}",
        "must be one of our links",
        "href=links.shop",
    ),
    "nps to the shop": ("{{ ui.nps('กี่คะแนน', href=links.shop) }}", "must be links.nps", "write href=links.nps"),
    "stars to nps": ("{{ ui.rating('กี่ดาว', href=links.nps) }}", "must be links.rating", "href=links.rating"),
    "points as words": (
        "{{ ui.points(customer.order_count|num, label='แต้ม') }}",
        "balance takes a number as it is",
        "balance=customer.points_earned_365d",
    ),
    "points unknown": ("{{ ui.points(customer.age, label='อายุ') }}", "customer.age can be empty", "{% if customer.age %}"),
    "a row alone": ("{{ ui.row('ก', 'ข') }}", "ui.row can't stand here", "inside a ui.table"),
    "a product alone": ("{{ ui.product('ชา') }}", "ui.product can't stand here", "inside a ui.products"),
    "words among products": ("{% call ui.products() %}ชา{% endcall %}", "words stand outside", "ui.p"),
    "a short row": (
        "{% call ui.table('ก', 'ข', 'ค') %}{% if offer %}{{ ui.row('1', '2') }}{% endif %}{% endcall %}",
        "a row has 2 cells, and its table 3 heads",
        "a cell for each head",
    ),
    "one column": ("{% call ui.table('ก') %}{{ ui.row('1', '2') }}{% endcall %}", "ui.table lacks second", "add second=…"),
    "four columns": (
        "{% call ui.table('ก', 'ข', 'ค', 'ง') %}{{ ui.row('1', '2', '3') }}{% endcall %}",
        "too many arguments",
        "first, second, third",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_a_call_is_told(tmp_path: Path, name: str):
    """What is wrong, on the line, and what to write."""
    body, what, next_step = SLIPS[name]
    line, said, instead = told(tmp_path, body)[0]

    assert line == 6
    assert what in said
    assert next_step in instead


LEFT_OUT = {
    "links.review": (REVIEW, "links.review can be empty (brand.yaml has no review)", "write  review: https://…"),
    "links.refer": ("{{ ui.button('ชวน', href=links.refer) }}", "brand.yaml has no refer", "write  refer: https://…"),
    "brand.values": (
        "{% call ui.cause('เรา') %}{{ brand.values }}{% endcall %}",
        "brand.yaml has no values",
        "write  values: {en: …, th: …}  in brand.yaml",
    ),
    "social": ("{{ ui.social() }}", "brand.yaml has no accounts", "write for example  social: {facebook: https://…}"),
    "images": ("{{ ui.image('tea', alt='ชา') }}", "no picture 'tea' under images: in brand.yaml", "write it there:  tea:"),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_brand_yaml_leaves_out_is_told_where_a_template_needs_it(tmp_path: Path, name: str):
    """With what to write there; a brand that has it hears nothing."""
    body, what, next_step = LEFT_OUT[name]
    line, said, instead = told(tmp_path, body, BARE)[0]

    assert line == 6
    assert what in said
    assert next_step in instead
    assert told(tmp_path, body) == []


def test_a_link_that_may_be_left_out_can_be_tested(tmp_path: Path):
    """Inside its own test it is fine, and a brand without it has mails without it."""
    body = f"{{% if links.review %}}{REVIEW}{{% endif %}}{{{{ ui.h2('ชา') }}}}"
    context = a_context()
    context["links"] |= {"review": None, "refer": None}
    templates = loaded(tmp_path, body, BARE)

    assert told(tmp_path, body, BARE) == []
    assert "รีวิว" not in templates.render("birthday", "th", context).html
    assert templates.writer("birthday", "th").why_direct is None


CHANGES: dict[str, tuple[Mapping[str, Any], str]] = {
    "primary": ({"colours": BRAND.colours.model_copy(update={"primary": "#0b5d3b"})}, "#0b5d3b"),
    "page": ({"colours": BRAND.colours.model_copy(update={"page": "#eef2ff"})}, "#eef2ff"),
    "name": ({"name": BRAND.name.model_copy(update={"root": {"th": "ร้านใหม่"}})}, "ร้านใหม่"),
    "address": ({"postal_address": BRAND.name.model_copy(update={"root": {"th": "ถนนใหม่"}})}, "ถนนใหม่"),
    "logo": ({"logo": "https://shop.example.com/logo.png"}, 'src="https://shop.example.com/logo.png"'),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changing_the_brand_changes_every_mail(tmp_path: Path, change: str):
    """Whatever the mail is about."""
    update, sign = CHANGES[change]
    for body in ("{{ ui.h2('ชา') }}", "{% call ui.p() %}ชา{% endcall %}", "{{ ui.divider() }}"):
        before = loaded(tmp_path, body).render("birthday", "th", a_context()).html
        after = loaded(tmp_path, body, BRAND.model_copy(update=update)).render("birthday", "th", a_context())
        assert sign not in before
        assert sign in after.html


def test_the_photo_of_who_signs_is_shown_where_there_is_one(tmp_path: Path):
    """And nothing stands in its place where there is none."""
    body = "{{ ui.signature('แล้วเจอกันค่ะ') }}"
    persona = BRAND.persona.model_copy(update={"photo": "https://shop.example.com/nok.jpg"})
    with_photo = BRAND.model_copy(update={"persona": persona})

    assert "<img" not in loaded(tmp_path, body).render("birthday", "th", a_context()).html
    shown = loaded(tmp_path, body, with_photo).render("birthday", "th", a_context()).html
    assert '<img src="https://shop.example.com/nok.jpg" alt="นก" width="64"' in shown


def test_a_picture_is_as_wide_as_a_mail_at_most(tmp_path: Path):
    """A file twice as large is for sharp screens; it is https, has words, and fits a phone."""
    html = (
        loaded(tmp_path, "{{ ui.image('shopfront', alt='ร้าน') }}").render("birthday", "th", a_context()).html
    )

    assert 'alt="ร้าน" width="520" height="292"' in html
    assert "width:520px;max-width:100%" in html


def test_units_follow_the_number(tmp_path: Path):
    """One point, many points; Thai has one form."""
    (tmp_path / "birthday").mkdir()
    for locale in ("th", "en"):
        file = tmp_path / "birthday" / f"{locale}.j2"
        points = "{% call ui.section() %}{{ ui.points(customer.order_count, label='x') }}{% endcall %}"
        file.write_text(a_template(points), encoding="utf-8")
    templates = Templates.load(tmp_path, brand=BRAND, currency="THB", features=FEATURES, program=PROGRAM)

    for locale, count, shown in (
        ("en", 1, "1 point\n"),
        ("en", 1200, "1,200 points\n"),
        ("th", 5, "5 แต้ม\n"),
    ):
        context = a_context(locale)
        context["customer"] = context["customer"] | {"order_count": count}
        assert f"x: {shown}" in templates.render("birthday", locale, context).text


def test_answers_are_links_of_this_reader_alone(tmp_path: Path):
    """Eleven in HTML, which the provider is asked to leave alone; the page itself in the text."""
    mail = loaded(tmp_path, "{{ ui.nps('แนะนำเราไหมคะ', href=links.nps) }}").render(
        "birthday", "th", a_context()
    )
    own = a_context()["links"]["nps"]

    for score in range(11):
        assert mail.html.count(f'<a clicktracking="off" href="{own}/{score}"') == 1
    assert f"แนะนำเราไหมคะ\n0 = ไม่แนะนำแน่นอน\n10 = แนะนำแน่นอน\nกดตอบได้ที่นี่:\n{own}\n" in mail.text


def test_a_paragraph_may_name_what_components_use(tmp_path: Path):
    """What only components see is no value of a template."""
    text = a_template(a_paragraph("{{ accounts }}{{ scales.nps }}"))
    (tmp_path / "birthday").mkdir()
    (tmp_path / "birthday" / "th.j2").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError, match="there is no 'accounts'"):
        Templates.load(tmp_path, brand=BRAND, currency="THB", features=FEATURES)
