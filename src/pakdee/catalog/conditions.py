"""`where` texts become checked Conditions: parsed, typed, segments written out, circles refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from pakdee.catalog.grammar import Finding, Refused, parse, tokens_of
from pakdee.catalog.lines import LineFinder
from pakdee.catalog.meaning import Meaning
from pakdee.domain.condition import Condition
from pakdee.domain.errors import CatalogError, Problem
from pakdee.domain.feature import FeatureCatalog, FeatureType
from pakdee.domain.segment import EVERYONE, Segment

MOST_SQL = 50_000
MOST_SEGMENTS_DEEP = 10
_SPLIT = "use fewer segments inside segments"
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div)
_TRANSPARENT = (exp.Paren, exp.Neg, exp.Coalesce)
# Wide enough that no product of a feature with a fixed number of nine digits can overflow.
_WIDE = {FeatureType.INTEGER: "BIGINT", FeatureType.MONEY: "DECIMAL(28, 4)"}


@dataclass(frozen=True)
class Place:
    """Where a condition stands: its file, and the line of each of its characters."""

    file: str
    line_at: Callable[[int], int]

    def problem(self, finding: Finding) -> Problem:
        """The finding with file and line."""
        line = self.line_at(finding.offset)
        return Problem(self.file, line, finding.what, finding.next_step, finding.severity)


def where_of(finder: LineFinder, text: str, *steps: str | int) -> Place:
    """The place of the condition `text` that stands at the key `steps`."""
    return Place(finder.file, lambda offset: finder.text_line(steps, text, offset))


def compile_condition(
    name: str, text: str, features: FeatureCatalog, segments: Mapping[str, Segment], where: str
) -> Condition:
    """The Condition that `text` states.

    Args:
        name: its column, "segment:lapsed".
        text: as the marketer wrote it.
        features: all names it may use.
        segments: what `in_segment` may name.
        where: "segments/lapsed.yaml:3", the line on which the text begins.

    Raises:
        CatalogError: with every finding about the text and about the segments it goes through.
    """
    file, _, line = where.rpartition(":")
    first = int(line) if line.isdigit() else 1
    place = Place(file or where, lambda offset: first + text.count("\n", 0, offset))
    compiler = Compiler(features, segments, {})
    found = compiler.condition(name, text, place)
    if found is None:
        raise CatalogError([p for p in compiler.problems if p.severity == "error"])
    return found


@dataclass
class Compiler:
    """Compiles all conditions of a project, each segment once; `problems` collects every finding.

    Args:
        places: where each segment's condition stands, by segment name.
        broken: segments whose file cannot be used, so that naming one is no second finding.
        made: the SQL of names that are no columns themselves, and the column each is made from.
    """

    features: FeatureCatalog
    segments: Mapping[str, Segment]
    places: Mapping[str, Place]
    problems: list[Problem] = field(default_factory=list)
    broken: Collection[str] = ()
    made: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    _done: dict[str, Condition | None] = field(default_factory=dict)

    def segment(self, name: str, trail: Sequence[str] = ()) -> Condition | None:
        """The condition of segment `name`, None where it cannot be used; findings are noted once."""
        if name in self.broken:
            return None
        if name not in self._done:
            segment = self.segments[name]
            place = self.places.get(name) or Place(f"segments/{name}.yaml", lambda _: 1)
            if segment.where is None:
                self._done[name] = _list_condition(segment, place)
            else:
                self._done[name] = self.condition(segment.column, segment.where, place, (*trail, name))
        return self._done[name]

    def condition(self, column: str, text: str, place: Place, trail: Sequence[str] = ()) -> Condition | None:
        """The condition `text` for `column`, None where it cannot be used.

        Args:
            column: its name, "campaign:birthday".
            text: as written.
            place: for findings.
            trail: segments on the way here, so that a circle is seen.
        """
        try:
            tree = parse(text, self.features)
            self._check(tree, place)
            return self._write_out(column, text, tree, place, trail)
        except Refused as refused:
            self.problems += [place.problem(finding) for finding in refused.findings]
        except _Broken:
            pass  # the segment it goes through has its own finding
        return None

    def _check(self, tree: exp.Expr, place: Place) -> None:
        meaning = Meaning(self.features, {*self.segments, *self.broken})
        meaning.check(tree)
        if any(finding.severity == "error" for finding in meaning.findings):
            raise Refused(meaning.findings)
        self.problems += [place.problem(finding) for finding in meaning.findings]

    def _write_out(
        self, column: str, text: str, tree: exp.Expr, place: Place, trail: Sequence[str]
    ) -> Condition:
        names = {self.made.get(node.name, ("", node.name))[1] for node in tree.find_all(exp.Column)}
        holder = exp.Paren(this=tree)
        _guard(holder, self.features)
        _make(holder, self.made)
        parts = [self._insert(call, trail) for call in list(holder.find_all(exp.Anonymous))]
        clauses = holder.this.flatten(unnest=False) if isinstance(holder.this, exp.And) else [holder.this]
        sqls = [_sql(clause) for clause in clauses]
        sql = " AND ".join(sqls)
        if len(sql) > MOST_SQL:
            raise Refused(
                [Finding(0, "the condition is too large when its segments are written out", _SPLIT)]
            )
        return Condition(
            name=column,
            text=text.strip(),
            sql=sql,
            features=frozenset(names).union(*(part.features for part in parts)),
            lists=frozenset().union(*(part.lists for part in parts)),
            clauses=tuple(zip(clause_texts(text, len(sqls)), sqls, strict=True)),
            where=f"{place.file}:{place.line_at(0)}",
        )

    def _insert(self, call: exp.Expr, trail: Sequence[str]) -> Condition:
        """Puts the named segment in the place of an `in_segment`; unknown there means not in it."""
        literal = call.expressions[0]
        name, offset = str(literal.this), int(literal.meta["start"])
        if name in trail:
            circle = " → ".join([*trail[list(trail).index(name) :], name])
            what = f"these segments are defined by each other in a circle: {circle}"
            raise Refused([Finding(offset, what, "take one of them out of the circle")])
        if len(trail) >= MOST_SEGMENTS_DEEP:
            what = f"segments stand inside segments more than {MOST_SEGMENTS_DEEP} deep"
            raise Refused([Finding(offset, what, _SPLIT)])
        found = _everyone() if name == EVERYONE else self.segment(name, trail)
        if found is None:
            raise _Broken
        call.replace(exp.Coalesce(this=exp.Paren(this=exp.Var(this=found.sql)), expressions=[exp.false()]))
        return found


def compiler_of(
    segments: Mapping[str, tuple[Segment, LineFinder]],
    names: Collection[str],
    features: FeatureCatalog,
    problems: list[Problem],
) -> Compiler:
    """For conditions of a project that may go through its segments.

    Args:
        segments: those that can be used, each with its file.
        names: of all that have a file; naming a broken one is no second finding.
        problems: takes every finding.
    """
    places = {name: where_of(lines, entry.where or "", "where") for name, (entry, lines) in segments.items()}
    usable = {name: segment for name, (segment, _) in segments.items()}
    return Compiler(features, usable, places, problems, broken={*names} - usable.keys())


class _Broken(Exception):
    """A segment on the way cannot be used."""


def _everyone() -> Condition:
    return Condition(name="", text="", sql="TRUE", features=frozenset())


def _list_condition(segment: Segment, place: Place) -> Condition:
    sql, where = f'"list:{segment.name}"', f"{place.file}:{place.line_at(0)}"
    lists = frozenset({segment.name})
    text = f"list: {segment.list}"
    return Condition(segment.column, text, sql, frozenset(), lists, ((text, sql),), where)


def _guard(tree: exp.Expr, features: FeatureCatalog) -> None:
    """Makes calculations safe: a division by nothing is unknown, and no whole number or amount overflows."""
    for division in list(tree.find_all(exp.Div)):
        division.set("expression", exp.Nullif(this=division.expression, expression=exp.Literal.number(0)))
    for column in list(tree.find_all(exp.Column)):
        wide = _WIDE.get(features[column.name].type)
        if wide and _is_calculated(column):
            column.replace(exp.cast(column.copy(), wide, dialect="duckdb"))


def _make(tree: exp.Expr, made: Mapping[str, tuple[str, str]]) -> None:
    for column in list(tree.find_all(exp.Column)):
        if column.name in made:
            column.replace(exp.Var(this=made[column.name][0]))


def _is_calculated(node: exp.Expr) -> bool:
    above = node.parent
    while isinstance(above, _TRANSPARENT):
        above = above.parent
    return isinstance(above, (*_ARITHMETIC, exp.Nullif))


def _sql(tree: exp.Expr) -> str:
    """DuckDB's dialect with every name quoted; an `or` in brackets, so that clauses can be joined."""
    text = tree.sql("duckdb", identify=True)
    return f"({text})" if isinstance(tree, exp.Or) else text


def clause_texts(text: str, count: int) -> list[str]:
    """The `count` parts of `text` between its outermost `and`s, as written."""
    cuts, depth, ranges = [0], 0, 0
    for token in tokens_of(text)[0]:
        word = token.text.lower()
        depth += {"(": 1, ")": -1}.get(word, 0)
        ranges += word == "between"
        if word == "and" and ranges:
            ranges -= 1
        elif word == "and" and not depth and count > 1:
            cuts += [token.start, token.start + len(word)]
    edges = [*cuts, len(text)]
    return [" ".join(text[a:b].split()) for a, b in zip(edges[::2], edges[1::2], strict=True)]
