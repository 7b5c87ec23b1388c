"""Products picked for a customer: what a person would pick from a few rows, by the same rules."""

from decimal import Decimal

from tiny_ledger import ago, buyers, features, line, order, refund, shop

from pakdee.domain.feature import FeatureCatalog
from pakdee.ledger import feature_specs


def goods(**categories):
    """Products of these categories, named like their ids."""
    return [{"product_id": name, "name": name.title(), "category": c} for name, c in categories.items()]


def sale(who, product, days=10, amount=100, **more):
    """(order, line) of one product of the category tea, unless told otherwise."""
    order_id = f"{who}-{product}-{days}"
    stated = {"category": "tea"} | more
    return order(who, ago(days), amount, order_id=order_id), line(order_id, 1, product, amount, **stated)


def picked(folder, sales, products, refunds=(), people=("ada", "ben", "cat", "dan")):
    """Titles by customer."""
    orders, lines = zip(*sales, strict=True)
    made = shop(
        folder,
        customers=buyers(*people),
        orders=orders,
        order_lines=lines,
        products=products,
        refunds=refunds,
    )
    return {name: [g["title"] for g in found["favourites"]] for name, found in features(made).items()}


TEA = goods(assam="tea", black="tea", chai="tea", dew="tea", vase="home")


def test_the_worked_example(tmp_path):
    """Of tea, chai is bought most often (3), then black (2), then assam and dew (once each, by id).

    Ada had chai and black, so assam and dew are new to her; the third is chai, of which she bought two. Ben had
    chai alone: black, assam, dew. Dan never bought. Nobody is shown a vase: their favourite category is tea.
    """
    sales = [
        sale("ada", "chai", quantity=Decimal(2)),
        sale("ada", "black", days=5),
        sale("ben", "chai"),
        sale("cat", "chai"),
        sale("cat", "black"),
        sale("eve", "assam"),
        sale("eve", "dew"),
    ]
    found = picked(tmp_path, sales, TEA, people=("ada", "ben", "cat", "dan", "eve"))

    assert found["ada"] == ["Assam", "Dew", "Chai"]
    assert found["ben"] == ["Black", "Assam", "Dew"]
    assert found["dan"] == []


def test_what_came_back_is_not_told_of(tmp_path):
    """A returned line, and any line of an order that was cancelled; a product that was never kept has no buyers."""
    cancelled = sale("ada", "dew")
    cancelled[0]["status"] = "cancelled"
    sales = [sale("ada", "chai"), sale("ada", "black"), cancelled, sale("ben", "dew"), sale("ben", "assam")]
    back = [refund("ada-black-10", 100, ago(3), line_no=1)]

    assert picked(tmp_path, sales, TEA, back)["ada"] == ["Assam", "Chai"]


def test_only_goods_on_sale_that_have_a_name_and_a_category_are_shown(tmp_path):
    """Neither new nor usual ones; nor what nobody bought in two years, since its price is not known."""
    products = [
        *goods(assam="tea", chai="tea", old="tea", unsold="tea"),
        {"product_id": "gone", "name": "Gone", "category": "tea", "is_listed": False},
        {"product_id": "blank", "name": " ", "category": "tea"},
        {"product_id": "odd", "name": "Odd", "category": None},
    ]
    sales = [sale("ben", name) for name in ("chai", "gone", "blank", "odd", "unknown")]
    sales += [sale("ada", "gone"), sale("ada", "assam"), sale("ben", "old", days=731)]

    assert picked(tmp_path, sales, products) == {
        "ada": ["Chai", "Assam"],
        "ben": ["Assam", "Chai"],
        "cat": [],
        "dan": [],
    }


def test_who_has_not_bought_for_a_year_sees_what_they_used_to_buy(tmp_path):
    """Without a favourite category: most pieces first, then the latest, then by id."""
    sales = [
        sale("ada", "assam", days=400),
        sale("ada", "black", days=500),
        sale("ada", "chai", days=400),
        sale("ada", "dew", days=600, quantity=Decimal(5)),
        sale("ben", "vase"),
    ]
    assert picked(tmp_path, sales, TEA)["ada"] == ["Dew", "Assam", "Chai"]


def test_the_price_is_the_list_price_of_the_last_day_else_what_was_paid_at_most(tmp_path):
    """Never an old price, nor one that somebody had with a discount while others paid more."""
    sales = [
        sale("ada", "assam", days=9, amount=90, unit_list_price=Decimal(120)),
        sale("ben", "assam", days=30, amount=400),
        sale("ben", "black", days=8, amount=150, quantity=Decimal(3)),
        sale("cat", "black", days=8, amount=40),
    ]
    orders, lines = zip(*sales, strict=True)
    people = buyers("ada", "ben", "cat")
    made = shop(tmp_path, customers=people, orders=orders, order_lines=lines, products=TEA)

    assert features(made)["cat"]["favourites"] == [
        {"title": "Assam", "price": Decimal(120), "category": "tea"},
        {"title": "Black", "price": Decimal(50), "category": "tea"},
    ]


def test_only_the_best_of_a_category_are_looked_at(tmp_path):
    """Who had all fifty of them sees what they buy most, not the fifty-first."""
    names = [f"p{number:02}" for number in range(52)]
    sales = [sale("ben", name) for name in names] + [sale("ada", name) for name in names[:50]]
    sales += [sale("ada", "p07", days=11)]
    found = picked(tmp_path, sales, goods(**dict.fromkeys(names, "tea")))

    assert found["ada"] == ["P07", "P00", "P01"]
    assert len(found["ben"]) == 3


def test_a_shop_without_products_has_no_such_feature(tmp_path):
    """It is absent, not empty: a campaign that needs it cannot run, and says why."""
    sold, bought = sale("ada", "chai")
    made = shop(tmp_path, customers=buyers("ada"), orders=[sold], order_lines=[bought])

    lacking = FeatureCatalog(list(feature_specs())).missing(frozenset({"favourites"}), made.provides)

    assert "favourites" not in features(made)["ada"]
    assert lacking == {"products", "products.name", "products.category"}
