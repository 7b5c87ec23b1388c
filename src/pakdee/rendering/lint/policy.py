"""K rules on rendered mails: what the law and honesty ask of a mail."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from pakdee.domain.vocabulary import Purpose
from pakdee.rendering.lint.dates import DAY
from pakdee.rendering.lint.model import HTML, TEXT, About, Found
from pakdee.rendering.lint.page import Page
from pakdee.rendering.lint.proof import Check, Proof

NEAR = 60
"""Characters within which a claim of a last day names the day."""
_TODAY = re.compile(
    r"วันนี้วันสุดท้าย|(?:เฉพาะ)?วันนี้เท่านั้น|เฉพาะวันนี้|หมดเขตวันนี้|ภายในวันนี้|คืนนี้เท่านั้น"
    r"|\b(?:today only|only today|ends? (?:today|tonight)|expires? (?:today|tonight)|last chance today)\b",
    re.IGNORECASE,
)
_TOMORROW = re.compile(
    r"พรุ่งนี้วันสุดท้าย|(?:หมดเขต|ถึง|ภายใน)(?:วัน)?พรุ่งนี้|\b(?:ends?|expires?|last day is) tomorrow\b",
    re.IGNORECASE,
)
_LAST = re.compile(r"วันสุดท้าย|โอกาสสุดท้าย|\b(?:last|final) (?:day|chance|call|hours)\b", re.IGNORECASE)
_UNITS = r"\b(?:point|star|mile|coin)s?\b|คะแนน|แต้ม|ดาว"
_EXPIRE = r"(?:expir(?:e|es|ing)\b|run(?:s|ning)? out\b|lapse|หมดอายุ|กำลังจะหมด|ใกล้หมด)"
_NEVER = re.compile(r"never|not expire|n't expire|ไม่(?:มีวัน)?หมดอายุ", re.IGNORECASE)
_WITHIN = re.compile(r"(?:within|in|ภายใน|อีก)\s+(?:the next\s+)?\d+\s+(?:days?|วัน)", re.IGNORECASE)
_HEADINGS = frozenset({"h1", "h2"})
_CLAIM = re.compile(
    r"อันดับ\s*(?:1|หนึ่ง)|ที่สุดใน(?:โลก|ไทย|ประเทศ)|รักษาโรค|หายขาด|ลดน้ำหนัก"
    r"|\b(?:number one|no\. ?1|best in (?:the )?(?:world|country|thailand)|cures?|lose weight)\b",
    re.IGNORECASE,
)


def senders(proof: Proof) -> Iterator[Found]:
    """K01: marketing says who writes, from where, why, and how to get fewer mails: in both parts."""
    about, page = proof.about, proof.page
    if about.purpose is not Purpose.MARKETING:
        return
    hrefs = {element.get("href") for element in page.all("a")}
    preferences = about.links.get("preferences", "")
    wanted = {
        "the postal address": (about.address, _in(page, about.address), about.address in proof.mail.text),
        "the reason why": (about.why_you, _in(page, about.why_you), about.why_you in proof.mail.text),
        "the link to preferences": (preferences, preferences in hrefs, preferences in proof.mail.text),
    }
    for name, (words, in_html, in_text) in wanted.items():
        if not (words and in_html):
            yield Found("K01", f"the HTML lacks {name}", HTML, len(proof.mail.html))
        if not (words and in_text):
            yield Found("K01", f"the text part lacks {name}", TEXT, len(proof.mail.text))


def _in(page: Page, words: str) -> bool:
    return " ".join(words.split()) in page.words


def last_days(proof: Proof) -> Iterator[Found]:
    """K08: a last day is the offer's own last day, or the day that is named beside it."""
    for place in proof.places:
        claim = next(filter(None, (known.search(place.text) for known in (_TODAY, _TOMORROW, _LAST))), None)
        if claim and not _is_honest(claim, place.text, proof.about):
            until = (proof.about.offer or {}).get("expires_on")
            truth = f", but the offer ends on {until.day} {until:%B %Y}" if isinstance(until, dt.date) else ""
            yield Found("K08", f"the mail says {claim[0]!r}{truth}", place.part, proof.at(place, claim[0]))


def _is_honest(claim: re.Match[str], text: str, about: About) -> bool:
    until = (about.offer or {}).get("expires_on")
    ahead = dt.timedelta(days=1 if _TOMORROW.fullmatch(claim[0]) else 0)
    if isinstance(until, dt.date) and about.today and until == about.today + ahead:
        return True
    if _TODAY.fullmatch(claim[0]) or ahead:
        return False
    near = text[max(claim.start() - NEAR, 0) : claim.end() + NEAR].replace("\N{NO-BREAK SPACE}", " ")
    if not isinstance(until, dt.date):
        return bool(DAY.search(near))
    # The filter writes the day and the year; the month's name is the language's own.
    years = (until.year, until.year + 543)
    return any(re.search(rf"(?<!\d){until.day}\s\S+\s{year}(?!\d)", near) for year in years)


def expiring(proof: Proof) -> Iterator[Found]:
    """K05: a mail whose subject or heading is about points that expire says how many, and until when."""
    unit = rf"(?:{_UNITS}|{re.escape(proof.about.unit)})" if proof.about.unit else f"(?:{_UNITS})"
    claim = re.compile(rf"{unit}[^.!?]{{0,40}}?{_EXPIRE}|{_EXPIRE}[^.!?]{{0,40}}?{unit}", re.IGNORECASE)
    places = [place for place in proof.places if place.element is None or place.element.tag in _HEADINGS]
    found = next((p for p in places if claim.search(p.text) and not _NEVER.search(p.text)), None)
    if found is None:
        return
    words = f"{proof.mail.subject}\n{proof.page.words}\n{proof.mail.text}".replace("\N{NO-BREAK SPACE}", " ")
    number = re.compile(rf"\d\s*(?:of (?:your|these|those) )?{unit}|{unit}[^\d\n]{{0,12}}\d", re.IGNORECASE)
    counted = number.search(words)
    dated = DAY.search(words) or _WITHIN.search(words)
    lacking = [told for told, is_there in (("how many", counted), ("until when", dated)) if not is_there]
    if lacking:
        what = f"the mail says that points expire, and not {' nor '.join(lacking)}"
        yield Found("K05", what, found.part, found.at)


def claims(proof: Proof) -> Iterator[Found]:
    """K07: no claims that must be proven."""
    for place in proof.places:
        claim = _CLAIM.search(place.text)
        if claim:
            yield Found("K07", f"the mail claims {claim[0]!r}", place.part, proof.at(place, claim[0]))


CHECKS: tuple[Check, ...] = (senders, last_days, expiring, claims)
