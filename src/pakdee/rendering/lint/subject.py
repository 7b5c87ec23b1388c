"""S rules: what an inbox shows before a mail is opened."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pakdee.rendering.lint.cells import cells, clusters, is_emoji, letters, shortened
from pakdee.rendering.lint.model import SUBJECT, Found, Severity
from pakdee.rendering.lint.proof import Check, Proof

LONGEST, CUT = 60, 38
SHORT_PREHEADER, LONG_PREHEADER = 30, 90
NAME = 12
"""Cells that a reader's name counts for at most: a longer one is rare, and nobody's mistake."""
_SHOUTING = re.compile(r"!{2,}|！|\?!|!\?|฿{2,}|\${2,}")
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
_REPLY = re.compile(r"^\s*(re|fw|fwd|ตอบกลับ|ส่งต่อ)\s*:", re.IGNORECASE)
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_GREETING = re.compile(r"สวัสดี|เรียน\s?คุณ|\b(?:Hi|Hello|Dear)\b(?=[ ,])")
_LONG_WORD = 5


def length(proof: Proof) -> Iterator[Found]:
    """S01: there is a subject, and phones show all of it."""
    taken = cells(shortened(proof.mail.subject, proof.told, NAME))
    if not taken:
        yield Found("S01", "the subject is empty", SUBJECT)
    elif taken > LONGEST:
        yield Found("S01", f"the subject takes {taken} cells; inboxes show {LONGEST} at most", SUBJECT)
    elif taken > CUT:
        what = f"the subject takes {taken} cells, and phones cut it after {CUT}"
        yield Found("S01", what, SUBJECT, severity=Severity.WARNING)


def emoji(proof: Proof) -> Iterator[Found]:
    """S02: one emoji at most, at the end."""
    found = [is_emoji(cluster) for cluster in clusters(proof.subject.rstrip())]
    if sum(found) > 1:
        yield Found("S02", f"the subject has {sum(found)} emoji", SUBJECT)
    elif any(found) and not found[-1]:
        yield Found("S02", "the emoji does not stand at the end of the subject", SUBJECT)


def tone(proof: Proof) -> Iterator[Found]:
    """S03: a subject does not shout and does not pretend to be an answer."""
    subject = proof.subject.replace(proof.about.brand_name or "\n", "")
    loud = _SHOUTING.search(subject)
    capitals = _CAPITALS.findall(subject)
    if loud:
        yield Found("S03", f"the subject shouts: {loud[0]}", SUBJECT)
    elif len(capitals) > 1 or any(len(word) >= _LONG_WORD for word in capitals):
        yield Found("S03", f"the subject shouts in capitals: {' '.join(capitals)}", SUBJECT)
    if _REPLY.search(subject):
        yield Found("S03", "the subject looks like an answer or a forwarded mail", SUBJECT)


def preheader(proof: Proof) -> Iterator[Found]:
    """S04: a preheader that goes on where the subject ends."""
    found = proof.page.preheader
    if found is None or not found[0]:
        yield Found("S04", "there is no preheader", at=found[1] if found else 0)
        return
    words, start = found
    at = proof.page.place(words[:20], start)
    taken = cells(shortened(words, proof.told, NAME))
    if taken < SHORT_PREHEADER or taken > LONG_PREHEADER:
        what = f"the preheader takes {taken} cells; {SHORT_PREHEADER} to {LONG_PREHEADER} are best"
        yield Found("S04", what, at=at, severity=Severity.WARNING)
    if _bare(proof.mail.subject) and _bare(proof.mail.subject) in _bare(words):
        yield Found("S04", "the preheader repeats the subject", at=at, severity=Severity.WARNING)


def characters(proof: Proof) -> Iterator[Found]:
    """S05: nothing in the subject that could begin a header or turn words around."""
    found = _HARMFUL.search(proof.mail.subject)
    if found:
        yield Found("S05", f"the subject holds the invisible character U+{ord(found[0]):04X}", SUBJECT)


def greetings(proof: Proof) -> Iterator[Found]:
    """S06: a mail greets once."""
    greeted = [block for block in proof.blocks if _GREETING.search(block.text)]
    if len(greeted) > 1:
        words = _GREETING.search(greeted[1].text)
        at = proof.at(greeted[1], words[0] if words else "")
        yield Found("S06", "the mail greets its reader twice", at=at)


def _bare(text: str) -> str:
    """Letters alone, so that a different emoji or full stop makes no difference."""
    return "".join(cluster.lower() for cluster in clusters(text) if letters(cluster))


CHECKS: tuple[Check, ...] = (length, emoji, tone, preheader, characters, greetings)
