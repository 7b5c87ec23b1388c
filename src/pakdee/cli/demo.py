"""`pakdee demo`: the tour. One business day of a shop through real Prefect flows, against the twin."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pakdee import jobs
from pakdee.cli import show
from pakdee.cli.imported import show_import
from pakdee.cli.processes import BEAT, ends_on_signals, only_one
from pakdee.cli.up import Running, up, where_to_look
from pakdee.domain.errors import SettingsError
from pakdee.house import SETTINGS_FILE, House, open_house

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from pakdee.ledger import ImportReport

MARKER = ".pakdee-demo"
CUSTOMERS, SEED = 4_000, 20_260_615
READERS_PATIENCE = 180.0  # seconds; the twin's readers are done in some 35
FLOW_PATIENCE = 300.0  # seconds; a flow of this size takes some ten, on a busy machine more


@dataclass(frozen=True)
class Tour:
    """One shop to show.

    Args:
        adapter: the public set, None for the generated shop.
        zone, currency: the shop's; `rate` is what one unit of it is worth in the starter project's baht,
            roughly, so that the amounts of the copied programme keep their sense.
    """

    title: str
    day: dt.date
    adapter: str | None = None
    zone: str = "Asia/Bangkok"
    currency: str = "THB"
    rate: int = 1


TOURS = {
    None: Tour("a made-up shop in Bangkok", dt.date(2026, 6, 15)),
    "online-retail": Tour(
        "Online Retail (UCI)", dt.date(2011, 12, 10), "online-retail", "Europe/London", "GBP", 40
    ),
    "cdnow": Tour("CDNOW", dt.date(1998, 7, 1), "cdnow", "America/New_York", "USD", 32),
    "starbucks": Tour(
        "the Starbucks rewards test", dt.date(2018, 8, 3), "starbucks", "America/Los_Angeles", "USD", 32
    ),
}


@dataclass(frozen=True)
class Day:
    """What the business day left, read back from Prefect's artifacts and from the twin."""

    funnel: list[dict[str, Any]]
    sending: list[dict[str, Any]]
    engagement: list[dict[str, Any]]
    metrics: list[dict[str, Any]]
    at_the_twin: dict[str, Any]


def run(directory: Path, dataset: str | None, path: Path | None, *, as_json: bool) -> int:
    """Take the tour in `directory`. On a terminal it stays up until Ctrl-C, else it ends by itself.

    Raises:
        PakdeeError: the folder is not a demo's, the data cannot be used, a part does not start, a flow fails.
    """
    tour = _tour(dataset, path)
    say = _Teller(show.errors if as_json else show.console)
    with ends_on_signals(), contextlib.ExitStack() as until_the_end:
        with say.working():
            say(f"A tour with {tour.title}, as of {tour.day}, in the folder {directory} …")
            house = _new_shop(directory, tour)
            imported = _import(house, tour, path, say)
            # Schedules would act on the real today, of which this shop knows nothing.
            running = until_the_end.enter_context(up(house, say=say, schedules=False))
            day = _business_day(running, tour.day, say)
        if as_json:
            show.as_json({"imported": imported, "day": day, "addresses": running.addresses})
            return 0
        _report(house, imported, day, running, tour)
        if show.console.is_terminal:
            _stay(running)
        else:
            show.say("", "The tour ends here, and these addresses with it; in a terminal it stays up.")
    return 0


def _tour(dataset: str | None, path: Path | None) -> Tour:
    if dataset not in TOURS:
        known = ", ".join(name for name in TOURS if name)
        raise SettingsError(f"there is no set {dataset!r}", where="--from", next_step=f"choose of: {known}")
    if (dataset is None) != (path is None):
        raise SettingsError(
            "a set needs its file" if dataset else "a file needs the name of its set",
            where="pakdee demo",
            next_step="pakdee demo --from online-retail PATH, or just: pakdee demo",
        )
    return TOURS[dataset]


# ── the shop ──────────────────────────────────────────────────────────────────────────────────────


def _new_shop(directory: Path, tour: Tour) -> House:
    """A fresh starter project in `directory`. Only what an earlier tour made is thrown away."""
    if directory.exists() and any(directory.iterdir()):
        if not (directory / MARKER).is_file():
            raise SettingsError(
                "the folder is not empty and was not made by a tour, so it is left alone",
                where=str(directory),
                next_step="choose another: pakdee demo --in FOLDER",
            )
        with only_one(directory / "var" / "up.lock"):
            shutil.rmtree(directory)
    jobs.new_project(directory)
    (directory / MARKER).write_text("Made by `pakdee demo`, which throws this folder away each time.\n")
    _adapt(directory, tour)
    return open_house(directory)


def _adapt(directory: Path, tour: Tour) -> None:
    """The tour's zone, money and language in the copied files; the generated shop needs no change."""
    if tour.adapter is None:
        return

    def converted(amount: re.Match[str]) -> str:
        value = Decimal(amount[1]) / tour.rate
        return f"{round(value) if value >= 1 else format(value, '.2g')} {tour.currency}"

    for name in (SETTINGS_FILE, "program.yaml"):
        file = directory / name
        text = re.sub(r"(\d+(?:\.\d+)?) THB", converted, file.read_text(encoding="utf-8"))
        text = text.replace("THB", tour.currency).replace("Asia/Bangkok", tour.zone)
        file.write_text(text.replace('language = "th"', 'language = "en"'), encoding="utf-8")


