"""A project loads as a whole or tells every problem at once; the starter project loads without a word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_catalogue import FEATURES, findings, loaded, starter_loaded

from pakdee.catalog.project import load_project
from pakdee.domain.errors import CatalogError

Edit = Callable[[str, str, str], None]


def test_the_starter_project_loads_without_a_word(starter: Path) -> None:
    """What a person sets off by hand, once its words are written, is a draft; all else is live."""
    found = starter_loaded(starter)
    states = {name: campaign.status for name, campaign in found.campaigns.items()}

    assert found.warnings == ()
    assert {name for name, status in states.items() if status == "draft"} == {
        "early_access",
        "early_access_2",
        "late_delivery",
        "our_fault",
        "service_apology",
    }
    assert set(states.values()) == {"draft", "live"}
    asking = {grant.column for grant in found.program.grants if grant.where}
    unless = {mail.unless_column for mail in found.mails.values() if mail.unless_column}
    offered = {column for mail in found.mails.values() for column, _ in mail.brings if column}
    segments = {f"segment:{name}" for name in found.segments}
    assert set(found.conditions) == segments | asking | unless | offered
    assert all(found.lists.values())


def test_the_newsletter_of_the_starter_is_due_on_one_day(starter: Path) -> None:
    """The demonstration's day, and no other."""
    when = starter_loaded(starter).campaigns["newsletter"].when

    assert when.is_due_on(dt.date(2026, 6, 15))
    assert not when.is_due_on(dt.date(2026, 6, 16))


def test_every_starter_file_begins_with_a_comment_in_plain_words(starter: Path) -> None:
    """The first line says what the file is for."""
    files = [*starter.glob("segments/*.yaml"), *starter.glob("campaigns/*.yaml"), *starter.glob("*.*")]

    assert all(path.read_text("utf-8").startswith("# ") for path in files)


