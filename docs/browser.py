"""A browser without a window, driven over a pipe: one start for many pages, pictures and presses of keys.

It speaks the DevTools protocol over two file descriptors, so there is no port that anybody could reach and no
library to depend on. Whatever a page complains of is kept. Nothing leaves this machine.
"""
# ruff: noqa: INP001 - used by programs and tests, not part of a package

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *(
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-extensions",
    ),
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    # The mails stand in sandboxed frames; in processes of their own they might be drawn too late.
    "--disable-features=IsolateSandboxedIframes",
)
KEYS = {"Tab": 9, "Enter": 13, "Space": 32, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
_SHIFT = 8
_END = b"\0"


def program() -> str | None:
    """Where a browser lies on this machine; None where there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser, ended with its profile at the end of the block."""
    found = program()
    if found is None:
        raise SystemExit("This needs Chromium. Next: apt install chromium")
    (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory(prefix="pakdee-browser-", ignore_cleanup_errors=True) as profile:
        command = [found, *FLAGS, f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"]
        shell = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'  # the protocol is spoken over these two
        child = subprocess.Popen(  # noqa: S603
            ["/bin/bash", "-c", shell, "bash", *command],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        with os.fdopen(ours_out, "wb", buffering=0) as writing, os.fdopen(ours_in, "rb") as reading:
            wire = Wire(writing, reading)
            try:
                yield Browser(wire)
            finally:
                with suppress(OSError, EOFError):
                    wire.call("Browser.close")
                child.wait(timeout=20)


@dataclass
class Wire:
    """Calls and answers, one after the other; events are kept for whoever asks."""

    writing: IO[bytes]
    reading: IO[bytes]
    events: list[dict[str, Any]] = field(default_factory=list)
    _count: int = 0
    _rest: bytes = b""

    def call(self, method: str, session: str | None = None, **given: Any) -> dict[str, Any]:
        """The answer to one call. Raises RuntimeError with the browser's words where it refuses."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": given}
        if session:
            message["sessionId"] = session
        self.writing.write(json.dumps(message).encode() + _END)
        while True:
            answer = self._next()
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return dict(answer["result"])

    def wait(self, method: str, session: str) -> dict[str, Any]:
        """The next event of this kind, one that has come already included."""
        while True:
            for place, event in enumerate(self.events):
                if event["method"] == method and event.get("sessionId") == session:
                    return dict(self.events.pop(place)["params"])
            self._next()

    def _next(self) -> dict[str, Any]:
        while _END not in self._rest:
            piece = os.read(self.reading.fileno(), 1 << 20)
            if not piece:
                raise EOFError("the browser is gone")
            self._rest += piece
        told, _, self._rest = self._rest.partition(_END)
        message: dict[str, Any] = json.loads(told)
        if "id" not in message:
            self.events.append(message)
        return message


@dataclass(frozen=True)
class Browser:
    """Opens pages."""

    wire: Wire

    def page(
        self, url: str = "about:blank", *, width: int = 1280, height: int = 900, dark: bool = False
    ) -> Page:
        """A new page of a size in CSS pixels, loaded."""
        target = self.wire.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.wire.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self.wire, session, target)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        page.look(width=width, height=height, dark=dark)
        page.call("Page.bringToFront")  # one in the back is drawn once a second only
        if url != "about:blank":
            page.open(url)
        return page


@dataclass(frozen=True)
class Page:
    """One page, as somebody uses it who has a keyboard and eyes."""

    wire: Wire
    session: str
    target: str

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        """One call of the protocol about this page."""
        return self.wire.call(method, self.session, **given)

    def look(self, *, width: int, height: int, dark: bool = False) -> None:
        """From now on in a window of this size, in light or dark."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url: str) -> None:
        """Go there and wait until it is loaded."""
        self.call("Page.navigate", url=url)
        self.wire.wait("Page.loadEventFired", self.session)

    def show(self, html: str) -> None:
        """Show this HTML in place of what is there."""
        frame = self.call("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self.call("Page.setDocumentContent", frameId=frame, html=html)

    def ask(self, script: str) -> Any:
        """What a line of JavaScript gives, waited for if it is a promise. Raises RuntimeError."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", script))
        return answer["result"].get("value")

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key and let it go."""
        code = KEYS[key]
        name = " " if key == "Space" else key
        text: Mapping[str, str] = {"Enter": {"text": "\r"}, "Space": {"text": " "}}.get(key, {})
        told = {"key": name, "code": key, "windowsVirtualKeyCode": code, "modifiers": _SHIFT if shift else 0}
        self.call("Input.dispatchKeyEvent", type="keyDown", **told, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **told)

    def settle(self) -> None:
        """Until what was changed is drawn, in frames as well."""
        self.ask("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def shoot(self, file: Path | None = None, *, whole: bool = False) -> bytes:
        """A picture of what is seen, or of the whole page, as PNG; also written to `file`."""
        self.settle()
        given: dict[str, Any] = {"format": "png"}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            given |= {"captureBeyondViewport": True, "clip": {**size, "scale": 1}}
        picture = base64.b64decode(self.call("Page.captureScreenshot", **given)["data"])
        if file:
            file.write_bytes(picture)
        return picture

    def complaints(self) -> list[str]:
        """Errors and warnings of its console so far, and what it could not load."""
        self.settle()
        found = [_complaint(event) for event in self.wire.events if event.get("sessionId") == self.session]
        return [complaint for complaint in found if complaint]

    def asked_for(self) -> list[str]:
        """Addresses it asked the network for."""
        return [
            event["params"]["request"]["url"]
            for event in self.wire.events
            if event["method"] == "Network.requestWillBeSent"
            and event.get("sessionId") == self.session
            and event["params"]["request"]["url"].startswith("http")
        ]

    def close(self) -> None:
        """Close it, and forget what it said."""
        self.wire.call("Target.closeTarget", targetId=self.target)
        self.wire.events[:] = [e for e in self.wire.events if e.get("sessionId") != self.session]


def _complaint(event: Mapping[str, Any]) -> str | None:
    told = event["params"]
    if event["method"] == "Runtime.exceptionThrown":
        details = told["exceptionDetails"]
        return str(details.get("exception", {}).get("description", details["text"]))
    if event["method"] == "Runtime.consoleAPICalled" and told["type"] in {"error", "warning", "assert"}:
        return " ".join(str(part.get("value", part.get("description"))) for part in told["args"])
    if event["method"] == "Log.entryAdded" and told["entry"]["level"] in {"error", "warning"}:
        return f"{told['entry']['text']} {told['entry'].get('url', '')}".strip()
    return None
