"""A day planned by several processes: the same day, and when one of them fails nothing of it is left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from pakdee import jobs
from pakdee.domain.errors import LedgerError, PakdeeError
from pakdee.domain.vocabulary import Verdict
from pakdee.house import open_house
from pakdee.jobs import planning, processes

from .conftest import DAY, NOW

VERDICTS = {Verdict.OTHER_CHANNEL: 1, Verdict.NO_CONSENT: 1, Verdict.INCLUDED: 3}
PLANNED_BY_A_PROCESS = """
import sys, time
from pakdee import jobs
from pakdee.house import open_house
from pakdee.jobs import planning

planning.WORTH_PROCESSES, planning.SHARD = 1, 2
def stay(what, done, of_all):
    if what == "customers planned":
        print("planning", flush=True)
        time.sleep(600)

jobs.plan_day(open_house(sys.argv[1], environment={}), planning.dt.date.fromisoformat(sys.argv[2]), progress=stay)
"""


started = []


class Noted(subprocess.Popen):
    """A process that is told of."""

    def __init__(self, *args, **given):
        super().__init__(*args, **given)
        started.append(self)


@pytest.fixture
def several(house, monkeypatch):
    """A house whose five customers are three shards for two processes, which are noted in `started`."""
    started.clear()
    monkeypatch.setattr(processes.subprocess, "Popen", Noted)
    monkeypatch.setattr(planning, "WORTH_PROCESSES", 1)
    monkeypatch.setattr(planning, "SHARD", 2)
    delivery = house.settings.delivery.model_copy(update={"processes": 2})
    house.settings = house.settings.model_copy(update={"delivery": delivery})
    return house


def birthday(planned):
    return next(campaign for campaign in planned.campaigns if campaign.name == "birthday")


def reopened(house):
    return open_house(house.directory, clock=house.clock, environment={})


def assert_taken_back(house):
    """The run failed and none of its messages is left."""
    (run,) = house.journal.day_status(DAY).runs
    assert run.state == "failed"
    assert not any(house.journal.sent("birthday", customer) for customer in ("a1", "b2", "c3"))
    assert all(process.poll() is not None for process in started)


def test_several_processes_plan_the_same_day(several):
    """Verdicts, messages and those not mailed are what one process gives; progress comes from all."""
    told = []
    planned = jobs.plan_day(several, DAY, progress=lambda *step: told.append(step))

    assert birthday(planned).verdicts == VERDICTS
    assert all(len(several.journal.sent("birthday", customer)) == 1 for customer in ("a1", "b2", "c3"))
    (file,) = (several.var / "runs").glob("*/*")
    rows = pq.read_table(file).to_pylist()
    apart = {row["customer_id"]: row["verdict"] for row in rows if row["campaign"] == "birthday"}
    assert apart == {"d4": "no_consent", "e5": "other_channel"}
    assert [step[1] for step in told if step[0] == "customers planned"][-1] == 5
    assert all(process.poll() is not None for process in started)


def test_a_rehearsal_by_several_processes_writes_nothing(several):
    """The same verdicts, and no trace in the journal or beside it."""
    assert birthday(jobs.plan_day(several, DAY, dry=True)).verdicts == VERDICTS
    assert not several.journal.day_status(DAY).runs
    assert not (several.var / "runs").exists()


def test_a_process_that_is_killed_fails_the_run(several):
    """The run is taken back with a word that says so, and the next one plans everybody."""

    def kill_one(what, _done, _of_all):
        if what == "customers planned":
            for process in started:
                process.kill()

    with pytest.raises(PakdeeError, match="killed by signal 9"):
        jobs.plan_day(several, DAY, progress=kill_one)
    assert_taken_back(several)
    assert birthday(jobs.plan_day(several, DAY)).verdicts == VERDICTS


def test_a_file_changed_while_planning_fails_the_run(several):
    """Every process must see the files that the run began with."""
    assert several.project
    path = several.directory / "campaigns" / "win_back.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# a word\n", encoding="utf-8")
    with pytest.raises(PakdeeError, match="changed while the day was being planned"):
        jobs.plan_day(several, DAY)
    assert_taken_back(several)
    assert birthday(jobs.plan_day(reopened(several), DAY)).verdicts == VERDICTS


def test_a_file_removed_while_planning_fails_the_run(several):
    """What a file lacks is told with its name, as ever."""
    assert several.project
    assert several.templates
    (several.directory / "segments" / "quiet_regulars.yaml").unlink()
    with pytest.raises(PakdeeError, match="quiet_regulars"):
        jobs.plan_day(several, DAY)
    assert_taken_back(several)


@pytest.mark.parametrize("processes", [1, 2])
def test_facts_removed_while_planning_fail_the_run(several, processes):
    """The ledger is named, not a stack of calls; nothing of the run is left."""
    delivery = several.settings.delivery.model_copy(update={"processes": processes})
    several.settings = several.settings.model_copy(update={"delivery": delivery})
    several.features(DAY)

    def remove(what, _done, _of_all):
        if what == "features":
            shutil.rmtree(several.snapshot.path, ignore_errors=True)

    with pytest.raises(LedgerError, match=r"snapshot"):
        jobs.plan_day(several, DAY, progress=remove)
    assert_taken_back(several)


def test_newer_facts_do_not_get_into_a_run(several):
    """An import while the day is planned leaves all its processes with the facts the run began with."""
    first = several.snapshot.id
    exports = several.directory.parent / "exports"
    orders = (exports / "orders.csv").read_text(encoding="utf-8")
    (exports / "orders.csv").write_text(f"{orders}o3,c3,2026-06-14 13:00,100\n", encoding="utf-8")
    jobs.import_facts(reopened(several), exports)
    assert reopened(several).snapshot.id != first
    planned = jobs.plan_day(several, DAY)
    assert planned.snapshot_id == first
    assert birthday(planned).verdicts == VERDICTS


def test_failures_of_all_processes_count_together(several):
    """One failing mail in each shard is three of three: the campaign is taken back whole."""
    exports = several.directory.parent / "exports"
    text = (exports / "customers.csv").read_text(encoding="utf-8")
    for name in (",Ada,", ",Ben,", ",ชัย,"):
        text = text.replace(name, f",{'a' * 200_001},")
    (exports / "customers.csv").write_text(text, encoding="utf-8")
    jobs.import_facts(reopened(several), exports)
    fresh = reopened(several)
    fresh.settings = several.settings
    planned = birthday(jobs.plan_day(fresh, DAY))
    assert planned.verdicts[Verdict.CANNOT_RENDER] == 3
    assert planned.messages == 0
    assert planned.stopped.startswith("3 of 3 mails could not be rendered")


def test_a_clock_that_cannot_travel_is_told(several):
    """The processes need the house's clock; one that cannot be handed over is named before any starts."""
    several.clock = lambda: NOW
    with pytest.raises(PakdeeError, match="cannot be handed"):
        jobs.plan_day(several, DAY)
    several.clock = reopened(several).clock
    assert not several.journal.day_status(DAY).runs
    assert not started


def test_planning_processes_die_with_the_one_that_began_the_run(house):
    """After a SIGKILL nobody plans on, and the run is left to be finished by the next one."""
    command = [sys.executable, "-c", PLANNED_BY_A_PROCESS, str(house.directory), str(DAY)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout.readline() == "planning\n"
        os.kill(parent.pid, signal.SIGKILL)
        # Its planners share its output, which ends when the last of them has gone.
        assert parent.stdout.read() == ""
