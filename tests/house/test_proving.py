"""Templates are tried once: nothing is planned on one with an error, and what is unchanged is not tried again."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pakdee import jobs
from pakdee.domain.errors import CatalogError, Problem
from pakdee.house import House, open_house, proving
from pakdee.house.proving import template_problems
from pakdee.jobs.fitting import require_usable
from pakdee.rendering import bounds
from tests.fewer import without_steps

TODAY = dt.datetime(2026, 6, 15, tzinfo=dt.UTC)
WARNING = Problem("templates/welcome/en.j2", 2, "the subject is long (S01)", "say it shorter", "warning")
ERROR = Problem("templates/welcome/en.j2", 2, "the subject shouts (S03)", "use small letters")
BESIDE = Problem("templates/welcome.j2", 1, "no mail is made of this file", "take it away", "warning")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """The starter project with two of its campaigns and templates, and a memory of its own."""
    monkeypatch.setattr(proving, "FILE", "templates.json")
    jobs.new_project(tmp_path / "shop")
    for room, left in (("campaigns", {"birthday", "welcome"}), ("templates", {"birthday", "welcome"})):
        for path in (tmp_path / "shop" / room).iterdir():
            if path.stem not in left:
                _remove(path)
    without_steps(tmp_path / "shop", "welcome")
    return again(tmp_path / "shop")


def _remove(path: Path) -> None:
    for inside in path.iterdir() if path.is_dir() else ():
        inside.unlink()
    path.rmdir() if path.is_dir() else path.unlink()


def again(directory: Path) -> House:
    return open_house(directory, environment={}, clock=lambda: TODAY)


def change(house: House, file: str, old: str, new: str) -> House:
    """The project after a file was edited."""
    path = house.directory / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return again(house.directory)


@dataclass
class Judge:
    """Stands in for the trial: what it was asked to try each time, and what it finds."""

    asked: list[set[str] | None] = field(default_factory=list)
    finds: list[Problem] = field(default_factory=list)

    def __call__(self, _directory, *, names=None, **_facts) -> list[Problem]:
        self.asked.append(None if names is None else set(names))
        return [p for p in self.finds if names is None or p.file.split("/")[1] in names]


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    found = Judge()
    monkeypatch.setattr(bounds, "tried", found)
    return found


def test_only_what_changed_is_tried(house: House, judge: Judge):
    """A template, what its campaign or the brand says; not when a campaign is sent, to whom, or a remark."""
    template_problems(house)
    assert judge.asked.pop() == {"birthday", "welcome"}
    for file, old, new, names in (
        ("brand.yaml", "tagline:\n", "# a remark\ntagline:\n", None),
        ("campaigns/birthday.yaml", "priority: 80", "priority: 81", None),
        ("campaigns/birthday.yaml", "09:00", "09:30", None),
        ("templates/welcome/en.j2", "Who we are", "What we are", {"welcome"}),
        ("templates/welcome/en.j2", "What we are", "Who we are", None),
        ("campaigns/birthday.yaml", "You told us your birthday.", "You told us the day.", {"birthday"}),
        ("program.yaml", "per: 25 THB", "per: 30 THB", {"birthday", "welcome"}),
        ("brand.yaml", "en: Baan Chaba,", "en: Baan Chabaa,", {"birthday", "welcome"}),
    ):
        house = change(house, file, old, new)
        assert template_problems(house) == []
        assert (judge.asked.pop() if judge.asked else None) == names, (file, new)


def test_what_fits_is_not_asked_again(house: House, judge: Judge, monkeypatch: pytest.MonkeyPatch):
    """Templates are not even read; a misfit is told as long as it stands, and once it is mended no more."""
    require_usable(house)
    with monkeypatch.context() as reading:
        reading.setattr(House, "templates", property(lambda _house: pytest.fail("a template was read")))
        require_usable(again(house.directory))
    grant = "offer: {grant: birthday_cake}\n"
    house = change(house, "campaigns/birthday.yaml", grant, "")
    for _ in range(2):
        with pytest.raises(CatalogError, match="shows an offer, and the campaign brings none"):
            require_usable(house)
    require_usable(change(house, "campaigns/birthday.yaml", "holdout:", f"{grant}holdout:"))
    assert {len(asked) for asked in judge.asked} == {1, 2}


def test_a_language_more_or_less_is_a_change(house: House, judge: Judge):
    """As is a file that can't be read."""
    template_problems(house)
    (house.directory / "templates" / "welcome" / "th.j2").unlink()
    template_problems(house)
    (house.directory / "templates" / "welcome" / "th.j2").mkdir()
    template_problems(house)
    assert judge.asked[1:] == [{"welcome"}, {"welcome"}]


