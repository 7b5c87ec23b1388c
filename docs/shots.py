"""The pictures in docs/pictures, taken of the running software: `make shots` (needs Chromium).

A made-up shop lives for one business day in a temporary folder, with Prefect, twin and web, and a browser
without a window looks at it. The shop is seeded: a second run shows the same people. Nothing leaves this
machine; the browser can reach no other host.
"""
# ruff: noqa: INP001 - a program of its own, not part of a package

from __future__ import annotations

import datetime as dt
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from browser import browser

from pakdee import jobs
from pakdee.cli.processes import ends_on_signals
from pakdee.cli.up import Running, up
from pakdee.house import House, open_house
from pakdee.ledger import generate_shop

PICTURES = Path(__file__).parent / "pictures"
DAY = dt.date(2026, 6, 15)
EARLIER = dt.date(2026, 5, 14)  # long enough before, so that its readers have ordered since
PLANNED = ("birthday", "newsletter", "second_purchase", "tier_upgrade", "welcome", "win_back", "win_back_2")
CUSTOMERS, SEED = 4_000, 20_260_615
MOST_BYTES = 250_000  # a README of many pictures should still open at once
PHONE, DESK = 375, 600  # CSS pixels: a small phone, and the width mails are made for
# On a busy machine a page may be caught half drawn: two pictures in a row must be alike, in share of bytes.
TRIES, ALIKE = 6, 0.02
PATIENCE = 300.0  # seconds for a flow, and for the twin's readers

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    # The twin shows a mail in a sandboxed frame; in a process of its own it might be drawn too late.
    "--disable-features=IsolateSandboxedIframes",
    # Pages draw themselves after loading: so many milliseconds of the page's own clock are waited.
    *("--virtual-time-budget=8000", "--run-all-compositor-stages-before-draw"),
)
DARK = "--blink-settings=preferredColorScheme=0"

FRAMES = """<!doctype html><meta charset="utf-8"><style>
body{{margin:0;padding:24px;display:inline-flex;gap:24px;align-items:flex-start;background:{ground}}}
iframe{{border:0;border-radius:12px;box-shadow:0 1px 6px #0004;width:{width}px}}
</style><body>{frames}<script>
onload = () => {{
  for (const frame of document.querySelectorAll("iframe"))
    frame.style.height = frame.contentDocument.documentElement.scrollHeight + "px";
  document.body.dataset.size = document.body.offsetWidth + "x" + document.body.offsetHeight;
}}
</script>"""

TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body{{margin:0;padding:20px 24px;display:inline-block;background:#1d1b22;color:#e8e4ec;border-radius:0}}
pre{{margin:0;font:14px/1.45 "Noto Sans Mono","DejaVu Sans Mono",monospace}} b{{color:#f2a7bd}}
</style><body><pre><b>$ {command}</b>
{output}</pre><script>
onload = () => document.body.dataset.size = document.body.offsetWidth + "x" + document.body.offsetHeight;
</script>"""


@dataclass(frozen=True)
class Camera:
    """A browser without a window. Args: `folder` keeps its profile and the pages to be shown."""

    browser: str
    folder: Path

    def page(self, name: str, url: str, size: tuple[int, int], *flags: str) -> None:
        """One picture of a page; `size` in CSS pixels."""
        picture, window = PICTURES / f"{name}.png", f"--window-size={size[0]},{size[1]}"
        taken: list[int] = []
        while len(taken) < 2 or abs(taken[-1] - taken[-2]) > taken[-1] * ALIKE:
            if len(taken) == TRIES:
                raise SystemExit(f"{name}: no two pictures of {TRIES} were alike")
            self._browse(f"--screenshot={picture}", window, *flags, url)
            taken.append(picture.stat().st_size)
        if taken[-1] > MOST_BYTES:
            raise SystemExit(f"{picture.name}: {taken[-1]:,} bytes, more than {MOST_BYTES:,}")
        _say(f"  {picture.name}: {taken[-1] // 1000} kB")

    def document(self, name: str, text: str, *flags: str) -> None:
        """One picture of an HTML text, as large as it turns out; its script says how large, in data-size."""
        file = self.folder / f"{name}.html"
        file.write_text(text, encoding="utf-8")
        laid_out = self._browse("--dump-dom", "--window-size=1600,1200", *flags, file.as_uri())
        size = re.search(r'data-size="(\d+)x(\d+)"', laid_out)
        if not size:
            raise SystemExit(f"{name}: the browser did not lay the page out")
        self.page(name, file.as_uri(), (int(size[1]), int(size[2])), *flags)

    def _browse(self, *flags: str) -> str:
        with tempfile.TemporaryDirectory(dir=self.folder) as profile:
            command = [self.browser, *FLAGS, f"--user-data-dir={profile}", *flags]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)  # noqa: S603
        return done.stdout


def main() -> None:
    """Make a shop, live its day, take all pictures, leave nothing running."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser:
        raise SystemExit("The pictures need Chromium. Next: apt install chromium, then make shots")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pakdee-shots-") as temporary, ends_on_signals():
        folder = Path(temporary)
        camera, house = Camera(browser, folder), _new_shop(folder)
        _of_command(camera, house, "plan", *PLANNED, "--as-of", str(DAY))
        with up(house, say=_say, schedules=False) as running:
            planned = _live(running, DAY)
            _of_mails(camera, running.addresses["twin"])
            _of_pages(camera, running.addresses)
            _of_prefect(camera, running.addresses["prefect"], planned)
            _of_command(camera, house, "metrics", "--as-of", str(DAY))
            _live(running, EARLIER)
            _of_desk(running.addresses["desk"])


def _new_shop(folder: Path) -> House:
    _say("Making up the shop …")
    generate_shop(folder / "export", customers=CUSTOMERS, until=DAY, seed=SEED)
    jobs.new_project(folder / "shop")
    house = open_house(folder / "shop")
    jobs.import_facts(house, folder / "export")
    return house


def _live(running: Running, day: dt.date) -> str:
    """Plan, send, hear back, measure. Returns the id of the planning run."""
    as_of = {"as_of": day.isoformat()}
    planned = running.run("plan-day", as_of, seconds=PATIENCE)
    running.run("send-due", as_of, seconds=PATIENCE)
    _say("Waiting for the twin's readers …")
    _wait_for_readers(running.addresses["twin"])
    running.run("ingest-engagement", {}, seconds=PATIENCE)
    running.run("measure-loyalty", as_of, seconds=PATIENCE)
    return planned


def _wait_for_readers(twin: str) -> None:
    """Until the twin has told everything it knows."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        counts = _ask(f"{twin}/twin/counts")
        waiting = sum(row["events"] for row in counts["events"] if row["state"] == "waiting")
        if not waiting and not counts["untold"]:
            return
        time.sleep(1)


# ── what is looked at ─────────────────────────────────────────────────────────────────────────────


def _of_command(camera: Camera, house: House, name: str, *arguments: str) -> None:
    command = [sys.executable, "-m", "pakdee", name, *arguments, "--project", str(house.directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    output = "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())
    shown = {"command": html.escape(" ".join(["pakdee", name, *arguments])), "output": html.escape(output)}
    camera.document(name, TERMINAL.format(**shown))


def _of_mails(camera: Camera, twin: str) -> None:
    birthday, tier, quiet = (
        _mail(twin, *wanted) for wanted in (("birthday", "th"), ("tier_upgrade", "en"), ("win_back", "en"))
    )
    camera.document("mails", _framed("#e9e6e1", PHONE, birthday, tier))
    camera.document("mails-dark", _framed("#000", PHONE, birthday, tier), DARK)
    camera.document("mail-600", _framed("#e9e6e1", DESK, quiet))


def _mail(twin: str, campaign: str, language: str) -> dict[str, Any]:
    """The first mail of a campaign in a language, by address, so that the next run takes the same."""
    found = _ask(f"{twin}/twin/messages?category={campaign}&limit=500")["messages"]
    for row in sorted(found, key=lambda row: str(row["to"])):
        mail: dict[str, Any] = _ask(f"{twin}/twin/messages/{row['id']}")
        if f'lang="{language}"' in mail["html"]:
            return mail
    raise SystemExit(f"no mail of {campaign} in {language} at the twin")


def _framed(ground: str, width: int, *mails: dict[str, Any]) -> str:
    frames = "".join(f'<iframe srcdoc="{html.escape(mail["html"])}"></iframe>' for mail in mails)
    return FRAMES.format(ground=ground, width=width, frames=frames)


def _of_pages(camera: Camera, addresses: Mapping[str, str]) -> None:
    twin, mail = addresses["twin"], _mail(addresses["twin"], "birthday", "en")
    camera.page("twin-list", f"{twin}/?category=birthday", (1180, 640))
    camera.page("twin-mail", f"{twin}/messages/{mail['id']}", (1000, 900))
    link = re.search(r"http://127\.0\.0\.1:\d+/u/\S+", mail["text"])
    if not link:
        raise SystemExit("a mail without a link to unsubscribe")
    camera.page("unsubscribe", link[0], (640, 470))


def _of_desk(desk: str) -> None:
    views = (
        ("desk", "/?lang=en", 1280, 900, False),
        ("desk-campaign", "/campaigns/win_back?lang=en&locale=en", 1280, 1180, False),
        ("desk-phone", "/?lang=th", 375, 812, True),
    )
    with browser() as found:
        for name, path, width, height, is_dark in views:
            page = found.page(f"{desk}{path}", width=width, height=height, dark=is_dark)
            deadline = time.monotonic() + PATIENCE
            while page.ask("Boolean(document.querySelector('[data-waiting]'))"):
                if time.monotonic() > deadline:
                    raise SystemExit(f"{name}: the desk is still at it")
                time.sleep(1)
            page.open(f"{desk}{path}")
            time.sleep(1)  # for the mail in its frame
            page.shoot(PICTURES / f"{name}.png")
            if page.complaints():
                raise SystemExit(f"{name}: {page.complaints()}")
            page.close()


def _of_prefect(camera: Camera, prefect: str, planned: str) -> None:
    query = {"artifacts": {"flow_run_id": {"any_": [planned]}, "key": {"any_": ["audience-funnel"]}}}
    funnel = _ask(f"{prefect}/api/artifacts/filter", query)[0]["id"]
    camera.page("prefect-funnel", f"{prefect}/v2/artifacts/artifact/{funnel}", (1900, 560))
    camera.page("prefect-runs", f"{prefect}/v2/runs", (1280, 1180))
    camera.page("prefect-deployments", f"{prefect}/v2/deployments", (1280, 540))


def _ask(url: str, body: object = None) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own child's address
        url,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.loads(answer.read())


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
