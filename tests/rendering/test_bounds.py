"""Templates are tried in a confined process: what breaks its bounds is told with its file, the others are tried on."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import odd_jobs
import pytest
from mail_making import BRAND, FEATURES, PROGRAM, ROOT, a_paragraph, a_template

from pakdee import jobs
from pakdee.catalog import load_project
from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import PakdeeError, Problem
from pakdee.house import open_house
from pakdee.rendering import bounds, confined
from pakdee.rendering.bounds import tried
from pakdee.rendering.confined import Broken, Limits
from tests.fewer import keep

SHORT = Limits(cpu=0.5, wall=20)
TODAY = dt.date(2026, 6, 15)
every = partial(tried, brand=BRAND, currency="THB", features=FEATURES, today=TODAY, program=PROGRAM)


def try_(folder: Path, **facts: Any) -> list[Problem]:
    """What is found but for the lint, which has more to say about mails as short as these."""
    return [problem for problem in every(folder, **facts) if not re.search(r" \([A-Z]\d\d\)$", problem.what)]


def answers(*tasks: str, limits: Limits = SHORT, shared: Any = None) -> list[Any]:
    found = list(confined.confined(odd_jobs.work, shared or {"greeting": "hi"}, tasks, limits))
    assert [task for task, _ in found] == list(tasks)
    return [answer for _, answer in found]


def a_folder(directory: Path, **files: str) -> Path:
    """`birthday="…"` becomes birthday/th.j2 of a folder of templates."""
    for name, text in files.items():
        (directory / "templates" / name).mkdir(parents=True)
        (directory / "templates" / name / "th.j2").write_text(text, encoding="utf-8")
    return directory / "templates"


# ── the process ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("task", "why"),
    {
        "spin": Broken.TIME,
        "spin_in_c": Broken.TIME,
        "leave": Broken.DIED,
        "abort": Broken.DIED,
        "fail": Broken.DIED,
        "recurse": Broken.DIED,
        "flood": Broken.DIED,
    }.items(),
)
def test_what_breaks_the_bounds_is_blamed_and_the_rest_is_done_anew(task: str, why: Broken):
    """Endless loops in Python or C, an end, a crash, an error, too long an answer: each is its own task's fault."""
    assert answers("echo:a", task, "echo:b") == [["hi", "a"], why, ["hi", "b"]]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system does not tell its memory")
def test_memory_is_counted_from_the_start_of_the_process():
    """At once or piece by piece: 512 MB more are not to be had, less is."""
    found = answers("take:300", "hoard", "hoard_slowly", "echo:b", limits=Limits(cpu=20))
    assert found == [300, Broken.MEMORY, Broken.MEMORY, ["hi", "b"]]


def test_waiting_is_bounded_too():
    """What computes nothing and never answers is ended all the same."""
    assert answers("sleep", "echo:b", limits=Limits(cpu=20, wall=2)) == [Broken.TIME, ["hi", "b"]]


def test_each_task_has_the_whole_time():
    """Two tasks of a bit more than half the time each are both done: the bound is not for all together."""
    assert answers("compute:0.4", "compute:0.4", limits=Limits(cpu=0.7)) == [True, True]


def test_what_is_printed_is_no_answer():
    """Only what the work gives counts, whatever it writes to its outputs."""
    assert answers("chatter") == ["answer"]


def test_the_process_sees_no_secrets_and_writes_no_large_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Nothing of our environment gets there; files stay small."""
    monkeypatch.setenv("SENDGRID_API_KEY", "SG.secret")
    names, written = answers("environment", f"write:{tmp_path / 'file'}")

    assert set(names) <= {"LC_CTYPE", "PYTHONPATH", "PYTHONUTF8", "__CF_USER_TEXT_ENCODING"}
    assert written is Broken.DIED
    assert (tmp_path / "file").stat().st_size <= 1_000_000


def test_no_process_is_left_behind():
    """One that nobody waits for any more is ended."""
    running = confined.confined(odd_jobs.work, {}, ["pid", "sleep"], Limits(wall=60))
    _, pid = next(running)
    running.close()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_no_tasks_start_no_process(monkeypatch: pytest.MonkeyPatch):
    """A project without templates costs nothing."""
    monkeypatch.setattr(subprocess, "Popen", None)
    assert answers() == []


def test_a_process_that_can_not_start_is_no_template_s_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The operator is told what Python said."""
    monkeypatch.setattr(confined, "_CHILD", "raise SystemExit('no Python here')")
    folder = a_folder(tmp_path, birthday=a_template(a_paragraph("x")))
    with pytest.raises(PakdeeError, match=r"templates/: .*no Python here(.|\n)*Nothing was sent"):
        try_(folder)


