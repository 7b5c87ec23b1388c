"""Features as of a day, stage by stage: ledger, journal, programme, models, loyalty; then conditions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pakdee.domain.feature import FeatureCatalog
from pakdee.domain.program.features import features_in
from pakdee.domain.program.grants import GrantKind
from pakdee.domain.project import Project
from pakdee.house import kept
from pakdee.house.contacting import CONTACTABLE, contactable
from pakdee.house.forecasting import Forecaster

if TYPE_CHECKING:
    import pyarrow as pa

    from pakdee.house.house import House
    from pakdee.journal import Journal
    from pakdee.ledger import FeatureTable, Snapshot

ROWS_PER_GROUP = 51_200


@dataclass(frozen=True)
class Composer:
    """Composes features from one snapshot and one project's files, and keeps the tables in `folder`.

    Args:
        leap_birthday: "02-28" or "03-01", the day of 29 February in common years.
        memory: of the database, "128 MB".
        journal: opened only where a feature asks for it.
        forecaster: asked only where a feature is a model's.
    """

    snapshot: Snapshot
    project: Project
    zone: ZoneInfo
    leap_birthday: str
    memory: str
    folder: Path
    journal: Callable[[], Journal]
    forecaster: Forecaster

    @classmethod
    def of(cls, house: House) -> Composer:
        """That of a project's newest facts."""
        return cls(
            house.snapshot,
            house.project,
            house.zone,
            house.settings.shop.leap_birthday,
            house.settings.ledger.memory,
            house.var / "features",
            lambda: house.journal,
            Forecaster.of(house),
        )

    def as_of(self, day: dt.date, columns: AbstractSet[str] | None = None) -> FeatureTable:
        """The table of `day`, made anew unless there is one of the same facts, files and code.

        Args:
            columns: features and conditions ("segment:lapsed") that it must have, so far as the facts allow
                them; None means all. A table of all serves everybody who asks for some.
        """
        from pakdee import ledger

        gifts = units_given(self.project, self.journal, day)
        homes = [self._home(day, None, gifts), self._home(day, columns, gifts)]
        made = (home for home in homes if (home / "features.parquet").is_file())
        compose = partial(self._compose, day, columns, gifts)
        home = next(made, None) or kept.make(homes[-1], compose)
        return ledger.open_features(self.snapshot, home / "features.parquet")

    def known(self, day: dt.date, names: AbstractSet[str]) -> frozenset[str]:
        """Those of `names` that the table of `day` has, told without making it; models are learned."""
        from pakdee import journal, ledger, programme
        from pakdee.ledger.answered import provided
        from pakdee.metrics.features import feature_specs
        from pakdee.metrics.forecast import NoModel

        tables, program = self.snapshot.tables, self.project.program
        asked = names | programme.read_by_loyalty(names)
        asked |= programme.derived_from(asked, self.project.grant_conditions)
        provides = self.snapshot.provides | provided(self._answers(day, asked))
        found = {spec.name for spec in journal.feature_specs()}
        found |= {s.name for s in ledger.available(provides)} - programme.stands_in(tables, program, asked)
        found |= programme.told(tables, program, asked, found & asked)
        found |= {spec.name for spec in programme.loyalty_specs() if spec.needs <= provides | {"customers"}}
        models = {spec.name for spec in feature_specs() if spec.needs <= provides}
        if models & names and not isinstance(self.forecaster.model(day), NoModel):
            found |= models
        return frozenset(names & found)

    def _home(self, day: dt.date, columns: AbstractSet[str] | None, gifts: pa.Table | None) -> Path:
        models = self.forecaster
        return kept.home(
            self.folder,
            day,
            self.snapshot.id,
            self.project.content_version,
            self.zone,
            self.leap_birthday,
            models.assumed,
            models.settings.forecast,
            "all" if columns is None else " ".join(sorted(columns)),
            "" if gifts is None else kept.digest(gifts),
        )

    def _compose(
        self, day: dt.date, columns: AbstractSet[str] | None, gifts: pa.Table | None, out: Path
    ) -> None:
        from pakdee import ledger, programme

        project = self.project
        asked = [c for name, c in project.conditions.items() if columns is None or name in columns]
        wanted = frozenset(self._catalog if columns is None else columns)
        names = wanted.union(*(condition.features for condition in asked))
        names |= programme.read_by_loyalty(names)
        facts = self._facts(day, names, out)
        from_facts = names | programme.derived_from(names, project.grant_conditions)
        base = ledger.ledger_features(
            facts,
            day=day,
            zone=self.zone,
            leap_birthday=self.leap_birthday,
            out=out / "ledger.parquet",
            names=from_facts - programme.stands_in(facts.tables, project.program, from_facts),
            memory_limit=self.memory,
        )
        parts = [
            base,
            *self._journal_part(base, day, names, out),
            self._programme_part(base, facts, gifts, day, names, out),
            *self._model_part(base, day, names, out),
        ]
        parts += self._loyalty_part(parts, facts, day, names, out)
        conditions = ledger.evaluable(asked, parts)
        ledger.compose(
            self.snapshot,
            parts,
            conditions,
            project.lists,
            out=out / "features.parquet",
            memory_limit=self.memory,
        )

    @property
    def _catalog(self) -> FeatureCatalog:
        return features_in(self.project.program, feature_catalog())

    def _programme_part(
        self,
        base: Path,
        facts: Snapshot,
        gifts: pa.Table | None,
        day: dt.date,
        names: AbstractSet[str],
        out: Path,
    ) -> Path:
        from pakdee import programme

        return programme.derive(
            facts.tables,
            base,
            self.project.program,
            day=day,
            zone=self.zone,
            out=out / "programme.parquet",
            names=names,
            earn_conditions=self.project.earn_conditions,
            grant_conditions=self.project.grant_conditions,
            leap_birthday=self.leap_birthday,
            gifts=gifts,
            memory_limit=self.memory,
        )

    def _facts(self, day: dt.date, names: AbstractSet[str], out: Path) -> Snapshot:
        """The shop's facts, with what readers of our mails answered wherever a feature asks for answers."""
        from pakdee.ledger.answered import with_answers

        return with_answers(self.snapshot, self._answers(day, names), out)

    def _answers(self, day: dt.date, names: AbstractSet[str]) -> pa.Table:
        """What readers answered, and whom mails asked; nothing where no feature asks for it."""
        import pyarrow as pa

        from pakdee.ledger.answered import ASKED, TABLE

        catalog, found = self._catalog, [pa.table({})]
        if ASKED in names or any(TABLE in catalog[name].needs for name in names if name in catalog):
            found.append(self.journal().survey_answers(day, self.zone))
        if ASKED in names:
            found.append(self.journal().survey_asked(day, self.zone))
        return pa.concat_tables(found, promote_options="default")

    def _journal_part(self, base: Path, day: dt.date, names: AbstractSet[str], out: Path) -> list[Path]:
        from pakdee import journal
        from pakdee.metrics import MachineRule

        mine, parts = {spec.name for spec in journal.feature_specs() if spec.name in names}, []
        if CONTACTABLE in mine:
            told = contactable(self.snapshot, base, self.journal, day, self.zone)
            parts.append(_written(told, out / "contact.parquet"))
        if mine := mine - {CONTACTABLE}:
            rule, everyone = MachineRule(), _customers(base)
            table = self.journal().engagement_features(
                everyone, mine, day=day, zone=self.zone, **asdict(rule)
            )
            parts.append(_written(table, out / "journal.parquet"))
        return parts

    def _model_part(self, base: Path, day: dt.date, names: AbstractSet[str], out: Path) -> list[Path]:
        from pakdee.metrics.features import feature_specs

        mine = [s.name for s in feature_specs() if s.name in names and s.needs <= self.snapshot.provides]
        if not mine:
            return []
        return [_written(self.forecaster.features(_customers(base), mine, day), out / "model.parquet")]

    def _loyalty_part(
        self, parts: Sequence[Path], facts: Snapshot, day: dt.date, names: AbstractSet[str], out: Path
    ) -> list[Path]:
        from pakdee import ledger, programme

        if not any(spec.name in names for spec in programme.loyalty_specs()):
            return []
        since, done = programme.deeds_since(names, self.project.program, day), None
        if since:
            done = out / "deeds.parquet"
            ledger.deeds(facts, day=day, since=since, zone=self.zone, out=done, memory_limit=self.memory)
        made = programme.loyalty(
            parts,
            facts.tables,
            self.project.program,
            day=day,
            provides=facts.provides,
            out=out / "loyalty.parquet",
            names=names,
            deeds=done,
            memory_limit=self.memory,
        )
        return [made]


def units_given(project: Project, journal: Callable[[], Journal], day: dt.date) -> pa.Table | None:
    """Units that campaigns gave before `day`; None where no grant of theirs is of units."""
    if any(grant.is_of_campaigns and grant.kind is GrantKind.UNITS for grant in project.program.grants):
        return journal().gifts(day)
    return None


@cache
def feature_catalog() -> FeatureCatalog:
    """Every feature there can be in any programme, in the order of the stages that compute them."""
    from pakdee import journal, ledger, programme
    from pakdee.metrics import features as models

    stages = (ledger, journal, programme, models)
    specs = [spec for stage in stages for spec in stage.feature_specs()]
    return FeatureCatalog([*specs, *programme.loyalty_specs()])


def _customers(base: Path) -> pa.Array:
    import pyarrow.parquet as pq

    return pq.read_table(base, columns=["customer_id"])["customer_id"].combine_chunks()


def _written(table: pa.Table, path: Path) -> Path:
    import pyarrow.parquet as pq

    pq.write_table(table, path, row_group_size=ROWS_PER_GROUP)
    return path
