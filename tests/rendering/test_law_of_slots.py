"""A skeleton filled with a mail's values is the direct rendering, byte for byte, whatever stands in the values."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mail_making import PERSONAS, ROOT, a_context, a_draft, a_paragraph, a_template, load
from odd_values import batches, odd_customers

from pakdee.domain.errors import RenderError
from pakdee.domain.message import Draft, Rendered
from pakdee.rendering import Templates, Writer

MAILS = sorted(folder.name for folder in (ROOT / "templates").iterdir())
laws = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def directly(templates: Templates, name: str, draft: Draft) -> Rendered | str:
    """The definition: a mail, or the error in its words."""
    try:
        return templates.render(name, draft.locale, draft.context)
    except (RenderError, KeyError) as error:
        return str(error)


def by_slots(writer: Writer, draft: Draft) -> Rendered | str:
    """The same by a writer."""
    try:
        written = writer.write(draft)
    except (RenderError, KeyError) as error:
        return str(error)
    assert all(type(value) is str for value in written.values)
    return written.skeleton.filled(written.subject, written.values)


def assert_law(templates: Templates, name: str, drafts: Sequence[Draft]) -> None:
    """Every draft's mail, or error, is that of direct rendering, and production's own check agrees."""
    writers = {locale: templates.writer(name, locale) for locale in templates.locales(name)}
    for draft in drafts:
        assert by_slots(writers[draft.locale], draft) == directly(templates, name, draft)
    assert [writer.why_direct for writer in writers.values()] == [None] * len(writers)


@pytest.mark.parametrize("name", MAILS)
@laws
@given(drafts=batches())
def test_filled_skeletons_equal_direct_rendering(templates: Templates, name: str, drafts: list[Draft]):
    """For any values: subject, HTML and text are equal byte for byte."""
    assert_law(templates, name, drafts)


@pytest.mark.parametrize("name", MAILS)
@laws
@given(drafts=batches(odd_customers()))
def test_values_of_the_wrong_sort_make_the_same_mails_and_errors(
    templates: Templates, name: str, drafts: list[Draft]
):
    """What can't be printed raises the same words with the same file, line and variable."""
    assert_law(templates, name, drafts)


@pytest.mark.parametrize("name", MAILS)
def test_every_persona_is_written_alike(templates: Templates, name: str):
    """In both languages."""
    for locale in ("th", "en"):
        drafts = [a_draft(a_context(locale, customer), locale=locale) for customer in PERSONAS.values()]
        assert_law(templates, name, drafts)


@laws
@given(drafts=batches(), data=st.data())
def test_any_order_of_replacement_gives_the_same_mail(
    templates: Templates, drafts: list[Draft], data: st.DataObject
):
    """How SendGrid orders tags is its own affair: no value can make or break another tag."""
    writer = templates.writer("birthday", drafts[0].locale)
    for draft in drafts:
        if isinstance(expected := directly(templates, "birthday", draft), str):
            continue
        written = writer.write(draft)
        html, subject = written.skeleton.html, written.subject
        for tag, value in data.draw(
            st.permutations(list(zip(written.skeleton.tags, written.values, strict=True)))
        ):
            html, subject = html.replace(tag, value), subject.replace(tag, value)
        assert (subject, html) == (expected.subject, expected.html)


WORDS = (
    "{{ customer.next_tier or 'the top' }} {{ customer.next_tier|default('the & top') }}",
    "{{ customer.next_tier|default(customer.first_name or 'x') }}",
    "{{ customer.first_name if customer.first_name else 'you' }} {{ customer.first_name or 'you' }}",
    "{{ (customer.first_name if customer.first_name else customer.last_name) or 'x' }}",
    "{{ 'a ' ~ customer.tier ~ ' & ' ~ (customer.first_name or '~') ~ customer.order_count }}",
    "{{ ('Hi ' ~ customer.first_name ~ ' of ' ~ customer.tier) if customer.first_name else 'x' ~ 5 }}",
    "{% if 'a' ~ customer.tier %}x{% endif %}{% if customer.tier ~ customer.order_count %}y{% endif %}",
    "{% if customer.next_tier is none %}top{% else %}{{ customer.next_tier|level }}{% endif %}",
    "{% if customer.next_tier is not none and customer.to_next_tier %}{{ customer.to_next_tier|money }}{% endif %}",
    (
        "{% if not customer.next_tier %}top{% elif customer.tier == 'silver' %}s{% elif customer.order_count > 3 %}"
        "{{ customer.order_count }}{% else %}{{ customer.next_tier }}{% endif %}"
    ),
    (
        "{% if customer.order_count %}{% if customer.first_name %}{% if customer.order_count %}{{ customer.first_name }}"
        "{% else %}never{% endif %}{% endif %}{% endif %}{{ customer.first_name or '-' }}"
    ),
    "{% if customer.to_next_tier %}{% endif %}{% if customer.order_count > 2 or customer.tier == 'gold' %}x{% endif %}",
    "{% if 0 < customer.order_count < 7 %}few{% endif %}{% if customer.order_count <= customer.order_count_365d %}y{% endif %}",
    "{% if customer.years_a_member == 1 %}one{% elif customer.years_a_member != customer.order_count %}{% endif %}",
    "{{ (customer.order_count or 1)|plural('order', 'orders') }} {{ customer.order_count|plural(\"dog's\") }}",
    "{{ customer.order_count|plural(customer.tier) }} {{ customer.tier_progress|percent }}",
    (
        "{% for t in program.tiers %}{% for u in program.tiers %}{{ t.title ~ u.at|money }}"
        "{% if customer.tier == t.id %}{{ u.title ~ customer.first_name if customer.first_name else t.id }}{% endif %}"
        "{% endfor %}{% endfor %}"
    ),
    "{% for t in program.tiers %}{{ ui.strong(t.title ~ ' ' ~ customer.tier|level) }}{% endfor %}",
    "{{ today|date('short') }} {{ brand.persona.name }} {{ why_you }} {{ program.name ~ program.unit }}",
    (
        "{% if offer %}{{ offer.title }}{% if offer.percent %}{{ offer.percent }}{% endif %}"
        "{% if offer.value %}{{ offer.value|money }}{% endif %}{{ offer.expires_on|date }}{% endif %}"
    ),
    "{% if offer and offer.code %}{{ offer.code }} {{ 'code ' ~ offer.code }}{% endif %}",
    "{{ ui.link(customer.first_name or 'x', href=links.redeem) }} {{ ui.link('y', href=links.preferences) }}",
    "{% if customer.is_lapsed %}quiet{% endif %}{% if not customer.is_member %}new{% endif %}{{ customer|greet }}",
    "{% if true and customer.order_count %}a{% endif %}{{ 'a' if false else 'b' }}{{ '' or customer.tier }}",
)


