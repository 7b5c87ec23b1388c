"""T rules: Thai set and written as Thai readers are used to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pakdee.rendering.lint.cells import BLOTTED, THAI, clusters
from pakdee.rendering.lint.dates import BUDDHIST_YEAR, CHRISTIAN_YEAR
from pakdee.rendering.lint.looks import Look
from pakdee.rendering.lint.model import Found, Severity
from pakdee.rendering.lint.proof import Check, Proof

LEAST_LINE = 1.5
LONGEST_WORD = 40
THAI_FONTS = frozenset(
    [
        "tahoma",
        "leelawadee",
        "leelawadee ui",
        "thonburi",
        "sukhumvit set",
        "silom",
        "ayuthaya",
        "sathu",
        "krungthep",
        "cordia new",
        "cordiaupc",
        "angsana new",
        "angsanaupc",
        "browallia new",
        "noto sans thai",
        "noto sans thai looped",
        "noto serif thai",
        "sarabun",
        "th sarabun new",
        "prompt",
        "kanit",
        "mitr",
        "loma",
        "garuda",
        "waree",
        "ibm plex sans thai",
        "arial unicode ms",
    ]
)
_WRONG_PARTICLE = re.compile(r"นะค่ะ|(?:ไหม|มั้ย|หรือยัง|อะไร|อย่างไร|เมื่อไร|เมื่อไหร่|ที่ไหน|หรือ)ค่ะ")
_PARTICLES = {"ค่ะ": r"ค่ะ|คะ(?![ก-๛])", "ครับ": r"ครับ"}
"""As they end sentences: คะแนน is no particle."""
_BOTH_PARTICLES = re.compile(r"ครับ\s*/\s*ค[่ะ]+|ค่?ะ\s*/\s*ครับ|ครับ\(ค่ะ\)|คะ/ค่ะ")
_TWO_TITLES = re.compile(
    r"(?<!ขอบ)(?<!พระ)คุณ\s?(?:คุณ(?!า)|นางสาว|น\.ส\.|นาง(?=[ก-ฮเ-ไ\s])|นาย(?=[ก-ฮเ-ไ\s]))"
)
_THAI_DIGITS, _DIGITS = re.compile("[๐-๙]"), re.compile("[0-9]")
_BREAK = re.compile(f"[\\s\u200b/–{BLOTTED}-]+")
_INVISIBLE = re.compile("[\u200b\u2060\u00ad]")
_URL = re.compile(r"https?://[^\s<>\"]+")
_PLAIN = frozenset({"", "normal", "0", "0px", "none"})


def setting(proof: Proof) -> Iterator[Found]:
    """T01, T02, T09: how Thai words are set; each fault is told once."""
    told: set[str] = set()
    for run in proof.page.runs:
        if not THAI.search(run.text):
            continue
        look = proof.looks.light[run.element]
        for rule, what in _faults(look, is_thai=proof.about.is_thai):
            if what not in told:
                told.add(what)
                words = run.text.strip()[:20]
                yield Found(rule, what, at=proof.page.place(words, proof.page.starts[run.element]))


def _faults(look: Look, *, is_thai: bool) -> Iterator[tuple[str, str]]:
    styles = {
        "letter-spacing": look.spacing not in _PLAIN,
        "text-align:justify": look.align == "justify",
        "text-transform": look.transform not in _PLAIN,
        "word-break:break-all": look.breaking == "break-all",
        "italics": look.slant in {"italic", "oblique"},
    }
    for style, is_used in styles.items():
        if is_used:
            yield "T01", f"Thai words are set with {style}"
    # A Thai name in another language's mail takes what that mail has.
    if is_thai and look.line is not None and 0 < look.line < LEAST_LINE * look.size:
        yield "T02", f"Thai words of {look.size:g} px stand in lines of {look.line:g} px"
    if is_thai and THAI_FONTS.isdisjoint(_fonts(look.family)):
        yield "T09", f"no Thai font stands in {look.family or 'the fonts of these words'}"


def _fonts(family: str) -> list[str]:
    return [font.strip(" '\"").lower() for font in family.split(",")]


def wording(proof: Proof) -> Iterator[Found]:
    """T03, T04, T06: particles, titles and digits."""
    for place in proof.places:
        particle = _WRONG_PARTICLE.search(place.text) or _BOTH_PARTICLES.search(place.text)
        if particle:
            at = proof.at(place, particle[0])
            yield Found("T03", f"{particle[0]} is not how it is written", place.part, at)
        elif other := _other_voice(proof.about.voice, place.text):
            what = f"{other} stands here, and the brand's particle is {proof.about.voice}"
            at, next_step = proof.at(place, other), "write it with the brand's own (brand.yaml, voice)"
            yield Found("T03", what, place.part, at, Severity.WARNING, next_step)
        if _THAI_DIGITS.search(place.text) and _DIGITS.search(place.text):
            yield Found("T06", "Thai and Arabic digits stand side by side", place.part, place.at)
    for block in proof.page.blocks:  # with the reader's name, since it may bring a title along
        title = _TWO_TITLES.search(block.text)
        if title:
            yield Found("T04", f"a reader is called {title[0]}", at=proof.page.place(title[0], block.at))


def _other_voice(voice: str, text: str) -> str:
    """A particle that is not the brand's own; someone else who is quoted may use it, so this is a warning."""
    others = [pattern for particle, pattern in _PARTICLES.items() if voice and particle != voice]
    found = re.search("|".join(others), text) if others else None
    return found[0] if found else ""


def years(proof: Proof) -> Iterator[Found]:
    """T05: Thai readers count Buddhist years, English readers Christian ones; of others nothing is known."""
    known = {"th": (CHRISTIAN_YEAR, "Christian"), "en": (BUDDHIST_YEAR, "Buddhist")}
    if proof.about.locale not in known:
        return
    pattern, era = known[proof.about.locale]
    for place in proof.places:
        year = pattern.search(place.text)
        if year:
            number = next(filter(None, year.groups()))
            what = f"the year {number} is a {era} one"
            yield Found("T05", what, place.part, proof.at(place, number))


def breaks(proof: Proof) -> Iterator[Found]:
    """T07, T08: lines can break in headings, and nothing invisible stands in links and codes."""
    for block in proof.blocks:
        if block.element is not None and block.element.tag in {"h1", "h2", "h3"}:
            longest = max(map(_thai_letters, _BREAK.split(block.text)))
            if longest > LONGEST_WORD:
                yield Found("T07", f"a heading has {longest} Thai letters without a break", at=block.at)
    code = str((proof.about.offer or {}).get("code") or "")
    links = [element.get("href") or "" for element in proof.page.all("a")]
    if any(map(_INVISIBLE.search, [code, *links, *_URL.findall(proof.mail.text)])):
        yield Found("T08", "an invisible character stands in a link or code")


def _thai_letters(word: str) -> int:
    return sum(1 for _ in clusters(word)) if THAI.search(word) else 0


CHECKS: tuple[Check, ...] = (setting, wording, years, breaks)
