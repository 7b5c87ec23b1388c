"""What templates may read of a programme is as this programme has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mail_making import BRAND, FEATURES, PROGRAM, a_context, a_paragraph, a_template

from pakdee.domain.errors import CatalogError
from pakdee.domain.program import Program
from pakdee.domain.program.features import features_in
from pakdee.rendering import Templates

LEVELS = [
    {"id": name, "title": {"en": name, "th": name}, "at": at}
    for name, at in (("member", 0), ("silver", 3), ("gold", 10))
]
COUNTED = {"metric": "order_count", "window": "12 months", "keep": "12 months", "levels": LEVELS}


def programme(**blocks: Any) -> Program:
    """A programme that counts orders."""
    about = {"name": {"en": "Club"}, "currency": "THB", "unit": {"name": {"en": "point"}}}
    return Program.model_validate({"program": about, "tiers": COUNTED, **blocks})


def loaded(folder: Path, program: Program, *body: str) -> Templates:
    """One English mail with these lines."""
    file = folder / "mail" / "en.j2"
    file.parent.mkdir()
    file.write_text(a_template("\n".join(body)), encoding="utf-8")
    features = features_in(program, FEATURES)
    return Templates.load(
        folder, brand=BRAND, currency="THB", features=features, fallback="en", program=program
    )


@pytest.mark.parametrize("value", ["customer.to_next_tier", "customer.to_keep_tier"])
def test_orders_are_no_money(tmp_path: Path, value: str) -> None:
    """Where tiers go by orders, what is missing is a number; in a shop that counts money it is money."""
    line = a_paragraph("{{ " + value + "|money if " + value + " else brand.name }}")
    with pytest.raises(CatalogError, match=rf"the filter money doesn't fit {value}, a whole number"):
        loaded(tmp_path, programme(), line)
    (tmp_path / "money").mkdir()

    assert loaded(tmp_path / "money", PROGRAM, line).names == ("mail",)


def test_thresholds_of_orders_are_numbers(tmp_path: Path) -> None:
    """A table of tiers tells them in what they go by."""
    line = "{% for tier in program.tiers %}" + a_paragraph("{{ tier.at|money }}") + "{% endfor %}"

    with pytest.raises(CatalogError, match=r"the filter money doesn't fit tier\.at, a whole number"):
        loaded(tmp_path, programme(), line)


def test_causes_are_named_in_the_language_of_the_mail(tmp_path: Path) -> None:
    """Each in a panel of its own; a programme without causes has none to loop over."""
    causes = [{"id": "forest", "title": {"en": "Mangroves", "th": "ป่าชายเลน"}}]
    panel = "{% call ui.cause(cause.title) %}We plant.{% endcall %}"
    line = f"{{% call ui.section() %}}{{% for cause in program.causes %}}{panel}{{% endfor %}}{{% endcall %}}"
    told = {}
    for name, program in (("with", programme(causes=causes)), ("without", programme())):
        (tmp_path / name).mkdir()
        told[name] = loaded(tmp_path / name, program, line)

    assert told["with"].contract.get("program.causes[].title") is not None
    assert "Mangroves" in told["with"].render("mail", "en", a_context("en")).html
    assert "We plant." not in told["without"].render("mail", "en", a_context("en")).html
