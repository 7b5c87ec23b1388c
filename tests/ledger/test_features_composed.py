"""Parts and conditions become one table: unknown is out, everyone is in a shard, and no file can be reached."""

import datetime as dt
from decimal import Decimal

import duckdb
import pytest
from tiny_ledger import DAY, ZONE, ago, buyers, order, shop

from pakdee.domain.condition import Condition
from pakdee.domain.errors import CannotRun, LedgerError
from pakdee.ledger import compose, connect, evaluable, ledger_features, open_features

NAMES = ("ada", "ben", "cat", "dan", "eve")


def condition(name, sql, *reads, lists=(), clauses=()):
    """A checked condition as the catalog hands it over."""
    return Condition(name, sql, sql, frozenset(reads), frozenset(lists), tuple((c, c) for c in clauses))


LOYAL = condition(
    "segment:loyal",
    "order_count >= 2 AND days_since_last_purchase <= 30",
    "order_count",
    "days_since_last_purchase",
    clauses=("order_count >= 2", "days_since_last_purchase <= 30"),
)
QUIET = condition("segment:quiet", "days_since_last_purchase > 30", "days_since_last_purchase")
NOT_QUIET = condition("segment:not_quiet", "NOT (days_since_last_purchase > 30)", "days_since_last_purchase")
INVITED = condition("segment:invited", '"list:invited"', lists=("invited",))
BOTH = condition("campaign:news", '"list:invited" AND order_count = 0', "order_count", lists=("invited",))
CONDITIONS = (LOYAL, QUIET, NOT_QUIET, INVITED, BOTH)


@pytest.fixture
def made(tmp_path):
    """Five customers: ada loyal, ben bought once, cat long ago, dan and eve never."""
    people = [{"customer_id": name, "locale": "th", "marketing_consent": name != "ben"} for name in NAMES]
    sold = [
        order("ada", ago(5), 10),
        order("ada", ago(9), 10),
        order("ben", ago(5), 10),
        order("cat", ago(99), 10),
    ]
    return shop(tmp_path / "shop", customers=people, orders=sold)


def composed(made, tmp_path, conditions=CONDITIONS):
    """The table of these conditions, with ada, dan and a stranger on the list."""
    part = ledger_features(made, day=DAY, zone=ZONE, leap_birthday="02-28", out=tmp_path / "ledger.parquet")
    invited = {"invited": ["dan", "ada", "stranger", "dan"]}
    return compose(made, [part], conditions, invited, out=tmp_path / "features.parquet")


def test_unknown_is_out(made, tmp_path):
    """Who never bought is neither quiet nor not quiet: a test on unknown is not true."""
    table = composed(made, tmp_path)

    assert table.counts(["segment:quiet", "segment:not_quiet"]) == {
        "segment:quiet": 1,
        "segment:not_quiet": 2,
    }
    [people] = table.shards()
    assert people.column("segment:quiet").to_pylist() == [False, False, True, False, False]


def test_a_spreadsheet_is_a_condition_like_any_other(made, tmp_path):
    """Who is on the list is in, doubles and strangers make no difference, and conditions may build on it."""
    table = composed(made, tmp_path)

    assert table.counts(["segment:invited", "campaign:news"]) == {"segment:invited": 2, "campaign:news": 1}
    assert not any(name.startswith("list:") for name in table.columns)


def test_what_a_marketer_asks_of_a_segment(made, tmp_path):
    """Size, size of each clause alone, overlap and a sample that is the same every time."""
    table = composed(made, tmp_path)

    assert table.customers == 5
    assert table.clause_counts(LOYAL) == [("order_count >= 2", 1), ("days_since_last_purchase <= 30", 2)]
    assert table.clause_counts(QUIET) == []
    assert table.overlap("segment:invited", ["segment:loyal", "segment:quiet"]) == {
        "segment:loyal": 1,
        "segment:quiet": 0,
    }
    assert sorted(table.sample("segment:invited", 5)) == ["ada", "dan"]
    assert table.sample(None, 3) == table.sample(None, 5)[:3]
    assert table.ordered_within(30) == 0.4


@pytest.mark.parametrize("size", [1, 2, 5, 50_000])
def test_every_customer_is_in_exactly_one_shard(made, tmp_path, size):
    """Shards follow each other in customer_id order, none larger than asked."""
    shards = list(composed(made, tmp_path).shards(size))

    assert [i for shard in shards for i in shard.column("customer_id").to_pylist()] == list(NAMES)
    assert all(shard.num_rows <= size for shard in shards)


