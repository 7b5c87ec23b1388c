"""Real requests pass SendGrid's official document, judged by a mock that stands on it alone."""

import datetime as dt
import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from pakdee.delivery import Account, Sender, without
from pakdee.domain.errors import DeliveryRefused, DeliveryUnknown
from pakdee.domain.message import Hold
from pakdee.domain.vocabulary import Purpose

RIG = Path(__file__).resolve().parents[3] / "shared/sendgrid/run.sh"
SOON = dt.datetime(2026, 11, 22, 2, 15, tzinfo=dt.UTC)
pytestmark = [
    pytest.mark.skipif(not RIG.exists(), reason="the official documents are not beside this checkout"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="the mock needs npm"),
]


@contextmanager
def running(document):
    """Address of the strict mock of one document, in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["bash", str(RIG), str(port), "strict", document],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)
        home = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
        cache = Path(os.environ.get("RIG_CACHE", f"{home}/sendgrid-rig"))
        (cache / f"{document}-strict-{port}.json").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def mock():
    with running("mail") as url:
        yield url


def _wait(process, port):
    for _ in range(1200):  # the first time ever the mock is installed
        if process.poll() is not None:
            pytest.skip("the mock could not be started here")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the mock did not start")


def status(mock, kit, body, hold=None):
    """What the mock answers. It names no X-Message-Id, so its 202 is no receipt for us."""
    with pytest.raises((DeliveryUnknown, DeliveryRefused)) as raised:
        Sender(api_key="SG.test", url=f"{mock}", timeout=30).send(kit.claim(body), hold)
    return raised.value.status


def bodies(kit):
    tags = tuple(f"~k7f3a{n}~" for n in range(41))
    many = [kit.mail(n, tuple(f"ค่า {m} & <b>" for m in range(41))) for n in range(1000)]
    over = tuple(f"~k7f3a{n}~" for n in range(200))
    [whole] = kit.pressed(*many, text=" ".join(tags), tags=tags)
    yield "a thousand", whole.body
    yield "a thousand less some", without(whole.body, {f"{n:032x}" for n in range(0, 1000, 3)})
    yield "one without slots", kit.pressed(kit.mail(1))[0].body
    alone = kit.pressed(kit.mail(1, tuple(map(str, range(200)))), text=" ".join(over), tags=over)
    yield "filled in and alone", alone[0].body
    yield "service", kit.pressed(kit.mail(1), purpose=Purpose.SERVICE)[0].body
    yield "Thai sender", kit.pressed(kit.mail(1, subject="🎂 สุขสันต์"), from_name="บ้านเก่า, คาเฟ่")[0].body
    yield "sender without a name", kit.pressed(kit.mail(1), from_name="")[0].body
    yield "text only", kit.pressed(kit.mail(1), html="")[0].body


def test_every_kind_of_request_is_taken(mock, kit):
    assert {name: status(mock, kit, body) for name, body in bodies(kit)} == {
        name: 202 for name, _ in bodies(kit)
    }


def test_every_kind_of_request_is_taken_when_it_is_to_be_held(mock, kit):
    assert {name: status(mock, kit, body, kit.hold()) for name, body in bodies(kit)} == {
        name: 202 for name, _ in bodies(kit)
    }


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: r["personalizations"][0].update(to=[]),
        lambda r: r["personalizations"][0].update(substitutions={"~a~": 1}),
        lambda r: r.update(categories=["a"] * 2),
        lambda r: r.update(unheard_of=True),
        lambda r: r.pop("content"),
    ],
)
def test_the_mock_does_judge(mock, kit, spoil):
    """A spoiled request is refused, so that the passes above mean something."""
    [batch] = kit.pressed(kit.mail(1))
    request = orjson.loads(batch.body)
    spoil(request)

    assert status(mock, kit, orjson.dumps(request)) in {400, 422}


def account(url):
    return Account(api_key="SG.test", url=url, timeout=30)


def test_a_hold_is_made_as_documented(mock):
    assert account(mock).new_hold(SOON).provider_batch_id


def test_holds_are_cancelled_and_released_as_documented():
    """The mock knows no state: every well-formed cancellation is confirmed, and every list is an example."""
    hold = Hold("HkJ5yLYULb7Rj8GKSx7u025ouWVlMgAi", SOON)
    with running("scheduled_sends") as url:
        assert account(url).cancel(hold)
        account(url).release(hold)


def test_every_list_is_asked_for_as_documented():
    """A question that is not as documented gets no list; the entries are the document's own examples."""
    with running("suppressions") as url:
        for name in ("bounces", "spam_reports", "invalid_emails", "unsubscribes"):
            found = list(account(url).suppressed(name, SOON))
            assert found, name
            assert all(len(entry.address_hash) == 32 for entry in found)
