"""Prefect as seen from outside: its HTTP interface in the few words the command line needs.

The engine never imports Prefect; a server started as a child process is spoken to like any other server.
"""

from __future__ import annotations

import datetime as dt
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pakdee.domain.errors import PakdeeError

UNFINISHED = ["RUNNING", "PENDING", "CANCELLING"]
FINISHED = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})
TAIL = 25  # lines of a log shown with an error
PATIENCE = 30.0  # seconds for an answer, and for a server whose database is busy (503)
BEAT = 0.5  # seconds between two looks
LOG_DELAY = 3.0  # seconds after which the last lines of a run's log have reached the server


class OrchestratorSilent(PakdeeError):
    """The server is not there, too busy, or refuses."""


class FlowFailed(PakdeeError):
    """A flow run ended, and not well; the message carries the end of its log."""


@dataclass(frozen=True)
class Orchestrator:
    """A Prefect server.

    Args:
        address: where it listens, for example http://127.0.0.1:4200.
        home: its PREFECT_HOME, by which it is told from another server on that port.
    """

    address: str
    home: Path

    @property
    def api(self) -> str:
        """Where programs ask; goes into PREFECT_API_URL."""
        return f"{self.address}/api"

    @property
    def page(self) -> str:
        """Where people look."""
        return f"{self.address}/v2"

    def answers(self) -> bool:
        """True once the server is ready, and is the one that is meant."""
        try:
            healthy = self._ask("GET", "/health") is True
            return healthy and Path(self._ask("GET", "/admin/settings")["home"]) == self.home
        except (OrchestratorSilent, ValueError):
            return False

    def unfinished(self) -> list[dict[str, Any]]:
        """Runs a process is at work on, or should be."""
        return self._runs({"state": {"type": {"any_": UNFINISHED}}})

    def settle_unfinished(self, reason: str) -> int:
        """Mark as crashed the runs no process can be working on. Returns how many there were.

        A run left "Running" by a killed worker would hold its deployment's only place for ever.
        """
        left = self.unfinished()
        for run in left:
            self._end(run, "CRASHED", reason)
        return len(left)

    def cancel_overdue(self, now: dt.datetime, reason: str) -> int:
        """Of the runs whose time passed while nobody worked, keep each deployment's last. Returns the rest.

        A plan missed in the morning is still made; two hundred missed looks at the inbox become one.
        """
        passed = {"expected_start_time": {"before_": now.isoformat()}}
        waiting = self._runs({"state": {"type": {"any_": ["SCHEDULED"]}}, **passed})
        newest_first = sorted(waiting, key=lambda run: str(run["expected_start_time"]), reverse=True)
        kept: set[object] = set()
        for run in newest_first:
            if run["deployment_id"] in kept:
                self._end(run, "CANCELLED", reason)
            kept.add(run["deployment_id"])
        return len(newest_first) - len(kept)

    def make_pool(self, name: str) -> None:
        """Make the work pool whose runs are processes; one that is there stays as an operator left it."""
        if not self._ask("POST", "/work_pools/filter", {"work_pools": {"name": {"any_": [name]}}}):
            # Its worker fills in how such processes are started.
            self._ask("POST", "/work_pools/", {"name": name, "type": "process"})

    def deployments(self) -> list[dict[str, Any]]:
        """Every deployment as Prefect describes it."""
        found: list[dict[str, Any]] = self._ask("POST", "/deployments/filter", {})
        return found

    def pause_schedules(self) -> None:
        """Let no deployment start by itself; asked for, it still runs."""
        for deployment in self.deployments():
            self._ask("PATCH", f"/deployments/{deployment['id']}", {"paused": True})

    def run(
        self,
        flow: str,
        parameters: Mapping[str, object],
        *,
        seconds: float,
        while_waiting: Callable[[], None],
    ) -> str:
        """Run the deployment `flow/flow` to its end on a worker. Returns the id of the run.

        Raises:
            FlowFailed: it ended otherwise than completed, or did not end within `seconds`.
        """
        deployment = self._ask("GET", f"/deployments/name/{flow}/{flow}")
        # The key makes asking again harmless, should the server be busy at the first try.
        key = f"{flow} {time.time_ns()}"
        asked = {"parameters": dict(parameters), "state": {"type": "SCHEDULED"}, "idempotency_key": key}
        run = str(self._ask("POST", f"/deployments/{deployment['id']}/create_flow_run", asked)["id"])
        ended = self._ended(run, seconds, while_waiting)
        if ended["state_type"] != "COMPLETED":
            raise self._failed(flow, ended)
        return run

    def artifacts(self, run: str) -> dict[str, Any]:
        """What a flow run left for people to read: key -> data."""
        query = {"artifacts": {"flow_run_id": {"any_": [run]}}}
        return {str(found["key"]): found["data"] for found in self._ask("POST", "/artifacts/filter", query)}

    def _runs(self, wanted: Mapping[str, object]) -> list[dict[str, Any]]:
        """Flow runs by Prefect's filter, read page by page."""
        found: list[dict[str, Any]] = []
        while page := self._ask("POST", "/flow_runs/filter", {"flow_runs": wanted, "offset": len(found)}):
            found += page
        return found

    def _end(self, run: Mapping[str, object], state: str, reason: str) -> None:
        body = {"state": {"type": state, "message": reason}, "force": True}
        self._ask("POST", f"/flow_runs/{run['id']}/set_state", body)

    def _ended(self, run: str, seconds: float, while_waiting: Callable[[], None]) -> dict[str, Any]:
        """The run once it has ended, or as it is when `seconds` have passed."""
        deadline = time.monotonic() + seconds
        while True:
            found: dict[str, Any] = self._ask("GET", f"/flow_runs/{run}")
            if found["state_type"] in FINISHED or time.monotonic() > deadline:
                return found
            while_waiting()
            time.sleep(BEAT)

    def _failed(self, flow: str, run: Mapping[str, Any]) -> FlowFailed:
        time.sleep(LOG_DELAY)
        state = run["state"]
        return FlowFailed(
            f"{state['name']}: {state['message']}\n{self._log_tail(run['id'])}",
            where=f"flow {flow}",
            next_step=f"see {self.page}/runs/flow-run/{run['id']}",
        )

    def _log_tail(self, run: str) -> str:
        query = {"logs": {"flow_run_id": {"any_": [run]}}, "sort": "TIMESTAMP_DESC", "limit": TAIL}
        logs: Sequence[Mapping[str, str]] = self._ask("POST", "/logs/filter", query)
        lines = [line for log in reversed(logs) for line in log["message"].splitlines()]
        return "\n".join(f"  {line}" for line in lines[-TAIL:])

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the address is our own child's
            self.api + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            content = _answer(request)
        except OSError as error:
            raise OrchestratorSilent(
                f"Prefect's server gave no answer: {error}",
                where=f"{method} {path}",
                next_step="see var/log/prefect-server.log of the project.",
            ) from error
        return json.loads(content) if content else None


def _answer(request: urllib.request.Request) -> bytes:
    """The body of an answer; asks again while the server says that its SQLite database is busy."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                raise
            time.sleep(BEAT)
