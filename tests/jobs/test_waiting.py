"""Who waits for what ran out: by lot, until they get it, as long as it is kept, for the owner's eyes alone."""

import csv
import datetime as dt
import json
import shutil
import stat

import pytest

from pakdee import jobs
from pakdee.cli.keeping import export
from pakdee.domain.chance import drawn, shuffled
from pakdee.domain.errors import PakdeeError
from pakdee.jobs import planning

from .conftest import DAY, _opened
from .test_offers import edited

ONE, THREE = "    budget: {times: 1}\n", "    budget: {times: 3}\n"


@pytest.fixture(scope="module")
def shop(pattern, tmp_path_factory):
    """One cake for four birthdays; each is planned in a shard of their own."""
    folder = tmp_path_factory.mktemp("waiting")
    shutil.copytree(pattern, folder, dirs_exist_ok=True)
    settings = folder / "shop" / "pakdee.toml"
    settings.write_text(settings.read_text("utf-8").replace('"baan-chaba"', '"shop"'), encoding="utf-8")
    opened = edited(_opened(folder / "shop"), ONE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "SHARD", 1)
        jobs.plan_day(opened, DAY)
    yield opened
    opened.close()


def listed(file):
    """Its lines; it has the columns it is said to have."""
    header, *lines = csv.reader(file.read_text("utf-8").splitlines())
    assert header == ["customer_id", "occasion", "day"]
    return [tuple(line) for line in lines]


def by_lot(house):
    asking = ["a1", "b2", "c3", "e5"]
    order = drawn(house.rules.salt, "birthday", [(one, "2026") for one in asking])
    return [asking[place] for place in order]


def test_who_waits_stands_by_lot_in_a_file_of_its_owner(shop, tmp_path, capsys):
    """One has the cake, of the first drawn shard; three wait for it, since the last day that was planned."""
    asking = by_lot(shop)
    shards = shuffled(shop.rules.salt, DAY, [(one, one) for one in ("a1", "b2", "c3", "d4", "e5")])
    first = next(one for one, _ in shards if one in asking)
    assert first != "a1", "or the order of ids would give the same"
    file, customers = jobs.waiting_list(shop, "birthday", tmp_path / "waiting.csv")

    assert listed(file) == [(customer, "2026", str(DAY)) for customer in asking if customer != first]
    assert customers == 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (alert,) = jobs.status(shop, DAY).offers
    assert alert.endswith("who waits: pakdee export waiting birthday")
    with pytest.raises(PakdeeError, match="there is a file of this name"):
        jobs.waiting_list(shop, "birthday", file)
    export("waiting", "birthday", day=str(DAY), project=shop.directory, json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["campaign"], told["customers"]) == ("birthday", 3)
    assert told["file"].startswith(str(shop.var / "waiting"))


def test_a_list_that_cannot_be_made_says_why(shop, tmp_path):
    """No such campaign, not planned that day, nobody short, and a list that is gone; nothing is written."""
    file, runs, away = tmp_path / "waiting.csv", shop.var / "runs", shop.var / "away"
    for campaign, day, told in (
        ("birthdays", None, "birthday"),
        ("birthday", DAY + dt.timedelta(days=1), "it was not planned on 2026-06-16"),
        ("welcome", DAY, "nobody waits for its offer of 2026-06-15"),
    ):
        with pytest.raises(PakdeeError, match=told):
            jobs.waiting_list(shop, campaign, file, day)
    runs.rename(away)
    with pytest.raises(PakdeeError, match="not known here any more"):
        jobs.waiting_list(shop, "birthday", file)
    away.rename(runs)
    assert not file.exists()


def test_who_got_it_since_waits_no_more(house, tmp_path):
    """Two more cakes go to the next two by lot, and the last one waits."""
    first = edited(house, ONE)
    jobs.plan_day(first, DAY)
    program = first.directory / "program.yaml"
    program.write_text(program.read_text("utf-8").replace(ONE, THREE), encoding="utf-8")
    first.close()
    later = _opened(first.directory)
    jobs.plan_day(later, DAY)
    file, _ = jobs.waiting_list(later, "birthday", tmp_path / "waiting.csv")

    assert [customer for customer, _, _ in listed(file)] == by_lot(later)[3:]
    later.close()
