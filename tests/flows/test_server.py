"""Deployed to a real Prefect server, the flows run on their schedule and leave reports people can read."""

import datetime as dt
import json
import os
import time
import urllib.request
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from pakdee.cli.orchestrator import FlowFailed
from pakdee.cli.processes import ProcessFailed
from pakdee.cli.up import up

pytestmark = pytest.mark.server

FLOWS = {"plan-day", "send-due", "ingest-engagement", "settle-unknown", "measure-loyalty"}


@pytest.fixture(scope="session")
def ask(running):
    """Prefect's interface, in the words of its documentation."""

    def asked(path, body=None):
        request = urllib.request.Request(
            running.orchestrator.api + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    return asked


def scheduled(ask, deployment):
    query = {
        "deployments": {"id": {"any_": [deployment["id"]]}},
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
    }
    return ask("/flow_runs/filter", query)


def test_every_deployment_of_the_file_is_on_the_server(house, running):
    """`prefect.yaml` and the server name the same five deployments, each after its flow."""
    written = YAML(typ="safe").load((house.directory / "prefect.yaml").read_text())
    found = running.orchestrator.deployments()

    assert {deployment["name"] for deployment in written["deployments"]} == FLOWS
    assert {deployment["name"] for deployment in found} == FLOWS
    assert {deployment["concurrency_options"]["collision_strategy"] for deployment in found} == {
        "CANCEL_NEW",
        "ENQUEUE",
    }


def test_scheduled_runs_exist_for_each_in_the_shops_zone(house, running, ask):
    """The scheduler works: health alone does not say so, runs waiting for their time do."""
    deadline = time.monotonic() + 60
    deployments = running.orchestrator.deployments()
    while not all(scheduled(ask, each) for each in deployments) and time.monotonic() < deadline:
        time.sleep(0.5)

    assert all(scheduled(ask, each) for each in deployments)
    zones = {schedule["schedule"]["timezone"] for each in deployments for schedule in each["schedules"]}
    assert zones == {house.settings.shop.zone}
    plan = next(each for each in deployments if each["name"] == "plan-day")
    times = [dt.datetime.fromisoformat(run["expected_start_time"]) for run in scheduled(ask, plan)]
    assert {time.astimezone(house.zone).strftime("%H:%M") for time in times} == {"06:30"}


def test_a_worker_runs_a_flow_and_its_report_is_read_back(running):
    """A run asked for is taken by the worker, and its artifact holds counts."""
    run = running.orchestrator.run("ingest-engagement", {}, seconds=120)

    report = json.loads(running.orchestrator.artifacts(run)["engagement"])
    assert {"what": "events not known before", "count": 0} in report


def test_a_flow_that_fails_is_told_with_the_end_of_its_log(running):
    """Nothing was imported: the error of the job reaches the one who asked, with its next step."""
    with pytest.raises(FlowFailed) as failed:
        running.orchestrator.run("plan-day", {}, seconds=120)

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
    assert running.family.fallen() is None


def test_other_commands_find_the_twin_and_the_web(house, running):
    """What ports they got is written where the house looks."""
    assert house.twin_url == running.addresses["twin"]
    assert house.web_url == running.addresses["web"]


def test_a_run_nobody_works_on_is_settled(running, ask):
    """A run left over by a killed worker ends as crashed, so that it holds no place for ever."""
    deployment = ask("/deployments/name/settle-unknown/settle-unknown")
    far = dt.datetime.now(ZoneInfo("UTC")) + dt.timedelta(days=30)
    left = ask(
        f"/deployments/{deployment['id']}/create_flow_run",
        {"state": {"type": "SCHEDULED", "state_details": {"scheduled_time": far.isoformat()}}},
    )["id"]
    ask(f"/flow_runs/{left}/set_state", {"state": {"type": "RUNNING"}, "force": True})

    assert running.orchestrator.settle_unfinished("for a test") >= 1
    assert ask(f"/flow_runs/{left}")["state_type"] == "CRASHED"