# ── templates in it ───────────────────────────────────────────────────────────────────────────────────


def test_the_starter_project_has_nothing_to_tell():
    """Every mail of it, in both languages, for every sample customer, as its campaigns send it."""
    campaigns = load_project(ROOT, FEATURES).mails.values()
    assert every(ROOT / "templates", campaigns=campaigns) == []


def test_a_template_that_breaks_its_bounds_is_told_by_name_and_the_others_are_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Time, memory and crashes, in words of a marketer; an ordinary slip beside them is told as well."""
    texts = {name: a_template(a_paragraph(name)) for name in ("hoard", "abort", "good", "spin")}
    texts["slip"] = a_template(a_paragraph("{{ customer.teir }}"))
    monkeypatch.setattr(bounds, "_work", odd_jobs.work_by_template)
    found = {p.file: p for p in try_(a_folder(tmp_path, **texts), limits=SHORT)}

    assert {file.split("/")[1]: problem.what for file, problem in found.items()} == {
        "abort": "making its mails breaks the program that makes them",
        "hoard": "making its mails takes more than 512 MB of memory",
        "spin": "making its mails takes longer than 0.5 seconds",
        "slip": "there is no 'customer.teir'",
    }
    assert found["templates/spin/th.j2"].next_step.startswith("take out what was changed last")
    assert found["templates/slip/th.j2"].line == 6


def test_mails_that_are_written_one_by_one_are_told(tmp_path: Path):
    """As a warning: they are right all the same."""
    texts = {"plain": a_template(a_paragraph("{{ customer.tier }}"))}
    texts["slow"] = a_template(a_paragraph("{{ customer.tier }} ~ ^ | `"))
    found = [p for p in try_(a_folder(tmp_path, **texts)) if "one by one" in p.what]

    assert [(p.file, p.severity) for p in found] == [("templates/slow/th.j2", "warning")]


def test_many_templates_are_shared_between_two_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """No file is left out and none is tried twice."""
    folder = a_folder(tmp_path, **{f"t{number}": "no front matter" for number in range(19)})
    monkeypatch.setattr(bounds, "_work", odd_jobs.who)
    found = try_(folder)

    assert [p.file for p in found] == sorted(f"templates/t{number}/th.j2" for number in range(19))
    assert len({p.what for p in found}) == 2


def test_a_mail_that_a_sample_customer_can_not_get_is_told_with_line_and_customer(tmp_path: Path):
    """An empty subject shows only when it is rendered: once, not once per customer."""
    subject = "{% if customer.next_tier %}x{% endif %}"
    [problem] = try_(a_folder(tmp_path, birthday=a_template(a_paragraph("x"), subject=subject)))

    assert (problem.file, problem.line) == ("templates/birthday/th.j2", 1)
    assert "the subject is empty for this customer" in problem.what
    assert "seen with the sample customer 'Top tier'" in problem.what


def test_a_mail_of_more_than_200_kilobytes_is_refused(tmp_path: Path):
    """Thai letters are three bytes each, so fewer characters do."""
    thai = "\n".join(["ก" * 1_000] * 28)
    loops = "{% for a in program.tiers %}" + thai + "{% endfor %}"
    [problem] = try_(a_folder(tmp_path, birthday=a_template(a_paragraph(loops))))

    assert "at most 200,000 can be sent" in problem.what
    assert "shorten it" in problem.next_step


def test_the_lint_has_looked_at_every_shape_of_a_mail(tmp_path: Path):
    """What stands only in the mails of some sample customers is found too, once, on its line."""
    shouting = (
        "{% if customer.order_count > 50 %}{{ ui.link('click here', href=links.shop) }}{% else %}x{% endif %}"
    )
    found = every(a_folder(tmp_path, birthday=a_template(a_paragraph(shouting))))

    assert [(p.line, p.severity) for p in found if p.what.endswith("(L07)")] == [(6, "warning")]


def test_the_languages_of_a_template_are_compared(tmp_path: Path):
    """A button that only one of them has is told, on the file that differs."""
    folder = a_folder(tmp_path, birthday=a_template(a_paragraph("x")))
    more = a_paragraph("x") + "{% call ui.section() %}{{ ui.button('x', href=links.shop) }}{% endcall %}"
    (folder / "birthday" / "en.j2").write_text(a_template(more), encoding="utf-8")
    told = [p.file for p in every(folder) if p.what.endswith("(K02)")]

    assert told == ["templates/birthday/en.j2"]


def a_campaign(**facts: Any) -> Campaign:
    plain = {"name": "x", "title": {"en": "x", "th": "x"}, "segment": "everyone", "template": "birthday"}
    why = {"why_you": {"en": "x", "th": "x"}, "once_per": "ever", "when": {"every": "day"}}
    return Campaign.model_validate({**plain, **why, **facts})


def test_templates_are_tried_with_the_offers_of_the_campaigns_that_use_them(tmp_path: Path):
    """A subject that only a percentage fills is empty for a campaign that gives a cake."""
    subject = "{% if offer.percent %}{{ offer.percent }}%{% endif %}"
    folder = a_folder(tmp_path, birthday=a_template(a_paragraph("x"), subject=subject))
    found = {
        grant: [problem.what for problem in try_(folder, campaigns=[a_campaign(offer={"grant": grant})])]
        for grant in ("come_back", "birthday_cake")
    }

    assert found["come_back"] == []
    assert len(found["birthday_cake"]) == 1
    assert "the subject is empty" in found["birthday_cake"][0]


def test_a_campaign_without_the_offer_that_its_template_shows_is_told_elsewhere(tmp_path: Path):
    """`check` says so for the campaign; the template itself is right."""
    folder = a_folder(tmp_path, birthday=a_template(a_paragraph("{{ offer.title }}")))
    assert try_(folder, campaigns=[a_campaign()]) == []


def test_files_that_no_mail_is_made_of_are_told(tmp_path: Path):
    """A wrong ending is a warning, a wrong name or something else than a file an error; hidden files are nobody's."""
    folder = a_folder(tmp_path, birthday=a_template(a_paragraph("x")))
    for name in ("birthday/th.j2.txt", "birthday/en.html", "welcome.j2", ".DS_Store", "birthday/klingon.j2"):
        (folder / name).write_text("x", encoding="utf-8")
    (folder / "birthday" / "en.j2").mkdir()
    found = {p.file.removeprefix("templates/"): (p.severity, p.what) for p in try_(folder)}

    unused = ("warning", "no mail is made of this file")
    assert found == {
        "birthday/en.html": unused,
        "birthday/en.j2": ("error", "this is not a file that can be read"),
        "birthday/klingon.j2": ("error", "there are no footer words in 'klingon'"),
        "birthday/th.j2.txt": unused,
        "welcome.j2": unused,
    }


