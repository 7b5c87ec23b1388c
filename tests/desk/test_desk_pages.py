"""What the pages say: in the visitor's language, true to the files as they are now, and never stuck."""

import re

import pytest

from pakdee.desk.funnel import WIDTH, bars
from pakdee.desk.shelf import Shelf
from pakdee.desk.standing import State
from pakdee.desk.tongue import Tongue, tongue_for, tongues
from pakdee.domain.errors import PakdeeError
from pakdee.domain.vocabulary import Status, Verdict
from pakdee.journal import LastPlan
from tests.jobs.conftest import DAY
from tests.jobs.sending_desk import Clock

BIRTHDAY = "/campaigns/birthday"


def leaves(words, path=()):
    for name, value in words.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, name))
        else:
            yield (*path, name), value


def test_every_language_says_everything():
    """The same words with the same places in them, and none of them empty."""
    english = dict(leaves(tongues()["en"].words))
    for tongue in tongues().values():
        said = dict(leaves(tongue.words))
        assert sorted(said) == sorted(english)
        for place, text in said.items():
            assert text != ""
            assert set(re.findall(r"{(\w+)}", str(text))) == set(
                re.findall(r"{(\w+)}", str(english[place]))
            ), place
    assert sum("\u0e00" <= letter <= "\u0e7f" for letter in str(tongues()["th"].words)) > 3_000


def test_every_verdict_and_state_has_words():
    """A new one without words would break a page in front of its reader."""
    words = tongues()["en"].words

    assert {*Verdict, "in_segment"} == set(words["verdicts"])
    assert set(State) == set(words["state"]) == set(words["why"])
    assert {status.value for status in Status} <= set(State)


@pytest.mark.parametrize(
    ("wanted", "kept", "accepted", "spoken"),
    [
        ("th", "en", "en", "th"),
        (None, "th", "en", "th"),
        (None, None, "fr, th;q=0.8, en;q=0.5", "th"),
        (None, None, "fr", "en"),
        ("xx", None, None, "en"),
        ("../en", None, None, "en"),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_browsers(wanted, kept, accepted, spoken):
    assert tongue_for(wanted, kept, accepted).code == spoken


def test_days_are_written_as_people_do():
    """Thai years are Buddhist; values in words are made safe."""
    assert tongues()["en"].day(DAY) == "Mon 15 Jun 2026"
    assert tongues()["th"].day(DAY) == "จ. 15 มิ.ย. 2569"
    assert Tongue.fill("{a} & {b}", a="<i>", b="{a}") == "&lt;i&gt; &amp; {a}"


def test_a_switched_language_is_kept(visitor):
    """By a link, for the next pages."""
    assert "แคมเปญ" in visitor.words("/?lang=th")
    assert 'lang="th"' in visitor.get().text
    assert "Campaigns" in visitor.words("/?lang=en")
    assert 'lang="en"' in visitor.get().text
    visitor.client.cookies.clear()
    assert "แคมเปญ" in visitor.words(headers={"Accept-Language": "th-TH,th;q=0.9"})


def test_a_funnel_steps_down_from_all_to_those_who_are_left():
    """Each bar begins where the next ends, and the last is what is left; one of many is still seen."""
    plan = LastPlan(DAY, {"no_consent": 400, "holdout": 1, "included": 99_599})
    rows = [(bar.verdict, bar.kind, bar.start, bar.width) for bar in bars(plan)]

    assert rows == [
        ("in_segment", "all", 0, WIDTH),
        ("no_consent", "lost", 996, 4),
        ("holdout", "held", 996, 2),
        ("included", "got", 0, 996),
    ]
    assert [bar.customers for bar in bars(LastPlan(DAY, {}))] == [0, 0]


def test_the_shelf_shows_what_it_has_while_newer_is_on_its_way():
    """Trouble is kept like an answer; the next version is tried anew."""
    shelf, patience = Shelf(Clock()), 30

    def fails():
        raise PakdeeError("no", where="here", next_step="there")

    assert shelf.ask("a", "1", lambda: 1, patience=patience).value == 1
    assert shelf.ask("a", "1", fails, patience=patience).value == 1
    broken = shelf.ask("a", "2", fails, patience=patience)
    assert (broken.value, broken.trouble.what, broken.is_waiting) == (None, "no", False)
    assert "ZeroDivisionError" in shelf.ask("a", "3", lambda: 1 / 0, patience=patience).trouble.what
    assert shelf.ask("a", "4", lambda: 4, patience=patience).value == 4
    shelf.close()


def test_files_are_read_again_when_they_change(visitor):
    """A draft is one at the next look; a broken file is told with its line, and the others stay in sight."""
    assert "birthday Live" in visitor.settled()
    visitor.edit("campaigns/birthday.yaml", "status: live", "status: draft")
    assert "birthday Draft" in visitor.words()
    assert "Never sent while it is a draft" in visitor.words(BIRTHDAY)

    visitor.edit("campaigns/birthday.yaml", "segment: birthday_this_week", "segment: birthday_next_week")
    page = visitor.settled(BIRTHDAY)
    assert "1 error in the files" in page
    assert re.search(r"Error campaigns/birthday\.yaml:\d+ ", page)
    assert "The mail is shown once the errors in the files are mended." in page
    assert "birthday_again Draft" in visitor.words()

    visitor.edit("campaigns/birthday.yaml", "segment: birthday_next_week", "segment: birthday_this_week")
    visitor.edit("campaigns/birthday.yaml", "status: draft", "status: live")
    assert "Nothing to mend" in visitor.settled(BIRTHDAY)


def test_a_mail_with_an_error_is_not_rendered_here(visitor):
    """What could bring this very process down is tried in another; until it is well, nobody sees it."""
    body = "{% for a in customer.categories_bought %}x{% endfor %}{{ nonsense }}\n"
    visitor.edit("templates/birthday/en.j2", "---\n{{", "---\n" + body + "{{")

    assert visitor.get(f"{BIRTHDAY}/mail?sample=regular&locale=en").status_code == 404
    assert "templates/birthday/en.j2:" in visitor.settled(BIRTHDAY)
    assert visitor.press(f"{BIRTHDAY}/test", to="me@example.com").status_code == 409
    assert not visitor.sendgrid.requests
    visitor.edit("templates/birthday/en.j2", body, "")


def test_settings_that_cannot_be_read_leave_the_last_good_ones(visitor):
    """The operator's slip takes no page away."""
    visitor.edit("pakdee.toml", 'mode = "twin"', 'mode = "twins"')
    page = visitor.words()
    assert "pakdee.toml:" in page
    assert "Birthday cake" in page
    visitor.edit("pakdee.toml", 'mode = "twins"', 'mode = "twin"')
    assert "pakdee.toml:" not in visitor.words()
