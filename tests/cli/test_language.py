"""The terminal speaks the reader's language; JSON speaks English to all programs."""

import json

import pytest
from typer.testing import CliRunner

from pakdee.cli import app
from pakdee.cli.show import reader


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
