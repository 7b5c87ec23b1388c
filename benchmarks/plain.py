"""The script a shop would write first: read the customers, render with Jinja2, one SendGrid call for each.

Its templates say the same words as the project's, made from its own mails: values that stand for a customer's
are printed, and what was printed becomes `{{ … }}`. It keeps no journal, so after a crash nobody knows who was mailed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.shop import DAY

COLUMNS = [
    "email",
    "first_name",
    "locale",
    "order_count_365d",
    "days_since_last_purchase",
    "points_earned_365d",
    "net_spend_365d",
    "top_category",
]
# A value that is found again in the mail, and what the script prints in its place.
_STANDS_FOR: list[tuple[str, Any, str, str]] = [
    ("first_name", "Quirinus", "Quirinus", "{{ c.first_name }}"),
    ("top_category", "zaffre", "zaffre", "{{ c.top_category }}"),
    ("order_count_365d", 7771, "7,771", "{{ c.order_count_365d }}"),
    ("days_since_last_purchase", 7772, "7,772", "{{ c.days_since_last_purchase }}"),
    ("points_earned_365d", 7773, "7,773", "{{ '{:,}'.format(c.points_earned_365d) }}"),
    ("net_spend_365d", Decimal("7774.25"), "7,774.25", "{{ '{:,.2f}'.format(c.net_spend_365d) }}"),
]


def write_script_files(directory: Path) -> None:
    """The customers as one Parquet file, and a template per language and part."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pakdee.house import open_house

    house = open_house(directory)
    with house.features(DAY).reading(COLUMNS) as read:
        pq.write_table(pa.table(read("", "~")), directory / "plain.parquet")
    for locale in ("en", "th"):
        few, many = _mail(house, locale, is_half=False), _mail(house, locale, is_half=True)
        for part in ("subject", "html", "text"):
            text = (
                "{% if c.order_count_365d >= 3 and c.top_category and c.days_since_last_purchase %}"
                f"{getattr(many, part)}{{% else %}}{getattr(few, part)}{{% endif %}}"
            )
            for _, _, printed, instead in _STANDS_FOR:
                text = text.replace(printed, instead)
            (directory / f"plain.{locale}.{part}").write_text(text, encoding="utf-8")


def _mail(house: Any, locale: str, *, is_half: bool) -> Any:
    customer = {name: value for name, value, _, _ in _STANDS_FOR} | {"locale": locale, "last_name": None}
    links = dict.fromkeys(
        ("shop", "redeem", "help", "preferences", "unsubscribe"), "https://shop.example.com/{{ c.Index }}"
    )
    context = {
        "customer": customer | ({} if is_half else {"top_category": None}),
        "offer": {
            "title": "A slice of birthday cake",
            "code": "CODE{{ c.Index }}",
            "value": Decimal(145),
            "percent": None,
            "expires_on": DAY + dt.timedelta(days=30),
        },
        "links": links,
        "today": DAY,
        "why_you": "You told us your birthday.",
        "campaign": {"name": "birthday", "purpose": "marketing"},
    }
    return house.templates.render("birthday", locale, context)


def send(directory: Path, most: int) -> int:
    """Mail the first `most` customers; how many SendGrid took."""
    import jinja2
    import pandas as pd
    import sendgrid

    environment = jinja2.Environment(autoescape=True, loader=jinja2.FileSystemLoader(directory))
    client = sendgrid.SendGridAPIClient("SG.plain", host=os.environ["PAKDEE_SENDGRID_URL"])
    sent = 0
    for c in pd.read_parquet(directory / "plain.parquet").head(most).itertuples():
        subject, html, text = (
            environment.get_template(f"plain.{c.locale}.{part}").render(c=c)
            for part in ("subject", "html", "text")
        )
        body = {
            "personalizations": [{"to": [{"email": c.email}], "subject": subject}],
            "from": {"email": "hello@shop.example.com"},
            "content": [{"type": "text/plain", "value": text}, {"type": "text/html", "value": html}],
        }
        sent += client.client.mail.send.post(request_body=body).status_code == 202
    return sent


if __name__ == "__main__":
    print(json.dumps({"messages": send(Path(sys.argv[1]), int(sys.argv[2]))}))
