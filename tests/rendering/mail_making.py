"""Makes what tests of rendering need: the starter project's own files, and customers of every sort."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from pakdee.domain.brand import Brand
from pakdee.domain.errors import Problem
from pakdee.domain.feature import FeatureType
from pakdee.domain.message import Draft, MessageKey
from pakdee.domain.program import Program
from pakdee.house.composing import feature_catalog
from pakdee.rendering import Templates

ROOT = Path(__file__).resolve().parents[2]
FEATURES = feature_catalog()
_SAMPLES: dict[FeatureType, Any] = {
    FeatureType.INTEGER: 7,
    FeatureType.NUMBER: 1.25,
    FeatureType.MONEY: Decimal("5700.5000"),
    FeatureType.SHARE: 0.62,
    FeatureType.BOOLEAN: True,
    FeatureType.TEXT: "silver",
    FeatureType.DATE: dt.date(2026, 6, 1),
    FeatureType.LIST: [{"title": "ชาอู่หลง", "price": Decimal("320.0000"), "category": "tea"}] * 2,
}
_LEAST: dict[FeatureType, Any] = {
    FeatureType.INTEGER: 0,
    FeatureType.NUMBER: 0.0,
    FeatureType.MONEY: Decimal("0.0000"),
    FeatureType.SHARE: 0.0,
    FeatureType.BOOLEAN: False,
    FeatureType.TEXT: "member",
    FeatureType.DATE: dt.date(2024, 2, 29),
    FeatureType.LIST: [],
}

_SAID = {
    "incident": "A 1B 2C",
    "remedy": "D 3E 4F",
    "opens_on": dt.date(2026, 11, 25),
    "opens_at": "10:00",
    "closes_on": dt.date(2026, 11, 26),
    "closes_at": "20:00",
}
"""What only a campaign can say; letters and digits belong to every language."""


def _yaml(name: str) -> Any:
    return YAML(typ="safe").load(ROOT / name)


BRAND = Brand.model_validate(_yaml("brand.yaml"))
PROGRAM = Program.model_validate(_yaml("program.yaml"))


def a_customer(**values: Any) -> dict[str, Any]:
    """A customer about whom everything is known."""
    known = {name: (spec.values or [_SAMPLES[spec.type]])[0] for name, spec in FEATURES.items()}
    return {"first_name": "สมหญิง", "last_name": "ใจดี", "locale": "th", **known, "next_tier": "gold", **values}


def a_stranger(**values: Any) -> dict[str, Any]:
    """A customer of whom only the least is known, and all of it is zero."""
    known = {n: None if spec.nullable else _LEAST[spec.type] for n, spec in FEATURES.items()}
    return {"first_name": None, "last_name": None, "locale": None, **known, **values}


PERSONAS = {
    "known": a_customer(),
    "stranger": a_stranger(),
    "empty name": a_customer(first_name="  "),
    "latin name": a_customer(first_name="Anna"),
    "titled": a_customer(first_name="นางสาวสมหญิง"),
    "script": a_customer(first_name="<script>alert(1)</script>"),
    "template": a_customer(first_name="{{7*7}}{% set a = 1 %}"),
    "ampersand": a_customer(first_name='O\'Neil & Sons "Ltd"'),
    "tag-like": a_customer(first_name="~a1b2c3d4.0~"),
    "emoji": a_customer(first_name="👩‍👩‍👧‍👦 Zoë"),
    "right to left": a_customer(first_name="\u202eمحمد\u202c"),
    "long": a_customer(first_name="ศิริพัฒนกุลวงศ์" * 4),
    "new line": a_customer(first_name="Eve\r\nBcc: all@example.com"),
    "top tier": a_customer(tier="gold", next_tier=None, to_next_tier=None, tier_progress=1.0),
    "nothing yet": a_customer(order_count=0, order_count_365d=0, tier_progress=0.0, years_a_member=0),
}


def a_context(locale: str = "th", customer: dict[str, Any] | None = None, number: int = 0) -> dict[str, Any]:
    """The context of one mail, as jobs make it."""
    base = "https://baanchaba.example.com"
    return {
        "customer": customer or a_customer(),
        "offer": {
            "title": "เค้กวันเกิดหนึ่งชิ้น" if locale == "th" else "A slice of birthday cake",
            "code": f"K7RM-2QWX-{number:04}",
            "value": Decimal("145.0000"),
            "percent": None,
            "expires_on": dt.date(2026, 12, 22),
        },
        "links": {
            "shop": f"{base}/?utm_source=pakdee&utm_campaign=x",
            "redeem": f"{base}/redeem?code=K7RM-2QWX-{number:04}&utm_source=pakdee",
            "help": f"{base}/help",
            "refer": f"{base}/friends?utm_source=pakdee",
            "review": f"{base}/review?utm_source=pakdee",
            "nps": f"https://web.example.com/nps/{number:032x}.ab",
            "rating": f"https://web.example.com/rating/{number:032x}.ab",
            "preferences": f"https://web.example.com/preferences/{number:032x}.ab",
            "unsubscribe": f"https://web.example.com/u/{number:032x}.ab",
        },
        "today": dt.date(2026, 11, 22),
        "why_you": "เพราะคุณบอกวันเกิดไว้กับเรา" if locale == "th" else "You told us your birthday.",
        "campaign": {"name": "birthday", "purpose": "marketing", **_SAID},
    }


def a_draft(context: dict[str, Any], number: int = 0, locale: str = "th") -> Draft:
    """A draft around a context."""
    key = MessageKey("birthday", "1", f"c{number}", "2026")
    return Draft(key, f"{number:032x}", f"c{number}@example.com", f"{number:064x}", locale, None, context)


def load(directory: Path, **files: str) -> Templates:
    """Templates from texts: `birthday="…"` becomes birthday/th.j2."""
    for name, text in files.items():
        (directory / name).mkdir(exist_ok=True)
        (directory / name / "th.j2").write_text(text, encoding="utf-8")
    return Templates.load(directory, brand=BRAND, currency="THB", features=FEATURES, program=PROGRAM)


def slow(templates: Templates) -> list[Problem]:
    """What is told of mails that can't be written quickly."""
    return [told for name in templates.names for mail in templates._all(name) for told in mail.slowness]


def a_template(body: str, subject: str = "หัวเรื่อง", preheader: str = "บรรทัดแรก") -> str:
    """A template file around a body; its first body line is line 5."""
    return f'---\nsubject: "{subject}"\npreheader: "{preheader}"\n---\n{body}\n'


def a_paragraph(words: str) -> str:
    """A body of one paragraph; `words` stand on line 6 of the file."""
    return f"{{% call ui.section() %}}{{% call ui.p() %}}\n{words}\n{{% endcall %}}{{% endcall %}}"
