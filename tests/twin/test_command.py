"""`pakdee twin`: what it is told on the command line reaches the twin."""

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from pakdee import jobs
from pakdee.cli import app
from pakdee.cli.processes import reserved_port
from pakdee.twin.misbehaviour import PRESETS

FIRST_PORT = 23_500


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    directory = tmp_path_factory.mktemp("shop") / "shop"
    jobs.new_project(directory)
    return directory


@pytest.fixture
def served(monkeypatch, project):
    """Runs the command with a twin that only notes what it is told; exit code, output, and that."""

    def run(*words):
        told = {}
        monkeypatch.setattr("pakdee.twin.run", lambda state, **given: told.update(given, state=state))
        with reserved_port(FIRST_PORT) as port:  # the usual one may be taken by whoever tests beside us
            pass
        found = CliRunner().invoke(app, ["twin", "--project", str(project), "--port", str(port), *words])
        return found.exit_code, found.output + str(found.exception or ""), told

    return run


def test_by_itself_it_goes_on_as_before(served, project):
    code, _, told = served()

    assert code == 0
    assert told["state"] == project / "var" / "twin"
    assert told["misbehaviour"] is told["scale"] is told["start"] is None


def test_misbehaviour_scale_and_instant(served, tmp_path):
    file = tmp_path / "storm.json"
    file.write_text(json.dumps({"too_many": 0.5}))

    assert served("--misbehave", "rough")[2]["misbehaviour"] == PRESETS["rough"]
    assert served("--misbehave", str(file))[2]["misbehaviour"].too_many == 0.5
    told = served("--scale", "600", "--from", "2026-11-23T09:00")[2]
    assert told["scale"] == 600
    assert told["start"].utcoffset() == dt.timedelta(hours=7)  # the shop's zone
    assert served("--from", "2026-11-23T09:00Z")[2]["start"].utcoffset() == dt.timedelta(0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--misbehave", "novelty"), "none of none, slow, rough"),
        (("--scale", "0"), "time runs forward"),
        (("--from", "soon"), "soon is no instant"),
    ],
)
def test_what_cannot_be_is_told_before_it_starts(served, words, said):
    code, output, told = served(*words)

    assert code != 0
    assert said in output
    assert told == {}
