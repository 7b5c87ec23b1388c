"""Values as nobody means them: what Hypothesis puts into mails."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from mail_making import a_context, a_customer, a_draft
from markupsafe import Markup

from pakdee.domain.message import Draft

NASTY = [
    "<script>",
    "{{7*7}}",
    "{0.__class__}",
    "O'Neil & Sons",
    "~a1b2c3.0~",
    "^|`~",
    "~",
    "&amp;",
    "\x00",
    "a\r\nb",
    "👩‍👩‍👧‍👦",
    "\u202eמרים",
    "ศิริพัฒนกุลวงศ์" * 4,
    "e\u0301",
    "",
    " ",
    "\ud800",
    "-0.0-",
    "%name%",
    "[%name%]",
]
TEXTS = st.sampled_from(NASTY) | st.text(max_size=30)
NAMES = st.none() | TEXTS | st.lists(st.sampled_from(NASTY), min_size=2, max_size=4).map("".join)
AMOUNTS = st.none() | st.decimals(-10, 10**6, places=4) | st.just(Decimal("NaN"))
SHARES = st.floats(0, 1) | st.sampled_from([-0.1, 0.005, 0.995, 1.5, float("nan")])
CODES = st.none() | st.text("ABCDEFGHJK23456789-~<&", min_size=1, max_size=20)
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))
WRONG = st.sampled_from([None, True, 1.5, "7", "<b>", Markup("<b>"), Decimal("2.5"), float("nan"), b"x", []])
"""What a ledger of ours never holds."""
CUSTOMERS = st.builds(
    a_customer,
    first_name=NAMES,
    last_name=NAMES,
    years_a_member=st.none() | st.integers(0, 90),
    days_since_last_purchase=st.none() | st.integers(0, 4000),
    order_count=st.integers(0, 10**6),
    order_count_365d=st.integers(0, 400),
    tier=st.sampled_from(["member", "silver", "gold", "new<tier>"]),
    next_tier=st.none() | st.sampled_from(["silver", "gold"]),
    to_next_tier=AMOUNTS,
    tier_progress=SHARES,
)


@st.composite
def odd_customers(draw: st.DrawFn) -> dict[str, Any]:
    """A customer of whom some facts are of the wrong sort, or not there."""
    customer = draw(CUSTOMERS)
    for name in draw(st.lists(st.sampled_from(sorted(customer)), max_size=8)):
        customer[name] = draw(WRONG)
    for name in draw(st.lists(st.sampled_from(sorted(customer)), max_size=2)):
        customer.pop(name, None)
    return customer


@st.composite
def batches(draw: st.DrawFn, customers: st.SearchStrategy[dict[str, Any]] = CUSTOMERS) -> list[Draft]:
    """Some drafts in one language, offers and all: of two campaigns, though a writer should see only one."""
    locale = draw(st.sampled_from(["th", "en"]))
    days = draw(st.lists(DAYS, min_size=2, max_size=2))
    drafts = []
    for number in range(draw(st.integers(1, 12))):
        context = a_context(locale, draw(customers), number)
        context["offer"] |= {
            "title": draw(st.sampled_from(["A cake", "Tea & cake <3", "~\u202e~"])),
            "code": draw(CODES),
            "expires_on": draw(st.sampled_from(days)),
            "value": draw(st.sampled_from([None, 145, Decimal(145), Decimal("145.5")])),
            "percent": draw(st.sampled_from([None, 10, True, 10.0])),
        }
        if draw(st.integers(0, 9)) == 0:
            context["offer"] = None
        context["campaign"]["purpose"] = draw(st.sampled_from(["marketing", "marketing", "service"]))
        context["why_you"] = draw(st.sampled_from(["เพราะ ~ & ^", "เพราะ ~ & ^", "You told us", "a\x07b"]))
        drafts.append(a_draft(context, number, locale))
    return drafts
