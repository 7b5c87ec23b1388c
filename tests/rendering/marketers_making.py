"""Makes projects of what the guides for marketers show, and lets `check` look at them."""

from __future__ import annotations

import re
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

from mail_making import ROOT
from test_slips import SLIPS, slipped

from pakdee import jobs
from pakdee.domain.errors import Problem
from pakdee.house import open_house

DOCS = ROOT / "docs"
GUIDES = {"en": DOCS / "marketers.md", "th": DOCS / "marketers.th.md"}
_FILE = re.compile(r"^\*\*`([\w./]+)`\*\*[^\n]*\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMPONENT = re.compile(r"^### `ui\.(\w+)`\n(.*?)^```jinja\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_APART = {"guide_nps": ("h1", "nps"), "guide_rating": ("h1", "rating")}
"""In mails of their own: one headline, and one question to answer, is enough for a mail."""
_HEAD = {
    "en": (
        "{{ customer|greet }}, our new teas",
        "The first picking is here, and a few other things that we like.",
    ),
    "th": ("{{ customer|greet }} ชาใหม่มาแล้ว", "ชาเก็บใหม่มาถึงแล้ว พร้อมของอีกสองสามอย่างที่เราชอบ"),
}


@dataclass(frozen=True)
class Shown:
    """A slip of the guides: the file it is made in, what stands in it, and its words in Thai."""

    slip: str
    file: str
    content: bytes
    th: str
    mend: str


def files(locale: str) -> dict[str, str]:
    """The files that a guide has its reader write, by path."""
    return dict(_FILE.findall(GUIDES[locale].read_text(encoding="utf-8")))


def components(locale: str) -> dict[str, tuple[str, str]]:
    """What a guide says of each component, and its example, by name."""
    found = _COMPONENT.findall(GUIDES[locale].read_text(encoding="utf-8"))
    return {name: (told, example) for name, told, example in found}


def mails(locale: str) -> dict[str, str]:
    """Mails made of all examples of a guide, by the name of their template."""
    examples = {name: example for name, (_, example) in components(locale).items()}
    parts = {mail: [examples[name] for name in names] for mail, names in _APART.items()}
    apart = {name for names in _APART.values() for name in names}
    parts["guide"] = [example for name, example in examples.items() if name not in apart]
    return {mail: _mail(locale, texts) for mail, texts in parts.items()}


def _mail(locale: str, examples: list[str]) -> str:
    subject, preheader = _HEAD[locale]
    whole = [part for part in examples if part.startswith(("{{ ui.hero", "{% call ui.section"))]
    inside = "".join(part for part in examples if part not in whole)
    section = f"{{% call ui.section() %}}\n{inside}{{% endcall %}}\n"
    return f'---\nsubject: "{subject}"\npreheader: "{preheader}"\n---\n' + "".join(whole) + section


def shown(kind: str) -> list[Shown]:
    """The slips of one kind, `template` or `file`, as they are listed."""
    text = Path(__file__).with_name("marketers_slips.toml").read_text(encoding="utf-8")
    return [_shown(row) for row in tomllib.loads(text)[kind]]


def _shown(row: dict[str, str]) -> Shown:
    if "file" in row:
        text = (ROOT / row["file"]).read_text(encoding="utf-8")
        assert row["old"] in text, "the file has changed; find another place for the slip"
        content = text.replace(row["old"], row["new"], 1).encode()
        return Shown(row["slip"], row["file"], content, row["th"], row["mend"])
    slip = SLIPS[row["slip"]]
    content = slipped(slip)[0].encode(slip.encoding, "ignore")
    return Shown(row["slip"], f"templates/{slip.template}", content, row["th"], row["mend"])


def empty_project(folder: Path, *kept: str) -> Path:
    """A new project without its own campaigns, segments and templates, but for those named."""
    jobs.new_project(folder)
    for room in ("campaigns", "segments", "templates"):
        for path in (folder / room).iterdir():
            if path.relative_to(folder).as_posix() not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    return folder


def checked(folder: Path) -> list[Problem]:
    """What `check` finds in a project."""
    house = open_house(folder, environment={})
    try:
        return jobs.check(house)
    finally:
        house.close()


def said_of_slips(folder: Path) -> dict[str, Problem]:
    """The first thing `check` says of each slip, by its name."""
    return {**_of_templates(folder / "templates_shop"), **_of_files(folder)}


def _of_templates(folder: Path) -> dict[str, Problem]:
    empty_project(folder)
    slips = {f"templates/slip_{number}": slip for number, slip in enumerate(shown("template"))}
    for place, slip in slips.items():
        (folder / place).mkdir()
        (folder / place / Path(slip.file).name).write_bytes(slip.content)
    found = checked(folder)
    return {slip.slip: _first(found, f"{place}/") for place, slip in slips.items()}


def _of_files(folder: Path) -> dict[str, Problem]:
    """Copies of campaigns and segments stand side by side; what a project has once is spoilt in its own."""
    side_by_side = empty_project(folder / "shop", "templates/birthday", "segments/birthday_this_week.yaml")
    places, said = {}, {}
    for number, slip in enumerate(shown("file")):
        if "/" in slip.file:
            place = f"{Path(slip.file).parent}/slip_{number}.yaml"
            (side_by_side / place).write_bytes(slip.content)
            places[slip.slip] = place
        else:
            shop = empty_project(folder / f"shop_{number}")
            (shop / slip.file).write_bytes(slip.content)
            said[slip.slip] = _first(checked(shop), slip.file)
    found = checked(side_by_side)
    return {**said, **{name: _first(found, place) for name, place in places.items()}}


def _first(found: list[Problem], start: str) -> Problem:
    # A copy beside the others is used by no campaign; that is not its slip.
    of_it = [p for p in found if p.file.startswith(start) and "no campaign uses" not in p.what]
    return min(of_it, key=lambda problem: (problem.severity != "error", problem.line))
