"""What pakdee.toml allows and yet deserves a word is told with its line, and blocks nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sample_catalogue import ROOT

from pakdee.catalog import read_settings, settings_problems
from pakdee.domain.campaign import Campaign

TODAY = dt.date(2026, 6, 15)


def _told(path: Path) -> list[str]:
    return [str(problem) for problem in settings_problems(path, read_settings(path), TODAY)]


def test_the_starter_file_deserves_no_word() -> None:
    """What everybody begins with is sound."""
    assert _told(ROOT / "pakdee.toml") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[ramp]\nstart = 2026-06-08\n", None),
        ("[ramp]\nstart = 2026-06-07\n", "2: warning: start: the last ceiling was that of 2026-06-14"),
        ("[ramp]\nstart = 2026-06-16\n", "2: warning: start: nothing is sent before 2026-06-16"),
        ("[ramp]\nstart = 2026-06-15\nceilings = [500, 100]\n", "3: warning: ceilings: a later day"),
        ("[stop_if]\ncomplained = '1%'\n", "2: warning: complained: mail providers turn a sender away"),
        ("[stop_if]\ncomplained = '0.3%'\n", None),
        ("[delivery]\nunknown = 'resend'\nquiet = '1 day'\n", "3: warning: quiet: after 24 hours"),
        ("[delivery]\nunknown = 'resend'\nquiet = '1 minute'\n", "3: warning: quiet: first events may"),
        ("[delivery]\nunknown = 'hold'\nquiet = '1 minute'\n", None),
    ],
)
def test_a_setting_that_does_not_do_what_it_seems_is_told(
    tmp_path: Path, text: str, told: str | None
) -> None:
    """One warning at its line, and none for what stands just inside."""
    path = tmp_path / "pakdee.toml"
    path.write_text(text)

    said = _told(path)

    assert len(said) == (1 if told else 0)
    assert told is None or said[0].startswith(f"pakdee.toml:{told}")


@pytest.mark.parametrize(
    ("when", "is_told"),
    [
        ({"date": TODAY}, True),
        ({"date": TODAY, "skip_after": "2 days"}, False),
        ({"date": TODAY - dt.timedelta(days=1)}, False),
        ({"every": "day", "skip_after": "6 hours"}, True),
        ({"every": "day"}, False),
    ],
)
def test_a_ramp_and_a_mail_for_one_day_do_not_go_together(
    tmp_path: Path, when: dict[str, object], is_told: bool
) -> None:
    """What waits for tomorrow's ceiling would be too late, and nobody would know why."""
    said = _told_with_a_campaign(tmp_path, "[ramp]\nstart = 2026-06-15\n", when)

    assert said == (
        ["start: what is over a day's ceiling is too late on the next for news"] if is_told else []
    )


@pytest.mark.parametrize(("skip_after", "is_told"), [("20 minutes", True), ("6 hours", False)])
def test_a_guard_and_a_hasty_mail_do_not_go_together(tmp_path: Path, skip_after: str, is_told: bool) -> None:
    """What waits at SendGrid would arrive after its time."""
    when = {"every": "day", "skip_after": skip_after}

    said = _told_with_a_campaign(tmp_path, "[delivery]\nguard = 'scheduled'\n", when)

    assert [what.split(": ")[0] for what in said] == (["guard"] if is_told else [])


def _told_with_a_campaign(tmp_path: Path, text: str, when: dict[str, object]) -> list[str]:
    path = tmp_path / "pakdee.toml"
    path.write_text(text)
    words = {"en": "x", "th": "x"}
    campaign = Campaign.model_validate(
        {"name": "news", "title": words, "why_you": words, "status": "live", "segment": "everyone"}
        | {"template": "news", "once_per": "month", "when": when}
    )
    return [problem.what for problem in settings_problems(path, read_settings(path), TODAY, [campaign])]
