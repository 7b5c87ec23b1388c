"""Conditions of `program.yaml`: of earn rules over the facts that earn, of grants over customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from pakdee.catalog.conditions import Compiler, Place, where_of
from pakdee.catalog.grammar import FUNCTIONS, KEYWORDS, Finding, Refused, Token, parse, tokens_of
from pakdee.catalog.lines import LineFinder
from pakdee.catalog.values import nearest
from pakdee.domain.condition import Condition
from pakdee.domain.errors import Problem
from pakdee.domain.feature import FeatureCatalog, FeatureType
from pakdee.domain.program import EarnRule, Grant, Program
from pakdee.domain.program.earning import OCCASIONS
from pakdee.domain.program.facts import ATTRIBUTES, fact_fields, field_catalog
from pakdee.domain.program.grants import OF_THE_DAY

_READ = """json_extract_string(CASE WHEN json_valid("{column}") THEN "{column}" END, '$."{key}"')"""
_SQL = {FeatureType.TEXT: _READ, FeatureType.NUMBER: f"TRY_CAST({_READ} AS DOUBLE)"}
_TIER_FEATURES = frozenset({"tier", "next_tier"})
_ASKS_TIER = (
    "a rule asks the order or activity, and the tier is the member's",
    "write  by_tier: {gold: 2}  to give members of a tier more",
)
_ASKS_SEGMENT = (
    "a rule asks the order or activity, and a segment is of customers",
    "remove it; a campaign can give something to a segment",
)
_BY_ITSELF = "ask tier, plan, or what the shop's own tables tell; or let a campaign give it (when: campaign)"


def grant_conditions(compiler: Compiler, program: Program, finder: LineFinder) -> dict[str, Condition]:
    """Who gets each grant that has a `where`, by column name ("grant:summer_coupon")."""
    found = {}
    for number, grant in enumerate(program.grants):
        if grant.where is not None:
            place = where_of(finder, grant.where, "grants", number, "where")
            found[grant.column] = compiler.condition(grant.column, grant.where, place)
            compiler.problems += _told_too_late(grant, found[grant.column], compiler, program, place)
    return {name: condition for name, condition in found.items() if condition}


def _told_too_late(
    grant: Grant, condition: Condition | None, compiler: Compiler, program: Program, place: Place
) -> Iterator[Problem]:
    """What a grant that the programme gives by itself asks, and nobody knows at that time."""
    if condition is None or not grant.is_given_by_itself:
        return
    if "tier" in condition.features and program.tiers is None:
        what = "nobody has a tier, so nobody would be given this"
        yield place.problem(Finding(0, what, "add tiers: to program.yaml, or ask something else"))
    known = (compiler.features[name] for name in sorted(condition.features - OF_THE_DAY))
    names = [f"list:{name}" for name in sorted(condition.lists)]
    names += [spec.name for spec in known if spec.stage != "ledger" or "point_entries" in spec.needs]
    for name in names:
        what = f"{name} is not known yet when the programme gives '{grant.id}' by itself"
        yield place.problem(Finding(0, what, _BY_ITSELF))


@dataclass
class EarnConditions:
    """Compiles the conditions of a programme's earn rules; `problems` collects what is wrong.

    Args:
        customers: the catalogue of features, since their names are taken for fields by mistake.
    """

    program: Program
    finder: LineFinder
    customers: FeatureCatalog
    problems: list[Problem]

    def compiled(self) -> dict[str, Condition]:
        """By the name of the rule; rules without a condition or with a broken one are not in it."""
        found = {
            rule.name: self._rule(rule, rule.where, number)
            for number, rule in enumerate(self.program.earn)
            if rule.where is not None
        }
        return {name: condition for name, condition in found.items() if condition}

    def _rule(self, rule: EarnRule, text: str, number: int) -> Condition | None:
        place = where_of(self.finder, text, "earn", number, "where")
        findings = list(self._misled(rule, text))
        self.problems += [place.problem(finding) for finding in findings]
        if any(finding.severity == "error" for finding in findings):
            return None
        attributes = self._attributes(rule, text)
        made = {
            key: (_SQL[kind].format(column=ATTRIBUTES, key=key), ATTRIBUTES)
            for key, kind in attributes.items()
        }
        fields = field_catalog(rule.when, self.program, attributes)
        compiler = Compiler(fields, {}, {}, self.problems, made=made)
        return compiler.condition(f"earn:{rule.name}", text, place)

    def _misled(self, rule: EarnRule, text: str) -> Iterator[Finding]:
        """What looks like a question about customers, or like a slip in a field's name."""
        fields = fact_fields(rule.when)
        for word in _names(text):
            if word.text == "in_segment":
                yield Finding(word.start, *_ASKS_SEGMENT)
            elif word.text in _TIER_FEATURES:
                yield Finding(word.start, *_ASKS_TIER)
            elif word.text in {"event", "plan"} and word.text in fields:
                yield from self._without_list(word)
            elif rule.when not in OCCASIONS | {"order"} and word.text not in fields:
                yield from self._doubtful(word, fields)

    def _without_list(self, word: Token) -> Iterator[Finding]:
        block = "events" if word.text == "event" else "membership"
        if not getattr(self.program, block):
            yield Finding(
                word.start, f"{word.text} asks for {block}:, and program.yaml has none", f"add {block}:"
            )

    def _doubtful(self, word: Token, fields: Mapping[str, FeatureType]) -> Iterator[Finding]:
        near = nearest(word.text, fields)
        if near or word.text in self.customers:
            what = f"'{word.text}' is taken for one of the activity's attributes"
            advice = (
                f"if you mean the field, write '{near}'" if near else "a rule cannot ask about the customer"
            )
            yield Finding(word.start, what, advice, "warning")

    def _attributes(self, rule: EarnRule, text: str) -> dict[str, FeatureType]:
        """Names that are no fields: keys of the activity's attributes, a text or number as they are used."""
        if rule.when in OCCASIONS:
            return {}
        known = fact_fields(rule.when)
        keys = {word.text for word in _names(text)} - known.keys() - set(FUNCTIONS)
        texts = dict.fromkeys(sorted(keys), FeatureType.TEXT)
        try:
            tree = parse(text, field_catalog(rule.when, self.program, texts))
        except Refused:
            return texts  # told when the condition itself is compiled
        numbers = {column.name for column in tree.find_all(exp.Column) if _is_number(column, known)}
        return {key: FeatureType.NUMBER if key in numbers else kind for key, kind in texts.items()}


def _names(text: str) -> list[Token]:
    """The words of a condition that name something, each once."""
    words = {t.text: t for t in reversed(tokens_of(text)[0]) if t.kind == "word"}
    return [word for name, word in words.items() if name.lower() not in KEYWORDS]


def _is_number(column: exp.Expr, known: Mapping[str, FeatureType]) -> bool:
    """Whether what stands beside `column` in its comparison or calculation is a number."""
    beside = column.parent
    while isinstance(beside, exp.Paren | exp.Neg):
        beside = beside.parent
    if isinstance(beside, exp.Add | exp.Sub | exp.Mul | exp.Div):
        return True
    others = (
        beside.find_all(exp.Literal, exp.Column)
        if beside and not isinstance(beside, exp.And | exp.Or)
        else ()
    )
    return any(
        not other.is_string if isinstance(other, exp.Literal) else known.get(other.name) in _NUMBERS
        for other in others
        if other is not column
    )


_NUMBERS = {FeatureType.NUMBER, FeatureType.MONEY, FeatureType.INTEGER}
