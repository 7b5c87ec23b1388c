"""What was answered with 202 is kept, whatever happens to the process or the disk."""

import contextlib
import os
import random
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import httpx
import pytest

from pakdee.delivery import Sender
from pakdee.delivery.local_keys import local_keys
from pakdee.domain.errors import DeliveryUnknown, SettingsError
from pakdee.twin import bodies, deliveries
from pakdee.twin.database import Database

SERVE = """
import sys
from pathlib import Path
from pakdee import twin
from pakdee.delivery.local_keys import local_keys
directory, port = Path(sys.argv[1]), int(sys.argv[2])
keys = local_keys(directory / "keys.json")
twin.run(directory / "twin", port=port, webhook_url=None, signing_key=keys.signing_key, api_key=keys.api_key, seed=7)
"""


def start(directory):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(directory), str(port)])
    while True:
        assert process.poll() is None
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return process, f"http://127.0.0.1:{port}"


def test_after_kill_9_every_accepted_message_is_there(kit, tmp_path):
    process, url = start(tmp_path)
    sender = Sender(api_key=local_keys(tmp_path / "keys.json").api_key, url=url, timeout=30)
    ids = [sender.send(kit.claim(batch)).provider_id for batch in kit.batches(2500)]
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)

    with kit.running(tmp_path) as twin:
        assert twin.get("/twin/counts")["messages"] == 2500
        assert [twin.get(f"/twin/messages?request={i}")["found"] for i in ids] == [1000, 1000, 500]
        assert twin.get("/twin/messages/2500")["text"] == "You have 250 points"


def test_a_kill_at_any_instant_loses_nothing_that_was_answered(kit, tmp_path):
    """Several senders write while it is killed again and again: mails, batch ids, cancellations."""
    chance, answered, released = random.Random(11), [], []
    for kills in range(1, 6):
        process, url = start(tmp_path)
        with ThreadPoolExecutor(4) as pool:
            given = (write_until_killed, kit, tmp_path, url, answered, released)
            work = [pool.submit(*given) for _ in range(4)]
            while len(answered) < kills * 15:
                assert process.poll() is None
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.02))
            os.kill(process.pid, signal.SIGKILL)
            process.wait(30)
        assert [done.result() for done in work] == [None] * 4

    found = {body.provider_id: body for body in bodies(tmp_path / "twin")}
    out = deliveries(tmp_path / "twin")
    assert set(answered) <= set(found)
    assert all(found[i].says().keys() <= out.keys() for i in answered if found[i].batch_id in released)
    assert released
    with kit.running(tmp_path) as twin, kit.client(twin) as api:
        for batch_id in released:
            assert api.get(f"/v3/user/scheduled_sends/{batch_id}").json() == []


def write_until_killed(kit, directory, url, answered, released):
    """Notes the X-Message-Ids of mails that were taken, and batch ids that were cancelled and released."""
    found = kit.found(url, local_keys(directory / "keys.json"))
    with contextlib.suppress(httpx.TransportError), kit.client(found) as api:
        while True:
            batch_id = api.post("/v3/mail/batch").json()["batch_id"]
            marked = {"batch_id": batch_id, "status": "cancel"}
            body = kit.request(secrets.token_hex(8), secrets.token_hex(8), batch_id=batch_id)
            answered.append(api.post("/v3/mail/send", json=body).headers["X-Message-Id"])
            if api.post("/v3/user/scheduled_sends", json=marked).status_code == 201:  # at most ten
                assert api.delete(f"/v3/user/scheduled_sends/{batch_id}").status_code == 204
                released.append(batch_id)


def test_a_kill_while_it_starts_leaves_nothing_half_made(kit, tmp_path):
    for wait in (0.25, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7):
        process = subprocess.Popen([sys.executable, "-c", SERVE, str(tmp_path), "0"])
        time.sleep(wait)
        process.kill()
        process.wait(30)

    with kit.running(tmp_path) as twin:
        assert twin.get("/twin/counts")["messages"] == 0


