"""Help and what is wrong with a call: in the reader's language, whole, and at once."""

import re
import subprocess
import sys

import pytest
from rich.cells import cell_len
from typer.main import get_command
from typer.testing import CliRunner

from pakdee.cli import app, main
from pakdee.cli.show import reader
from pakdee.saying import phrasebook

COMMANDS = sorted(get_command(app).commands)
HEAVY = {"pandas", "numpy", "pyarrow", "duckdb", "sqlalchemy", "fastapi", "jinja2", "yaml", "prefect"}
THAI = phrasebook("th").lines


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    """What `pakdee WORDS` prints in a folder that asks for Thai, and the exit code."""
    (tmp_path / "pakdee.toml").write_text('language = "th"\n', encoding="utf-8")
    monkeypatch.delenv("PAKDEE_LANGUAGE", raising=False)
    monkeypatch.setattr(reader, "language", "en")

    def called(*words):
        monkeypatch.setattr(sys, "argv", ["pakdee", *words, "--project", str(tmp_path)])
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        return told.out + told.err, end.value.code

    return called


def test_the_help_of_every_command_is_thai_and_fits_the_terminal(monkeypatch):
    """Each sentence of commands and options, without an English word of the frame."""
    monkeypatch.setattr(reader, "language", "th")
    tree = get_command(app)
    for name in COMMANDS:
        told = CliRunner().invoke(app, [name, "--help"]).output
        flowing = " ".join(told.split())
        command = tree.commands[name]
        assert THAI[command.help] in flowing
        assert all(THAI[one.help] in flowing for one in command.params if one.help)
        assert not {"Usage", "Options", "Arguments", "default", "Show"} & set(told.replace(":", " ").split())
        assert max(map(cell_len, told.splitlines())) <= 80
    whole = " ".join(CliRunner().invoke(app, ["--help"]).output.split())
    assert all(THAI[command.help] in whole for command in tree.commands.values())


def test_english_help_is_told_in_whole_sentences():
    """The list of commands cuts nothing short."""
    whole = " ".join(CliRunner().invoke(app, ["--help"]).output.split())

    assert all(command.help in whole for command in get_command(app).commands.values())
    assert "[default: 8025]" in CliRunner().invoke(app, ["web", "--help"]).output


WRONG = {
    "pln": "ไม่มีคำสั่ง 'pln' หมายถึง 'plan', 'explain' หรือไม่",
    "plan --as-off": "ไม่มีตัวเลือก --as-off (ที่มี: --as-of)",
    "explain": "ยังไม่ได้ระบุ 'customer'",
    "web --port x": "ค่าของ '--port' ใช้ไม่ได้: ต้องเป็นจำนวนเต็ม",
    "restore": "ค่านี้ใช้ไม่ได้: ระบุ FILE ที่สำรองไว้ หรือ --in-place",
    "new segment x": "ค่านี้ใช้ไม่ได้: สร้างได้เฉพาะแคมเปญ: pakdee new campaign NAME --from birthday",
}


@pytest.mark.parametrize("words", WRONG)
def test_a_wrong_call_is_told_in_thai_with_the_way_to_the_help(call, words):
    """The words of Click and our own; the project's folder is looked at first."""
    told, code = call(*words.split())

    assert code == 2
    assert told.endswith(f"ผิดพลาด: {WRONG[words]}\n")
    assert re.match(r"วิธีใช้: pakdee .*\nดูวิธีใช้: pakdee.* --help\n", told)


def test_help_waits_for_nothing_that_is_slow_to_load():
    """A table, a database or a web server has no part in it."""
    words = "import sys; from pakdee.cli import main; sys.argv = ['pakdee', '--help']\ntry: main()\n"
    words += "finally: print(sorted(sys.modules), file=sys.stderr)"
    told = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)

    assert "Commands:" in told.stdout
    assert not {name for name in HEAVY if f"'{name}'" in told.stderr}
