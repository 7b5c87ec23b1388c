"""What the shop keeps of an order: one rule, asked by several rooms of whole tables, hence in SQL."""

from __future__ import annotations

_MACROS = """
CREATE TEMP MACRO every_order(day, earlier) AS TABLE
SELECT o.*, {kept} AS kept, {kept_earlier} AS kept_earlier
FROM shop_orders AS o {refunds}
WHERE o.ordered_on < day;

CREATE TEMP MACRO known_orders(day, earlier) AS TABLE
SELECT *
FROM every_order(day, earlier)
WHERE customer_id IS NOT NULL;

CREATE TEMP MACRO kept_orders(day) AS TABLE
SELECT * EXCLUDE (kept_earlier)
FROM known_orders(day, day);
"""

_KEPT = """
CASE WHEN o.status = 'cancelled' THEN 0
     WHEN o.status = 'returned' THEN least(o.net_amount, 0)
     ELSE o.net_amount - {refunded} END::DECIMAL(18, 4)
"""

_REFUNDS = """
LEFT JOIN (
    SELECT order_id, sum(amount) AS refunded, sum(amount) FILTER (refunded_on < earlier) AS refunded_earlier
    FROM shop_refunds
    WHERE refunded_on < day
    GROUP BY order_id
) AS r USING (order_id)
"""


def kept_orders(*, has_refunds: bool) -> str:
    """DuckDB table macros: `kept_orders(day)`, the orders of known customers as they were known before `day`.

    They read `shop_orders` and, with refunds, `shop_refunds`, and add `kept`: the net amount less refunds.
    A cancelled order keeps nothing; neither does one with status returned, whose negative amount, where a
    return is a row of its own, is taken off. So an order counts as a *net order* exactly where `kept > 0`,
    and `sum(kept)` is net spend, refunds dated to their order.

    `known_orders(day, earlier)` has also `kept_earlier`: what was kept by the refunds known before `earlier`.
    `every_order(day, earlier)` is the same with guests.
    """
    refunded = "coalesce(r.refunded, 0)" if has_refunds else "0"
    refunded_earlier = "coalesce(r.refunded_earlier, 0)" if has_refunds else "0"
    return _MACROS.format(
        kept=_KEPT.format(refunded=refunded),
        kept_earlier=_KEPT.format(refunded=refunded_earlier),
        refunds=_REFUNDS if has_refunds else "",
    )