def test_check_tries_everything_and_saves_the_run_from_it(house: House, judge: Judge):
    """Whoever checks wants to know for sure; the run after it finds the verdict, but not what is no template's."""
    judge.finds = [BESIDE, WARNING]
    assert template_problems(house, anew=True) == [BESIDE, WARNING]
    assert template_problems(house, anew=True) == [BESIDE, WARNING]
    assert template_problems(house) == [WARNING]
    assert judge.asked == [None, None]


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", "\x00", '{"a": 7}', '{"a": [[1, 2]]}', '{"a": [["f", "x", "w", "n", "error"]]}', "[[]]"],
)
def test_a_damaged_memory_is_no_memory(house: House, judge: Judge, damage: str):
    """Whatever stands there, the templates are tried again, and the memory is whole afterwards."""
    file = house.var / "templates.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(damage, encoding="utf-8")
    template_problems(house)
    template_problems(house)

    assert judge.asked == [{"birthday", "welcome"}]
    assert len(json.loads(file.read_text(encoding="utf-8"))) == 2
    assert [path.name for path in house.var.iterdir()] == ["templates.json"]


def test_warnings_are_remembered_and_errors_are_looked_at_again(house: House, judge: Judge):
    """What only the machine could not do must not stop every run to come; a warning is told each time."""
    judge.finds = [ERROR]
    assert template_problems(house) == template_problems(house) == [ERROR]
    judge.finds = [WARNING]
    assert template_problems(house) == template_problems(house) == [WARNING]

    assert judge.asked == [{"birthday", "welcome"}, {"welcome"}, {"welcome"}]


def test_a_file_that_changes_while_it_is_tried_is_tried_again(house: House, judge: Judge, monkeypatch):
    """The verdict may be about either text, so neither has it."""
    path = house.directory / "templates" / "welcome" / "en.j2"

    def saved_meanwhile(*given, **facts):
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        return judge(*given, **facts)

    monkeypatch.setattr(bounds, "tried", saved_meanwhile)
    template_problems(house)
    monkeypatch.setattr(bounds, "tried", judge)
    template_problems(house)
    assert judge.asked == [{"birthday", "welcome"}, {"welcome"}]


def test_the_lint_knows_the_headers_that_requests_have(house: House):
    """Read from requests as they are made: whoever must be able to unsubscribe can, by both headers."""
    both = {"List-Unsubscribe", "List-Unsubscribe-Post"}
    found = {str(purpose): both & set(names) for purpose, names in proving.mail_headers(house).items()}
    assert found == {"marketing": both, "survey": both, "service": set()}


def test_the_oldest_verdicts_are_forgotten(house: House, judge: Judge, monkeypatch: pytest.MonkeyPatch):
    """So the memory stays small however often files are edited."""
    monkeypatch.setattr(proving, "KEPT", 3)
    for number in range(3):
        house = change(house, "templates/welcome/en.j2", "---\n", f"---\n# {number}\n")
        template_problems(house)
    assert len(json.loads((house.var / "templates.json").read_text(encoding="utf-8"))) == 3
    template_problems(house)
    assert judge.asked[-1] == {"birthday"}  # the oldest, forgotten


def test_another_process_knows_the_same_template_again(house):
    """Whatever order its sets have: Python draws it anew for each process."""
    asked = (
        "import sys; from pathlib import Path; from pakdee.house import open_house, proving;"
        "from pakdee.rendering.identity import identities; house = open_house(Path(sys.argv[1]), environment={});"
        "print(identities(house.directory / 'templates', **proving._facts(house)))"
    )
    command = [sys.executable, "-c", asked, str(house.directory)]
    told = {
        subprocess.run(
            command, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(told) == 1
