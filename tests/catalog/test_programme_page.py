"""docs/programme.md shows a programme that works, and every field that a rule may ask."""

from __future__ import annotations

import re
from pathlib import Path

from sample_catalogue import FEATURES, ROOT

from pakdee.catalog.program_file import load_program
from pakdee.domain.program.facts import fact_fields
from pakdee.domain.program.grants import GIVEN

PAGE = (ROOT / "docs" / "programme.md").read_text("utf-8")


def table(first_heading: str) -> dict[str, str]:
    """The rows of the table that begins with this heading."""
    rows = PAGE.split(f"| {first_heading} |")[1].split("\n\n")[0]
    return dict(re.findall(r"^\| (.+?) \| (.+) \|$", rows, re.MULTILINE))


def test_the_programme_on_the_page_is_sound(tmp_path: Path) -> None:
    """Copied from the page, it loads without a word."""
    path = tmp_path / "program.yaml"
    path.write_text(re.findall(r"```yaml\n(.+?)```", PAGE, re.DOTALL)[0], "utf-8")

    found = load_program(path, tmp_path, FEATURES, currency="THB", activities={"review"})

    assert found.warnings == ()
    assert len(found.program.earn) == 2


def test_the_page_has_every_field_that_a_rule_may_ask() -> None:
    """By kind of fact, none too many."""
    rows = table("of")
    for kind, when in (
        ("orders", "order"),
        ("activities", "review"),
        ("join, birthday, referral, survey", "join"),
    ):
        assert set(re.findall(r"`(\w+)`", rows[kind])) - {"attributes"} == fact_fields(when).keys()


def test_the_page_has_every_occasion_of_a_grant() -> None:
    """All that is no activity."""
    told = PAGE.split("\n## Grants\n")[1]

    assert (
        set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.+?) \|", told, re.MULTILINE)))) - {"when"}
        == GIVEN
    )
