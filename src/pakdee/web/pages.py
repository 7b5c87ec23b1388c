"""The few pages people see: one form, plain words, nothing loaded from elsewhere, nothing personal."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from pakdee.domain.answer import LONGEST_COMMENT, AnswerKind
from pakdee.domain.language import Language, spellings

FALLBACK = "en"


@cache
def _pages() -> Environment:
    loader = FunctionLoader(_file)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


@cache
def _style() -> str:
    return _file("style.css")


def _file(name: str) -> str:
    return (files("pakdee.web") / name).read_text(encoding="utf-8")


def content_security() -> str:
    """The policy that lets a page do nothing but show itself in its own style and post its one form here."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


@dataclass(frozen=True, slots=True)
class Question:
    """A mail's question, as its page asks it.

    Args:
        chosen: the score that was tapped, None while none is.
        before: what stands before a score in the page's links, which are relative to its own address.
        comment: what was written; longer than may be, it is shown again with a word about it.
    """

    kind: AnswerKind
    chosen: int | None = None
    before: str = ""
    comment: str = ""

    @property
    def is_too_long(self) -> bool:
        """Whether the comment is."""
        return len(self.comment) > LONGEST_COMMENT


class Pages:
    """The pages in every language there is."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages = languages
        self._words = {code: language.pages.model_dump() for code, language in languages.items()}

    def page(
        self,
        name: str,
        language: str,
        *,
        brand: str = "",
        action: str | None = None,
        link: str | None = None,
        of_answer: bool = False,
    ) -> str:
        """One page as HTML.

        Args:
            name: a block of a language's pages, such as ask, done, preferences, thanks, unknown or trouble.
            action: where its form posts to; None where it has none, "" for the page's own address.
            link: where it leads to, where it leads anywhere.
            of_answer: its help is for who wanted to answer, not to unsubscribe.
        """
        said = self._words[language]
        words = said[name]
        own = words.get("note_answer") if of_answer else None
        note = own or words.get("note") or said["answer"]["note_sent"]
        return self._rendered("page.html", language, brand, words, note, action=action, link=link)

    def question(self, language: str, brand: str, question: Question) -> str:
        """The page of a mail's question as HTML: its scale, and once a score is chosen the form."""
        said, ends = self._words[language], self._languages[language].mail
        form = said["answer"] | {end: getattr(ends, f"{question.kind}_{end}") for end in ("low", "high")}
        if question.chosen is None:
            words, note = said[question.kind], form["note"]
        else:
            found, note = said[f"{question.kind}_chosen"], form["note_chosen"]
            words = {name: text.replace("{score}", str(question.chosen)) for name, text in found.items()}
        shown = {"question": question, "form": form, "longest": LONGEST_COMMENT}
        return self._rendered("question.html", language, brand, words, note, **shown)

    def _rendered(
        self, file: str, language: str, brand: str, words: Mapping[str, Any], note: str, **values: object
    ) -> str:
        shared = {
            "language": language,
            "direction": self._languages[language].mail.dir,
            "footer": self._words[language]["footer"],
            "style": _style(),
        }
        return _pages().get_template(file).render(brand=brand, words=words, note=note, **shared, **values)

    def language_of(self, locale: str | None, accepted: str | None) -> str:
        """The customer's own language if pages exist in it, else the first of the browser's that do."""
        wanted = [locale or "", *by_preference(accepted or "")]
        return next((code for tag in wanted for code in spellings(tag) if code in self._words), FALLBACK)


def by_preference(header: str) -> list[str]:
    """Language tags of an Accept-Language header, best first; parts that cannot be read are left out."""
    ranked: list[tuple[float, int, str]] = []
    for part in header[:500].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if weight > 0:
            ranked.append((-weight, len(ranked), tag))
    return [tag for _, _, tag in sorted(ranked)]
