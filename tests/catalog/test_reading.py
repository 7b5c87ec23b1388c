"""A slip in a marketer's file is told in plain words, with the line it stands in and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from pakdee.catalog.reading import read_model
from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import CatalogError

GOOD = """\
title: {en: Gift, th: ของขวัญ}
segment: everyone
template: gift
once_per: day
why_you: {en: You joined., th: เพราะคุณสมัคร}
when: {every: day, at: "09:00"}
"""


def _read(tmp_path: Path, content: str | bytes) -> Campaign:
    folder = tmp_path / "campaigns"
    folder.mkdir(exist_ok=True)
    (folder / "gift.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_model(folder / "gift.yaml", Campaign, name="gift")[0]


def _told(tmp_path: Path, content: str | bytes) -> str:
    with pytest.raises(CatalogError) as refusal:
        _read(tmp_path, content)
    return str(refusal.value).removesuffix("\nNothing was sent.")


def test_a_good_file_is_read(tmp_path: Path) -> None:
    """The name is the file's; Windows line ends and Excel's byte order mark do no harm."""
    assert _read(tmp_path, GOOD).name == "gift"
    assert _read(tmp_path, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()).name == "gift"


HASH = "a # outside quotes begins a comment, so nothing after it is read"
GOLDEN = [
    ("sttus: live", "7: there is no key 'sttus' here\n  Next: write 'status'"),
    ("on: {every: day}", "7: there is no key 'on' here\n  Next: write 'when'"),
    ("exclude: [vip]", "7: there is no key 'exclude' here\n  Next: write 'except'"),
    ("except_: [vip]", "7: there is no key 'except_' here\n  Next: write 'except'"),
    ("approve: {}", "7: 'approve' is not built yet, so it would do nothing\n  Next: remove it"),
    ("name: gift", "7: 'name' is given by the file's name\n  Next: remove the line"),
    ("status: lve", "7: status: 'lve' is not known here\n  Next: write 'live'"),
    ("purpose: fun", "7: purpose: 'fun' is not known here\n  Next: use one of: marketing, survey, service"),
    (
        "at_most: 1 in a year",
        "7: at_most: 'a year' is not a duration\n  Next: write for example '30 days' or '6 hours'",
    ),
    ("at_most: once", "7: at_most: 'once' is not a limit\n  Next: write for example '1 in 300 days'"),
    ("goal: {order: 30}", "7: order: 30 is not a duration\n  Next: write for example '30 days' or '6 hours'"),
    ("holdout: 0.05", "7: holdout: '0.05' is not a share\n  Next: write for example '5%'"),
    ("holdout: 5", "7: holdout: 5 is not a share\n  Next: write for example '5%'"),
    ("priority: high", "7: priority: this must be a whole number\n  Next: correct it"),
    ("priority: 101", "7: priority: this must be 100 or less\n  Next: correct it"),
    ("except: vip", "7: except: this must be a list such as [a, b]\n  Next: correct it"),
    ("offer: cake", "7: offer: this must be a block of 'key: value' lines\n  Next: correct it"),
    ("offer: {grant: Cake!}", "7: grant: 'Cake!' is no name\n  Next: use small letters"),
    ("status:", "7: nothing stands after 'status:'\n  Next: write a value or remove the line"),
    ("status: # soon", "7: nothing stands after 'status:'\n  Next: write a value or remove the line"),
    (
        "x:\n  ink: #a3123f",
        f'8: {HASH}\n  Next: put the value in double quotes: ink: "#a3123f"',
    ),
    (
        "x: {a: 1,\n  ink: #a3123f, b: 2}",
        f'8: {HASH}\n  Next: put the value in double quotes: ink: "#a3123f"',
    ),
    (
        "where: tier = 'gold'",
        "1: this file: something is missing or too much here\n  Next: give either segment: or where:",
    ),
    ("segment: vip", "7: 'segment' stands here a second time (first in line 2)\n  Next: remove one"),
    (
        "title:\n\ten: x",
        "8: a tab stands here, where only blanks may indent\n  Next: replace the tab by blanks",
    ),
    ("x: a: b", "7: a colon stands where none may\n  Next: put the whole text in double quotes"),
    (
        "goal:\n  order: 3 days\n every: x",
        "9: the indentation does not match the lines above\n  Next: align it",
    ),
    (
        "goal: {order: 30 days",
        "7: a bracket { or [ is opened and not closed, or a comma is missing\n  Next: close it",
    ),
    ("x: 'abc", "7: a quote is opened and never closed\n  Next: close it"),
    ("x: 'a' b", "7: something follows after a closing quote\n  Next: put the whole text in double quotes"),
    ("x: @me", "7: a text may not begin with @\n  Next: put the text in double quotes"),
    ("x: &a 1\ny: *a", "8: &, * and << are not used here\n  Next: write the value out"),
    ("<<: {a: 1}", "7: &, * and << are not used here\n  Next: write it out"),
    (
        "x: !!python/object:os.system y",
        "7: the tag 'python/object:os.system' is not used here\n  Next: remove it",
    ),
    ("---\nx: 1", "7: a second '---' begins another document\n  Next: keep one document per file"),
    ("just words", "8: this line has no colon\n  Next: write it as  key: value"),
]


@pytest.mark.parametrize(("line", "told"), GOLDEN)
def test_a_slip_is_told_in_these_words(tmp_path: Path, line: str, told: str) -> None:
    """A seventh line is added to a good file; its finding is told first and alone."""
    said = _told(tmp_path, f"{GOOD}{line}\n")

    assert said.startswith(f"campaigns/gift.yaml:{told}")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "once_per: day",
            "once_per: brithday",
            "4: once_per: 'brithday' is not known here\n  Next: write 'birthday'",
        ),
        ("once_per: day", "once_per: point_lot", "4: once_per: 'point_lot' is not built yet"),
        ("every: day", "every: sundays", "6: every: 'sundays' is not a rhythm\n  Next: write day, a weekday"),
        ("every: day", "date: 2026-02-30", "6: date: this is no date of the calendar"),
        ("every: day", "every: day, date: 2026-02-03", "6: when: something is missing or too much here"),
        ('at: "09:00"', "at: 9", '6: at: 9 is not a time of day\n  Next: write for example "09:00"'),
        ("once_per: day\n", "", "1: 'once_per' is missing\n  Next: add a line  once_per: …"),
        (
            "{en: Gift, th: ของขวัญ}",
            "Gift",
            "1: title: something is missing or too much here\n  Next: write it per",
        ),
        ("{en: Gift, th: ของขวัญ}", "{english: Gift}", "1: title: 'english' is not a language code"),
        ("{en: Gift, th: ของขวัญ}", "{en: 5}", "1: en: this must be text; put it in quotes"),
    ],
)
def test_a_wrong_value_is_told_in_these_words(tmp_path: Path, old: str, new: str, told: str) -> None:
    """One piece of a good file is replaced."""
    assert _told(tmp_path, GOOD.replace(old, new)).startswith(f"campaigns/gift.yaml:{told}")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "1: the file holds no 'key: value' lines"),
        (b"# only a comment\n", "1: the file holds no 'key: value' lines"),
        (b"- a\n- b\n", "1: the file holds no 'key: value' lines"),
        (b"title: \xe1\xe9\xa1\n", "1: the file is not saved as UTF-8"),
        (b"a: 1\nb: \xb9\xa1\n", "2: the file is not saved as UTF-8"),
        (b"a: \x00\n", "1: the file holds characters that no text has"),
        (b"%YAML 1.1\n---\non: yes\n", "1: a line may not begin with %"),
        (b"a: " + b"[" * 5000, "1: "),
        (b"a: " + b"x" * 300_000, "1: the file is larger than 256 KB"),
        (b"? [a]\n: b\n", "1: a key must be a single word"),
    ],
)
def test_what_is_no_such_file_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    """Empty, foreign, broken or endless: one finding, no traceback."""
    assert _told(tmp_path, content).startswith(f"campaigns/gift.yaml:{told}")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """The name is relative to the project."""
    with pytest.raises(CatalogError, match=r"campaigns/none\.yaml:1: there is no such file"):
        read_model(tmp_path / "campaigns" / "none.yaml", Campaign, name="none")


def test_all_findings_of_a_file_come_at_once(tmp_path: Path) -> None:
    """Sorted by line."""
    said = _told(tmp_path, GOOD + "sttus: live\nholdout: 5\nat_most: x\n")

    assert [line.split(":")[1] for line in said.splitlines() if line.startswith("campaigns/")] == [
        "7",
        "8",
        "9",
    ]


def test_no_amount_passes_through_a_float(tmp_path: Path) -> None:
    """0.1 and 1e3 arrive as written, so that a decimal can be made of them."""
    from pakdee.catalog.yaml_text import parse_yaml

    assert parse_yaml(b"a: 0.1\nb: 1e3\nc: 7\nd: yes\ne: true", "x.yaml")[0] == {
        "a": "0.1", "b": "1e3", "c": 7, "d": "yes", "e": True,
    }  # fmt: skip


def test_a_text_read_again_is_as_at_first() -> None:
    """Whoever changes what was read changes it for nobody else, and findings name the file they are of."""
    from pakdee.catalog.yaml_text import parse_yaml

    first, _ = parse_yaml(b"a: {b: [1]}", "x.yaml")
    first["a"]["b"].append(2)
    again, finder = parse_yaml(b"a: {b: [1]}", "y.yaml")

    assert again == {"a": {"b": [1]}}
    assert finder.problem("a", what="", next_step="").file == "y.yaml"
