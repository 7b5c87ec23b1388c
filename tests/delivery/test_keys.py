"""Nothing is sent without a good key; one that was changed is asked for again, once."""

import threading

import pytest

from pakdee.delivery import Sender
from pakdee.domain.errors import KeyRefused, SettingsError


@pytest.fixture
def claimed(kit):
    [batch] = kit.pressed(kit.mail(1))
    return kit.claim(batch.body)


@pytest.mark.parametrize("key", ["", "  ", "two words", "กุญแจ", "a\r\nX-Evil: 1"])
@pytest.mark.parametrize("given", [lambda key: key, lambda key: lambda: key])
def test_without_a_usable_key_nothing_is_built(key, given):
    with pytest.raises(SettingsError, match="API key"):
        Sender(api_key=given(key), url=None, timeout=1)


def choosy(kit, good, status="401 Unauthorized", seen=None):
    """A service that takes one key only."""

    def answer(connection):
        request = kit.read_request(connection)
        seen.append(request)
        is_good = b"bearer " + good + b"\r\n" in request.lower()
        line = "202 Accepted\r\nX-Message-Id: abc" if is_good else status
        connection.sendall(f"HTTP/1.1 {line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())

    return kit.service(answer)


def test_a_key_that_was_changed_is_asked_for_again_and_the_request_goes_once_more(kit, claimed):
    """401 took nothing, so the same bytes may go again; from then on the new key is used."""
    keys, seen = iter(["sg.old", "sg.new"]), []
    with choosy(kit, b"sg.new", seen=seen) as url:
        patient = Sender(api_key=lambda: next(keys), url=url, timeout=5)
        assert [patient.send(claimed).provider_id for _ in range(2)] == ["abc", "abc"]

    assert len(seen) == 3
    assert seen[0].partition(b"\r\n\r\n")[2] == seen[1].partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize(
    ("keys", "status", "requests"),
    [
        (["sg.old", "sg.old"], "401 Unauthorized", 1),  # still the same: asking again would change nothing
        (["sg.old", "sg.bad"], "401 Unauthorized", 2),
        (["sg.old"], "403 Forbidden", 1),  # a key that is known but may not: no other is asked for
        (["sg.old", "two words"], "401 Unauthorized", 1),
    ],
)
def test_a_key_that_stays_bad_ends_it(kit, claimed, keys, status, requests):
    asked, seen = iter(keys), []
    with choosy(kit, b"sg.new", status, seen=seen) as url:
        hopeful = Sender(api_key=lambda: next(asked), url=url, timeout=5)
        with pytest.raises(KeyRefused):
            hopeful.send(claimed)

    assert (len(seen), list(asked)) == (requests, [])


def test_a_keeper_of_keys_that_fails_is_told(kit, claimed):
    """The store of secrets is down: that, and not a riddle, is what the operator reads."""
    answers = iter(["sg.old"])
    with choosy(kit, b"sg.new", seen=[]) as url:
        hopeful = Sender(api_key=lambda: next(answers), url=url, timeout=5)
        with pytest.raises(KeyRefused, match=r"asking for the key again failed \(StopIteration\)"):
            hopeful.send(claimed)


def test_threads_that_are_refused_at_once_ask_for_one_new_key(kit, claimed):
    asked, seen, failed = [], [], []

    def ask():
        asked.append(1)
        return "sg.old" if len(asked) == 1 else "sg.new"

    with choosy(kit, b"sg.new", seen=seen) as url:
        shared = Sender(api_key=ask, url=url, timeout=5)

        def work():
            try:
                shared.send(claimed)
            except Exception as error:  # noqa: BLE001 - told to the test
                failed.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert (failed, len(asked)) == ([], 2)
