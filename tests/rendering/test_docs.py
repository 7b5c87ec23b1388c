"""The tables of docs/templates.md say what is: every component, filter and path, no more and no less.

After a change, write them anew with: python tests/rendering/test_docs.py
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable

from mail_making import BRAND, FEATURES, ROOT

from pakdee.rendering.components import COMPONENTS, Component, Level
from pakdee.rendering.contract import Contract, Entry
from pakdee.rendering.grammar import FILTERS

PAGE = ROOT / "docs" / "templates.md"
_PLACES = {
    Level.TOP: "by itself",
    Level.BLOCK: "in a section",
    Level.ITEM: "in a list",
    Level.PRODUCT: "in products",
    Level.ROW: "in a table",
    Level.INLINE: "among words",
}
_CONTENTS = {None: "", Level.BLOCK: "components", Level.ITEM: "items", Level.INLINE: "words"}
_CONTENTS |= {Level.PRODUCT: "products", Level.ROW: "rows"}


def table(head: str, rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    columns = head.split(" | ")
    lines = [f"| {head} |", "|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def component_row(component: Component) -> tuple[str, ...]:
    takes = ", ".join(f"{name}{'*' if name in component.optional else ''}" for name in component.takes)
    tones = f" Tones: {', '.join(component.tones)}." if component.tones else ""
    place, content = _PLACES[component.level], _CONTENTS[component.content]
    looks = f'<img src="pictures/components/{component.name}.png" width="260" alt="">'
    shown = looks if component.level in {Level.TOP, Level.BLOCK} else ""
    return f"`ui.{component.name}`", takes, content, place, component.meaning + tones, shown


def path_row(entry: Entry) -> tuple[str, ...]:
    empty = f"yes: {entry.empty_when}" if entry.nullable else ""
    meaning = entry.meaning + (f" One of: {', '.join(entry.values)}." if entry.values else "")
    return f"`{entry.path}`", str(entry.kind), empty, entry.source, meaning


def tables() -> dict[str, str]:
    """The tables of the page, by the name of their place in it."""
    return {
        "components": table(
            "component | arguments | content | stands | what it is | looks",
            map(component_row, COMPONENTS.values()),
        ),
        "paths": table(
            "path | type | nullable | source | what it is",
            map(path_row, Contract(FEATURES, BRAND).entries.values()),
        ),
    }


def place(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end -->)", re.DOTALL)


def test_the_tables_are_true():
    """What the page says a template may use is what is checked when it is loaded."""
    page = PAGE.read_text(encoding="utf-8")
    for name, text in tables().items():
        found = place(name).search(page)
        assert found
        assert found[0].split("\n", 1)[1].rpartition("<!--")[0].strip() == text, (
            "run: python tests/rendering/test_docs.py"
        )


def test_every_component_has_its_picture():
    """Of those that stand by themselves or in a section; `make shots` takes them, and they are small."""
    folder = PAGE.parent / "pictures" / "components"
    samples = tomllib.loads((PAGE.parent / "component_shots.toml").read_text(encoding="utf-8"))["component"]
    shown = {name for name, component in COMPONENTS.items() if component.level in {Level.TOP, Level.BLOCK}}

    assert set(samples) == {path.stem for path in folder.iterdir()} == shown
    assert all(path.stat().st_size < 40_000 for path in folder.iterdir())
    assert all(f"ui.{name}(" in text for name, sample in samples.items() for text in sample.values())


def test_every_filter_is_told():
    """Each filter has its row."""
    section = PAGE.read_text(encoding="utf-8").partition("## Filters")[2].partition("## ")[0]
    assert all(re.search(rf"^\| `[^`]*\b{name}\b", section, re.MULTILINE) for name in FILTERS)


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    for heading, content in tables().items():
        text = place(heading).sub(lambda found, content=content: f"{found[1]}{content}\n{found[2]}", text)
    PAGE.write_text(text, encoding="utf-8")