def test_what_it_is_started_with_holds_until_it_is_started_with_something_else(tmp_path):
    """Also listens on a socket that is handed to it, whose queue outlives a kill."""
    serve = SERVE.replace("port=port,", "listening=socket.socket(fileno=port), **given,").replace(
        "keys = ", "import datetime as dt, socket\ngiven = eval(sys.argv[3])\nkeys = "
    )
    given = [
        "dict(scale=3600.0, start=dt.datetime(2001, 1, 1, tzinfo=dt.UTC), misbehaviour=twin.Misbehaviour(ok=1, taken=0))",
        "{}",
        "dict(misbehaviour=twin.Misbehaviour())",
    ]
    seen = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        number = listening.fileno()
        for one in given:
            command = [sys.executable, "-c", serve, str(tmp_path), str(number), one]
            process = subprocess.Popen(command, pass_fds=[number])
            seen.append(httpx.get(f"{url}/twin/misbehave", trust_env=False, timeout=60))
            process.kill()
            process.wait(30)

    dates = [parsedate_to_datetime(answer.headers["date"]) for answer in seen]
    assert [answer.json()["in_force"]["ok"] for answer in seen] == [1, 1, 0]
    assert dates == sorted(dates)
    assert {date.year for date in dates} == {2001}


def test_two_processes_may_make_its_folder_at_once(tmp_path):
    make = "import sys; from pathlib import Path; from pakdee.twin.database import Database; Database(Path(sys.argv[1]))"
    makers = [subprocess.Popen([sys.executable, "-W", "ignore", "-c", make, str(tmp_path)]) for _ in range(4)]

    assert [maker.wait(60) for maker in makers] == [0] * 4


def test_a_folder_of_another_version_is_refused(kit, tmp_path):
    (tmp_path / "twin").mkdir()
    with contextlib.closing(sqlite3.connect(tmp_path / "twin" / "twin.sqlite")) as connection:
        connection.execute("CREATE TABLE request (id INTEGER PRIMARY KEY)")

    with pytest.raises(SettingsError, match="another version"):
        kit.app(tmp_path)


def test_it_ends_when_it_is_told_to_though_somebody_waits_for_an_answer(kit, tmp_path):
    process, url = start(tmp_path)
    with kit.client(kit.found(url, local_keys(tmp_path / "keys.json"))) as api:
        api.post("/twin/misbehave", json={"silence_before": 1})
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(lambda: api.post("/v3/mail/send", json=kit.request("m1")))
            time.sleep(0.3)
            process.terminate()
            assert process.wait(30) in {0, -signal.SIGTERM}
            with pytest.raises(httpx.TransportError):
                waiting.result()


def test_it_ends_when_it_is_told_to(tmp_path):
    process, _ = start(tmp_path)
    process.terminate()

    assert process.wait(30) in {0, -signal.SIGTERM}


def test_a_full_disk_is_a_500_and_keeps_nothing_and_heals(kit, tmp_path, monkeypatch):
    """Not a 202 that is later forgotten, not half a request."""
    databases = []

    class Watched(Database):
        def __init__(self, directory):
            super().__init__(directory)
            databases.append(self)

    monkeypatch.setattr("pakdee.twin.app.Database", Watched)
    with kit.running(tmp_path) as twin:
        twin.send(*kit.batches(1))
        [database] = databases
        pages = database._durable.execute("PRAGMA page_count").fetchone()[0]
        database._durable.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(DeliveryUnknown, match="could not be stored"):
            twin.send(*kit.batches(1000, start=1))
        assert twin.get("/twin/counts")["messages"] == 1

        database._durable.execute("PRAGMA max_page_count = 1000000")
        twin.send(*kit.batches(1000, start=1))
        assert twin.get("/twin/counts")["messages"] == 1001


def test_a_store_that_cannot_be_opened_says_so_at_once(kit, tmp_path):
    (tmp_path / "twin").mkdir()
    (tmp_path / "twin" / "twin.sqlite").write_bytes(b"this is no database" * 100)

    with pytest.raises(sqlite3.DatabaseError):
        kit.app(tmp_path)


@pytest.mark.parametrize(
    "key", ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"]
)
def test_a_wrong_signing_key_says_so_at_once(tmp_path, key):
    from pakdee import twin

    with pytest.raises(SettingsError, match="signing key"):
        twin.create_app(tmp_path, webhook_url=None, signing_key=key, api_key="SG.x", seed=1)
