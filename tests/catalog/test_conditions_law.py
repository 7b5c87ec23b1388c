"""Law: whatever condition is accepted can be evaluated, on an empty table and on any customer."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_catalogue import FEATURES, compiled

from pakdee.domain.errors import CatalogError
from pakdee.domain.feature import FeatureType

_COLUMNS = {
    FeatureType.INTEGER: ("BIGINT", "0", "-3", "2000000000"),
    FeatureType.MONEY: ("DECIMAL(18,4)", "0", "-12.5", "99999999999.9999"),
    FeatureType.NUMBER: ("DOUBLE", "0", "0.5", "1e9"),
    FeatureType.SHARE: ("DOUBLE", "0", "0.5", "1"),
    FeatureType.BOOLEAN: ("BOOLEAN", "true", "false", "true"),
    FeatureType.TEXT: ("VARCHAR", "'gold'", "''", "'x'"),
    FeatureType.DATE: ("DATE", "date '2026-01-01'", "date '1900-01-01'", "date '2026-06-15'"),
    FeatureType.LIST: ("STRUCT(title VARCHAR)[]", "[]", "[{'title': 'tea'}]", "[{'title': null}]"),
}


@pytest.fixture(scope="module")
def tables():
    """A locked connection with two tables: nobody, and four customers of whom one is unknown in everything."""
    kinds = [(name, *_COLUMNS[spec.type]) for name, spec in FEATURES.items()]
    with duckdb.connect() as connection:
        columns = ", ".join(f'"{name}" {kind}' for name, kind, *_ in kinds)
        connection.execute(f'create table nobody ({columns}, "list:night" BOOLEAN)')
        connection.execute("create table somebody as from nobody")
        for number in range(3):
            connection.execute(
                f"insert into somebody values ({', '.join(kind[2 + number] for kind in kinds)}, true)"
            )
        connection.execute(f"insert into somebody values ({', '.join('null' for _ in kinds)}, false)")
        connection.execute("set enable_external_access = false; set lock_configuration = true")
        yield connection


def _answers(connection, text: str) -> list[object] | None:
    """What the condition says of each customer; None where it is refused."""
    try:
        sql = compiled(text).sql
    except CatalogError:
        return None
    tables = (connection.execute(f"select ({sql}) from {table}") for table in ("nobody", "somebody"))
    return [answer for table in tables for (answer,) in table.fetchall()]


def _is_refused_or_answered(connection, text: str) -> bool:
    answers = _answers(connection, text)
    return answers is None or (len(answers) == 4 and set(answers) <= {True, False, None})


NUMBERS = st.sampled_from([name for name, s in FEATURES.items() if s.type in {"integer", "money", "number"}])
LITERALS = st.one_of(
    st.integers(-(10**9) + 1, 10**9 - 1).map(str),
    st.decimals(-999, 999, places=4, allow_nan=False).map(lambda d: format(d, "f")),
)
CALCULATED = st.recursive(
    st.one_of(NUMBERS, LITERALS),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-/"), inner).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})"),
        st.tuples(inner, LITERALS).map(lambda p: f"({p[0]}) * {p[1]}"),
        st.tuples(NUMBERS, inner).map(lambda p: f"coalesce({p[0]}, {p[1]})"),
        inner.map(lambda p: f"-({p})"),
    ),
    max_leaves=8,
)
TESTS = st.one_of(
    st.tuples(CALCULATED, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), CALCULATED).map(" ".join),
    st.tuples(CALCULATED, LITERALS, LITERALS).map(lambda p: f"{p[0]} between {p[1]} and {p[2]}"),
    st.tuples(NUMBERS, st.lists(LITERALS, min_size=1, max_size=3)).map(
        lambda p: f"{p[0]} in ({', '.join(p[1])})"
    ),
    st.sampled_from(
        ["is_lapsed", "tier = 'gold'", "tier is null", "in_segment('vip')", "in_segment('night')"]
    ),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
        inner.map(lambda p: f"not ({p})"),
    ),
    max_leaves=6,
)


@given(text=CONDITIONS)
@settings(max_examples=300, deadline=None)
def test_a_sensible_condition_is_evaluated(tables, text: str) -> None:
    """Numbers of any size, divisions by nothing and unknowns never raise."""
    assert _is_refused_or_answered(tables, text)


WORDS = st.sampled_from(
    [
        *FEATURES, "and", "or", "not", "between", "in", "is", "null", "true", "false", "coalesce", "in_segment",
        "(", ")", ",", "=", "<>", "<", ">=", "+", "-", "*", "/", "1", "0.5", "'gold'", "'vip'", "select", ";", "--",
    ]
)  # fmt: skip


@given(words=st.lists(WORDS, max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_heap_of_words_is_refused_or_evaluated(tables, words: list[str]) -> None:
    """Nothing between a clear refusal and an answer: no crash in the catalog, none in the engine."""
    assert _is_refused_or_answered(tables, " ".join(words))


@given(text=st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_refused_or_evaluated(tables, text: str) -> None:
    """Letters of any script and control signs included."""
    assert _is_refused_or_answered(tables, text)


def test_the_law_is_not_empty(tables) -> None:
    """A condition with calculation, fallback and segments is accepted and answered."""
    text = "coalesce(net_spend, 0) * 0.5 - order_count / 3 > 1 and not in_segment('vip')"
    answers = _answers(tables, text)

    assert answers is not None
    assert answers == [False, False, False, None]
