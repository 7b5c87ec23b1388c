"""The page on this machine alone, renewed whenever a file is saved.

It answers on 127.0.0.1 only, and only under a path with a token that no other page can guess. A file that
can't be used is told in the page, by file and line, until it is mended.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pakdee.domain.errors import CatalogError, PakdeeError
from pakdee.house import House, open_house
from pakdee.preview.page import page
from pakdee.preview.telling import Progress, Wish, told, trouble

LOOK_EVERY = 0.3
"""Seconds between two looks at the files: quick enough to be there when the eye is back at the page."""
WAIT = 20.0
"""Seconds a page waits for news before it asks again."""
WATCHED = ("templates", "campaigns", "segments", "lists", "brand.yaml", "program.yaml", "pakdee.toml")
Marks = Mapping[Path, tuple[int, int]]


def watch(
    house: House,
    wish: Wish,
    *,
    ready: Callable[[str], None],
    progress: Progress = lambda *_: None,
    stop: threading.Event | None = None,
) -> None:
    """Serve the page of `wish` until Ctrl-C, or until `stop` is set.

    Args:
        ready: is told the address once the page is there.

    Raises:
        PakdeeError: there is nothing to show even before the first look: no such campaign or customer.
    """
    stop, board = stop or threading.Event(), Board()
    marks = _marks(house.directory)
    board.post(_first(house, wish, progress))
    with served(board) as address, suppress(KeyboardInterrupt):
        ready(address)
        while not stop.wait(LOOK_EVERY):
            now = _marks(house.directory)
            if now != marks:
                marks = now
                _renew(board, house, wish, marks)


def _renew(board: Board, house: House, wish: Wish, marks: Marks) -> None:
    """Show the files as they are now; where one is just being saved, the next look shows it."""
    try:
        board.post(_made(house, wish))
    except Exception:
        if _marks(house.directory) == marks:
            raise


def _first(house: House, wish: Wish, progress: Progress) -> dict[str, Any]:
    """What is shown at the beginning; a file that can't be used is no reason not to watch it."""
    try:
        return told(house, wish, progress=progress, watching=True)
    except CatalogError as error:
        return trouble(house, error)


def _made(house: House, wish: Wish) -> dict[str, Any]:
    try:
        fresh = open_house(house.directory, clock=house.clock, environment=house.environment)
    except PakdeeError as error:
        return trouble(house, error)
    try:
        return told(fresh, wish, watching=True)
    except PakdeeError as error:
        return trouble(fresh, error)
    finally:
        fresh.close()


def _marks(directory: Path) -> Marks:
    """When each file a mail is made of was saved last, and how large it is."""
    found = {}
    for name in WATCHED:
        top = directory / name
        for path in [top, *top.rglob("*")]:
            with suppress(OSError):
                if path.is_file():
                    state = path.stat()
                    found[path] = (state.st_mtime_ns, state.st_size)
    return found


class Board:
    """The newest state of the page, where pages wait for the next one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._told: dict[str, Any] = {}
        self._is_over = False

    def post(self, told: dict[str, Any]) -> None:
        """Put up a newer state."""
        with self._changed:
            self._told = told | {"version": self._told.get("version", 0) + 1}
            self._changed.notify_all()

    def end(self) -> None:
        """Let everyone who waits know that nothing more will come."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    @property
    def told(self) -> dict[str, Any]:
        """What is put up now."""
        return self._told

    def newer(self, than: int) -> dict[str, Any] | None:
        """A state newer than version `than`, as soon as there is one; None when none came for a while."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over or self._told["version"] > than, WAIT)
            if self._told["version"] > than:
                return self._told
            return {"over": True} if self._is_over else None


@contextmanager
def served(board: Board) -> Iterator[str]:
    """The board served on a free port, until the end of the block. Gives its address."""
    token = secrets.token_urlsafe(24)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(board, token))
    server.daemon_threads = True
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{token}/"
    finally:
        board.end()
        server.shutdown()
        server.server_close()


def _handler(board: Board, token: str) -> type[BaseHTTPRequestHandler]:
    paths = (f"/{token}/", f"/{token}/news")

    class Handler(BaseHTTPRequestHandler):
        """Two things to ask for: the page, and news of it."""

        server: ThreadingHTTPServer

        def do_GET(self) -> None:
            """Answer; whoever does not know the token learns nothing."""
            asked = urlsplit(self.path)
            # The right host as well, so that no other site's name can be made to lead here.
            if self.headers.get("Host") != f"127.0.0.1:{self.server.server_port}" or asked.path not in paths:
                self._answer(404, "text/plain", b"")
            elif asked.path.endswith("news"):
                self._news(parse_qs(asked.query).get("after", ["0"])[0])
            else:
                self._answer(200, "text/html; charset=utf-8", page(board.told).encode())

        def _news(self, after: str) -> None:
            found = board.newer(int(after)) if after.isdecimal() else None
            body = b"" if found is None else json.dumps(found, ensure_ascii=False).encode()
            self._answer(200 if found else 204, "application/json", body)

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": len(body), **_KEPT_IN}.items():
                self.send_header(name, str(value))
            self.end_headers()
            with suppress(OSError):  # the page was closed meanwhile
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: requests to oneself are no news."""

    return Handler


_KEPT_IN = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
