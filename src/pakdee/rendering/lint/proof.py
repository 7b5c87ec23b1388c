"""A rendered mail on the lint's desk, with everything that checks share worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from pakdee.domain.message import Rendered
from pakdee.rendering.lint.cells import forms, without
from pakdee.rendering.lint.looks import Looks
from pakdee.rendering.lint.model import HTML, SUBJECT, About, Found
from pakdee.rendering.lint.page import Element, Page

Check = Callable[["Proof"], Iterable[Found]]


@dataclass(frozen=True)
class Place:
    """Words without the reader's values, with the part of the mail they stand in and where they begin."""

    part: str
    at: int
    text: str
    element: Element | None = None


class Proof:
    """One mail and what is known about it.

    Args:
        told: the reader's own values, in the forms they can have in a mail.
    """

    def __init__(self, mail: Rendered, about: About) -> None:
        self.mail, self.about = mail, about
        self.page = Page(mail.html)
        self.told = forms(about.told)

    @cached_property
    def looks(self) -> Looks:
        """How each element looks, in light and in dark."""
        return Looks(self.page)

    @cached_property
    def subject(self) -> str:
        """The subject without the reader's values."""
        return without(self.mail.subject, self.told)

    @cached_property
    def text(self) -> str:
        """The text part without the reader's values."""
        return without(self.mail.text, self.told)

    @cached_property
    def blocks(self) -> list[Place]:
        """The seen words of the HTML, block by block."""
        return [Place(HTML, b.at, without(b.text, self.told), b.element) for b in self.page.blocks]

    @cached_property
    def places(self) -> list[Place]:
        """All words of the mail: subject, preheader, body. The text part says the same as the body."""
        words, at = self.page.preheader or ("", 0)
        preheader = [Place(HTML, at, without(words, self.told))] if words else []
        return [Place(SUBJECT, 0, self.subject), *preheader, *self.blocks]

    def at(self, place: Place, words: str) -> int:
        """Where words of a place stand in its part."""
        return self.page.place(words, place.at) if place.part == HTML else 0