GOLDEN = [
    ("segments/quiet_regulars.yaml", "order_count", "order_cont",
     ("segments/quiet_regulars.yaml:4: there is no feature 'order_cont'\n"
     "  Next: write 'order_count' (all features: pakdee features)")),
    ("segments/quiet_regulars.yaml", "overdue_ratio >= 1.5", "overdue_ratio >= 'x'",
     ("segments/quiet_regulars.yaml:6: overdue_ratio is a number, but 'x' is a text\n"
     "  Next: compare values of the same kind")),
    ("campaigns/birthday.yaml", "segment: birthday_this_week", "segment: birthday_this_wek",
     "campaigns/birthday.yaml:4: there is no segment 'birthday_this_wek'\n  Next: write 'birthday_this_week'"),
    ("campaigns/birthday.yaml", "{grant: birthday_cake}", "{grant: birthday_cakes}",
     ("campaigns/birthday.yaml:10: there is no grant 'birthday_cakes' in program.yaml\n"
     "  Next: write 'birthday_cake'")),
    ("campaigns/birthday.yaml", "template: birthday", "template: birtday",
     "campaigns/birthday.yaml:5: there is no template 'birtday'\n  Next: write 'birthday'"),
    ("campaigns/newsletter.yaml", "tasting_guests]", "tasting_gests]",
     "campaigns/newsletter.yaml:5: there is no segment 'tasting_gests'\n  Next: write 'tasting_guests'"),
    ("campaigns/newsletter.yaml", "tasting_guests]", "everyone]",
     ("campaigns/newsletter.yaml:5: except: everyone leaves nobody\n"
     "  Next: set  status: paused  to stop a campaign")),
    ("campaigns/birthday.yaml", "segment: birthday_this_week", "where: days_to_birtday < 7",
     ("campaigns/birthday.yaml:4: there is no feature 'days_to_birtday'\n"
     "  Next: write 'days_to_birthday' (all features: pakdee features)")),
    ("segments/risen_members.yaml", "'up'", "'upp'",
     "segments/risen_members.yaml:3: tier_moved_7d is never 'upp'\n  Next: write 'up'"),
    ("segments/tasting_guests.yaml", "lists/tasting_guests.csv", "lists/tasting_gusts.csv",
     ("segments/tasting_guests.yaml:3: there is no file lists/tasting_gusts.csv\n"
     "  Next: write lists/tasting_guests.csv")),
    ("segments/tasting_guests.yaml", "lists/tasting_guests.csv", "../secrets.csv",
     ("segments/tasting_guests.yaml:3: '../secrets.csv' is no list\n"
     "  Next: write lists/NAME.csv, a file right in the folder lists")),
    ("program.yaml", "  currency: THB", "  currency: USD",
     "program.yaml:9: 25 THB is not in the programme's currency\n  Next: write the amount in USD"),
    ("pakdee.toml", 'currency = "THB"', 'currency = "GBP"',
     ("program.yaml:4: the programme counts in THB, the shop in GBP (pakdee.toml)\n"
     "  Next: use the same currency in both")),
    ("program.yaml", "percent: 10", "percent: 0", "program.yaml:34: percent: this must be 1 or more"),
    ("program.yaml", "when: order, per", "when: review, per",
     ("program.yaml:9: per: is an amount of money, and only orders have one\n"
      "  Next: remove it, or write when: order")),
    ("brand.yaml", '"#a3123f"', "#a3123f", "brand.yaml:14: "),
    ("brand.yaml", "#a3123f", "#e0507a",
     ("brand.yaml:14: primary: white and dark words alike are hard to read on #e0507a (contrast 4.2, needs 4.5)\n"
     "  Next: write '#e25a81', the nearest colour that carries them")),
    ("brand.yaml", "#fdf0f3", "#661122",
     "brand.yaml:14: soft: dark words are hard to read on #661122 (contrast 1.3, needs 4.5)\n  Next: write '#ac7d87'"),
    ("brand.yaml", "shopfront:", "Shop front:", "brand.yaml:46: Shop front: 'Shop front' is no name\n  Next: use small letters"),
    ("brand.yaml", "height: 585", "hieght: 585", "brand.yaml:46: there is no key 'hieght' here\n  Next: write 'height'"),
    ("brand.yaml", "facebook: https", "facebok: https", "brand.yaml:41: there is no key 'facebok' here\n  Next: write 'facebook'"),
    ("brand.yaml", "th: ค่ะ", "th: คะ", "brand.yaml:11: th: 'คะ' is not known here\n  Next: write 'ค่ะ'"),
    ("brand.yaml", "#a3123f", "pink", "brand.yaml:14: primary: 'pink' is no colour\n  Next: write for example"),
    ("brand.yaml", "reply_to: hello@", "reply_to: no-reply@",
     "brand.yaml:19: nobody reads no-reply@baanchaba.example.com\n  Next: write an inbox that people read"),
    ("brand.yaml", "help: https", "help: http", "brand.yaml:34: help: 'http://baanchaba.example.com/help' is no https"),
    ("campaigns/birthday.yaml", "goal: {order: 30 days}\n", "",
     ("campaigns/birthday.yaml:11: warning: a holdout without a goal proves nothing\n"
     "  Next: add for example  goal: {order: 30 days}")),
    ("campaigns/newsletter.yaml", "once_per: month", "once_per: month\ncanary: {wait: 6 hours}",
     ("campaigns/newsletter.yaml:8: the mail's time is over before the others may follow, so they would never"
     " be sent\n  Next: wait less, begin earlier, or give  skip_after  more time")),
    ("campaigns/newsletter.yaml", 'at: "12:00", skip_after: 6 hours}', 'at: "22:30"}\ncanary: {first: 10}',
     "campaigns/newsletter.yaml:11: the mail's time is over before the others may follow"),
    ("campaigns/newsletter.yaml", "once_per: month", "once_per: month\ncanary: {firts: 100}",
     "campaigns/newsletter.yaml:8: there is no key 'firts' here\n  Next: write 'first'"),
    ("campaigns/newsletter.yaml", "once_per: month", "once_per: month\nstop_if: {bounced: 5}",
     "campaigns/newsletter.yaml:8: bounced: 5 is not a share\n  Next: write for example '5%'"),
    ("campaigns/birthday.yaml", ", th: เค้กวันเกิด", "",
     "campaigns/birthday.yaml:2: warning: title has no text in 'th', the shop's language\n  Next: add  th: …"),
    ("segments/birthday_this_week.yaml", "between 0 and 7", "= 7",
     ("segments/birthday_this_week.yaml:3: warning: days_to_birthday is another number every day, and '=' fits"
     " on one day only\n  Next: use a range, so that a missed day loses nobody: days_to_birthday between … and …")),
    ("segments/birthday_this_week.yaml", "between 0 and 7", "in (0, 7)",
     "segments/birthday_this_week.yaml:3: warning: days_to_birthday is another number every day"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "told"), GOLDEN)
