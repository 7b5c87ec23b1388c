"""The guides for marketers show what really works: their files, their examples, and what `check` says of slips.

After a change of rules or messages, write their tables anew with: python tests/rendering/test_marketers.py
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from mail_making import ROOT
from marketers_making import (
    DOCS,
    GUIDES,
    checked,
    components,
    empty_project,
    files,
    mails,
    said_of_slips,
    shown,
)
from typer.main import get_command

from pakdee.cli import app
from pakdee.domain.errors import Problem
from pakdee.rendering.components import COMPONENTS, Level
from pakdee.rendering.lint import RULES

PICTURES = {"en": "pictures/components", "th": "pictures/components.th"}
_OURS = re.compile(r"L0[45]|A0[123789]|D0\d|C0[1235-9]|Z03|X0[12]|T0[129]")
"""Rules that only what Pakdee itself writes can break."""
_HEADS = {
    "en": "slip | `check` says | to mend it",
    "th": "พลาดตรงไหน | `check` บอกว่า | แก้อย่างไร",
}


def code(text: str) -> str:
    """A text as it is, in a cell of a table."""
    return "`" + " ".join(text.split()).replace("|", "\\|") + "`"


def table(head: str, rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [f"| {head} |", "|" + "---|" * len(head.split(" | "))]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def slips(locale: str, said: Mapping[str, Problem]) -> str:
    """Each slip, what `check` says, and how to mend it."""
    rows = []
    for slip in [*shown("template"), *shown("file")]:
        told = said[slip.slip]
        message = code(told.what) if told.severity == "error" else f"*warning:* {code(told.what)}"
        words = (slip.slip, code(told.next_step)) if locale == "en" else (slip.th, slip.mend)
        rows.append((words[0], message, words[1]))
    return table(_HEADS[locale], rows)


def rules() -> str:
    """Every rule that a marketer can break; the others by their numbers."""
    rows = [
        (
            f"[{rule.id}](lint.md#{rule.id.lower()}--{rule.severity})",
            rule.severity,
            rule.what,
            code(rule.mend),
        )
        for rule in RULES.values()
        if not _OURS.fullmatch(rule.id)
    ]
    others = ", ".join(id_ for id_ in RULES if _OURS.fullmatch(id_))
    note = f"{others} are about what Pakdee itself writes around your words. If you see one, it is a fault of Pakdee, not yours."
    return f"{table('rule | severity | what it asks for | to mend it', rows)}\n\n{note}"


def places(locale: str, said: Mapping[str, Problem]) -> dict[str, str]:
    """What is written between the markers of a guide."""
    return {"slips": slips(locale, said), **({"rules": rules()} if locale == "en" else {})}


def place(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end -->)", re.DOTALL)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Problem]:
    """What `check` says of each slip."""
    return said_of_slips(tmp_path_factory.mktemp("slips"))


@pytest.mark.parametrize("locale", GUIDES)
def test_the_tables_are_true(said: dict[str, Problem], locale: str) -> None:
    """Each message is what `check` says of the slip; each rule stands there as it is applied."""
    page = GUIDES[locale].read_text(encoding="utf-8")
    for name, text in places(locale, said).items():
        found = place(name).search(page)
        assert found, name
        assert found[0].split("\n", 1)[1].rpartition("<!--")[0].strip() == text, (
            "run: python tests/rendering/test_marketers.py"
        )


def test_what_the_guides_have_their_readers_write_is_good(tmp_path: Path) -> None:
    """Their files and all examples, in a new project: `check` has nothing to say, not even a warning."""
    shop = empty_project(tmp_path / "shop", "segments/bought_yesterday.yaml")
    for path, text in files("en").items():
        file = shop / path
        file.parent.mkdir(exist_ok=True)
        grants = file.read_text(encoding="utf-8") if file.exists() else "grants:\n"
        new = grants.replace("grants:\n", f"grants:\n{text}", 1) if path == "program.yaml" else text
        file.write_text(new, encoding="utf-8")
    for locale in GUIDES:
        for name, text in mails(locale).items():
            (shop / "templates" / name).mkdir(exist_ok=True)
            (shop / "templates" / name / f"{locale}.j2").write_text(text, encoding="utf-8")

    assert [str(problem) for problem in checked(shop)] == []


def test_both_guides_show_the_same() -> None:
    """The same files to the letter, and examples of the same components in the same order."""
    assert files("th") == files("en")
    assert {path.split("/")[0] for path in files("en")} == {
        "segments",
        "templates",
        "campaigns",
        "program.yaml",
    }
    assert list(components("th")) == list(components("en"))


@pytest.mark.parametrize("locale", GUIDES)
def test_every_component_is_shown(locale: str) -> None:
    """With its picture in the guide's language, and an example."""
    told, folder = components(locale), PICTURES[locale]
    examples = "".join(example for _, example in told.values())
    shown_alone = {name for name, part in COMPONENTS.items() if part.level in {Level.TOP, Level.BLOCK}}

    assert set(told) == shown_alone
    assert [name for name in COMPONENTS if f"ui.{name}(" not in examples] == []
    assert [n for n, (words, _) in told.items() if f"({folder}/{n}.png)" not in words] == []


@pytest.mark.parametrize("locale", GUIDES)
def test_links_and_commands_lead_somewhere(locale: str) -> None:
    """Every picture, page and heading is there; every command and option exists."""
    page = GUIDES[locale].read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)", page)
    assert [path for path, _ in targets if path and not (DOCS / path).is_file()] == []
    for path, anchor in targets:
        text = (DOCS / path).read_text(encoding="utf-8") if path.endswith(".md") else page
        assert not anchor or anchor[1:] in headings(text), (path, anchor)
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for name, rest in re.findall(r"pakdee ([a-z-]+)([^`\n#]*)", page):
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= known, (name, rest)


def headings(page: str) -> set[str]:
    """Anchors of a page's headings, as they are made where it is read."""
    lines = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\u0e00-\u0e7f -]", "", line.lower()).replace(" ", "-") for line in lines}


def test_the_guides_can_be_found() -> None:
    """From the front page."""
    front = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"(docs/{guide.name})" in front for guide in GUIDES.values())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        found = said_of_slips(Path(folder))
    for language, guide in GUIDES.items():
        text = guide.read_text(encoding="utf-8")
        for heading, content in places(language, found).items():
            text = place(heading).sub(lambda old, content=content: f"{old[1]}{content}\n{old[2]}", text)
        guide.write_text(text, encoding="utf-8")
