"""A tiny shop with a real journal, and its desk spoken to over HTTP as a browser would."""

from __future__ import annotations

import html
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pakdee import jobs
from pakdee.desk.app import create_app
from pakdee.desk.guards import Names
from pakdee.house import House, open_house
from tests.fewer import keep
from tests.jobs.conftest import CUSTOMERS, NOW, ORDERS
from tests.jobs.sending_desk import Clock, SendGrid

with warnings.catch_warnings():  # it would rather have a successor of httpx that Prefect does not bring
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

PORT = 8045
HOME = f"http://127.0.0.1:{PORT}"
TEST_LIST = ("addresses = []", 'addresses = ["me@example.com"]')


@dataclass
class Visitor:
    """Somebody before the desk."""

    house: House
    client: TestClient
    sendgrid: SendGrid

    @property
    def folder(self) -> Path:
        return self.house.directory

    def get(self, path: str = "/", **more: Any) -> Any:
        return self.client.get(path, **more)

    def words(self, path: str = "/", **more: Any) -> str:
        """What a page says, without its markup."""
        return plain(self.get(path, **more).text)

    def settled(self, path: str = "/") -> str:
        """The same once nothing is being found out any more."""
        pause = threading.Event()
        for _ in range(1_200):
            page = self.get(path).text
            if "data-waiting" not in page:
                return plain(page)
            pause.wait(0.05)
        raise AssertionError(plain(page))

    def seal(self) -> str:
        return re.search(r'name="seal" value="([^"]+)"', self.get().text)[1]

    def press(self, path: str, *, headers: dict[str, str] | None = None, **fields: str) -> Any:
        """Send a form as its page does."""
        told = {"Origin": HOME} if headers is None else headers
        form = {"seal": fields.pop("seal", None) or self.seal()} | fields
        return self.client.post(path, data=form, headers=told, follow_redirects=False)

    def edit(self, file: str, old: str, new: str) -> None:
        """Change a file as a marketer does."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


def plain(page: str) -> str:
    """What a page says."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


@contextmanager
def desk_of(
    folder: Path, url: str | None = None, change: Callable[[Path], None] = lambda _shop: None
) -> Iterator[Visitor]:
    """The desk of a shop with five customers, three of whom can get a birthday mail, and two campaigns.

    Args:
        change: what is changed in the shop's folder before anything is read.
    """
    exports = folder / "exports"
    jobs.new_project(folder / "shop")
    keep(folder / "shop", ["birthday"])
    exports.mkdir()
    for name, text in (("customers", CUSTOMERS), ("orders", ORDERS)):
        (exports / f"{name}.csv").write_text(text, encoding="utf-8")
    settings = folder / "shop" / "pakdee.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(*TEST_LIST), encoding="utf-8")
    change(folder / "shop")
    clock = Clock()
    clock.now = NOW
    house = open_house(folder / "shop", clock=clock, environment={"PAKDEE_JOURNAL_URL": url} if url else {})
    jobs.import_facts(house, exports)
    jobs.new_campaign(house, "birthday_again", "birthday")
    house.__dict__["sender"] = sendgrid = SendGrid()
    with TestClient(create_app(house, Names.of(PORT)), base_url=HOME) as client:
        yield Visitor(house, client, sendgrid)


@pytest.fixture(scope="module")
def visitor(tmp_path_factory) -> Iterator[Visitor]:
    """One desk for a whole file of tests."""
    with desk_of(tmp_path_factory.mktemp("desk")) as found:
        yield found