def _import(house: House, tour: Tour, path: Path | None, say: Callable[[str], None]) -> ImportReport:
    if path is None:
        from pakdee.ledger import generate_shop

        path = house.var / "shop"
        say("Making up the shop …")
        generate_shop(path, customers=CUSTOMERS, until=tour.day, seed=SEED)
    say("Importing customers and orders …")
    # The public sets say nothing of consent; a tour that mails nobody would show nothing, and it says so.
    return jobs.import_facts(house, path, adapter=tour.adapter, assume_consent=tour.adapter is not None)


# ── the day ───────────────────────────────────────────────────────────────────────────────────────


def _business_day(running: Running, day: dt.date, say: Callable[[str], None]) -> Day:
    """Plan, send, hear back and measure, each as a run of its Prefect deployment on the worker."""
    prefect, as_of = running.orchestrator, {"as_of": day.isoformat()}

    def flow(name: str, parameters: dict[str, str], artifact: str, words: str) -> list[dict[str, Any]]:
        say(words)
        run = running.run(name, parameters, seconds=FLOW_PATIENCE)
        found: list[dict[str, Any]] = json.loads(prefect.artifacts(run)[artifact])
        return found

    funnel = flow("plan-day", as_of, "audience-funnel", "Flow plan-day: who gets which mail …")
    sending = flow("send-due", as_of, "send-report", "Flow send-due: to the twin …")
    _wait_for_readers(running, say)
    engagement = flow("ingest-engagement", {}, "engagement", "Flow ingest-engagement: reading the reports …")
    metrics = flow("measure-loyalty", as_of, "loyalty-metrics", "Flow measure-loyalty: the figures …")
    return Day(funnel, sending, engagement, metrics, _at_the_twin(running))


def _wait_for_readers(running: Running, say: Callable[[str], None]) -> None:
    """Until the twin has reported everything; hurried, its people would open at once, as machines do."""
    say("Waiting for deliveries, opens, clicks and bounces: readers take about half a minute …")
    deadline, quiet_looks = time.monotonic() + READERS_PATIENCE, 0
    # Two looks, since the twin counts in two steps: what it writes in between shows in neither.
    while quiet_looks < 2 and time.monotonic() < deadline:
        time.sleep(BEAT)
        running.family.check()
        twin = _at_the_twin(running)
        waiting = sum(row["events"] for row in twin["events"] if row["state"] == "waiting")
        quiet_looks = 0 if waiting or twin["untold"] else quiet_looks + 1


def _at_the_twin(running: Running) -> dict[str, Any]:
    address = f"{running.addresses['twin']}/twin/counts"
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - our own child
        found: dict[str, Any] = json.loads(answer.read())
    return found


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────


class _Teller:
    """Says what is being done: one changing line on a terminal while it works, else a line each."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._status: Status | None = None

    def __call__(self, words: str) -> None:
        if self._status:
            self._status.update(show.said(words))
        else:
            self._out.print(show.said(words), markup=False)

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Inside, the line changes instead of a new one being written, if `out` is a terminal."""
        if not self._out.is_terminal:
            yield
            return
        try:
            with self._out.status("") as self._status:
                yield
        finally:
            self._status = None


def _report(house: House, imported: ImportReport, day: Day, running: Running, tour: Tour) -> None:
    show_import(imported)
    show.records(f"Audience on {tour.day}: customers of each campaign's segment by verdict", day.funnel)
    show.records("Sent to the twin", day.sending)
    show.records("What the twin reported", day.engagement)
    show.records("Loyalty", [_in_short(row) for row in day.metrics])
    twin = day.at_the_twin
    show.say(f"The twin holds {twin['messages']} messages in {twin['requests']} requests.")
    show.verbatim(where_to_look(running.addresses), "")
    show.say(*_next_steps(house, tour))


def _in_short(row: Mapping[str, Any]) -> dict[str, Any]:
    """A figure without its definition, in the reader's language; Prefect keeps it in English."""
    from pakdee.metrics import row_in

    said = row_in(row, show.reader.language)
    return {name: value for name, value in said.items() if name != "definition"}


def _next_steps(house: House, tour: Tour) -> list[str]:
    """What to try, in words that work in this shop."""
    words = f"--as-of {tour.day} --project {house.directory}"
    return [
        "To try next:",
        f"  pakdee segment quiet_regulars {words}",
        f"  pakdee preview win_back --customer ID {words}   (an id that segment showed)",
        f"  pakdee explain ID {words}",
        f"  pakdee plan {words}   (after a change in {house.directory.name}/campaigns/)",
    ]


def _stay(running: Running) -> None:
    show.say("Everything stays up until you press Ctrl-C.")
    try:
        running.watch()
    except KeyboardInterrupt:
        show.say("")
