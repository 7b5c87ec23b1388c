"""`pakdee program`: the file checked and told, or its slips."""

import json

import pytest
import yaml
from typer.testing import CliRunner

from pakdee import jobs
from pakdee.cli import app
from pakdee.cli.show import reader
from pakdee.domain.errors import CatalogError


@pytest.fixture
def run(house, monkeypatch):
    """The command in the tiny shop."""
    monkeypatch.setattr(reader, "language", "en")
    return lambda *words: CliRunner().invoke(app, ["program", *words, "--project", str(house.directory)])


@pytest.fixture
def file(house):
    """The shop's programme."""
    return house.directory / "program.yaml"


def test_the_programme_is_told_in_both_languages(run):
    """Sections with sentences; the language asked for goes before the project's."""
    assert "  For each full 25 THB of an order: 1 point." in run("--language", "en").stdout
    assert "  ทุก ๆ 25 บาท ที่ครบในคำสั่งซื้อ ได้ 1 แต้ม" in run("--language", "th").stdout


def test_json_is_one_document(run):
    """The same sections for programs."""
    told = json.loads(run("--json", "--language", "en").stdout)

    assert told["file"] == "program.yaml"
    assert {"The programme", "Worked out"} <= {section["title"] for section in told["sections"]}


def test_an_activity_the_ledger_has_never_seen_is_told(run, file):
    """The programme is told all the same."""
    file.write_text(
        file.read_text("utf-8").replace("earn:\n", "earn:\n  - {when: moonwalk, give: 5}\n"), "utf-8"
    )

    told = run("--language", "en")

    assert told.exit_code == 0
    assert "For each “moonwalk”: 5 points." in told.stdout
    assert "warning: there is no activity 'moonwalk' in the ledger yet" in told.stdout


def test_names_that_are_in_the_file_or_in_the_shops_tables_alone_are_told(run, house, file, tmp_path):
    """Nobody is left to wonder why such members have no tier and no benefits, or why a rule gives nothing."""
    rule = "  - {when: visit, give: 5, where: channel = 'App'}\n"
    file.write_text(file.read_text("utf-8").replace("earn:\n", f"earn:\n{rule}"), "utf-8")
    visits = "activity_id,customer_id,type,occurred_at,channel\n1,a1,visit,2026-06-01 12:00,app\n"
    (tmp_path / "exports" / "activities.csv").write_text(visits, "utf-8")
    changes = (
        "change_id,customer_id,to_tier,changed_at\n1,a1,gold,2026-06-01 12:00\n2,b2,glod,2026-06-01 12:00\n"
    )
    terms = "membership_id,customer_id,plan_id,status,started_on\n1,a1,coffee_club,active,2026-06-01\n"
    (tmp_path / "exports" / "tier_changes.csv").write_text(changes, "utf-8")
    (tmp_path / "exports" / "memberships.csv").write_text(terms, "utf-8")
    jobs.import_facts(house, tmp_path / "exports")

    said = run("--language", "en").stdout

    assert (
        "tier_changes names the tier 'glod', which is not here, so it gives nothing\n"
        "  Next: if 'gold' is meant, correct the table"
    ) in said
    assert "memberships names the plan 'coffee_club', which is not here, so it gives nothing" in said
    assert "'gold', which is not here" not in said
    asks = "the condition of 'visit' asks for channel 'App', which stands in no row of activities.channel"
    assert f"{asks}\n  Next: if you mean 'app', write that" in said


def test_another_file_may_count_in_another_currency(run, tmp_path):
    """It is looked at by itself."""
    other = tmp_path / "other.yaml"
    other.write_text("program: {name: {en: Other, th: อื่น}, currency: USD}\n", "utf-8")

    assert "Other counts in USD." in run("--file", str(other), "--language", "en").stdout


def test_a_slip_ends_the_command(run, file):
    """With every finding, and an exit code that scripts see."""
    file.write_text(file.read_text("utf-8").replace("when: order,", "on: order,"), "utf-8")

    told = run()

    assert told.exit_code == 1
    assert isinstance(told.exception, CatalogError)
    assert [(p.line, p.what) for p in told.exception.problems] == [(9, "there is no key 'on' here")]


def test_what_the_shop_keeps_is_held_against_the_rules(house, file, tmp_path, monkeypatch):
    """Ada's 500 THB at 1 point for 25 THB are 20; the shop wrote 19, and ben's 12 as the rules say."""
    monkeypatch.setattr(reader, "language", "en")
    entries = "entry_id,customer_id,kind,units,occurred_at\n"
    entries += "e1,a1,earn,19,2026-06-13 12:00\ne2,b2,earn,12,2026-06-14 12:00\n"
    (tmp_path / "exports" / "point_entries.csv").write_text(entries, "utf-8")
    rules = yaml.safe_load(file.read_text("utf-8"))
    rules["earn"] = [{"when": "order", "per": "25 THB", "give": 1}]
    file.write_text(yaml.safe_dump(rules, allow_unicode=True), "utf-8")
    jobs.import_facts(house, tmp_path / "exports")
    asked = ["reconcile", "--as-of", "2026-06-15", "--project", str(house.directory)]

    said = CliRunner().invoke(app, asked, catch_exceptions=False).stdout
    found = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)

    assert "Balances: the shop keeps 31, the rules make 32; 1 of 5 customers differ." in said
    assert "The shop keeps no tiers itself, so tiers are what the rules make." in said
    assert [(row["customer_id"], row["difference"]) for row in found["rows"]] == [("a1", -1)]
