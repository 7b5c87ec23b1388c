"""`pakdee up`: everything a project needs, started in order, watched, and stopped as one."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

from rich.cells import cell_len

from pakdee.cli import show
from pakdee.cli.options import house_of
from pakdee.cli.orchestrator import Orchestrator, OrchestratorSilent
from pakdee.cli.processes import BEAT, Family, ends_on_signals, only_one, reserved_port
from pakdee.domain.vocabulary import Mode
from pakdee.house import House

POOL = "pakdee"
PORTS = {"prefect": 4200, "web": 8025, "twin": 8035, "desk": 8045}
ENDPOINTS = ("twin", "web", "desk")
SERVER_START = 90.0  # seconds; a first start migrates Prefect's database
ENDPOINT_START = 60.0  # seconds; all start at once, and a machine may have one core
RUNS_AT_ONCE = 3  # flow runs per worker: each is a process of about 100 MB
LOOK_EVERY = 2  # seconds between a worker's looks for runs to take; Prefect's own ten are felt by who waits
# Pausing alone is too late for what Prefect scheduled between hearing of a deployment and of its pause.
UNSCHEDULED = {"PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false"}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Running:
    """A project that is up: who answers where, and how to look after it."""

    orchestrator: Orchestrator
    addresses: Mapping[str, str]
    family: Family

    def watch(self) -> NoReturn:
        """Wait for ever. Raises ProcessFailed when a process ends by itself."""
        while True:
            self.family.check()
            time.sleep(BEAT)

    def run(self, flow: str, parameters: Mapping[str, object], *, seconds: float) -> str:
        """Run a flow to its end on the worker. Returns the id of the run.

        Raises:
            FlowFailed: it did not complete within `seconds`. ProcessFailed: a process ended meanwhile.
        """
        return self.orchestrator.run(flow, parameters, seconds=seconds, while_waiting=self.family.check)


def run(project: Path | None, *, as_json: bool = False) -> int:
    """Bring a project up and keep it up until Ctrl-C. Returns the exit code.

    Args:
        project: its folder; None means $PAKDEE_PROJECT, else here.
        as_json: print the addresses as one line of JSON, and everything else to where errors go.
    """
    house, say = house_of(project), _say_aside if as_json else _say
    with ends_on_signals():
        try:
            with up(house, say=say) as running:
                if as_json:
                    print(json.dumps({"addresses": dict(running.addresses)}), flush=True)
                else:
                    print(where_to_look(running.addresses), flush=True)
                say("")
                say("Ctrl-C stops everything.")
                running.watch()
        except KeyboardInterrupt:
            say("Stopped.")
    return 0


@contextlib.contextmanager
def up(house: House, *, say: Say, schedules: bool = True) -> Iterator[Running]:
    """Inside, the project is up: Prefect's server, deployments, worker, web, desk, in twin mode the twin.

    Args:
        say: told what is being started.
        schedules: False lets flows run only when asked for.

    Raises:
        ProcessFailed: it is up already, no port is free, or a part does not start (what ran is stopped).
    """
    with only_one(house.var / "up.lock"), _addresses(house) as addresses:
        orchestrator = Orchestrator(addresses["prefect"], home=_prefect_home(house))
        environment = environment_of(house, orchestrator.api) | ({} if schedules else UNSCHEDULED)
        with (
            _published(house.var / "addresses.json", addresses),
            Family(directory=house.directory, logs=house.var / "log", environment=environment) as family,
        ):
            _start_server(family, orchestrator, say)
            _start_endpoints(family, addresses, say)
            _deploy(family, orchestrator, say)
            _tidy(orchestrator, house, schedules=schedules)
            _start_worker(family, say)
            try:
                yield Running(orchestrator, addresses, family)
            finally:
                _stop_worker(family, orchestrator, say)


def environment_of(house: House, api: str) -> dict[str, str]:
    """What the children are told: where the project and Prefect are, and to report to nobody."""
    return {
        "PREFECT_WORKER_QUERY_SECONDS": str(LOOK_EVERY),  # an operator's own wish comes first
        **os.environ,
        "PAKDEE_PROJECT": str(house.directory),
        "PAKDEE_ZONE": house.settings.shop.zone,
        "PREFECT_HOME": str(_prefect_home(house)),
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # Runs older than 90 days go; what they did is in the journal.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "true",
        "PYTHONUNBUFFERED": "1",
    }


def _prefect_home(house: House) -> Path:
    return house.var / "prefect"


@contextlib.contextmanager
def _addresses(house: House) -> Iterator[dict[str, str]]:
    names = [name for name in PORTS if name != "twin" or house.settings.sendgrid.mode is Mode.TWIN]
    with contextlib.ExitStack() as held:
        yield {name: f"http://127.0.0.1:{held.enter_context(reserved_port(PORTS[name]))}" for name in names}


@contextlib.contextmanager
def _published(file: Path, addresses: Mapping[str, str]) -> Iterator[None]:
    """Other commands of this project read here where the parts answer."""
    file.write_text(json.dumps(addresses, indent=1), encoding="utf-8")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _start_server(family: Family, orchestrator: Orchestrator, say: Say) -> None:
    say("Starting Prefect's server …")
    port = orchestrator.address.rsplit(":", 1)[1]
    family.start("prefect-server", _prefect("server", "start", "--host", "127.0.0.1", "--port", port))


def _deploy(family: Family, orchestrator: Orchestrator, say: Say) -> None:
    """Wait for the server, which takes longest to start, and tell it of the flows."""
    family.wait_until(orchestrator.answers, name="prefect-server", seconds=SERVER_START)
    say("Deploying the flows …")
    orchestrator.make_pool(POOL)
    family.run("prefect-deploy", _prefect("deploy", "--all"), failure="the flows could not be deployed")


def _tidy(orchestrator: Orchestrator, house: House, *, schedules: bool) -> None:
    orchestrator.settle_unfinished("the process was gone when pakdee came up")
    orchestrator.cancel_overdue(house.clock(), "its time passed while pakdee was down; a later run is there")
    if not schedules:  # else as they are: an operator may have paused one in Prefect
        orchestrator.pause_schedules()


def _start_endpoints(family: Family, addresses: Mapping[str, str], say: Say) -> None:
    for name in ENDPOINTS:
        if name in addresses:
            say(f"Starting {name} …")
            port = addresses[name].rsplit(":", 1)[1]
            family.start(name, _pakdee(name, "--port", port))
    for name in ENDPOINTS:
        if name in addresses:
            family.wait_until(partial(_listens, addresses[name]), name=name, seconds=ENDPOINT_START)


def _start_worker(family: Family, say: Say) -> None:
    say("Starting the worker …")
    command = _prefect("worker", "start", "--pool", POOL, "--type", "process", "--limit", str(RUNS_AT_ONCE))
    family.start("prefect-worker", command)


def _stop_worker(family: Family, orchestrator: Orchestrator, say: Say) -> None:
    say("Stopping …")
    family.stop("prefect-worker")
    with contextlib.suppress(OrchestratorSilent):  # the server may be what has fallen
        orchestrator.settle_unfinished("pakdee was stopped while this ran; what it began is in the journal")


def _listens(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own child's address
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _prefect(*words: str) -> list[str]:
    return [sys.executable, "-m", "prefect", "--no-prompt", *words]


def _pakdee(*words: str) -> list[str]:
    return [sys.executable, "-m", "pakdee", *words]


def where_to_look(addresses: Mapping[str, str]) -> str:
    """The addresses, for people, in the reader's language."""
    told = {
        "Campaigns, for marketers": addresses["desk"],
        "Runs, schedules, reports": f"{addresses['prefect']}/v2",
        "Webhook and unsubscribe": addresses["web"],
        "Mails sent (the twin)": addresses.get("twin"),
    }
    rows = [(show.said(label), address) for label, address in told.items() if address]
    width = max(cell_len(label) for label, _ in rows)  # Thai marks above and below letters take no room
    return "\n".join(["", *(f"  {label}{' ' * (width - cell_len(label))}   {url}" for label, url in rows)])


def _say(words: str) -> None:
    print(show.said(words), flush=True)


def _say_aside(words: str) -> None:
    print(show.said(words), file=sys.stderr, flush=True)
