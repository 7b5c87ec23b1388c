"""Makes mails to be linted: one that is right, in pieces, any of which a sample can stand in for."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from mail_making import BRAND, FEATURES, PROGRAM, a_context

from pakdee.domain.message import Rendered
from pakdee.rendering.contract import Contract
from pakdee.rendering.findings import Findings
from pakdee.rendering.frontmatter import split
from pakdee.rendering.kit import Kit
from pakdee.rendering.lint import About, Finding, Rule, lint
from pakdee.rendering.lint.proofreading import Proofreader

CONTRACT = Contract(FEATURES, BRAND)
KITS = {locale: Kit.of(locale, BRAND, "THB", PROGRAM) for locale in ("th", "en")}
TODAY = dt.date(2026, 11, 22)
_ADDRESS = "บ้านชบา เลขที่ 99 ถนนเจริญกรุง กรุงเทพฯ 10500"
_WHY = "เพราะคุณบอกวันเกิดไว้กับเรา"
_LINKS = {
    "shop": "https://shop.example.com/?utm_source=pakdee",
    "help": "https://shop.example.com/help",
    "preferences": "https://web.example.com/preferences/1",
    "unsubscribe": "https://web.example.com/u/1",
}
_BUTTON = (
    '<table role="presentation"><tbody><tr><td bgcolor="#a3123f" style="background-color:#a3123f">'
    f'<a href="{_LINKS["shop"]}" style="display:inline-block;padding:13px 32px;line-height:26px;color:#ffffff">'
    "ดูของใหม่</a></td></tr></tbody></table>"
)
_FOOTER = (
    f"<p>{_WHY}</p><p>"
    f'<a href="{_LINKS["preferences"]}" class="ink" style="color:#1f2328">เลือกอีเมล</a> '
    f'<a href="{_LINKS["unsubscribe"]}" class="ink" style="color:#1f2328">ยกเลิกรับอีเมล</a></p><p>{_ADDRESS}</p>'
)
_WORDS = "ชาใบใหม่จากไร่เล็ก ๆ บนดอย ชงให้ชิมก่อนเลือกได้ทุกวัน มุมสวนหลังร้านนั่งเงียบ ๆ ได้ทั้งวัน " * 4
PIECES = {
    "html": '<html lang="th" dir="ltr">',
    "scheme": '<meta name="color-scheme" content="light dark">',
    "title": "<title>บ้านชบา</title>",
    "head": "",
    "preheader": "แวะรับได้ที่ร้านทุกวัน พร้อมชาหนึ่งกาและขนมอุ่น ๆ",
    "ghost": '<!--[if mso]><table role="presentation" width="600"><tr><td><![endif]-->',
    "page": f"<p>{_WORDS}</p>",
    "bare": "",
    "body": "",
    "button": _BUTTON,
    "footer": _FOOTER,
    "subject": "ของขวัญวันเกิดของคุณ 🎂",
    "more": "",
    "text": f"{_WORDS}\n\nดูของใหม่:\n{_LINKS['shop']}\n\n{_WHY}\n{_LINKS['preferences']}\n{_LINKS['unsubscribe']}\n{_ADDRESS}\n",
}
_STANDS_FOR = {"[the button]": _BUTTON, "[the footer]": _FOOTER, "[the text]": PIECES["text"]}
_MANY = re.compile(r"\[([\d,]+) (letters|blanks|pictures)\]")
_ONE = {
    "letters": "ก ",
    "blanks": " ",
    "pictures": '<img src="https://shop.example.com/a.png" alt="ชา" width="20">',
}
ABOUT = About(
    where="templates/birthday/th.j2",
    locale="th",
    today=TODAY,
    offer={
        "title": "เค้ก",
        "code": "K7RM",
        "value": Decimal(145),
        "percent": None,
        "expires_on": dt.date(2026, 12, 22),
    },
    links=_LINKS,
    brand_name="บ้านชบา",
    address=_ADDRESS,
    why_you=_WHY,
    told=("สมหญิง", "K7RM"),
)


def written(sample: str) -> str:
    """A sample with its short forms spelt out: `[300 letters]`, `[the button]`."""
    if sample in _STANDS_FOR:
        return _STANDS_FOR[sample]
    return _MANY.sub(lambda found: _ONE[found[2]] * int(found[1].replace(",", "")), sample)


def a_mail(**pieces: str) -> Rendered:
    """A mail that breaks no rule, but for the pieces given."""
    p = PIECES | {name: written(piece) for name, piece in pieces.items()}
    look = "font-family:Tahoma,sans-serif;font-size:16px;line-height:28px"
    html = (
        f'<!doctype html>\n{p["html"]}<head><meta charset="utf-8">{p["scheme"]}{p["title"]}'
        "<style>@media (prefers-color-scheme:dark){.ink{color:#f1f0ee !important}.card{background-color:#1c1e21 !important}}</style>"
        f"{p['head']}</head><body>"
        f'<div style="display:none">{p["preheader"]}</div>{p["ghost"]}'
        '<table role="presentation" width="100%" style="max-width:600px"><tbody>'
        f'<tr><td class="ink card" style="background-color:#ffffff;color:#1f2328;{look}"><h1 style="line-height:48px">สุขสันต์วันเกิด</h1>'
        f"{p['page']}{p['body']}{p['button']}{p['footer']}</td></tr></tbody></table>"
        f'<div style="{look}">{p["bare"]}</div></body></html>'
    )
    return Rendered(p["subject"], f"{p['more']}\n{p['text']}", html)


def found_in(mail: Rendered, **about: Any) -> list[Finding]:
    """What the lint finds in a mail."""
    return lint(mail, dataclasses.replace(ABOUT, **about))


def findings_of(rule: Rule, sample: str) -> list[Finding]:
    """What a rule finds in one of its samples and not in the mail around it."""
    if rule.place == "headers":
        found = found_in(a_mail(), headers=dict.fromkeys(sample.split(", "), "x"))
    elif rule.place == "shop":
        pieces = {name: PIECES[name].replace(_LINKS["shop"], sample) for name in ("button", "text")}
        found = found_in(a_mail(**pieces), links=_LINKS | {"shop": sample})
    else:
        found = found_in(a_mail(**{rule.place: sample}))
    around = {finding.what for finding in found_in(a_mail())}
    return [finding for finding in found if finding.rule == rule.id and finding.what not in around]


def a_proofreader(text: str, locale: str = "th", where: str = "templates/birthday/th.j2") -> Proofreader:
    """A proofreader of a template given as text."""
    findings = Findings(where)
    sources = split(text.encode(), findings)
    assert sources, findings.problems
    source = next(iter(sources.values()))
    return Proofreader(where, source, KITS[locale], CONTRACT)


@cache
def of_file(path: Path) -> Proofreader:
    """A proofreader of a template file; its name is the language."""
    return a_proofreader(path.read_text(encoding="utf-8"), path.stem, f"{path.parent.name}/{path.name}")


def context(locale: str = "th", **values: Any) -> dict[str, Any]:
    """What a mail is rendered with, on a day before its offer ends."""
    return a_context(locale) | {"today": TODAY} | values
