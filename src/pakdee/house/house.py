"""One project's settings and environment, and the real parts put together."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pakdee.domain.errors import SettingsError
from pakdee.domain.feature import FeatureCatalog
from pakdee.domain.language import Language
from pakdee.domain.places import SETTINGS_FILE
from pakdee.domain.program.features import features_in
from pakdee.domain.project import Project
from pakdee.domain.settings import Settings
from pakdee.domain.situation import Rules
from pakdee.domain.vocabulary import Mode

if TYPE_CHECKING:  # rooms are opened when needed, so that `pakdee --help` answers at once
    from pakdee.delivery import Account, Sender
    from pakdee.delivery.local_keys import LocalKeys
    from pakdee.journal import Journal
    from pakdee.ledger import FeatureTable, Snapshot
    from pakdee.rendering import Templates

LOCAL_TWIN = "http://127.0.0.1:8035"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def open_house(
    directory: Path | str | None = None,
    *,
    sendgrid_api_key: str | Callable[[], str] | None = None,
    clock: Callable[[], dt.datetime] = _now,
    environment: Mapping[str, str] | None = None,
    snapshot_id: str | None = None,
) -> House:
    """The project in `directory` (else $PAKDEE_PROJECT, else here), its parts not yet opened.

    Args:
        sendgrid_api_key: overrides the environment, for flows that read it from a Prefect Secret block;
            a function is asked again when SendGrid refuses what it gave.
        clock: the present instant, UTC.
        snapshot_id: the facts to act on, for one of several processes; by default the newest.

    Raises:
        SettingsError: no project there. CatalogError: pakdee.toml is wrong.
    """
    env = dict(os.environ if environment is None else environment)
    root = Path(directory or env.get("PAKDEE_PROJECT") or ".").resolve()
    if not (root / SETTINGS_FILE).is_file():
        raise SettingsError(
            f"there is no {SETTINGS_FILE} here, so this is no Pakdee project",
            where=root.name,
            next_step="name the folder with --project DIR, or make a project with: pakdee init DIR",
        )
    from pakdee.catalog import read_settings

    return House(root, read_settings(root / SETTINGS_FILE), clock, env, sendgrid_api_key or None, snapshot_id)


@dataclass
class House:
    """One project: its files, ledger, journal and the way to SendGrid, each opened at first use."""

    directory: Path
    settings: Settings
    clock: Callable[[], dt.datetime]
    environment: Mapping[str, str] = field(repr=False)
    given_api_key: str | Callable[[], str] | None = field(default=None, repr=False)
    snapshot_id: str | None = None

    def close(self) -> None:
        """Let go of the journal, if it was opened."""
        if "journal" in self.__dict__:
            self.journal.close()

    # ── time ──────────────────────────────────────────────────────────────────────────────────────
    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        return self.settings.zone

    def today(self) -> dt.date:
        """The shop's present day."""
        return self.clock().astimezone(self.zone).date()

    def business_day(self, as_of: dt.date | None) -> dt.date:
        """The day to act for. In live mode only today, so that no rehearsal reaches a customer."""
        today = self.today()
        if as_of not in (None, today) and self.settings.sendgrid.mode is Mode.LIVE:
            raise SettingsError(
                f"--as-of {as_of} is not today ({today}), and mode is live",
                where=SETTINGS_FILE,
                next_step='leave --as-of away, or rehearse with mode = "twin". Nothing was sent.',
            )
        return as_of or today

    # ── marketers' files ──────────────────────────────────────────────────────────────────────────
    @property
    def every_feature(self) -> FeatureCatalog:
        """Every feature there can be in any programme, in the order they are computed."""
        from pakdee.house.composing import feature_catalog

        return feature_catalog()

    @cached_property
    def catalog(self) -> FeatureCatalog:
        """Every feature as the project's programme tells it, with those that only it has."""
        return features_in(self.project.program, self.every_feature)

    @cached_property
    def project(self) -> Project:
        """The marketers' files, all of them valid. Raises CatalogError with everything found."""
        from pakdee.catalog import load_project

        return load_project(
            self.directory,
            self.every_feature,
            language=self.settings.shop.language,
            currency=self.settings.shop.currency,
        )

    @cached_property
    def templates(self) -> Templates:
        """The mails, each checked when it is first asked for. Raises CatalogError."""
        from pakdee.rendering import Templates

        return Templates.load(
            self.directory / "templates",
            brand=self.project.brand,
            currency=self.settings.shop.currency,
            features=self.catalog,
            fallback=self.settings.shop.language,
            program=self.project.program,
            languages=self.languages,
            lazily=True,
        )

    @cached_property
    def languages(self) -> Mapping[str, Language]:
        """What mails and pages can be written in: the package's languages, and the project's own."""
        from pakdee.rendering.languages import packaged

        return {**packaged(), **self.project.languages}

    # ── the shop's facts ──────────────────────────────────────────────────────────────────────────
    @property
    def var(self) -> Path:
        """Where this project keeps its state."""
        return self.directory / "var"

    @property
    def pages(self) -> Path:
        """Where pages for people are written; none of them shows a customer."""
        return self.var / "pages"

    @property
    def ledger_location(self) -> Path:
        """The folder of snapshots; relative paths are the project's."""
        return self.directory / self.settings.ledger.location

    @cached_property
    def snapshot(self) -> Snapshot:
        """The newest snapshot, or the one asked for. Raises LedgerError where there is none."""
        from pakdee.ledger import open_snapshot

        return open_snapshot(self.ledger_location, self.snapshot_id)

    def fresh_snapshot(self, day: dt.date) -> Snapshot:
        """The newest snapshot, young enough to act on for `day`. Raises LedgerStale."""
        from pakdee.ledger import check_fresh

        check_fresh(self.snapshot, day=day, zone=self.zone, max_age=self.settings.ledger.max_age)
        return self.snapshot

    def features(self, day: dt.date, columns: frozenset[str] | None = None) -> FeatureTable:
        """Features and conditions as of `day`, at least these or all; computed once for all commands."""
        from pakdee.house.composing import Composer

        return Composer.of(self).as_of(day, columns)

    def missing_for(self, names: frozenset[str], known: Collection[str]) -> frozenset[str]:
        """What the ledger or the programme lacks for these features; empty if all are in `known`."""
        absent = frozenset(name for name in names if name in self.catalog and name not in known)
        needs = self.catalog.missing(absent, self.snapshot.provides)
        return needs or frozenset(f"the feature {name}" for name in absent)

    # ── memory and the way out ────────────────────────────────────────────────────────────────────
    @property
    def journal_url(self) -> str:
        """Where the journal is: $PAKDEE_JOURNAL_URL, else a SQLite file of the project."""
        return self.environment.get("PAKDEE_JOURNAL_URL") or f"sqlite:///{self.var / 'journal.sqlite'}"

    @cached_property
    def journal(self) -> Journal:
        """Our own memory. Raises JournalError for another project's or mode's."""
        from pakdee.journal import Journal

        self.var.mkdir(parents=True, exist_ok=True)
        project, mode = self.settings.project, self.settings.sendgrid.mode
        return Journal.open(
            self.journal_url, project=project, mode=mode, clock=self.clock, beside=self.journal_number
        )

    @property
    def journal_number(self) -> Path:
        """A small file by which an older journal in the place of this one is found out."""
        return self.var / "journal-number.json"

    @property
    def rules(self) -> Rules:
        """What the operator decides for all campaigns."""
        caps = self.settings.caps
        return Rules(caps.marketing, self.settings.project, caps.despite_ticket)

    @cached_property
    def sender(self) -> Sender:
        """The way to SendGrid or the twin. Raises SettingsError in live mode without a key."""
        from pakdee.delivery import Sender

        key, url, seconds = self._sendgrid
        return Sender(api_key=key, url=url, timeout=seconds)

    @cached_property
    def account(self) -> Account:
        """What else there is to do there. Raises SettingsError in live mode without a key."""
        from pakdee.delivery import Account

        key, url, seconds = self._sendgrid
        return Account(api_key=key, url=url, timeout=seconds)

    @property
    def _sendgrid(self) -> tuple[str | Callable[[], str], str | None, float]:
        """Key (or how to ask for it), address and timeout, live or the twin's."""
        seconds = self.settings.sendgrid.timeout.total_seconds()
        if self.settings.sendgrid.mode is Mode.TWIN:
            return self.local_keys.api_key, self.twin_url, seconds
        key = self.given_api_key or self._required("SENDGRID_API_KEY")
        return key, self.environment.get("PAKDEE_SENDGRID_URL"), seconds

    @cached_property
    def local_keys(self) -> LocalKeys:
        """Keys of twin mode, made at first use."""
        from pakdee.delivery.local_keys import local_keys

        return local_keys(self.var / "local-keys.json")

    @property
    def link_keys(self) -> tuple[bytes, ...]:
        """Keys of links and message ids; the first signs, all verify. In live mode they must be given."""
        given = self.environment.get("PAKDEE_LINK_KEYS", "").split()
        if not given and self.settings.sendgrid.mode is Mode.LIVE:
            self._required("PAKDEE_LINK_KEYS")
        return tuple(key.encode() for key in given or [self.local_keys.link_key])

    @property
    def webhook_keys(self) -> tuple[str, ...]:
        """Public keys that may sign webhooks, base64; several while one replaces another."""
        given = self.environment.get("PAKDEE_WEBHOOK_KEYS", "").split()
        if not given and self.settings.sendgrid.mode is Mode.LIVE:
            self._required("PAKDEE_WEBHOOK_KEYS")
        return tuple(given or [self.local_keys.webhook_key])

    def require_keys(self) -> None:
        """Raise SettingsError now if a key that sending needs is missing, not after a day was planned."""
        if self.settings.sendgrid.mode is Mode.LIVE:
            self._sendgrid  # noqa: B018 - asking is the check
            for name in ("PAKDEE_LINK_KEYS", "PAKDEE_WEBHOOK_KEYS"):
                self._required(name)
            if not self.web_url.startswith("https://"):
                raise SettingsError(
                    "mode is live, but [web] url is not https, so nobody could unsubscribe safely",
                    where=SETTINGS_FILE,
                    next_step="set url to the public https address of `pakdee web`. Nothing was sent.",
                )

    @property
    def twin_url(self) -> str:
        """Where the twin answers: $PAKDEE_SENDGRID_URL, else where `pakdee up` put it, else its own port."""
        return self.environment.get("PAKDEE_SENDGRID_URL") or self._addresses.get("twin", LOCAL_TWIN)

    @property
    def web_url(self) -> str:
        """Public address of `pakdee web`, without a trailing slash; in twin mode where `pakdee up` put it."""
        found = self.settings.web.url
        if self.settings.sendgrid.mode is Mode.TWIN:
            found = self._addresses.get("web", found)
        return found.rstrip("/")

    @property
    def _addresses(self) -> dict[str, str]:
        try:
            found = json.loads((self.var / "addresses.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return {str(name): str(url) for name, url in found.items()}

    def _required(self, name: str) -> str:
        value = self.environment.get(name, "").strip()
        if not value:
            raise SettingsError(
                f"mode is live, but {name} is not set",
                where="environment",
                next_step=f'set {name}, or set mode = "twin" in {SETTINGS_FILE}. Nothing was sent.',
            )
        return value
