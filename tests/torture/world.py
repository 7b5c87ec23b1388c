"""One tortured project: its folder, its made-up mails, and the house over it on a clock that runs fast.

Everything that takes minutes in life (leases, quiet time, the lines at 15 and 10 minutes) is told by one
clock that all processes share; the sender's timeout is divided by the same factor, so that a lease is as much
longer than a request as it is in life.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pakdee import jobs, ledger
from pakdee.delivery import Account, Press, Sender, read_back
from pakdee.domain.identity import address_hash
from pakdee.domain.message import Draft, Envelope, FrozenBatch, MessageKey, Rendered, Skeleton, Written
from pakdee.domain.vocabulary import Purpose
from pakdee.house import House, open_house
from pakdee.jobs import planning
from pakdee.journal import Journal
from pakdee.twin.clock import ScaledClock
from tests.torture.databases import ask

CAMPAIGN = "torture"
SHOP_DAY = dt.date(2026, 11, 23)
OCCASION = "2026"
NINE = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC).timestamp()  # in the shop
SCALE = 60.0  # a minute of the project in a second
TAGS = ("~k7f3a0~", "~k7f3a1~")
FIRST_WORDS = "first edition"

_CAMPAIGN_FILE = """\
title: {en: Torture, th: ทดสอบ}
status: live
segment: everyone
template: torture
once_per: ever
why_you: {en: You are in a test., th: คุณอยู่ในการทดสอบ}
when: {every: day}
stop_if: {bounced: 99%, complained: 99%}
"""
_TEMPLATE = """\
---
subject: "x"
preheader: "x"
---
{% call ui.section() %}{% call ui.p() %}x{% endcall %}{{ ui.button("x", href=links.shop) }}{% endcall %}
"""


@dataclass(frozen=True)
class World:
    """What every process of a round is told.

    Args:
        policy: hold, resend or scheduled. messages: made up; `batch_size` of them in a request.
        customers: of a generated shop, whose day is planned for real; then nothing is made up.
        start, scale, anchor: of the clock all processes share; see ScaledClock.
        settings: further lines of pakdee.toml, as written there.
        without: a safeguard that is taken away in the children, to see that the checks notice.
    """

    directory: str
    journal_url: str
    twin_port: int
    web_port: int
    policy: str = "hold"
    messages: int = 2_000
    customers: int = 0
    batch_size: int = 20
    seed: int = 1
    start: float = NINE
    scale: float = SCALE
    anchor: float = field(default_factory=time.time)
    has_webhook: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)
    without: str | None = None

    def told(self) -> dict[str, Any]:
        """As it travels to a child."""
        return asdict(self)

    @property
    def clock(self) -> ScaledClock:
        """The time all processes read."""
        return ScaledClock(self.start, self.scale, self.anchor)

    @property
    def path(self) -> Path:
        """The project's folder."""
        return Path(self.directory)

    @property
    def twin_state(self) -> Path:
        """Where the twin keeps what it took."""
        return self.path / "var" / "twin"

    @property
    def twin_url(self) -> str:
        """Where the twin answers while it lives."""
        return f"http://127.0.0.1:{self.twin_port}"

    @property
    def web_url(self) -> str:
        """Where the endpoints answer while they live."""
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def planning_seconds(self) -> float:
        """About so long an undisturbed planner works, in real seconds."""
        return 8.0 if self.customers else 0.2 + self.messages / 5_000

    # ── the project ───────────────────────────────────────────────────────────────────────────────
    def make(self) -> None:
        """Write the project: the starter with a generated shop, or one campaign with made-up mails."""
        jobs.new_project(self.path)
        if not self.customers:
            _replace_files(self.path)
            self.write_words(FIRST_WORDS)
        self._settle_settings()
        if self.customers:
            self._open_shop()

    def _open_shop(self) -> None:
        for campaign in (self.path / "campaigns").glob("*.yaml"):  # nobody waits here for the evening
            words = campaign.read_text(encoding="utf-8")
            campaign.write_text(re.sub(r'at: "\d\d:\d\d"', 'at: "09:00"', words), encoding="utf-8")
        exports = self.path / "exports"
        ledger.generate_shop(exports, customers=self.customers, until=SHOP_DAY, seed=self.seed)
        url = f"sqlite:///{self.path / 'var' / 'undisturbed.sqlite'}"
        house = replace(self, journal_url=url).house()
        jobs.import_facts(house, exports)
        self.plan(house)
        mailed = ask(url, "SELECT message_id, batch_id FROM message WHERE batch_id IS NOT NULL")
        mails = {m: asdict(read_back(house.journal.body_of(batch), m)) for m, batch in mailed}
        self._undisturbed.write_text(json.dumps(mails), encoding="utf-8")
        house.close()
        house.journal_number.unlink()  # it belongs to a project's one journal

    @property
    def _undisturbed(self) -> Path:
        """The mails of the shop's day as planned without any kill."""
        return self.path / "var" / "undisturbed.json"

    def _settle_settings(self) -> None:
        file = self.path / "pakdee.toml"
        wanted = {
            "unknown": '"hold"' if self.policy == "hold" else '"resend"',
            "guard": '"scheduled"' if self.policy == "scheduled" else '"none"',
            "quiet": '"15 minutes"',
            "in_flight": "4",
            "batch_size": str(self.batch_size),
            **self.settings,
        }
        text = file.read_text(encoding="utf-8")
        for name, value in wanted.items():
            text, found = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
            assert found == 1, f"pakdee.toml has {found} lines {name}"
        file.write_text(text, encoding="utf-8")

    def house(self) -> House:
        """The project opened; nothing of it is shared with another process."""
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PAKDEE_JOURNAL_URL": self.journal_url,
            "PAKDEE_SENDGRID_URL": self.twin_url,
        }
        made = open_house(self.path, clock=self.clock.now, environment=environment)
        timeout = made.settings.sendgrid.timeout.total_seconds() / self.scale
        key = made.local_keys.api_key
        made.__dict__["sender"] = Sender(api_key=key, url=self.twin_url, timeout=timeout)
        made.__dict__["account"] = Account(api_key=key, url=self.twin_url, timeout=timeout)
        return made

    # ── the mails ─────────────────────────────────────────────────────────────────────────────────
    def words(self) -> str:
        """What stands in the template's file now."""
        return (self.path / "words.txt").read_text(encoding="utf-8")

    def write_words(self, words: str) -> None:
        """Edit the template."""
        (self.path / "words.txt").write_text(words, encoding="utf-8")

    def message_id(self, number: int) -> str:
        """The opaque id of message `number`."""
        return hashlib.blake2b(f"{self.seed} {number}".encode(), digest_size=16).hexdigest()

    def mail(self, number: int) -> Rendered:
        """What its reader must get, whatever happens meanwhile."""
        values = (f"Reader {number}", f"{number * 7} points")
        return skeleton(FIRST_WORDS).filled(f"Mail {number}", values)

    def expected(self) -> dict[str, Rendered]:
        """By id, every mail there must be in the end."""
        if not self.customers:
            return {self.message_id(number): self.mail(number) for number in range(self.messages)}
        mails = json.loads(self._undisturbed.read_text(encoding="utf-8"))
        return {message_id: Rendered(**mail) for message_id, mail in mails.items()}

    def batches(self) -> Iterator[FrozenBatch]:
        """All mails, frozen by the real press."""
        shared = skeleton(FIRST_WORDS)
        before = self.clock.now() - dt.timedelta(minutes=1)
        press = Press(_ENVELOPE, batch_size=self.batch_size, not_before=before, not_after=None)
        for number in range(self.messages):
            values = (f"Reader {number}", f"{number * 7} points")
            yield from press.add(self._draft(number), Written(shared, f"Mail {number}", values))
        yield from press.rest()

    def probe(self, number: int) -> FrozenBatch:
        """A test mail to the operator, whose events show that the webhook lives."""
        press = Press(
            _ENVELOPE, batch_size=1, not_before=self.clock.now() - dt.timedelta(minutes=1), not_after=None
        )
        written = Written(Skeleton("probe", "<p>probe</p>", ()), "Probe", ())
        return [*press.add(self._draft(-number), written), *press.rest()][0]

    def _draft(self, number: int) -> Draft:
        address = address_of(number)
        key = MessageKey(CAMPAIGN, "1", customer(number), OCCASION)
        url = f"{self.web_url}/u/{number}"
        return Draft(key, self.message_id(number), address, address_hash(address), "en", url, {}, None)

    def plan(self, house: House) -> None:
        """Plan the shop's day, or write every made-up batch down; what is there already is left."""
        if self.customers:
            planning.SHARD, planning.WORTH_PROCESSES = (
                500,
                1,
            )  # as many shards and processes as a large shop has
            jobs.plan_day(house, SHOP_DAY)
            return
        run_id = self.start_run(house.journal)
        for batch in self.batches():
            taken = house.journal.enqueue(run_id, batch, due_on=self.clock.now().date())
            assert not taken or len(taken) == len(batch.messages), "a batch is whole or not there"
        house.journal.finish_run(run_id)

    def start_run(self, journal: Journal, *, is_test: bool = False) -> str:
        """A planning run of the made-up day."""
        return journal.start_run(
            day=self.clock.now().date(),
            zone="Asia/Bangkok",
            campaigns=[CAMPAIGN],
            content_version="torture",
            snapshot_id="torture",
            lease=dt.timedelta(minutes=1),
            is_test=is_test,
        )


