"""docs/files.md has every key that a file may hold, and none that it may not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel
from sample_catalogue import ROOT

from pakdee.catalog.wording import block_of, choices, keys_of
from pakdee.domain.brand import Brand
from pakdee.domain.campaign import Campaign
from pakdee.domain.program import Program
from pakdee.domain.segment import Segment
from pakdee.domain.settings import Settings
from pakdee.domain.units import Words

PAGE = (ROOT / "docs" / "files.md").read_text("utf-8")
FILES = {
    "segments/NAME.yaml": Segment,
    "campaigns/NAME.yaml": Campaign,
    "program.yaml": Program,
    "brand.yaml": Brand,
    "pakdee.toml": Settings,
}


def _section(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def _blocks(model: type[BaseModel], name: str) -> Iterator[tuple[str, list[str]]]:
    keys = {
        key: field for key, field in keys_of(model).items() if "file name" not in (field.description or "")
    }
    yield name, list(keys)
    for key, field in keys.items():
        inner = block_of(field.annotation)
        if inner and inner is not Words:
            yield from _blocks(inner, key)


def _tables(section: str) -> dict[str, list[str]]:
    """Keys of each table headed `| key |`, by the word in backticks above it; the file's own by ""."""
    found = {}
    pattern = r"(?:`\[?(\w+)\]?`\n\n)?\| key \|[^\n]*\n\|[-|]+\n((?:\|[^\n]*\n?)+)"
    for name, rows in re.findall(pattern, section):
        found[name] = re.findall(r"^\| `([\w]+)`", rows, re.MULTILINE)
    return found


@pytest.mark.parametrize("heading", FILES)
def test_each_block_of_each_file_has_its_table(heading: str) -> None:
    """Names and order are those of the models, so that the page cannot fall behind."""
    assert _tables(_section(heading)) == dict(_blocks(FILES[heading], ""))


@pytest.mark.parametrize("key", ["status", "once_per", "purpose"])
def test_closed_lists_are_complete(key: str) -> None:
    """Every value a campaign may use is on the page."""
    section = _section("campaigns/NAME.yaml")

    assert all(f"`{value}`" in section for value in choices(Campaign.model_fields[key].annotation))