def test_a_shard_knows_how_to_reach_people(made, tmp_path):
    """Person and consent columns come along; those the shop does not have are there, and empty."""
    table = composed(made, tmp_path)
    row = table.customer("ben").to_pylist()[0]

    contact = ["email", "locale", "first_name", "declared_channel", "marketing_consent", "consent_at"]
    assert [row[name] for name in contact] == ["ben@example.com", "th", None, None, False, None]
    assert row["net_spend"] == Decimal(10)
    assert list(row)[9:] == list(table.columns)
    assert table.customer("nobody").num_rows == 0


def test_a_table_is_found_again(made, tmp_path):
    """Opened from its file it is the same table, so a day's features are computed once."""
    table = composed(made, tmp_path)

    assert open_features(made, table.path) == table


def test_a_condition_on_a_feature_the_ledger_lacks_says_so(made, tmp_path):
    """It cannot run, and says what is missing; others are not kept from running."""
    needy = condition("segment:gold", "tier = 'gold'", "tier")

    with pytest.raises(CannotRun, match="needs the feature tier"):
        composed(made, tmp_path, [LOYAL, needy])
    part = tmp_path / "ledger.parquet"
    assert evaluable([LOYAL, needy, QUIET], [part]) == [LOYAL, QUIET]


def test_a_condition_on_a_list_not_given_says_so(made, tmp_path):
    """A spreadsheet that was not handed over is named."""
    with pytest.raises(CannotRun, match="the list vip"):
        composed(made, tmp_path, [condition("segment:vip", '"list:vip"', lists=("vip",))])


@pytest.mark.parametrize(
    "hostile",
    [
        "(SELECT count(*) FROM read_csv('/etc/passwd')) > 0",
        "(SELECT count(*) FROM read_text('/etc/passwd')) > 0",
        "(SELECT count(*) FROM glob('/etc/*')) > 0",
        "(SELECT count(*) FROM read_parquet('https://example.com/x.parquet')) > 0",
    ],
)
def test_even_a_condition_nobody_checked_reaches_no_file(made, tmp_path, hostile):
    """The catalog refuses such text long before; should one slip through, the locked connection fails."""
    with pytest.raises(LedgerError):
        composed(made, tmp_path, [condition("segment:thief", hostile)])


def test_the_locked_connection_cannot_be_unlocked(made, tmp_path):
    """Nothing outside the given folders is read or written, and no setting can change that."""
    (tmp_path / "secret.csv").write_text("a\n1\n")
    inside = tmp_path / "inside"
    inside.mkdir()
    with connect(made, also=[inside]) as connection:
        for text in (
            f"SELECT * FROM read_csv('{tmp_path}/secret.csv')",
            f"SELECT * FROM read_csv('{inside}/../secret.csv')",
            f"COPY (SELECT 1) TO '{tmp_path}/stolen.csv'",
            f"ATTACH '{tmp_path}/other.db'",
            "SET enable_external_access = true",
            "SET allowed_directories = ['/']",
            "SET memory_limit = '1TB'",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(text)


def test_parts_of_several_stages_lie_side_by_side(made, tmp_path):
    """A later stage's part may leave customers out and be in any order; they are unknown there."""
    base = ledger_features(made, day=DAY, zone=ZONE, leap_birthday="02-28", out=tmp_path / "base.parquet")
    more = tmp_path / "more.parquet"
    duckdb.sql("SELECT * FROM (VALUES ('cat', 3), ('ada', 1)) t(customer_id, clicks)").write_parquet(
        str(more)
    )
    clicked = condition("segment:clicked", "clicks > 2", "clicks")
    table = compose(made, [base, more], [clicked], {}, out=tmp_path / "features.parquet")

    [people] = table.shards()
    assert people.column("clicks").to_pylist() == [1, None, 3, None, None]
    assert table.sample("segment:clicked", 9) == ["cat"]


def test_no_customers_no_shards(tmp_path):
    """A ledger without customers gives an empty table, not an error."""
    table = composed(shop(tmp_path / "empty", customers=[], orders=[order(None, ago(1), 5)]), tmp_path)

    assert table.customers == 0
    assert list(table.shards()) == []
    assert table.ordered_within(30) is None


def test_names_with_quotes_stay_names(made, tmp_path):
    """Column names are quoted, whatever they hold."""
    odd = condition('segment:"; DROP TABLE x; --', "order_count = 0", "order_count")

    assert composed(made, tmp_path, [odd]).counts([odd.name]) == {odd.name: 2}


def test_dates_are_dates(made, tmp_path):
    """Consent instants keep their zone."""
    people = [{"customer_id": "ada"}, *buyers("ben")]
    table = composed(shop(tmp_path / "s", customers=people, orders=[order("ada", ago(1), 1)]), tmp_path)

    [shard] = table.shards()
    assert str(shard.schema.field("consent_at").type).startswith("timestamp[us, tz=")
    assert dt.date(2026, 11, 22) == DAY