def test_a_slip_is_told_in_these_words(
    project: Path, edit: Edit, file: str, old: str, new: str, told: str
) -> None:
    """One piece of the starter is spoilt, and that is the one finding."""
    edit(file, old, new)

    said = findings(project)

    assert said
    assert said[0].startswith(told)


def test_a_folder_without_a_mail_is_no_template_yet(project: Path) -> None:
    """Told to the campaign that would send it; a folder that nobody uses yet is nobody's slip."""
    (project / "templates" / "ideas").mkdir()
    (project / "templates" / "birthday" / "th.j2").rename(project / "templates" / "birthday" / "th.txt")

    assert findings(project) == [
        (
            "campaigns/birthday.yaml:5: there is no mail in templates/birthday yet\n"
            "  Next: write one there, th.j2 in Thai and en.j2 in English, or use another template"
        )
    ]


def test_all_problems_of_all_files_come_at_once(project: Path, edit: Edit) -> None:
    """Five slips in four files are five findings, in the order of files and lines."""
    edit("campaigns/birthday.yaml", "once_per: birthday", "once_per: birtday")
    edit("segments/quiet_regulars.yaml", "order_count", "order_cont")
    edit("segments/quiet_regulars.yaml", "net_spend", "net_spent")
    edit("program.yaml", "percent: 10", "percent: 1000")
    edit("brand.yaml", "#fdf0f3", "soft")

    files = [line.split(":")[0] for line in findings(project) if "warning" not in line]
    assert files == [
        "brand.yaml", "campaigns/birthday.yaml", "program.yaml", *["segments/quiet_regulars.yaml"] * 2,
    ]  # fmt: skip


def test_a_broken_segment_is_told_once(project: Path, edit: Edit) -> None:
    """Campaigns and segments that name it say nothing of their own."""
    edit("segments/bought_yesterday.yaml", "title", "titel")
    edit("segments/bought_once.yaml", "order_count = 1", "in_segment('bought_yesterday')")

    assert {line.split(":")[0] for line in findings(project)} == {"segments/bought_yesterday.yaml"}


def test_an_unused_segment_is_a_warning(project: Path) -> None:
    """It blocks nothing."""
    (project / "segments" / "vip.yaml").write_text("title: {en: a, th: ก}\nwhere: order_count > 10\n")

    assert findings(project) == [
        (
            "segments/vip.yaml:1: warning: no campaign uses the segment 'vip'\n"
            "  Next: write  segment: vip  in a campaign, or leave it for later"
        )
    ]


@pytest.mark.parametrize(
    "key", ["segment: birthday_this_week", "segment: everyone\nexcept: [birthday_this_week]"]
)
def test_a_misspelt_segment_is_told_once(project: Path, edit: Edit, key: str) -> None:
    """Where it is misspelt; the one that was meant is not said to be unused as well."""
    slip = key.replace("birthday_this_week", "brithday_this_week")
    edit("campaigns/birthday.yaml", "segment: birthday_this_week", slip)

    (told,) = findings(project)
    assert told.endswith("there is no segment 'brithday_this_week'\n  Next: write 'birthday_this_week'")


def test_a_circle_of_segments_is_told_once_with_its_way(project: Path) -> None:
    """The finding stands where the circle closes."""
    for name, other in (("one", "two"), ("two", "three"), ("three", "one")):
        text = f"title: {{en: a, th: ก}}\nwhere: |\n  order_count > 1\n  and in_segment('{other}')\n"
        (project / "segments" / f"{name}.yaml").write_text(text, "utf-8")

    said = [line for line in findings(project) if "in a circle" in line]
    assert len(said) == 1
    assert (
        said[0].split(": ", 1)[1].startswith("these segments are defined by each other in a circle: one → ")
    )
    assert said[0].split(":")[1] == "4"


