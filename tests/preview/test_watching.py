"""The page is served on this machine alone, and follows the files."""

from __future__ import annotations

import http.client
import json
import threading
import urllib.request
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from pakdee.domain.errors import PakdeeError
from pakdee.preview import Wish, watch
from pakdee.preview.serving import Board, served
from tests.preview.conftest import with_a_slip


@contextmanager
def watched(house, wish):
    """The address of the page, watched by a thread of its own."""
    stop, ready, address = threading.Event(), threading.Event(), []

    def there(url):
        address.append(url)
        ready.set()

    thread = threading.Thread(target=watch, args=(house, wish), kwargs={"ready": there, "stop": stop})
    thread.start()
    try:
        assert ready.wait(60)
        yield address[0]
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive()


def asked(address):
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read().decode()


def news(address, after):
    """The next state of the page after a version."""
    said = ""
    while not said:
        said = asked(f"{address}news?after={after}")
    return json.loads(said)


def status(address, host=None):
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    connection.request("GET", parts.path, headers={"Host": host or parts.netloc})
    found = connection.getresponse().status
    connection.close()
    return found


def test_a_save_changes_the_page_and_a_slip_is_told_in_it(house):
    """In the template, then in the brand; mended, the mail is back."""
    file, brand = house.directory / "templates" / "welcome" / "en.j2", house.directory / "brand.yaml"
    good, named = file.read_text(encoding="utf-8"), brand.read_text(encoding="utf-8")
    with watched(house, Wish("welcome", locale="en")) as address:
        assert '"watching": true' in asked(address)

        file.write_text(with_a_slip(good), encoding="utf-8")
        broken = news(address, 1)
        (slip,) = broken["editions"][0]["files"]["en"]["findings"]
        assert (slip["file"], slip["line"]) == ("templates/welcome/en.j2", 2)

        brand.write_text(f"nmae: x\n{named}", encoding="utf-8")
        stopped = news(address, broken["version"])
        assert (stopped["problems"][0]["file"], stopped["problems"][0]["line"]) == ("brand.yaml", 1)

        brand.write_text(named, encoding="utf-8")
        file.write_text(good, encoding="utf-8")
        mended = stopped
        while mended["problems"] or mended["editions"][0]["files"]["en"]["findings"]:
            mended = news(address, mended["version"])
        assert mended["version"] > stopped["version"]


def test_who_waits_for_news_is_told_that_no_more_will_come():
    """Whether they waited already or come later; what was put up before is told first."""
    board, answers = Board(), []
    board.post({"editions": []})
    waiting = threading.Thread(target=lambda: answers.append(board.newer(1)))
    waiting.start()
    board.end()
    waiting.join(60)

    assert answers == [{"over": True}]
    assert board.newer(1) == {"over": True}
    assert board.newer(0) == {"editions": [], "version": 1}


def test_only_who_knows_the_address_sees_anything(gallery):
    """Another path, another token, or another name that leads here: nothing."""
    board = Board()
    board.post(gallery)
    with served(board) as address:
        parts = urlsplit(address)
        assert parts.hostname == "127.0.0.1"
        assert status(address) == 200
        assert status(f"http://{parts.netloc}/") == 404
        assert status(f"http://{parts.netloc}/-{parts.path[1:]}") == 404
        assert status(f"http://{parts.netloc}/{parts.path[2:]}") == 404
        assert status(f"{address}other") == 404
        assert status(address, host="pakdee.example") == 404


def test_what_is_not_there_is_not_watched(house):
    """A campaign that nobody wrote is said at once, not in a page."""
    with pytest.raises(PakdeeError, match="write 'welcome'"):
        watch(house, Wish("welcom"), ready=lambda _: None)
