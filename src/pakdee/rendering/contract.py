"""What a template may read: every path with its type, whether it can be empty, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from operator import attrgetter

from pakdee.domain.brand import Brand
from pakdee.domain.feature import FeatureCatalog, FeatureSpec
from pakdee.domain.program import Program
from pakdee.domain.program.features import metric_type
from pakdee.rendering.kinds import Kind


@dataclass(frozen=True)
class Entry:
    """One path of the contract. `empty_when` says when a nullable one has no value.

    Args:
        is_shared: the same for every customer of one campaign, day and language.
        is_code: made of characters that stand in HTML as they are.
        mend: what to do where it has no value, if that is not a matter of the customer's.
        most: how many entries a list has at most, where each customer has their own.
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
    mend: str = ""
    most: int = 0


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
        "customer.locale",
        Kind.TEXT,
        "customers",
        "Language asked for.",
        nullable=True,
        empty_when="none was asked for",
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
    Entry(
        "offer.starts_on",
        Kind.DATE,
        "program.yaml",
        "First day it can be used, by its window.",
        nullable=True,
        empty_when="it can be used at once",
        is_shared=True,
    ),
    Entry("offer.expires_on", Kind.DATE, "program.yaml", "Last day it can be used.", is_shared=True),
    Entry("links.shop", Kind.LINK, "brand.yaml", "The shop.", is_shared=True),
    Entry("links.redeem", Kind.LINK, "brand.yaml", "Where the offer is used; carries its code."),
    Entry("links.help", Kind.LINK, "brand.yaml", "Where questions are answered.", is_shared=True),
    Entry(
        "links.refer",
        Kind.LINK,
        "brand.yaml",
        "Where a friend is invited; optional in brand.yaml.",
        is_shared=True,
    ),
    Entry(
        "links.review",
        Kind.LINK,
        "brand.yaml",
        "Where a review is written; optional in brand.yaml.",
        is_shared=True,
    ),
    Entry("links.nps", Kind.LINK, "system", "This reader's page for ui.nps.", is_code=True),
    Entry("links.rating", Kind.LINK, "system", "This reader's page for ui.rating.", is_code=True),
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
    Entry("brand.values", Kind.TEXT, "brand.yaml", "What it does for others; optional in brand.yaml."),
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
    Entry("campaign.incident", Kind.TEXT, "campaign", "What happened; its `incident`.", is_shared=True),
    Entry("campaign.remedy", Kind.TEXT, "campaign", "What was done about it; its `remedy`.", is_shared=True),
    Entry("campaign.opens_on", Kind.DATE, "campaign", "First day of its `window`.", is_shared=True),
    Entry("campaign.opens_at", Kind.TEXT, "campaign", "Time of that day, such as 10:00.", is_shared=True),
    Entry("campaign.closes_on", Kind.DATE, "campaign", "Last day of its `window`.", is_shared=True),
    Entry("campaign.closes_at", Kind.TEXT, "campaign", "Time of that day.", is_shared=True),
    Entry("program.name", Kind.TEXT, "program.yaml", "What the programme is called."),
    Entry("program.unit", Kind.TEXT, "program.yaml", "What is earned: point, star …"),
    Entry("program.tiers", Kind.LIST, "program.yaml", "The tiers, lowest first; none without tiers."),
    Entry("program.tiers[].id", Kind.TEXT, "program.yaml", "A tier's id, as in customer.tier."),
    Entry("program.tiers[].title", Kind.TEXT, "program.yaml", "Its name."),
    Entry("program.tiers[].at", Kind.MONEY, "program.yaml", "Spend from which it is reached."),
    Entry("program.causes", Kind.LIST, "program.yaml", "What members donate to; none without causes."),
    Entry("program.causes[].id", Kind.TEXT, "program.yaml", "A cause's id."),
    Entry("program.causes[].title", Kind.TEXT, "program.yaml", "Its name; for ui.cause."),
    Entry("program.plans", Kind.LIST, "program.yaml", "The paid plans; none without membership."),
    Entry("program.plans[].id", Kind.TEXT, "program.yaml", "A plan's id, as in customer.plan."),
    Entry("program.plans[].title", Kind.TEXT, "program.yaml", "Its name."),
    Entry("program.plans[].price", Kind.MONEY, "program.yaml", "Price of one term."),
)


_OPTIONAL = {
    "links.refer": "write  refer: https://…  under links: in brand.yaml",
    "links.review": "write  review: https://…  under links: in brand.yaml",
    "brand.values": "write  values: {en: …, th: …}  in brand.yaml",
}
"""Paths that brand.yaml may leave out, and how to put them there."""
_THRESHOLD = "program.tiers[].at"
_FEW = 10
"""Paths that a message can list."""


class Contract:
    """All paths by name: the fixed ones, and `customer.<feature>` for every feature of the catalogue.

    Args:
        brand: tells what a template may show of it, and what it leaves out.
        program: tells what its tiers go by; without one, money.
    """

    def __init__(self, features: FeatureCatalog, brand: Brand, program: Program | None = None) -> None:
        fixed = [entry if _has(brand, entry.path) else _left_out(entry) for entry in _FIXED]
        if program and program.tiers and not program.tiers.in_money:
            fixed = [_counted(entry, program) if entry.path == _THRESHOLD else entry for entry in fixed]
        of_features = (entry for spec in features.values() for entry in _of_feature(spec))
        self.entries = {entry.path: entry for entry in (*fixed, *of_features)}
        self.images = frozenset(brand.images)
        self.accounts = brand.social.accounts()
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
        if near and "[]" in near[0] and "[]" not in path:
            listed, _, part = near[0].partition("[].")
            return f"write {{% for entry in {listed} %}}, and inside it entry.{part}"
        if near:
            return f"write {near[0]!r}"
        if inside and len(inside) <= _FEW:
            return f"use one of: {', '.join(inside.values())}"
        return "see docs/templates.md for all there is"


def _has(brand: Brand, path: str) -> bool:
    """Whether brand.yaml holds what it may leave out, so far as `path` is such a thing."""
    return path not in _OPTIONAL or bool(attrgetter(path.removeprefix("brand."))(brand))


def _left_out(entry: Entry) -> Entry:
    return replace(
        entry,
        nullable=True,
        empty_when=f"brand.yaml has no {entry.path.rpartition('.')[2]}",
        mend=_OPTIONAL[entry.path],
    )


def _counted(entry: Entry, program: Program) -> Entry:
    """A threshold of tiers that do not go by money."""
    return replace(entry, kind=Kind(metric_type(program).value), meaning="What must be done to reach it.")


def _of_feature(spec: FeatureSpec) -> Iterator[Entry]:
    """The path of a feature; of a list also what its entries have."""
    path, source = f"customer.{spec.name}", f"feature {spec.code}".strip()
    label = spec.label.in_language("en")
    yield Entry(
        path,
        Kind(spec.type.value),
        source,
        label,
        spec.nullable,
        spec.null_rule,
        spec.values,
        most=spec.most,
    )
    for field in spec.fields:
        yield Entry(f"{path}[].{field.name}", Kind(field.type.value), source, field.label.in_language("en"))
