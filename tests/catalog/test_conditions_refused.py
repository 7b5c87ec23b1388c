"""A condition that is hostile, odd or meaningless is refused with its line, a reason and a next step."""

from __future__ import annotations

import pytest
from sample_catalogue import compiled

from pakdee.domain.errors import CatalogError

REFUSED = [
    # hostile
    ("1=1; drop table x", "';' ends a condition"),
    ("true; ", "';' ends a condition"),
    ("order_count > 1; select 1", "';' ends a condition"),
    ("order_count in (select 1)", "'select' is not used"),
    ("order_count > 1 union select 2", "'select' is not used"),
    ("exists(select 1)", "'exists' is not used"),
    ("(select 1) > 0", "'select' is not used"),
    ("read_csv('/etc/passwd') > 1", "there is no function 'read_csv'"),
    ("getenv('HOME') = 'x'", "there is no function 'getenv'"),
    ("pg_sleep(10)", "there is no function 'pg_sleep'"),
    ("load_extension('x')", "there is no function 'load_extension'"),
    ("copy x to 'y'", "there is no feature 'copy'"),
    ("attach 'x.db'", "there is no feature 'attach'"),
    ("pragma version", "there is no feature 'pragma'"),
    ("order_count > random()", "there is no function 'random'"),
    ("columns('order_count') > 1", "there is no function 'columns'"),
    ("order_count > 1 -- and more", "a comment may not stand"),
    ("order_count /* x */ > 1", "a comment may not stand"),
    ("order_count::text = '1'", "'::' would change"),
    ("cast(order_count as text) = '1'", "'cast' is not used"),
    ("x -> x + 1", "there is no feature 'x'"),
    ("order_count -> 1", "cannot be read"),
    ("order_count > ?", "a placeholder"),
    ("order_count > $1", "a placeholder"),
    ("order_count > :n", "a placeholder"),
    ("tier = $$gold$$", "a placeholder"),
    ("@@version > 1", "'@' is not used"),
    ("order_count[1] > 1", "'[' is not used"),
    ("{'a': 1}", "'{' is not used"),
    ("#1 > 0", "'#' is not used"),
    ("case when is_lapsed then true end", "'case' is not used"),
    ("tiеr = 'gold'", "has letters that no feature's name has"),  # a Cyrillic letter
    ("order_count > 1 limit 1", "there is no feature 'limit'"),
    ("order_count > 1 as x", "there is no feature 'as'"),
    ("*", "cannot be read"),
    ("count(*) > 1", "there is no function 'count'"),
    ("(" * 60 + "is_lapsed" + ")" * 60, "more than 50 brackets"),
    ("not " * 900 + "is_lapsed", "nested more than 50 levels"),
    ("order_count" + " + 1" * 60 + " > 1", "nested more than 50 levels"),
    ("is_lapsed or " * 400 + "is_lapsed", "longer than 4000 characters"),
    ("tier = 'a\\'", "holds a sign that no value has"),
    ("tier = 'a\x00'", "holds a sign that no value has"),
    ("tier = E'gold'", "there is no feature 'E'"),
    # names
    ("teir = 'gold'", "there is no feature 'teir'\n  Next: write 'tier'"),
    ("points_belance > 5", "there is no feature 'points_belance'\n  Next: write 'points_balance'"),
    ("Tier = 'gold'", "there is no feature 'Tier'\n  Next: write 'tier'"),
    ("\"tier\" = 'gold'", '"tier" stands in double quotes'),
    ('tier = "gold"', "write a text as 'gold'"),
    ("tier = gold", "put it in single quotes: 'gold'"),
    ("tier = ‘gold’", "is a typographic quote"),
    ("f.tier = 'gold'", "has a dot, which no name has"),
    ("in_segment('vpi')", "there is no segment 'vpi'\n  Next: write 'vip'"),
    ("in_segment(vip)", "write  in_segment('vip')"),
    ("in_segment('vip', 'night')", "in_segment needs one name"),
    ("in_segment()", "in_segment needs one name"),
    ("in_segment", "'in_segment' needs brackets"),
    ("insegment('vip')", "write 'in_segment'"),
    ("coalesce", "'coalesce' needs brackets"),
    # numbers and signs
    ("order_count > 1_000", "is no number here"),
    ("order_count > 1e5", "is no number here"),
    ("order_count > 0x10", "is no number here"),
    ("order_count > .5", "is no number here"),
    ("order_count > 1,000", "',' is not expected here"),
    ("order_count > 1234567890123456789012345678901234567", "is too long"),
    ("net_spend > 1.12345678", "is too long"),
    ("online_share_365d > 80%", "'%' is not used"),
    ("order_count == 1", "write '='"),
    ("order_count => 1", "write '>='"),
    ("order_count =< 1", "write '<='"),
    ("order_count > 1 && is_lapsed", "write 'and'"),
    ("is_lapsed || is_member", "write 'or'"),
    ("!is_lapsed", "write 'not'"),
    ("order_count ** 2 > 1", "cannot be read"),
    ("order_count // 2 > 1", "cannot be read"),
    # shape
    ("", "the condition is empty"),
    ("  \n ", "the condition is empty"),
    ("order_count > 1 and", "something is missing beside 'and'"),
    ("order_count >", "something is missing beside '>'"),
    ("and is_lapsed", "something is missing"),
    ("order_count > 1 is_lapsed", "'is_lapsed' is not expected here"),
    ("(order_count > 1", "opened and never closed"),
    ("order_count > 1)", "never opened"),
    ("tier = 'gold", "a quote is opened and not closed"),
    ("tier in ()", "in () is empty"),
    ("tier in 'gold'", "cannot be read"),
    ("order_count in (points_balance)", "points_balance stands in a list"),
    ("favourites = 'tea'", "favourites is a list, and a list cannot be compared or counted"),
    ("favourites > 2 and is_member", "favourites is a list"),
    ("favourites is null", "show it in a template, or choose another feature"),
    ("coalesce(favourites, 0) > 1", "favourites is a list"),
    ("favourites", "favourites is a list"),
    # types
    ("order_count", "order_count is a number, not true or false"),
    ("not tier", "tier is a text, not true or false"),
    ("is_lapsed and tier", "tier is a text, not true or false"),
    ("order_count > 'abc'", "order_count is a number, but 'abc' is a text"),
    ("order_count > '5'", "write the number without quotes: 5"),
    ("tier = 3", "tier is a text, but 3 is a number"),
    ("is_lapsed = 1", "is_lapsed is yes or no, but 1 is a number"),
    ("is_lapsed > true", "has no order"),
    ("tier = 'Gold'", "tier is never 'Gold'\n  Next: write 'gold'"),
    ("tier in ('gold', 'sliver')", "tier is never 'sliver'\n  Next: write 'silver'"),
    ("tier = 'platinum'", "use one of: member, silver, gold"),
    ("coalesce(tier, 'none') = 'gld'", "never 'gld'"),
    ("top_category > 'tea'", "a text has no order"),
    ("top_category between 'a' and 'b'", "a text has no order"),
    ("online_share_365d > 80", "write a share: 0.8 for 80 %"),
    ("online_share_365d between 0 and 5", "write a share: 0.05 for 5 %"),
    ("online_share_365d > -1", "a share from 0 to 1"),
    ("online_share_365d in (50)", "write a share: 0.5 for 50 %"),
    ("order_count = 1 = true", "a comparison is compared again"),
    ("1 < order_count < 5", "for a range write  x between 1 and 5"),
    ("order_count = not is_lapsed", "a comparison is compared again"),
    ("order_count between 7 and 3", "write the smaller first: between 3 and 7"),
    ("order_count between 1 and 2 and 3", "3 is a number, not true or false"),
    ("tier = null", "write 'is null'"),
    ("null", "null is no value"),
    ("tier not in ('gold', null)", "null may not stand in a list"),
    ("order_count is true", "after 'is' only null"),
    ("is_lapsed is not true", "after 'is' only null"),
    ("5 is null", "5 is asked for null"),
    ("(order_count > 1) is null", "is asked for null"),
    ("last_purchase_on > '2026-01-01'", "a date is compared"),
    ("tier + 1 > 2", "nothing can be calculated with it"),
    ("-tier = 'gold'", "nothing can be calculated with it"),
    ("net_spend * net_spend > 1", "two features are multiplied"),
    ("net_spend * 2 * 3 > 1", "a product is multiplied again"),
    ("order_count > 3 * 100", "3 * 100 has two fixed numbers"),
    ("net_spend * 1234567891 > 1", "too long to calculate with"),
    ("coalesce(order_count, 'x') > 1", "order_count is a number, but 'x' is a text"),
    ("coalesce(order_count) > 1", "coalesce needs a feature and a value"),
    ("coalesce(order_count, null) > 1", "null is no value"),
    ("coalesce(5, order_count) > 1", "coalesce needs a feature and a value"),
    ("true", "the same for every customer"),
    ("1 = 1", "1 and 1 are both fixed"),
    ("is_lapsed or 1 = 1", "1 and 1 are both fixed"),
    # segments
    ("in_segment('mirror')", "in a circle: mirror → mirror"),
    ("in_segment('chicken')", "in a circle: chicken → egg → chicken"),
    ("in_segment('broken')", "segments/broken.yaml:1: there is no feature 'order_cont'"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_it_is_refused_in_plain_words(text: str, said: str) -> None:
    """Every finding has a file, a line and a next step; the first reason is the expected one."""
    with pytest.raises(CatalogError) as refusal:
        compiled(text)

    told = str(refusal.value)
    assert said in told
    assert told.startswith("segments/")
    assert all(problem.line >= 1 and problem.next_step for problem in refusal.value.problems)
    assert told.endswith("Nothing was sent.")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("order_count > 1\nand teir = 'gold'", 4),
        ("order_count > 1\n\nand\ntier = 'gld'", 6),
        ("order_count > 1 and\n  (is_lapsed or\n  tier)", 5),
        ("order_count > 1\n -- a comment", 4),
        ("order_count > 1\nand (is_lapsed", 4),
        ("order_count > 1\nand", 4),
        ("in_segment('vip')\nand in_segment('nigt')", 4),
    ],
)
def test_the_line_is_that_of_the_slip(text: str, line: int) -> None:
    """In a condition of several lines the finding names the line of the word, not of the key."""
    with pytest.raises(CatalogError) as refusal:
        compiled(text)

    assert [problem.line for problem in refusal.value.problems] == [line]


def test_all_slips_of_one_kind_are_told_at_once() -> None:
    """Three unknown names are three findings, so that nobody corrects one by one."""
    with pytest.raises(CatalogError) as refusal:
        compiled("aaa > 1 and bbb > 1 and ccc > 1")

    assert len(refusal.value.problems) == 3
