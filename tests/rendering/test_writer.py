"""A writer trusts the slot program as far as it checks it; whatever fits no slot is rendered directly."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from mail_making import (
    BRAND,
    FEATURES,
    PROGRAM,
    ROOT,
    a_context,
    a_customer,
    a_draft,
    a_paragraph,
    a_template,
    load,
    slow,
)

from pakdee.domain.errors import RenderError
from pakdee.domain.message import ONLY, Rendered, Written
from pakdee.rendering import Templates, Writer
from pakdee.rendering import writer as room
from pakdee.rendering.mail import LARGEST_MAIL


@pytest.fixture
def own(tmp_path: Path) -> Templates:
    """Two of the starter project's mails, to be broken."""
    for name in ("birthday", "tier_upgrade"):
        shutil.copytree(ROOT / "templates" / name, tmp_path / "templates" / name)
    return Templates.load(
        tmp_path / "templates", brand=BRAND, currency="THB", features=FEATURES, program=PROGRAM
    )


def filled(written: Written) -> Rendered:
    return written.skeleton.filled(written.subject, written.values)


def mails(writer: Writer, *customers: dict[str, Any]) -> list[Written]:
    """Birthday mails of some customers."""
    return [writer.write(a_draft(a_context("th", c, n), n)) for n, c in enumerate(customers)]


TAG_LIKE = ["~a1b2c3.0~", "~", "see ~k1~"]


@pytest.mark.parametrize("name", TAG_LIKE)
def test_a_value_with_a_delimiter_goes_alone_and_the_others_stay(templates: Templates, name: str):
    """Its mail is rendered directly, and has no tags that it could be taken for."""
    writer = templates.writer("birthday", "th")
    before, odd, after = mails(writer, a_customer(), a_customer(first_name=name + "x"), a_customer())

    assert odd.skeleton.tags == ()
    assert filled(odd) == templates.render(
        "birthday", "th", a_context("th", a_customer(first_name=name + "x"), 1)
    )
    assert before.skeleton is after.skeleton
    assert writer.why_direct is None


def test_a_subject_with_a_delimiter_goes_alone(tmp_path: Path):
    """SendGrid replaces tags in subjects, too."""
    text = a_template(a_paragraph("{{ customer.tier }}"), subject="x {{ customer.first_name or '-' }}")
    writer = load(tmp_path, birthday=text).writer("birthday", "th")
    _, odd = mails(writer, a_customer(), a_customer(first_name="~"))

    assert odd.skeleton.tags == ()


def test_the_delimiter_stands_in_no_words_and_at_best_in_no_value(tmp_path: Path):
    """A tilde in every shop's link costs nothing; words with all four cost the slots."""
    texts = {
        "birthday": a_template(a_paragraph("{{ customer.tier }} ^")),
        "all_four": a_template(a_paragraph("{{ customer.tier }} ~ ^ | `")),
    }
    templates = load(tmp_path, **texts)
    context = a_context()
    context["links"]["redeem"] = "https://example.com/~shop/redeem?code=1"
    context["links"]["unsubscribe"] = "https://example.com/~shop/u/1"
    written = templates.writer("birthday", "th").write(a_draft(context))
    without = templates.writer("all_four", "th")

    assert {tag[0] for tag in written.skeleton.tags} == {"|"}
    assert filled(without.write(a_draft(context))) == templates.render("all_four", "th", context)
    assert "hold all of ~ ^ | `" in (without.why_direct or "")
    assert [problem.file[-14:] for problem in slow(templates)] == ["all_four/th.j2"]


def test_errors_are_those_of_direct_rendering(templates: Templates):
    """File, line, variable and next step; a customer who can't be rendered changes nothing for the next."""
    writer = templates.writer("tier_upgrade", "th")
    odd = [a_customer(tier=None), a_customer(to_next_tier=Decimal("NaN")), a_customer(tier="x" * 2001)]
    for customer in (a_customer(), *odd, a_customer()):
        context = a_context("th", customer)
        if customer in odd:
            with pytest.raises(RenderError) as direct:
                templates.render("tier_upgrade", "th", context)
            with pytest.raises(RenderError) as caught:
                writer.write(a_draft(context))
            assert str(caught.value) == str(direct.value)
        else:
            assert writer.write(a_draft(context)).skeleton.tags
    assert writer.why_direct is None


def test_a_context_that_lacks_something_is_the_callers_error_either_way(templates: Templates):
    """The program hides nothing."""
    context = a_context()
    del context["links"]
    with pytest.raises(KeyError, match="links"):
        templates.writer("birthday", "th").write(a_draft(context))


@pytest.mark.parametrize("spare", [-1, 0, 1])
def test_the_bound_of_a_mail_is_exact(tmp_path: Path, spare: int):
    """As long as allowed passes, one character more is refused, as in direct rendering."""
    words = "{{ customer.first_name or '-' }}" * 120
    templates = load(tmp_path, birthday=a_template(a_paragraph(words)))
    writer = templates.writer("birthday", "th")
    writer.write(a_draft(a_context(customer=a_customer(first_name="x"))))
    empty = len(templates.render("birthday", "th", a_context(customer=a_customer(first_name="x"))).html) - 120
    length, rest = divmod(LARGEST_MAIL - empty - spare, 120)
    why = "y" * rest  # the footer's words make up the difference
    context = a_context(customer=a_customer(first_name="x" * length))
    context["why_you"] += why
    writer.write(a_draft(context | {"customer": a_customer(first_name="x")}))
    if spare < 0:
        with pytest.raises(RenderError, match="larger than 200,000"):
            writer.write(a_draft(context))
    else:
        written = writer.write(a_draft(context))
        assert len(filled(written).html) == LARGEST_MAIL - spare
    assert writer.why_direct is None


