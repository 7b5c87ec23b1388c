"""What a template may read: every path with its type, whether it can be empty, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from pakdee.domain.feature import FeatureCatalog, FeatureSpec
from pakdee.rendering.kinds import Kind


@dataclass(frozen=True)
class Entry:
    """One path of the contract. `empty_when` says when a nullable one has no value.

    Args:
        is_shared: the same for every customer of one campaign, day and language.
        is_code: made of characters that stand in HTML as they are.
    """

    path: str
    kind: Kind
    source: str
    meaning: str
    nullable: bool = False
    empty_when: str = ""
    values: tuple[str, ...] = ()
    is_shared: bool = False
    is_code: bool = False


_FIXED = (
    Entry("customer", Kind.GROUP, "customers", "The reader; for the greet filter."),
    Entry(
        "customer.first_name",
        Kind.TEXT,
        "customers",
        "Given name.",
        nullable=True,
        empty_when="it is unknown",
    ),
    Entry(
        "customer.last_name",
        Kind.TEXT,
        "customers",
        "Family name.",
        nullable=True,
        empty_when="it is unknown",
    ),
    Entry(
        "customer.locale", Kind.TEXT, "customers", "Language asked for.", nullable=True, empty_when="none is"
    ),
    Entry(
        "offer",
        Kind.GROUP,
        "campaign",
        "The campaign's grant.",
        nullable=True,
        empty_when="the campaign brings no offer",
    ),
    Entry("offer.title", Kind.TEXT, "program.yaml", "What is given, in the mail's language.", is_shared=True),
    Entry(
        "offer.code",
        Kind.TEXT,
        "journal",
        "This reader's own code.",
        nullable=True,
        empty_when="the grant has no codes",
        is_code=True,
    ),
    Entry(
        "offer.value",
        Kind.MONEY,
        "program.yaml",
        "What it is worth.",
        nullable=True,
        empty_when="the grant is a percentage",
        is_shared=True,
    ),
    Entry(
        "offer.percent",
        Kind.INTEGER,
        "program.yaml",
        "Per cent off.",
        nullable=True,
        empty_when="the grant is no percentage",
        is_shared=True,
    ),
    Entry("offer.expires_on", Kind.DATE, "program.yaml", "Last day it can be used.", is_shared=True),
    Entry("links.shop", Kind.LINK, "brand.yaml", "The shop.", is_shared=True),
    Entry("links.redeem", Kind.LINK, "brand.yaml", "Where the offer is used; carries its code."),
    Entry("links.help", Kind.LINK, "brand.yaml", "Where questions are answered.", is_shared=True),
    Entry(
        "links.preferences",
        Kind.LINK,
        "system",
        "The reader's choice of mails; also in the footer.",
        is_code=True,
    ),
    Entry(
        "links.unsubscribe", Kind.LINK, "system", "Ends all marketing mail; also in the footer.", is_code=True
    ),
    Entry("brand.name", Kind.TEXT, "brand.yaml", "The shop's name."),
    Entry("brand.tagline", Kind.TEXT, "brand.yaml", "What it stands for."),
    Entry("brand.postal_address", Kind.TEXT, "brand.yaml", "Its address; also in the footer."),
    Entry("brand.persona.name", Kind.TEXT, "brand.yaml", "Who signs."),
    Entry("brand.persona.role", Kind.TEXT, "brand.yaml", "What this person does."),
    Entry("today", Kind.DATE, "run", "The shop's day the mail is planned for.", is_shared=True),
    Entry(
        "why_you",
        Kind.TEXT,
        "campaign",
        "Why this reader gets this mail; also in the footer.",
        is_shared=True,
    ),
    Entry("program.name", Kind.TEXT, "program.yaml", "What the programme is called."),
    Entry("program.unit", Kind.TEXT, "program.yaml", "What is earned: point, star …"),
    Entry("program.tiers", Kind.LIST, "program.yaml", "The tiers, lowest first; none without tiers."),
    Entry("program.tiers[].id", Kind.TEXT, "program.yaml", "A tier's id, as in customer.tier."),
    Entry("program.tiers[].title", Kind.TEXT, "program.yaml", "Its name."),
    Entry("program.tiers[].at", Kind.MONEY, "program.yaml", "Spend from which it is reached."),
)


_FEW = 8
"""Paths that a message can list."""


class Contract:
    """All paths by name: the fixed ones, and `customer.<feature>` for every feature of the catalogue."""

    def __init__(self, features: FeatureCatalog) -> None:
        self.entries = {entry.path: entry for entry in (*_FIXED, *map(_of_feature, features.values()))}
        self._features = frozenset(features)

    def get(self, path: str) -> Entry | None:
        """The entry of `path`, None where there is none."""
        return self.entries.get(path)

    def feature(self, path: str) -> str | None:
        """The feature a path reads, None where it reads none."""
        name = path.removeprefix("customer.")
        return name if name != path and name in self._features else None

    def next_step(self, path: str) -> str:
        """What to write instead of a path there is not: the nearest one, or where all of them stand."""
        root, _, rest = path.replace("-", "_").lower().partition(".")
        inside = {known.partition(".")[2]: known for known in self.entries if known.startswith(f"{root}.")}
        named = [known for known in self.entries if known.endswith(f".{rest or root}") and "[]" not in known]
        near = [inside[name] for name in get_close_matches(rest, inside, n=1, cutoff=0.6)] or named
        if not inside and not near:
            near = get_close_matches(path, self.entries, n=1, cutoff=0.6)
        if near:
            return f"write {near[0]!r}"
        if inside and len(inside) <= _FEW:
            return f"use one of: {', '.join(inside.values())}"
        return "see docs/templates.md for all there is"


def _of_feature(spec: FeatureSpec) -> Entry:
    return Entry(
        f"customer.{spec.name}",
        Kind(spec.type.value),
        f"feature {spec.code}".strip(),
        spec.label.in_language("en"),
        spec.nullable,
        spec.null_rule,
        spec.values,
    )
