"""What operators type: exit codes, refusals in words, a question before what cannot be taken back."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from pakdee import jobs
from pakdee.cli import app
from pakdee.domain.answer import AnswerKind
from pakdee.domain.vocabulary import Verdict
from tests.forking import Done, ForkServer
from tests.jobs.sending_desk import DAY, HOUR, Desk, desk, lost

COMMAND = (sys.executable, "-m", "pakdee")


@pytest.fixture
def shop(tmp_path) -> Desk:
    return desk(tmp_path / "shop")


@pytest.fixture
def pakdee(shop: Desk, commands: ForkServer) -> Callable[..., Done]:
    """A command of this shop, to its end."""
    return lambda *words: commands.run(about(shop, *words), os.environ, timeout=60)


def started(shop: Desk, *words: str) -> subprocess.CompletedProcess:
    """The same, in a Python that was started for it."""
    told = (*COMMAND, *about(shop, *words))
    return subprocess.run(told, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def about(shop: Desk, *words: str) -> list[str]:
    return [*words, "--project", str(shop.house.directory)]


def answered(shop: Desk, answer: str, *words: str) -> tuple[int, str]:
    """The command on a terminal, where it may ask; its exit code and what it said."""
    ours, theirs = pty.openpty()
    told = (*COMMAND, *about(shop, *words))
    child = subprocess.Popen(told, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    os.close(theirs)
    os.write(ours, answer.encode())
    said, _ = child.communicate(timeout=60)
    os.close(ours)
    return child.returncode, said


def an_unclear_request(shop: Desk) -> str:
    shop.enqueue(3)
    shop.sendgrid.answer = lost
    jobs.send_due(shop.house)
    (found,) = jobs.unclear(shop.house)
    return found.batch


def test_exit_codes_say_done_partly_and_nothing_ran(shop, pakdee):
    """0, 3 and 1: what a script looks at."""
    assert pakdee("status", "--day", str(DAY)).returncode == 1
    an_unclear_request(shop)
    assert pakdee("status", "--day", str(DAY)).returncode == 3
    assert pakdee("status", "--unknown").returncode == 3


@pytest.mark.parametrize("short", [0, 2])
def test_a_run_says_whose_offer_ran_out(shop, monkeypatch, short):
    """In words below the answer, and for programs; nothing where everybody got theirs."""
    found = jobs.CampaignPlan("birthday", {Verdict.INCLUDED: 1, Verdict.NO_OFFER_LEFT: short})
    planned = jobs.DayPlan(DAY, "run", "snapshot", (found,))
    for name, told in {
        "plan_day": planned,
        "send_due": jobs.SendReport(),
        "ingest": jobs.IngestReport(),
    }.items():
        monkeypatch.setattr(jobs, name, lambda *_args, told=told, **_named: told)

    def ran(*words: str) -> str:
        return CliRunner().invoke(app, about(shop, "run", *words)).output

    said = "2 customers of birthday got no mail, since nothing is left of its offer"
    assert (said in " ".join(ran().split())) is bool(short)
    assert [one[: len(said)] for one in json.loads(ran("--json"))["offers"]] == [said] * bool(short)


def test_a_request_is_listed_settled_by_hand_and_listed_no_more(shop, pakdee):
    """With the name of who said so beside it."""
    batch = an_unclear_request(shop)
    listed = pakdee("status", "--unknown").stdout
    settled = pakdee("settle", batch, "--accepted")

    assert batch in listed
    assert settled.stdout == f"{batch} is accepted.\n"
    assert pakdee("status", "--unknown").returncode == 0
    done = pakdee("status", "--day", str(DAY))
    assert done.returncode == 0
    assert "3 accepted in birthday: settled by " in done.stdout


def test_before_a_mail_may_come_twice_a_terminal_asks(shop):
    """No leaves all as it was; yes queues it; a script is not asked."""
    batch = an_unclear_request(shop)

    code, said = answered(shop, "n\n", "settle", batch, "--resend")
    assert code == 1
    assert "3 messages of birthday" in said
    assert "they come twice" in said
    assert jobs.unclear(shop.house)

    code, said = answered(shop, "y\n", "settle", batch, "--resend")
    assert code == 0, said
    assert "goes out with the next run" in said
    assert not jobs.unclear(shop.house)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("settle", "abc", "--accepted"), 1, "there is no such batch"),
        (("settle", "abc"), 2, "say which"),
        (("settle", "abc", "--accepted", "--resend"), 2, "say which"),
        (("settle", "--resend"), 2, "name the batch"),
        (("export", "orders", "--since", "2026-06-01"), 2, "write for example pakdee export answers"),
        (("export", "unsubscribes", "--since", "June"), 2, "is not a day"),
        (("export", "waiting"), 2, "write for example pakdee export answers"),
        (("restore",), 2, "give the FILE"),
        (("restore", "x", "--in-place"), 2, "give the FILE"),
        (("restore", "nothing-there"), 1, "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(shop, pakdee, words, code, told):
    """1 or 2, never a traceback."""
    done = pakdee(*words)

    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_an_export_is_rows_or_a_file(shop, pakdee, tmp_path):
    """The header is always there; the file says how many rows it has."""
    (message,) = shop.enqueue(1)
    shop.house.journal.withdraw(message, source="one-click", at=shop.clock())
    file = tmp_path / "withdrawn.csv"

    printed = pakdee("export", "unsubscribes", "--since", str(DAY)).stdout
    told = pakdee("export", "unsubscribes", "--since", str(DAY), "--to", str(file)).stdout

    assert printed == file.read_text()
    assert printed.splitlines()[0] == "customer_id,withdrawn_at,source"
    assert told == f"Withdrawals since {DAY}: 1, in {file}\n"

    shop.house.journal.record_answer(message, AnswerKind.NPS, 9, "=good", at=shop.clock())
    answers = pakdee("export", "answers", "--since", str(DAY), "--json", "--to", str(file)).stdout
    (told,) = json.loads(answers)["answers"]
    assert (told["question"], told["score"], told["comment"]) == ("nps", 9, "=good")
    assert "'=good" in file.read_text()


def test_a_backup_and_a_restoration_tell_what_they_did(shop, pakdee, tmp_path):
    """And the status after it what is held."""
    shop.enqueue(7)
    made = started(shop, "backup", str(tmp_path / "copy"))
    shop.house.close()
    for left in shop.house.var.glob("journal.sqlite*"):
        left.unlink()

    restored = started(shop, "restore", str(tmp_path / "copy"))

    assert made.stdout.startswith("7 messages, held-out ones included, as of ")
    assert "7 messages were open then" in restored.stdout
    left = pakdee("status", "--unknown", "--json")
    assert left.returncode == 3
    (found,) = json.loads(left.stdout)["unclear"] or [None]
    assert found["messages"] == 7


def test_settling_tells_what_it_found(shop, pakdee):
    """Still unclear is exit code 3, settled is 0."""
    an_unclear_request(shop)
    shop.clock.advance(HOUR)

    done = pakdee("settle")  # by the machine's clock the quiet time is long over

    assert done.returncode == 0
    assert done.stdout.startswith("1 unconfirmed: nobody could find out")
    assert pakdee("settle").stdout == "No request is without a clear answer.\n"