Values = Callable[[Mapping[str, Any]], tuple[Any, ...]]


def spoil(templates: Templates, after: int) -> None:
    """From its `after`th mail on, the Thai birthday's program gets a name wrong."""
    program = templates._mails["birthday", "th"][ONLY].program
    real: Values = program.values
    calls = iter(range(10**9))

    def wrong(context: Mapping[str, Any]) -> tuple[Any, ...]:
        shared, path, subject, values = real(context)
        return shared, path, subject, (("!", *values[1:]) if next(calls) >= after else values)

    program.values = wrong


@pytest.mark.parametrize(("after", "spoilt"), [(0, 0), (1, 4), (7, 3)])
def test_a_difference_is_caught_on_the_first_mail_of_a_path_or_at_the_next_check(
    own: Templates,
    after: int,
    spoilt: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    """Then the template is rendered directly, by this writer and every later one, and says so; no name is told."""
    monkeypatch.setattr(room, "CHECKED_EVERY", 5)
    spoil(own, after)
    writer = own.writer("birthday", "th")
    customers = [a_customer(first_name=f"ชื่อ{n}") for n in range(20)]
    written = mails(writer, *customers)
    expected = [own.render("birthday", "th", a_context("th", c, n)) for n, c in enumerate(customers)]
    wrong = [
        n for n, (mail, right) in enumerate(zip(written, expected, strict=True)) if filled(mail) != right
    ]

    assert len(wrong) == spoilt
    assert all(n % 5 for n in wrong)
    assert "another mail than it should" in (writer.why_direct or "")
    assert own.writer("birthday", "th").why_direct == writer.why_direct
    assert own.writer("birthday", "en").why_direct is None
    assert [problem.file for problem in slow(own)] == ["templates/birthday/th.j2"]
    assert caplog.text.count("rendered by itself") == 1
    assert "templates/birthday/th.j2" in caplog.text
    assert "ชื่อ" not in caplog.text


def test_the_first_mail_of_every_path_is_checked(own: Templates):
    """Not only the first of all, and not only each 1,000th."""
    spoil(own, after=1)
    writer = own.writer("birthday", "th")
    _, other_path = mails(writer, a_customer(), a_customer(years_a_member=0))

    assert filled(other_path) == own.render(
        "birthday", "th", a_context("th", a_customer(years_a_member=0), 1)
    )
    assert writer.why_direct is not None


def test_a_mail_that_should_have_been_refused_is_caught_too(
    own: Templates, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """The program wrote where direct rendering raises: nobody gets it."""
    monkeypatch.setattr(room, "CHECKED_EVERY", 1)
    program = own._mails["tier_upgrade", "th"][ONLY].program
    found = program.values(a_context())
    program.values = lambda _: found
    writer = own.writer("tier_upgrade", "th")
    writer.write(a_draft(a_context()))
    with pytest.raises(RenderError, match=r"customer\.tier is empty"):
        writer.write(a_draft(a_context(customer=a_customer(tier=None))))

    assert "can't be rendered" in (own.writer("tier_upgrade", "th").why_direct or "")
    assert "templates/tier_upgrade/th.j2" in caplog.text


def test_a_program_that_breaks_costs_nobody_a_mail(own: Templates, caplog: pytest.LogCaptureFixture):
    """Each mail is rendered directly; that it is the rule is said once, in the log, with counts only."""
    own._mails["birthday", "th"][ONLY].program.values = lambda _: 1 / 0
    writer = own.writer("birthday", "th")
    with caplog.at_level(logging.WARNING):
        written = mails(writer, *[a_customer(first_name=f"ชื่อ{n}") for n in range(600)])

    assert {mail.skeleton.tags for mail in written} == {()}
    assert caplog.text.count("is a request of its own") == 1
    assert "ชื่อ" not in caplog.text


def test_more_shapes_than_one_in_a_hundred_are_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """A test for each bit of a number makes a shape per customer."""
    words = "".join(f"{{% if customer.order_count > {n} %}}x{{% endif %}}" for n in range(200))
    writer = load(tmp_path, birthday=a_template(a_paragraph(words))).writer("birthday", "th")
    with caplog.at_level(logging.WARNING):
        mails(writer, *[a_customer(order_count=n % 190) for n in range(480)])
        assert not caplog.text
        mails(writer, *[a_customer(order_count=n) for n in range(201)])

    assert "birthday/th.j2: among 670 mails are 191 shapes" in caplog.text or caplog.text.count("shapes") == 2
    assert caplog.text.count("is a request of its own") == 1


def test_few_mails_may_have_many_shapes(templates: Templates, caplog: pytest.LogCaptureFixture):
    """A small audience is no reason to warn."""
    writer = templates.writer("birthday", "th")
    mails(writer, *[a_customer(years_a_member=n % 2, tier_progress=n / 700) for n in range(700)])

    assert not caplog.text
