"""What was answered is kept: a real `pakdee web` is killed while events pour in, over both journals."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "journal"))
from postgresql_server import CannotStart, running_server

from pakdee import jobs
from pakdee.delivery import SIGNATURE_HEADER, TIMESTAMP_HEADER
from pakdee.house import open_house
from pakdee.twin.keys import load_signing_key, sign

CONNECTIONS, ENOUGH = 6, 60
TIME = "1795312800"


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request, tmp_path):
    """A project, its journal empty."""
    jobs.new_project(tmp_path / "shop")
    if request.param == "sqlite":
        found = open_house(tmp_path / "shop", environment={})
        yield found
        found.close()
        return
    try:
        with running_server() as address:
            found = open_house(tmp_path / "shop", environment={"PAKDEE_JOURNAL_URL": address})
            yield found
            found.close()
    except CannotStart as error:
        pytest.skip(f"PostgreSQL cannot be started here: {error}")


@contextmanager
def web(house) -> Iterator[tuple[subprocess.Popen, int]]:
    """`pakdee web` on a free port; killed at the end if it still lives."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "pakdee", "web", "--project", house.directory, "--port", str(port)]
    process = subprocess.Popen(command, env=os.environ | {"PAKDEE_JOURNAL_URL": house.journal_url})
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, "the server ended"
                time.sleep(0.1)
        yield process, port
    finally:
        process.kill()
        process.wait(30)


class Poster:
    """Posts signed bodies, each its own, as fast as they are taken, until the connection breaks."""

    def __init__(self, house, port):
        self._key, self._port = load_signing_key(house.local_keys.signing_key), port
        self.answered, self.enough = set(), threading.Event()

    def post(self, lane):
        with socket.create_connection(("127.0.0.1", self._port), timeout=60) as connection:
            for number in range(100_000):
                body = b'[{"event":"open","n":"%d-%d"},\r\n' % (lane, number) + b'{"x":"y"}' * 500 + b"]\r\n"
                try:
                    connection.sendall(self._request(body))
                    answer = connection.recv(4096)
                except OSError:
                    return
                if not answer.startswith(b"HTTP/1.1 204"):
                    return
                self.answered.add(body)
                if len(self.answered) >= ENOUGH:
                    self.enough.set()

    def _request(self, body):
        head = (
            f"POST /sendgrid/events HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
            f"{SIGNATURE_HEADER}: {sign(self._key, TIME, body)}\r\n{TIMESTAMP_HEADER}: {TIME}\r\n\r\n"
        )
        return head.encode() + body


def kept(house):
    """Every body in the inbox."""
    return [body for *_, body in house.journal.inbox(1_000_000)]


def test_nothing_that_was_answered_is_lost_by_a_kill(house):
    """SIGKILL while six connections post: each delivery that got its 204 is in the journal, once."""
    with web(house) as (process, port):
        poster = Poster(house, port)
        lanes = [threading.Thread(target=poster.post, args=(lane,)) for lane in range(CONNECTIONS)]
        for lane in lanes:
            lane.start()
        assert poster.enough.wait(120)
        process.send_signal(signal.SIGKILL)
        for lane in lanes:
            lane.join()

    found = kept(house)
    assert len(found) == len(set(found))
    assert poster.answered <= set(found)
    assert len(found) - len(poster.answered) <= CONNECTIONS  # stored, and killed before the answer


def test_nothing_that_is_not_proven_gets_in(house):
    """Through the same door: a body that was changed after it was signed."""
    with web(house) as (_, port):
        poster = Poster(house, port)
        forged = poster._request(b"[]\r\n").replace(b"[]\r\n", b"{}\r\n")
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(forged)
            assert connection.recv(4096).startswith(b"HTTP/1.1 403")

    assert kept(house) == []
