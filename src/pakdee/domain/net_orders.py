"""What the shop keeps of an order: one rule, asked by several rooms of whole tables, hence in SQL."""

from __future__ import annotations

KEPT_ORDERS = """
CREATE TEMP MACRO kept_orders(day) AS TABLE
SELECT o.*, {kept} AS kept
FROM shop_orders AS o {refunds}
WHERE o.ordered_on < day AND o.customer_id IS NOT NULL
"""

_KEPT = """
CASE WHEN o.status = 'cancelled' THEN 0
     WHEN o.status = 'returned' THEN least(o.net_amount, 0)
     ELSE {net} END::DECIMAL(18, 4)
"""

_REFUNDS = """
LEFT JOIN (
    SELECT order_id, sum(amount) AS refunded
    FROM shop_refunds
    WHERE refunded_on < day
    GROUP BY order_id
) AS r USING (order_id)
"""


def kept_orders(*, has_refunds: bool) -> str:
    """A DuckDB table macro `kept_orders(day)`: the orders of known customers as they were known before `day`.

    It reads `shop_orders` and, with refunds, `shop_refunds`, and adds `kept`: the net amount less refunds.
    A cancelled order keeps nothing; neither does one with status returned, whose negative amount, where a
    return is a row of its own, is taken off. So an order counts as a *net order* exactly where `kept > 0`,
    and `sum(kept)` is net spend, refunds dated to their order.
    """
    net = "o.net_amount - coalesce(r.refunded, 0)" if has_refunds else "o.net_amount"
    return KEPT_ORDERS.format(kept=_KEPT.format(net=net), refunds=_REFUNDS if has_refunds else "")