def test_a_date_that_is_over_is_a_warning(project: Path) -> None:
    """Only the caller knows the day."""
    late = load_project(project, FEATURES, today=dt.date(2026, 6, 16))

    assert [str(p).split("\n")[0] for p in late.warnings] == [
        "campaigns/newsletter.yaml:10: warning: its last day, 2026-06-15, is over"
    ]


def test_everyone_is_reserved(project: Path) -> None:
    """Nobody may define who everyone is."""
    (project / "segments" / "everyone.yaml").write_text("title: {en: a, th: ก}\nwhere: is_lapsed\n", "utf-8")

    assert findings(project)[0].startswith("segments/everyone.yaml:1: the segment 'everyone' is built in")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "late.yml",
            "campaigns/late.yml:1: files end in .yaml here, not in .yml\n  Next: rename it to late.yaml",
        ),
        ("late.YAML", "campaigns/late.YAML:1: files end in .yaml here"),
        (
            "late.yaml~",
            "campaigns/late.yaml~:1: warning: this file does not end in .yaml, so it does nothing",
        ),
        ("late copy.txt", "campaigns/late copy.txt:1: warning: this file does not end in .yaml"),
        ("Late.yaml", "campaigns/Late.yaml:1: 'Late' is no name for a file here"),
        ("my-mail.yaml", "campaigns/my-mail.yaml:1: 'my-mail' is no name for a file here"),
    ],
)
def test_what_is_no_campaign_file_is_told(project: Path, name: str, told: str) -> None:
    """Nobody waits for a mail that was saved under a name that nothing reads."""
    (project / "campaigns" / name).write_bytes((project / "campaigns" / "birthday.yaml").read_bytes())

    assert findings(project)[0].startswith(told)


def test_hidden_files_and_readmes_are_left_alone(project: Path) -> None:
    """What editors and systems leave behind is nobody's slip."""
    for name in (".DS_Store", ".birthday.yaml.swp", "README.md"):
        (project / "campaigns" / name).write_text("x")

    assert findings(project) == []


def test_a_link_out_of_the_project_is_refused(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Files and whole folders alike."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "spy.yaml").write_bytes((project / "campaigns" / "birthday.yaml").read_bytes())
    (project / "campaigns" / "spy.yaml").symlink_to(outside / "spy.yaml")

    assert findings(project) == [
        (
            "campaigns/spy.yaml:1: this is a link to something outside the project\n"
            "  Next: put a copy of the file here"
        )
    ]


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    """What a project must have is named."""
    with pytest.raises(CatalogError) as refusal:
        load_project(tmp_path, FEATURES)

    assert [p.file for p in refusal.value.problems] == ["brand.yaml", "program.yaml"]


def test_tiers_need_a_programme_with_tiers(project: Path) -> None:
    """A campaign per tier change cannot act without tiers."""
    text = (project / "program.yaml").read_text("utf-8")
    start, end = text.index("tiers:"), text.index("# A campaign names")
    (project / "program.yaml").write_text(text[:start] + text[end:], "utf-8")

    assert findings(project)[0].startswith("campaigns/tier_upgrade.yaml:6: once_per: tier_change needs tiers")


def test_a_tier_is_one_that_the_programme_has(project: Path, edit: Edit) -> None:
    """The names stand in program.yaml, so the check knows them."""
    edit("segments/risen_members.yaml", "tier_moved_7d = 'up'", "tier = 'platin'")
    edit("program.yaml", "id: gold", "id: platinum")

    assert [found.partition(": ")[2] for found in findings(project)] == [
        "tier is never 'gold'\n  Next: use one of: member, silver, platinum",
        "tier is never 'platin'\n  Next: write 'platinum'",
    ]


def test_the_content_version_is_that_of_every_byte(project: Path, edit: Edit) -> None:
    """Same files, same version; one byte in a template or list, another one."""
    before = loaded(project).content_version
    assert loaded(project).content_version == before
    (project / "campaigns" / ".hidden").write_text("x")
    assert loaded(project).content_version == before
    (project / "templates" / "birthday" / "th.j2").write_text("สวัสดี", "utf-8")
    second = loaded(project).content_version
    edit("lists/tasting_guests.csv", "M000012", "M000013")

    assert len({before, second, loaded(project).content_version}) == 3