@pytest.fixture(scope="module")
def wordings(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Each of WORDS as a template, in its body, its preheader and, where it can stand there, its subject."""
    texts = {}
    for number, words in enumerate(WORDS):
        subject = "x" if "ui." in words or '"' in words else words
        preheader = subject.replace("x", "y") if subject == "x" else words
        texts[f"words{number}"] = a_template(a_paragraph(words), f"s {subject}", f"p {preheader}")
    return load(tmp_path_factory.mktemp("wordings"), **texts)


@pytest.mark.parametrize("number", range(len(WORDS)))
@settings(laws, max_examples=8)
@given(drafts=batches(odd_customers()))
def test_every_kind_of_expression_means_what_direct_rendering_makes_of_it(
    wordings: Templates, number: int, drafts: list[Draft]
):
    """In the body, the preheader and the subject."""
    assert_law(wordings, f"words{number}", [draft._replace(locale="th") for draft in drafts])


TEXT_VALUES = st.sampled_from(
    [
        "customer.tier",
        "(customer.first_name or 'nobody')",
        "customer.tier|level",
        "customer|greet",
        "offer.title",
        "why_you",
        "('' ~ customer.order_count)",
        "customer.order_count|num",
        "today|date",
        "(customer.next_tier|default('top'))",
        "'words & more ~'",
        "''",
        "brand.name",
    ]
)
TESTS = st.sampled_from(
    [
        "customer.first_name",
        "not customer.next_tier",
        "customer.tier == 'gold'",
        "customer.order_count > 3",
        "customer.next_tier is none",
        "offer.value",
        "program.tiers",
        "customer.first_name and customer.next_tier",
        "customer.last_name or customer.next_tier",
    ]
)
PRINTED = st.recursive(
    TEXT_VALUES,
    lambda inner: (
        st.tuples(inner, inner).map(lambda two: f"({two[0]} ~ {two[1]})")
        | st.tuples(inner, TESTS, inner).map(lambda three: f"({three[0]} if {three[1]} else {three[2]})")
    ),
    max_leaves=6,
)
STATEMENTS = st.recursive(
    PRINTED.map(lambda value: f"{{{{ {value} }}}}")
    | PRINTED.map(lambda value: f"{{{{ ui.strong({value}) }}}}")
    | st.sampled_from(["O'Neil & Sons", "~a1b2c3.0~", "{} {0} %s", 'a\\ "b"']),
    lambda inner: (
        st.tuples(TESTS, inner, inner).map(
            lambda three: f"{{% if {three[0]} %}}{three[1]}{{% else %}} {three[2]}{{% endif %}}"
        )
        | inner.map(lambda body: f"{{% for t in program.tiers %}}{body}{{{{ t.title }}}}{{% endfor %}}")
        | st.lists(inner, min_size=2, max_size=4).map(" ".join)
    ),
    max_leaves=12,
)


@settings(laws, max_examples=15)
@given(words=STATEMENTS, drafts=batches(odd_customers()))
def test_any_template_obeys_the_law(words: str, drafts: list[Draft]):
    """Templates nobody has thought of, too."""
    with tempfile.TemporaryDirectory() as folder:
        if words.count("{% for") > 2:
            words = words.replace("{% for t in program.tiers %}", "").replace("{{ t.title }}{% endfor %}", "")
        templates = load(Path(folder), birthday=a_template(a_paragraph(words)))
        assert_law(templates, "birthday", [draft._replace(locale="th") for draft in drafts])
