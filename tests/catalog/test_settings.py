"""pakdee.toml is read whole or refused with every slip and its line; no secret may stand in it."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from sample_catalogue import ROOT

from pakdee.catalog.settings import read_settings
from pakdee.domain.campaign import Canary
from pakdee.domain.errors import SettingsError
from pakdee.domain.settings import Settings


def _told(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "pakdee.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SettingsError) as refusal:
        read_settings(path)
    return str(refusal.value)


def test_the_starter_file_is_read() -> None:
    """Bangkok, baht, Thai, the twin, three mails in seven days."""
    found = read_settings(ROOT / "pakdee.toml")

    assert (found.shop.zone, found.shop.currency, found.shop.language) == ("Asia/Bangkok", "THB", "th")
    assert found.sendgrid.mode == "twin"
    assert (found.caps.marketing.times, found.caps.marketing.window) == (3, timedelta(days=7))
    assert (found.quiet_hours.start, found.quiet_hours.end) == (time(21), time(8))


def test_an_empty_file_has_every_default(tmp_path: Path) -> None:
    """Nothing must be written to begin."""
    (tmp_path / "pakdee.toml").write_text("")

    assert read_settings(tmp_path / "pakdee.toml") == Settings()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[shop]\nzoen = 'Asia/Bangkok'\n",
            "pakdee.toml:2: there is no key 'zoen' here\n  Next: write 'zone'",
        ),
        (
            "[ledger]\nmemory = '2 gigabytes'\n",
            "pakdee.toml:2: memory: '2 gigabytes' is not an amount of memory\n  Next: write for example '512 MB'",
        ),
        (
            "[ledger]\nmemory = '64 MB'\n",
            "pakdee.toml:2: memory: '64 MB' is too little\n  Next: write at least",
        ),
        (
            "[shop]\nzone = 'Bangkok'\n",
            "pakdee.toml:2: zone: 'Bangkok' is not an IANA time zone\n  Next: write for",
        ),
        ("[shop]\n\ncurrency = 'baht'\n", "pakdee.toml:3: currency: 'baht' is no currency"),
        ("[ships]\nx = 1\n", "pakdee.toml:1: there is no key 'ships' here\n  Next: write 'shop'"),
        ("[sendgrid]\nmode = 'lve'\n", "pakdee.toml:2: mode: 'lve' is not known here\n  Next: write 'live'"),
        (
            "[sendgrid]\napi_key = 'SG.x'\n",
            "pakdee.toml:2: there is no key 'api_key' here\n  Next: remove it; secrets",
        ),
        ("[caps]\nmarketing = 3\n", "pakdee.toml:2: marketing: 3 is not a limit"),
        ("[quiet_hours]\nstart = '9pm'\n", "pakdee.toml:2: start: '9pm' is not a time of day"),
        ("[delivery]\nbatch_size = 5000\n", "pakdee.toml:2: batch_size: this must be 1000 or less"),
        ("[delivery]\npersonalization = 'single'\n", "pakdee.toml:2: 'personalization' is not built yet"),
        ("[delivery]\nguard = 'on'\n", "pakdee.toml:2: guard: 'on' is not known here\n  Next: "),
        (
            "[delivery]\nunknown = 'resent'\n",
            "pakdee.toml:2: unknown: 'resent' is not known here\n  Next: write 'resend'",
        ),
        ("[ramp]\nstart = '15 June'\n", "pakdee.toml:2: start: this is no date of the calendar"),
        ("[ramp]\nceilings = []\n", "pakdee.toml:2: ceilings: at least 1 are needed"),
        ("[ramp]\nceilings = [500, 0]\n", "pakdee.toml:2: ceilings: this must be 1 or more"),
        (
            "[stop_if]\nbounced = 5\n",
            "pakdee.toml:2: bounced: 5 is not a share\n  Next: write for example '5%'",
        ),
        ("[shop\nzone = 'x'\n", "pakdee.toml:1: this cannot be read"),
        ("a = 1\na = 2\n", "pakdee.toml:2: this cannot be read"),
        (b"# \xa1\xa2\n", "pakdee.toml:1: the file is not saved as UTF-8"),
    ],
)
def test_a_slip_is_told_with_its_line(tmp_path: Path, text: str | bytes, told: str) -> None:
    """The first finding stands first."""
    assert _told(tmp_path, text).startswith(told)


def test_all_slips_come_at_once(tmp_path: Path) -> None:
    """Two slips, two findings."""
    said = _told(tmp_path, "[shop]\nzone = 'x'\n[web]\nurl = 'ftp://x'\n")

    assert "pakdee.toml:2:" in said
    assert "pakdee.toml:4:" in said


def test_a_missing_file_says_how_to_begin(tmp_path: Path) -> None:
    """Whoever stands in the wrong folder is told so."""
    with pytest.raises(SettingsError, match="pakdee init DIR"):
        read_settings(tmp_path / "pakdee.toml")


@pytest.mark.parametrize(
    ("text", "canary", "size"),
    [
        ("", None, 1000),
        ("", Canary(first=500), 500),
        ("", Canary(first=5000), 1000),
        ("[ramp]\nstart = 2026-06-15\n", None, 50),
        ("[ramp]\nstart = 2026-06-12\n", None, 500),
        ("[ramp]\nstart = 2026-06-16\n", None, 50),
        ("[ramp]\nstart = 2026-06-01\n", None, 1000),
        ("[ramp]\nstart = 2026-06-15\nceilings = [3]\n", None, 1),
        ("[delivery]\nbatch_size = 20\n[ramp]\nstart = 2026-06-15\n", Canary(first=30), 20),
    ],
)
def test_requests_are_small_enough_for_ceilings_and_canaries(
    tmp_path: Path, text: str, canary: Canary | None, size: int
) -> None:
    """A whole request of 1,000 would never fit under a first day's 500."""
    (tmp_path / "pakdee.toml").write_text(text)

    assert read_settings(tmp_path / "pakdee.toml").request_size(date(2026, 6, 15), canary) == size
