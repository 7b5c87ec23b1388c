"""Child processes live and die together: none is left behind, however the parent ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pakdee.cli.processes import Family, ProcessFailed, ends_on_signals, only_one, reserved_port

SLEEPER = [sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(600)"]
# A child that starts a child of its own, as Prefect's worker does with every flow run.
_PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""
PARENT = [sys.executable, "-c", _PARENT]
# What `pakdee up` is, made small: a family that waits until it is told to end.
SMALL_UP = """
import sys, time
from pathlib import Path
from pakdee.cli.processes import Family, ends_on_signals
import os
logs, command = Path(sys.argv[1]), sys.argv[2:]
with ends_on_signals(), Family(directory=logs.parent, logs=logs, environment=dict(os.environ)) as family:
    family.start("member", command)
    print("up", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def family(tmp_path):
    with Family(directory=tmp_path, logs=tmp_path / "log", environment=dict(os.environ)) as found:
        yield found


def is_alive(pid):
    """A zombie that waits for its parent is not alive."""
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(found.stdout.strip()) and not found.stdout.strip().startswith("Z")


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_a_stopped_member_takes_its_children_along(family):
    """What a member started ends with it."""
    family.start("worker", PARENT)
    child = int(wait_for(lambda: family.log_of("worker").read_text().strip()))

    family.stop("worker")

    assert wait_for(lambda: not is_alive(child))
    family.check()


def test_a_member_that_ends_by_itself_is_noticed_and_quoted(family):
    """The error says how it ended, carries the end of the log and says where the rest is."""
    family.start("web", [sys.executable, "-c", "print('no such port'); raise SystemExit(4)"])

    with pytest.raises(ProcessFailed) as failed:
        wait_for(family.check)
    told = str(failed.value)
    assert "web ended by itself (exit code 4)" in told
    assert "no such port" in told
    assert str(family.log_of("web")) in told


def test_a_short_command_that_fails_says_why(family):
    """A failing step of starting up raises with its own words."""
    with pytest.raises(ProcessFailed, match="wrong file"):
        family.run("deploy", [sys.executable, "-c", "raise SystemExit('wrong file')"], failure="not deployed")


def test_a_member_that_stays_silent_is_given_up(family):
    """Waiting has an end, told with the name of what did not answer."""
    family.start("server", SLEEPER)

    with pytest.raises(ProcessFailed, match="server did not answer within 0 seconds"):
        family.wait_until(lambda: False, name="server", seconds=0)


def test_a_log_of_before_is_kept_for_one_start(family):
    """A new start begins a new log, and the last one stays readable."""
    for word in ("first", "second"):
        family.run("deploy", [sys.executable, "-c", f"print('{word}')"], failure="")

    assert family.log_of("deploy").read_text() == "second\n"
    assert family.log_of("deploy").with_suffix(".last.log").read_text() == "first\n"


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_nobody_is_left_behind_when_the_parent_ends(tmp_path, ending):
    """A signal, a closed terminal, even kill -9: the members and their children end too."""
    logs = tmp_path / "log"
    parent = subprocess.Popen(
        [sys.executable, "-c", SMALL_UP, str(logs), *PARENT],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with parent:
        assert parent.stdout.readline() == b"up\n"
        child = int(wait_for(lambda: (logs / "member.log").read_text().strip()))
        parent.send_signal(ending)
        parent.wait(30)

    assert wait_for(lambda: not is_alive(child))


def test_a_background_job_of_a_script_can_be_stopped(tmp_path):
    """Scripts start background jobs with Ctrl-C ignored; members do not inherit that."""
    logs = tmp_path / "log"
    told = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN, flush=True)"
    script = 'trap "" INT; exec "$@"'
    command = [
        "sh",
        "-c",
        script,
        "sh",
        sys.executable,
        "-c",
        SMALL_UP,
        str(logs),
        sys.executable,
        "-c",
        told,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout.readline() == b"up\n"
        said = wait_for(lambda: (logs / "member.log").read_text().strip())
        parent.terminate()

    assert said == "False"


def test_signals_act_as_before_afterwards():
    """Handlers are put back."""
    before = signal.getsignal(signal.SIGTERM)
    with ends_on_signals(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)

    assert signal.getsignal(signal.SIGTERM) is before


def test_the_next_free_port_is_taken():
    """A port somebody listens on is passed over."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with reserved_port(port) as found:
            assert found > port


def test_a_port_given_to_one_is_not_given_to_another():
    """Between being given and being listened on, a port stays reserved; afterwards it is free again."""
    with reserved_port(48_200) as mine, reserved_port(mine) as another:
        assert another > mine
    with reserved_port(mine) as again:
        assert again == mine


def test_one_project_is_up_once(tmp_path):
    """The second is told which process holds it and how to end it."""
    lock = tmp_path / "var" / "up.lock"
    with only_one(lock), pytest.raises(ProcessFailed) as refused, only_one(lock):
        pass

    assert str(os.getpid()) in str(refused.value)
    with only_one(lock):
        assert Path(lock).exists()