_ENVELOPE = Envelope(
    CAMPAIGN, "1", "only", "en", Purpose.MARKETING, "Shop", "hello@shop.example.com", "hello@shop.example.com"
)


def world(told: Mapping[str, Any]) -> World:
    """The world a child was told of."""
    return World(**told)


def customer(number: int) -> str:
    """The customer of message `number`."""
    return f"c{number:06}"


def address_of(number: int) -> str:
    """Where message `number` goes."""
    return f"reader{number}@mail.example.com"


def _replace_files(project: Path) -> None:
    """One campaign for everyone instead of the starter's."""
    for folder in ("campaigns", "segments"):
        for file in (project / folder).glob("*.yaml"):
            file.unlink()
    shutil.rmtree(project / "templates")
    (project / "campaigns" / f"{CAMPAIGN}.yaml").write_text(_CAMPAIGN_FILE, encoding="utf-8")
    mail = project / "templates" / CAMPAIGN
    mail.mkdir(parents=True)
    for locale in ("th", "en"):
        (mail / f"{locale}.j2").write_text(_TEMPLATE, encoding="utf-8")


def skeleton(words: str) -> Skeleton:
    """The template with these words in it."""
    text = f"{words}: {TAGS[0]} has {TAGS[1]}."
    return Skeleton(text, f"<p>{text}</p>", TAGS)
