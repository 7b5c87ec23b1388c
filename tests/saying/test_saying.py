"""Messages in another language: values in their places, names left alone, English where nothing is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pakdee.domain.errors import CatalogError, PakdeeError, Problem
from pakdee.saying import Phrasebook, chosen, error_in, in_language, phrasebook, shown

BOOK = Phrasebook(
    {
        "there is no campaign {}": "ไม่มีแคมเปญ {}",
        "{0} lies before {1}": "{1} อยู่หลัง {0}",
        "is no name": "ใช้เป็นชื่อไม่ได้",
        "{} is {}": "{} คือ{}",
        "a number": "ตัวเลข",
        "'{}' is no list": "'{}' ไม่ใช่รายชื่อ",
        "{} is no share; write for example '5%'": "{} ไม่ใช่สัดส่วน; เขียน เช่น '5%'",
        " (when {})": " (เมื่อ{})",
        "mail {}{}": "อีเมล{}{}",
        "accepted": "ส่งสำเร็จ",
        ", subject {}": " หัวเรื่อง {}",
        "{} can be empty{}, and has no fallback": "{} อาจไม่มีค่า{} และไม่มีค่าสำรอง",
    },
    {"status": "สถานะ"},
)


@pytest.mark.parametrize(
    ("english", "thai"),
    [
        ("there is no campaign 'x y'", "ไม่มีแคมเปญ 'x y'"),
        ("until lies before from", "from อยู่หลัง until"),
        ("order_count is a number", "order_count คือตัวเลข"),
        ("'a number' is no list", "'a number' ไม่ใช่รายชื่อ"),
        ("title: 'x y' is no name", "title: 'x y' ใช้เป็นชื่อไม่ได้"),
        ("holdout: '5' is no share", "holdout: '5' ไม่ใช่สัดส่วน"),
        ("write for example '5%'", "เขียน เช่น '5%'"),
        ("tier can be empty, and has no fallback", "tier อาจไม่มีค่า และไม่มีค่าสำรอง"),
        ("tier can be empty (when a number), and has no fallback", "tier อาจไม่มีค่า (เมื่อตัวเลข) และไม่มีค่าสำรอง"),
        ("mail accepted, subject warm", "อีเมลส่งสำเร็จ หัวเรื่อง warm"),
        ("mail accepted", "อีเมลส่งสำเร็จ"),
        ("  there is no campaign x\na number", "  ไม่มีแคมเปญ x\nตัวเลข"),
        ("the shop's own words are known to nobody", "the shop's own words are known to nobody"),
        ("what the provider says is not our business", "what the provider says is not our business"),
    ],
)
def test_a_message_is_said_with_its_values(english, thai):
    """Values keep their place or find a new one; names are no words, and what is unknown stays."""
    assert BOOK.say(english) == thai


@given(st.text(max_size=60))
def test_any_text_can_be_asked_for(text):
    """Nothing that a customer's file or a provider may say breaks the telling of it."""
    assert isinstance(phrasebook("th").say(f"there is no campaign {text}"), str)
    assert in_language(text, "en") == text


@pytest.mark.parametrize("mark", [": ", "; ", ", ", " (", " and ", "\n", "'", " is "])
def test_a_text_that_never_ends_is_shown_as_it_is(mark):
    """A provider's answer or a hostile file may be long and full of the marks that messages are taken apart at."""
    for times in (100, 500, 50_000):
        text = f"there is no campaign {mark.join(['a b'] * times)}"
        assert phrasebook("th").say(text).endswith("a b")


def test_a_language_without_a_folder_is_english():
    """So is one whose name is a path."""
    assert in_language("Nothing was sent.", "xx") == "Nothing was sent."
    assert in_language("Nothing was sent.", "..") == "Nothing was sent."


def test_an_error_is_told_whole():
    """What, where and next step; a file's problems each with file and line, and the rule that found it."""
    error = PakdeeError("there is no campaign 'x'", where="holdout", next_step="see the folder campaigns/")
    found = Problem("templates/a/th.j2", 3, "there is no preheader (S04)", "leave it out", "warning")

    assert error_in(error, "th") == "holdout: ไม่มีแคมเปญ 'x'\n  ขั้นต่อไป: ดูในโฟลเดอร์ campaigns/"
    assert shown(found, "th") == "templates/a/th.j2:3: คำเตือน: ไม่มีข้อความนำ (preheader) (S04)\n  ขั้นต่อไป: ตัดออก"
    assert error_in(CatalogError([found]), "th").endswith("\nยังไม่มีการส่งอีเมล")
    assert error_in(CatalogError([found]), "en") == str(CatalogError([found]))
    assert error_in(error, "en") == str(error)


def test_what_blocks_stands_last():
    """Below all warnings, next to the word that nothing was sent, whatever file it is in."""
    slip = Problem("campaigns/a.yaml", 1, "the condition is empty", "remove it")
    doubt = Problem("campaigns/b.yaml", 1, "there is no preheader (S04)", "leave it out", "warning")

    told = error_in(CatalogError([slip, doubt]), "en").splitlines()

    assert [line.split(":")[0] for line in told[::2]] == [
        "campaigns/b.yaml",
        "campaigns/a.yaml",
        "Nothing was sent.",
    ]


@pytest.mark.parametrize(
    ("settings", "environment", "language"),
    [
        ('language = "th"\n[shop]\n', {}, "th"),
        ('[shop]\nlanguage = "th"\n', {}, "en"),
        ("language = 'th'\nthis is broken [", {}, "th"),
        ('language = "th"\n', {"PAKDEE_LANGUAGE": "en"}, "en"),
        (None, {"PAKDEE_LANGUAGE": "TH"}, "th"),
        (None, {}, "en"),
    ],
)
def test_the_language_is_chosen_by_environment_then_file(tmp_path, settings, environment, language):
    """The shop's language is that of mails; a file that can't be used still says its language."""
    if settings is not None:
        (tmp_path / "pakdee.toml").write_text(settings)

    assert chosen(tmp_path, environment, "pakdee.toml") == language
