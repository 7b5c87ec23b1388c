"""An accepted condition says the same in SQL, reads only features, and leaves out what is unknown."""

from __future__ import annotations

import duckdb
import pytest
from sample_catalogue import FEATURES, SEGMENTS, compiled

from pakdee.catalog.conditions import compile_condition
from pakdee.domain.errors import CatalogError
from pakdee.domain.segment import Segment

ACCEPTED = [
    ("is_lapsed", '"is_lapsed"'),
    ("not is_lapsed", 'NOT "is_lapsed"'),
    ("is_lapsed = false", '"is_lapsed" = FALSE'),
    ("order_count >= 2", '"order_count" >= 2'),
    ("5 > order_count", '5 > "order_count"'),
    ("order_count != 2", '"order_count" <> 2'),
    ("points_balance > -5", '"points_balance" > -5'),
    ("order_count BETWEEN 1 AND 3", '"order_count" BETWEEN 1 AND 3'),
    ("order_count not between 1 and 3", 'NOT "order_count" BETWEEN 1 AND 3'),
    ("tier in ('gold', 'silver')", "\"tier\" IN ('gold', 'silver')"),
    ("tier not in ('gold')", "NOT \"tier\" IN ('gold')"),
    ("top_category = 'ชา''s'", "\"top_category\" = 'ชา''s'"),
    ("tier is null", '"tier" IS NULL'),
    ("last_purchase_on is not null", 'NOT "last_purchase_on" IS NULL'),
    ("coalesce(order_count, 0) = 0", 'COALESCE("order_count", 0) = 0'),
    ("coalesce(tier, 'none') = 'none'", "COALESCE(\"tier\", 'none') = 'none'"),
    ("coalesce(is_lapsed, false)", 'COALESCE("is_lapsed", FALSE)'),
    ("online_share_365d >= 0.8", '"online_share_365d" >= 0.8'),
    ("is_lapsed or is_member", '("is_lapsed" OR "is_member")'),
    ("(is_lapsed)", '("is_lapsed")'),
    ("net_spend > net_spend_365d", '"net_spend" > "net_spend_365d"'),
    (
        "net_spend / order_count > 300",
        'CAST("net_spend" AS DECIMAL(28, 4)) / NULLIF(CAST("order_count" AS BIGINT), 0) > 300',
    ),
    ("in_segment('everyone') and is_lapsed", 'COALESCE((TRUE), FALSE) AND "is_lapsed"'),
    ("in_segment('night')", 'COALESCE(("list:night"), FALSE)'),
]


@pytest.mark.parametrize(("text", "sql"), ACCEPTED)
def test_it_becomes_sql_with_quoted_names(text: str, sql: str) -> None:
    """Names are quoted, so that no feature's name can be mistaken for a word of SQL."""
    assert compiled(text).sql == sql


def test_a_condition_knows_all_it_reads() -> None:
    """Features and lists are those of the text and of every segment it goes through."""
    found = compiled("in_segment('quiet') and in_segment('night') and is_member")

    assert found.features == {"days_since_last_purchase", "tier", "order_count", "is_member"}
    assert found.lists == {"night"}
    assert (found.name, found.where) == ("segment:x", "segments/x.yaml:3")


def test_its_clauses_are_the_parts_between_the_outermost_ands() -> None:
    """The `and` of a range and those in brackets divide nothing; the words are as written."""
    found = compiled(
        "order_count between 1 and 3\n and (is_lapsed and is_member)\nand TIER_MOVED_7d = 'up'".lower()
    )

    assert [text for text, _ in found.clauses] == [
        "order_count between 1 and 3",
        "(is_lapsed and is_member)",
        "tier_moved_7d = 'up'",
    ]
    assert " AND ".join(sql for _, sql in found.clauses) == found.sql


def test_an_or_is_one_clause() -> None:
    """What is joined by `or` cannot be counted apart."""
    assert len(compiled("is_lapsed and is_member or order_count > 1").clauses) == 1


def _who(text: str) -> list[str]:
    """Who of a small table is in: nina is unknown in everything."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table t as select * from (values"
            " ('ada', 9, 'gold', true, 0.9, 100.0000::decimal(18,4), 200, true),"
            " ('ben', 1, 'member', false, 0.1, 0.0000::decimal(18,4), 10, false),"
            " ('nina', null, null, null, null, null, null, false))"
            ' v(id, order_count, tier, is_lapsed, online_share_365d, net_spend, days_since_last_purchase, "list:night")'
        )
        sql = compiled(text).sql
        return [row[0] for row in connection.execute(f"select id from t where {sql} order by id").fetchall()]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("order_count >= 9", ["ada"]),
        ("not (order_count >= 9)", ["ben"]),  # nina was never counted, so she is in neither
        ("order_count is null", ["nina"]),
        ("coalesce(order_count, 0) < 9", ["ben", "nina"]),
        ("tier not in ('gold')", ["ben"]),
        ("not is_lapsed", ["ben"]),
        ("is_lapsed or order_count = 1", ["ada", "ben"]),
        ("net_spend / order_count > 5", ["ada"]),
        ("order_count / net_spend > 0", ["ada"]),  # ben's division by nothing is unknown, not an error
        ("in_segment('vip')", ["ada"]),
        ("not in_segment('vip')", ["ben", "nina"]),  # being in a segment is a matter of yes or no
        ("in_segment('night')", ["ada"]),
        ("in_segment('quiet')", []),
    ],
)
def test_only_who_is_surely_in_is_in(text: str, who: list[str]) -> None:
    """Unknown stays unknown through `not`; membership of a segment alone is never unknown."""
    assert _who(text) == who


def test_segments_inside_segments_do_not_explode() -> None:
    """Each doubles the one before: written out it would be endless, so it is refused."""
    words = SEGMENTS["vip"].title
    base = {"s0": Segment(name="s0", title=words, where="tier in ('gold', 'silver') and order_count > 10")}
    chain = {
        f"s{n}": Segment(name=f"s{n}", title=words, where=" or ".join([f"in_segment('s{n - 1}')"] * 12))
        for n in range(1, 9)
    }
    with pytest.raises(CatalogError, match="too large when its segments are written out"):
        compile_condition("segment:x", "in_segment('s8')", FEATURES, base | chain, "segments/x.yaml:1")


def test_segments_stand_only_so_deep_inside_each_other() -> None:
    """A chain of a dozen is refused by name and line, not by an engine at night."""
    words = SEGMENTS["vip"].title
    chain = {
        f"s{n}": Segment(name=f"s{n}", title=words, where=f"in_segment('s{n - 1}')" if n else "is_lapsed")
        for n in range(15)
    }
    with pytest.raises(CatalogError, match="more than 10 deep"):
        compile_condition("segment:x", "in_segment('s14')", FEATURES, chain, "segments/x.yaml:1")
