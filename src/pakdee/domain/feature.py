"""What can be known about a customer as of a day: the specification of each feature."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from pakdee.domain.units import Words


class FeatureType(StrEnum):
    """What a feature's value is; conditions and template filters are checked against it."""

    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    SHARE = "share"  # 0 to 1
    BOOLEAN = "boolean"
    TEXT = "text"
    DATE = "date"
    LIST = "list"  # of entries with fields; shown in mails, never compared


@dataclass(frozen=True)
class FieldSpec:
    """What each entry of a list has, and is never without."""

    name: str
    type: FeatureType
    label: Words


@dataclass(frozen=True)
class FeatureSpec:
    """One entry of the catalogue.

    Args:
        code: its number in the domain model, e.g. "F11"; empty for a helper.
        unit: "days", "orders", "" …, for people.
        nullable: whether it can be unknown; `null_rule` says when.
        needs: tables ("orders") and columns ("orders.channel") the ledger must have; see `lacking`.
        stage: "ledger", "journal", "programme", "model" or, from all of these, "loyalty": who computes it.
        values: the closed list of values of an enumerated text, else empty.
        is_day_counter: changes every day by itself, so `=` on it is a trap.
        fields: what the entries of a list have; empty for all else.
        most: how many entries a list has at most.
        made_from: tables and columns gathered for it: "cycle_sums", "order_sums.net_spend".
    """

    name: str
    code: str
    type: FeatureType
    unit: str
    label: Words
    meaning: Words
    nullable: bool
    null_rule: str
    needs: frozenset[str]
    stage: str
    values: tuple[str, ...] = ()
    is_day_counter: bool = False
    fields: tuple[FieldSpec, ...] = ()
    most: int = 0
    made_from: frozenset[str] = frozenset()


class FeatureCatalog(Mapping[str, FeatureSpec]):
    """All features by name, in catalogue order."""

    unknown = "there is no feature '{word}'"
    """What messages say of a name that is not in it, and `seen` where people find those that are."""
    seen = "{advice} (all features: pakdee features)"

    def __init__(self, specs: Iterable[FeatureSpec]) -> None:
        self._specs = {spec.name: spec for spec in specs}

    def __getitem__(self, name: str) -> FeatureSpec:
        """The specification of `name`."""
        return self._specs[name]

    def __iter__(self) -> Iterator[str]:
        """Names in catalogue order."""
        return iter(self._specs)

    def __len__(self) -> int:
        """How many features there are."""
        return len(self._specs)

    def suggestion(self, name: str) -> str | None:
        """The nearest existing name, for "did you mean"."""
        return next(iter(get_close_matches(name, self._specs, n=1, cutoff=0.6)), None)

    def missing(self, names: frozenset[str], provided: frozenset[str]) -> frozenset[str]:
        """Tables and columns that `names` need and a snapshot providing `provided` lacks."""
        return lacking((need for name in names if name in self for need in self[name].needs), provided)


def lacking(needs: Iterable[str], provided: Collection[str]) -> frozenset[str]:
    """Those of `needs` that `provided` does not meet; "refunds or orders.status" is met by either of them."""
    return frozenset(need for need in needs if not any(one in provided for one in need.split(" or ")))
