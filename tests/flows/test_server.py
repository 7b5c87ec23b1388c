"""Deployed to a real Prefect server, the flows run on their schedule and leave reports people can read."""

import datetime as dt
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace
from http import HTTPStatus

import pytest
from ruamel.yaml import YAML

from pakdee.cli.orchestrator import FlowFailed
from pakdee.cli.processes import ProcessFailed
from pakdee.cli.up import environment_of, up

pytestmark = pytest.mark.server

NOW = dt.datetime.now(dt.UTC)
FLOWS = {
    "plan-day",
    "send-due",
    "ingest-engagement",
    "settle-unknown",
    "sync-suppressions",
    "measure-loyalty",
}


@pytest.fixture(scope="session")
def ask(running):
    """Prefect's interface, in the words of its documentation; 503 says that its database is busy: ask again."""

    def asked(path, body=None):
        request = urllib.request.Request(
            running.orchestrator.api + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                error.close()
                if error.code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                    raise
            time.sleep(0.5)

    return asked


@pytest.fixture(scope="session")
def timetable(running, ask):
    """Runs waiting for their time, by deployment, as soon as each has some."""

    def waiting(deployment):
        of_it = {"deployments": {"id": {"any_": [deployment["id"]]}}}
        return ask("/flow_runs/filter", {**of_it, "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}})

    deadline = time.monotonic() + 60
    found = {}
    while set(found) != FLOWS and time.monotonic() < deadline:
        time.sleep(0.2)
        found = {each["name"]: runs for each in running.orchestrator.deployments() if (runs := waiting(each))}
    return found


@pytest.fixture
def waiting_run(ask):
    """Make a run of a deployment that waits for a time `after` now; returns its id."""

    def make(name, after):
        deployment = ask(f"/deployments/name/{name}/{name}")
        details = {"scheduled_time": (NOW + after).isoformat()}
        state = {"state": {"type": "SCHEDULED", "state_details": details}}
        return ask(f"/deployments/{deployment['id']}/create_flow_run", state)["id"]

    return make


@pytest.fixture(scope="session")
def quiet(timetable, running):
    """From here on flows run only when a test asks; where one is at work by itself, it may end first."""
    assert timetable
    running.orchestrator.pause_schedules()
    deadline = time.monotonic() + 120
    while running.orchestrator.unfinished() and time.monotonic() < deadline:
        time.sleep(0.5)
    return running


def test_every_deployment_of_the_file_is_on_the_server(house, running):
    """`prefect.yaml` and the server name the same six deployments, each after its flow."""
    written = YAML(typ="safe").load((house.directory / "prefect.yaml").read_text())
    found = running.orchestrator.deployments()

    assert {deployment["name"] for deployment in written["deployments"]} == FLOWS
    assert {deployment["name"] for deployment in found} == FLOWS
    assert {deployment["concurrency_options"]["collision_strategy"] for deployment in found} == {
        "CANCEL_NEW",
        "ENQUEUE",
    }


def test_scheduled_runs_exist_for_each_in_the_shops_zone(house, running, timetable):
    """The scheduler works: health alone does not say so, runs waiting for their time do."""
    assert set(timetable) == FLOWS
    zones = {
        schedule["schedule"]["timezone"]
        for each in running.orchestrator.deployments()
        for schedule in each["schedules"]
    }
    assert zones == {house.settings.shop.zone}
    times = [dt.datetime.fromisoformat(run["expected_start_time"]) for run in timetable["plan-day"]]
    assert {time.astimezone(house.zone).strftime("%H:%M") for time in times} == {"06:30"}


def test_a_worker_runs_a_flow_and_its_report_is_read_back(quiet):
    """A run asked for is taken by the worker, and its artifact holds counts."""
    run = quiet.run("ingest-engagement", {}, seconds=120)

    report = json.loads(quiet.orchestrator.artifacts(run)["engagement"])
    assert {"what": "events not known before", "count": 0} in report


def test_sendgrids_lists_and_unclear_requests_are_reported(quiet):
    """Each list with its counts; an empty table where no request is unclear."""
    lists = quiet.run("sync-suppressions", {}, seconds=120)
    unclear = quiet.run("settle-unknown", {}, seconds=120)

    told = json.loads(quiet.orchestrator.artifacts(lists)["suppressions"])
    assert [row["list"] for row in told] == ["bounces", "spam reports", "invalid emails", "unsubscribes"]
    assert {row["read from"] for row in told} == {"the beginning"}
    assert json.loads(quiet.orchestrator.artifacts(unclear)["unclear-requests"]) == []


KEY_CHANGES = """
import asyncio
from prefect.blocks.system import Secret
from flows import acting

async def main():
    assert await acting._sendgrid_api_key() is None
    await Secret(value="SG.old").asave(acting.KEY_BLOCK)
    key = await acting._sendgrid_api_key()
    told = [await asyncio.to_thread(key)]
    await Secret(value="SG.new").asave(acting.KEY_BLOCK, overwrite=True)
    print(*told, await asyncio.to_thread(key))

asyncio.run(main())
"""


def test_a_key_exchanged_in_prefect_is_read_again_by_a_run_at_work(house, running):
    """Without a block the environment counts; with one, a job that asks again gets the new key."""
    environment = environment_of(house, running.orchestrator.api) | {"PYTHONPATH": str(house.directory)}
    command = [sys.executable, "-c", KEY_CHANGES]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, cwd=house.directory
        )
        assert done.stdout.split() == ["SG.old", "SG.new"], done.stderr
    finally:
        forget = "from prefect.blocks.system import Secret; Secret.delete('sendgrid-api-key')"
        subprocess.run([sys.executable, "-c", forget], check=True, env=environment, capture_output=True)


def test_a_flow_that_fails_is_told_with_the_end_of_its_log(quiet):
    """Nothing was imported: the error of the job reaches the one who asked, with its next step."""
    with pytest.raises(FlowFailed) as failed:
        quiet.run("plan-day", {}, seconds=120)

    assert "pakdee import" in str(failed.value)
    assert "/v2/runs/flow-run/" in str(failed.value)


def test_parameters_are_a_day_or_nothing(running):
    """No flow takes a secret, an address or a customer: what stands in parameters is seen by everyone."""
    asked_for = {
        name
        for deployment in running.orchestrator.deployments()
        for name in deployment["parameter_openapi_schema"]["properties"]
    }

    assert asked_for <= {"as_of"}


def test_nothing_is_reported_to_anyone(running, ask):
    """Prefect's analytics and advertisements are off, in the server and in what it tells the browser."""
    server = ask("/admin/settings")["server"]

    assert server["analytics_enabled"] is False
    assert server["ui"]["show_promotional_content"] is False


def test_a_project_that_is_up_is_not_started_twice(house, running):
    """The second is refused with the id of the first, which goes on."""
    with pytest.raises(ProcessFailed, match=str(os.getpid())), up(house, say=print):
        pass

    assert running.orchestrator.answers()
    running.family.check()


def test_another_server_is_not_taken_for_ours(running, tmp_path):
    """A server answers on the port, but its home is not ours: ours is not there yet."""
    assert running.orchestrator.answers()
    assert not replace(running.orchestrator, home=tmp_path).answers()


def test_other_commands_find_the_twin_and_the_web(house, running):
    """What ports they got is written where the house looks."""
    assert house.twin_url == running.addresses["twin"]
    assert house.web_url == running.addresses["web"]


def test_a_run_nobody_works_on_is_settled(quiet, waiting_run, ask):
    """A run left over by a killed worker ends as crashed, so that it holds no place for ever."""
    left = waiting_run("settle-unknown", dt.timedelta(days=30))
    ask(f"/flow_runs/{left}/set_state", {"state": {"type": "RUNNING"}, "force": True})

    assert quiet.orchestrator.settle_unfinished("for a test") == 1
    assert ask(f"/flow_runs/{left}")["state_type"] == "CRASHED"


def test_of_runs_missed_while_down_the_last_is_kept(quiet, waiting_run, ask):
    """After a night without power a plan is made once, not once per missed hour."""
    missed = [waiting_run("plan-day", dt.timedelta(days=40 + n)) for n in range(3)]

    cancelled = quiet.orchestrator.cancel_overdue(NOW + dt.timedelta(days=50), "for a test")

    states = [ask(f"/flow_runs/{run}")["state_type"] for run in missed]
    assert cancelled == 2
    assert states == ["CANCELLED", "CANCELLED", "SCHEDULED"]
