"""Z and X rules, and V03: weight of the mail, and a text part that says what the HTML says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pakdee.rendering.lint.cells import letters
from pakdee.rendering.lint.model import HTML, SUBJECT, TEXT, Found, Severity
from pakdee.rendering.lint.page import CONTROL
from pakdee.rendering.lint.proof import Check, Proof

HEAVY, CLIPPED = 60_000, 95_000
ENCODED = 1.37
"""Base64 makes three bytes four, and a line break follows every 76."""
MOST_PICTURES = 15
LONGEST_LINE = 998
LEAST_SHARE = 0.3
MOST_AIR = 0.1
_ENTITY = re.compile(
    r"&(?:#\d+|#x[0-9a-f]+|amp|lt|gt|quot|apos|nbsp|hellip|ndash|mdash|copy);", re.IGNORECASE
)
_URL = re.compile(r"https?://\S+")
_JINJA = re.compile(r"\{\{|\}\}|\{%|%\}")
_NOTHING = re.compile(r"(?<![\w'’])(?:None(?! (?:of|are|is|too|the))|nan|NaN|undefined)(?![\w'’])")
_AIR = re.compile(r"<!--(?!\[if).*?-->|\s{2,}", re.DOTALL)


def weight(proof: Proof) -> Iterator[Found]:
    """Z01: Gmail shows the mail whole."""
    size = len(proof.mail.html.encode("utf-8", "surrogatepass"))
    if size * ENCODED > CLIPPED:
        yield Found(
            "Z01", f"the HTML takes {size:,} bytes, {size * ENCODED:,.0f} on its way; Gmail cuts it off"
        )
    elif size > HEAVY:
        yield Found("Z01", f"the HTML takes {size:,} bytes", severity=Severity.WARNING)


def characters(proof: Proof) -> Iterator[Found]:
    """Z02: no control characters anywhere."""
    for part, text in ((HTML, proof.mail.html), (TEXT, proof.mail.text), (SUBJECT, proof.mail.subject)):
        found = CONTROL.search(text)
        if found:
            yield Found("Z02", f"an invisible control character U+{ord(found[0]):04X}", part, found.start())


def air(proof: Proof) -> Iterator[Found]:
    """Z03: little of the mail is blanks and comments."""
    html = proof.mail.html
    spare = sum(len(found[0]) - 1 for found in _AIR.finditer(html))
    if html and spare / len(html) > MOST_AIR:
        yield Found("Z03", f"{spare / len(html):.0%} of the HTML is blanks and comments")


def pictures(proof: Proof) -> Iterator[Found]:
    """Z04: a mail is no album."""
    images = list(proof.page.all("img"))
    if len(images) > MOST_PICTURES:
        yield Found(
            "Z04", f"the mail has {len(images)} pictures", at=proof.page.starts[images[MOST_PICTURES]]
        )


def text_part(proof: Proof) -> Iterator[Found]:
    """X01, X03, X04: the text part says what the HTML says, in lines, as plain words."""
    own, whole = letters(_URL.sub("", proof.mail.text)), letters(proof.page.words)
    if not own or own < whole * LEAST_SHARE:
        share = f"{own / whole:.0%} of the words of the HTML" if whole else "nothing"
        yield Found("X01", f"the text part says {share if own else 'nothing'}", TEXT)
    at = 0
    for line in proof.mail.text.split("\n"):
        if len(line) > LONGEST_LINE:
            yield Found("X03", f"a line of the text part has {len(line):,} characters", TEXT, at)
        at += len(line) + 1
    for part, text in ((TEXT, proof.text), (SUBJECT, proof.subject)):
        entity = _ENTITY.search(text)
        if entity:
            yield Found("X04", f"readers see {entity[0]}", part, entity.start())


def leftovers(proof: Proof) -> Iterator[Found]:
    """V03: nothing of the template's own language and no empty value is printed."""
    places = [
        (SUBJECT, proof.subject, 0),
        (TEXT, proof.text, 0),
        *((HTML, b.text, b.at) for b in proof.blocks),
    ]
    for part, text, start in places:
        found = _JINJA.search(text) or _NOTHING.search(text)
        if found:
            at = proof.page.place(found[0], start) if part == HTML else found.start()
            yield Found("V03", f"readers see {found[0]!r}", part, at)


CHECKS: tuple[Check, ...] = (weight, characters, air, pictures, text_part, leftovers)
