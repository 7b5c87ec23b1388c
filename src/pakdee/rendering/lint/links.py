"""L rules: where a mail leads, and how it can be stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from pakdee.domain.vocabulary import Purpose
from pakdee.rendering.lint.model import SUBJECT, TEXT, Found, Severity
from pakdee.rendering.lint.page import Element
from pakdee.rendering.lint.proof import Check, Proof
from pakdee.rendering.lint.styles import declared

SHORTENERS = frozenset(
    [
        "bit.ly",
        "t.co",
        "goo.gl",
        "tinyurl.com",
        "ow.ly",
        "is.gd",
        "cutt.ly",
        "rebrand.ly",
        "shorturl.at",
        "lin.ee",
    ]
)
_SAMPLES = re.compile(r"^(www\.)?(example\.(com|org|net)|yourdomain\.\w+|domain\.com)$")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Where a rehearsal's own pages are; a live run refuses them."""
_NUMBERS = re.compile(r"^\d{1,3}(\.\d{1,3}){3}$")
_URL = re.compile(r"https?://[^\s<>\"')\]]+")
_SHOWN = re.compile(r"(?:https?://|www\.)([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)
_VAGUE = re.compile(r"^(คลิกที่นี่|คลิกเลย|กดที่นี่|ที่นี่|click here|here|read more|link)[.! ]*$", re.IGNORECASE)
_OWN = frozenset({"help", "preferences", "unsubscribe"})
_ASKING = ("nps", "rating")
"""Links to which an answer is added: together they are a scale, which counts as one thing to do."""


def targets(proof: Proof) -> Iterator[Found]:
    """L01 to L03, L09: every link leads to one of ours, openly."""
    known = frozenset(proof.about.links.values())
    for element in proof.page.all("a", "area"):
        target = _asking((element.get("href") or "").strip(), proof)
        found = _wrong(target, known)
        if found:
            yield Found(*found, at=proof.page.starts[element])
    for url in _URL.finditer(proof.mail.text):
        is_told = proof.text[url.start()] != url[0][0]  # it stands in the reader's own name
        if known and not is_told and not any(url[0] in link for link in known):
            yield Found("L03", f"{_short(url[0])} is not one of our links", TEXT, url.start())


def _wrong(target: str, known: frozenset[str]) -> tuple[str, str] | None:
    parts = _split(target)
    host = parts.hostname or ""
    if not target or target.startswith("#") or _SAMPLES.match(host):
        return "L02", f"a link leads nowhere: {_short(target) or 'nothing is there'}"
    is_safe = parts.scheme in {"https", "mailto", "tel"} or (parts.scheme == "http" and host in _LOOPBACK)
    if not is_safe:
        return "L01", f"a link is not https: {_short(target)}"
    if host in SHORTENERS or (_NUMBERS.match(host) and host not in _LOOPBACK):
        return "L09", f"a link hides where it leads: {host}"
    if known and target not in known and parts.scheme in {"https", "http"}:
        return "L03", f"{_short(target)} is not one of our links"
    return None


def unsubscribing(proof: Proof) -> Iterator[Found]:
    """L04, L05: the way out stands in both parts, and in the headers where they are known."""
    about = proof.about
    link = about.links.get("unsubscribe", "")
    if about.purpose is Purpose.SERVICE or not about.links:
        return
    if not link or not any(element.get("href") == link for element in proof.page.all("a")):
        yield Found("L04", "the HTML has no link to unsubscribe", at=len(proof.mail.html))
    if not link or link not in proof.mail.text:
        yield Found("L04", "the text part has no link to unsubscribe", TEXT, len(proof.mail.text))
    if about.headers is not None:
        lacking = {"List-Unsubscribe", "List-Unsubscribe-Post"}.difference(about.headers)
        if lacking:
            yield Found("L05", f"the request lacks {' and '.join(sorted(lacking))}", SUBJECT)


def counting(proof: Proof) -> Iterator[Found]:
    """L06: visits to the shop can be told apart from others."""
    links = proof.about.links
    shop = _split(links.get("shop", "")).hostname
    for element, target in _hrefs(proof):
        own = next((name for name, link in links.items() if link == target), "")
        if shop and _split(target).hostname == shop and own not in _OWN and "utm_" not in target:
            yield Found("L06", f"visits by {_short(target)} can't be counted", at=proof.page.starts[element])


def labels(proof: Proof) -> Iterator[Found]:
    """L07, L10: a link says where it leads, and leads there."""
    for element, target in _hrefs(proof):
        words = " ".join("".join(element.itertext()).split())
        at = proof.page.starts[element]
        if _VAGUE.match(words):
            yield Found("L07", f"a link is called {words!r}", at=at)
        shown = _SHOWN.search(words)
        if shown and shown[1].lower().removeprefix("www.") != _host(target):
            yield Found("L10", f"a link shows {shown[1]} and leads to {_host(target)}", at=at)


def main_thing(proof: Proof) -> Iterator[Found]:
    """L08: one thing to do."""
    found: dict[str, Element] = {}
    for target, element in _buttons(proof):
        found.setdefault(target, element)
    if not found and proof.about.purpose is not Purpose.SERVICE:
        yield Found("L08", "the mail has no button: nothing to do next", at=len(proof.mail.html) // 2)
    if len(found) > 1:
        at = proof.page.starts[list(found.values())[1]]
        yield Found("L08", f"{len(found)} buttons lead to different places", at=at, severity=Severity.WARNING)


def _buttons(proof: Proof) -> Iterator[tuple[str, Element]]:
    """What a reader can do, by where it leads; the steps of a scale lead to one thing."""
    for element, target in _hrefs(proof):
        if is_button(element):
            yield _asking(target, proof), element


def _asking(target: str, proof: Proof) -> str:
    """The link a target is, without the answer that may stand behind it."""
    base, _, answer = target.rpartition("/")
    is_answer = answer.isdigit() and base in {proof.about.links.get(name) for name in _ASKING}
    return base if is_answer else target


def is_button(element: Element) -> bool:
    """Whether a link is drawn as a button: a box of its own, with a ground."""
    own = declared(element.get("style") or "")
    cell = element.getparent()
    outer = declared(cell.get("style") or "") if cell is not None else {}
    is_box = own.get("display", ("", False))[0] in {"inline-block", "block"}
    has_ground = any(n in s for s in (own, outer) for n in ("background", "background-color"))
    return is_box and (has_ground or (cell is not None and bool(cell.get("bgcolor"))))


def _hrefs(proof: Proof) -> Iterator[tuple[Element, str]]:
    return ((element, element.get("href") or "") for element in proof.page.all("a"))


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # brackets that are no address
        return urlsplit("")


def _host(url: str) -> str:
    return (_split(url).hostname or "").removeprefix("www.")


def _short(url: str) -> str:
    """A link without what may be a reader's own: code and token."""
    return url.partition("?")[0][:40]


CHECKS: tuple[Check, ...] = (targets, unsubscribing, counting, labels, main_thing)
