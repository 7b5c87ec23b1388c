"""The terminal speaks the reader's language; JSON speaks English to all programs."""

import json

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from pakdee.cli import app
from pakdee.cli.show import reader
from pakdee.cli.up import where_to_look


@pytest.fixture
def run(house, monkeypatch):
    """A command in Thai, in the tiny shop with a slip in one of its campaigns."""
    monkeypatch.setenv("PAKDEE_LANGUAGE", "th")
    monkeypatch.setattr(reader, "language", "en")
    file = next((house.directory / "campaigns").glob("*.yaml"))
    file.write_text(file.read_text(encoding="utf-8") + "holdot: 5%\n", encoding="utf-8")
    return lambda *words: CliRunner().invoke(app, [*words, "--project", str(house.directory)]).output


def test_what_is_wrong_is_told_in_thai(run):
    """What and next step are Thai, the key as it is to be written."""
    said = run("check")

    assert "ที่นี่ไม่มีคีย์ 'holdot'" in said
    assert "ขั้นต่อไป: เขียนว่า 'holdout'" in said
    assert "ยังใช้ไม่ได้; จะยังไม่มีการส่งอีเมล" in said


def test_json_stays_english(run):
    """A program reads the same words whoever sits before the terminal."""
    problem = next(one for one in json.loads(run("check", "--json"))["problems"] if "holdot" in one["what"])

    assert problem["what"] == "there is no key 'holdot' here"
    assert problem["next_step"] == "write 'holdout'"


def test_where_a_project_answers_is_told_in_thai(monkeypatch):
    """Addresses stand below each other, though marks above and below Thai letters take no room."""
    monkeypatch.setattr(reader, "language", "th")
    told = where_to_look({name: f"http://{name}" for name in ("desk", "prefect", "web", "twin")})
    lines = told.strip("\n").splitlines()

    assert lines[0].startswith("  แคมเปญ สำหรับนักการตลาด")
    assert len({cell_len(line.partition("http")[0]) for line in lines}) == 1
    assert "อีเมลที่ส่ง" not in where_to_look(dict.fromkeys(("desk", "prefect", "web"), "http://x"))