def test_a_link_out_of_the_project_to_an_endless_file_is_refused(tmp_path: Path):
    """Only so much is read as shows that a file is too large, and only files are read."""
    folder = a_folder(tmp_path, birthday=a_template(a_paragraph("x")), large="x")
    (folder / "birthday" / "th.j2").unlink()
    (folder / "birthday" / "th.j2").symlink_to("/dev/zero")
    with (folder / "large" / "th.j2").open("wb") as file:
        file.truncate(3 * 10**9)
    found = {p.file: p.what for p in try_(folder)}

    assert found["templates/birthday/th.j2"] == "this is not a file that can be read"
    assert "larger than 100,000 bytes" in found["templates/large/th.j2"]


def test_check_tries_the_templates_before_they_are_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A template that breaks its bounds never gets into the process that everything else depends on."""
    jobs.new_project(tmp_path / "shop")
    keep(tmp_path / "shop", ["welcome"])
    monkeypatch.setattr(bounds, "_work", odd_jobs.work_by_template)
    target = tmp_path / "shop" / "templates" / "spin"
    target.mkdir()
    (target / "th.j2").write_text("x", encoding="utf-8")
    house = open_house(tmp_path / "shop", environment={})
    try:
        found: list[Problem] = jobs.check(house)
        assert "templates" not in vars(house)
    finally:
        house.close()

    of_templates = [(p.file, p.severity) for p in found if p.file.startswith("templates/")]
    assert of_templates == [("templates/spin/th.j2", "error")]


def test_the_confined_process_starts_without_what_it_does_not_need():
    """Tables, journal and Prefect stay outside, or starting would take longer than trying."""
    code = "import sys, pakdee.rendering.bounds; print([m for m in ('pandas', 'duckdb', 'sqlalchemy', 'prefect') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
