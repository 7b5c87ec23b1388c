"""What the endpoints need done; by default the jobs of the same names do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pakdee.domain.answer import AnswerKind
from pakdee.domain.language import Language
from pakdee.rendering.languages import packaged


class Owner(Protocol):
    """Whom a page speaks to, and where the brand's own pages are."""

    @property
    def language(self) -> str:
        """A locale such as "th"."""

    @property
    def brand(self) -> str:
        """The brand's name in that language."""

    @property
    def help(self) -> str:
        """Address of its page for help."""

    @property
    def review(self) -> str | None:
        """Address at which a review is written, if there is one."""


@dataclass(frozen=True)
class Actions:
    """Each takes the house first. They block, so they are called from worker threads.

    Args:
        receive_webhook: stores raw bytes that the headers (names in lower case) prove, else WebhookRejected.
        unsubscribe: withdraws for the mail behind a link's token; False for a token that is not ours.
        link_owner: whom to speak to; None for a token that is not ours.
        health: figures for those who watch; "ok" false where something is wrong.
        answer: keeps score and comment for the mail behind a token; False for a token that is not ours.
        languages: in which pages can be shown; those of the package unless others are given.
    """

    receive_webhook: Callable[[Any, Mapping[str, str], bytes], None]
    unsubscribe: Callable[[Any, str], bool]
    link_owner: Callable[[Any, str], Owner | None]
    health: Callable[[Any], Mapping[str, Any]]
    answer: Callable[[Any, str, AnswerKind, int, str | None], bool]
    languages: Callable[[Any], Mapping[str, Language]] = lambda _house: packaged()


def jobs_actions() -> Actions:
    """The real ones."""
    from pakdee import jobs

    done = (jobs.receive_webhook, jobs.unsubscribe, jobs.link_owner, jobs.health, jobs.answer)
    return Actions(*done, languages=lambda house: house.languages)
