"""One reader's mail after the other, as skeleton and values: by the slot program, as long as it holds."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from pakdee.domain.errors import RenderError
from pakdee.domain.message import Draft, Rendered, Skeleton, Written
from pakdee.rendering.mail import LARGEST_MAIL, Mail
from pakdee.rendering.program import Pieces
from pakdee.rendering.slots import Aside
from pakdee.rendering.tags import DELIMITERS, Way, way

CHECKED_EVERY = 1_000
ENOUGH_TO_TELL = 500
FEW_SHAPES = 20
"""No burden, however few the mails are."""
_MOST_RUNS = 64
_LOG = logging.getLogger(__name__)


class Writer:
    """Writes the mails of one template and language, for one campaign and day."""

    def __init__(self, mail: Mail) -> None:
        self._mail, self._program = mail, mail.program
        self._runs: dict[tuple[Any, ...], dict[int, Way]] = {}
        self._shared: tuple[Any, ...] | None = None
        self._ways: dict[int, Way] = {}
        self._count = self._shapes = self._lone = 0
        self._has_warned = False

    @property
    def why_direct(self) -> str | None:
        """Why each mail is rendered directly, in a marketer's words; None where it need not be."""
        return self._program.why_direct

    def write(self, draft: Draft) -> Written:
        """One reader's mail; filled, it is the direct rendering, byte for byte.

        Raises:
            RenderError: naming file, line and variable; nothing is ever half rendered.
        """
        written = self._by_slots(draft.context) if self._program.why_direct is None else None
        if written is None:
            written = _alone(self._mail.render(draft.context))
            self._lone += 1
            self._warn()
        self._count += 1
        return written

    def _by_slots(self, context: Mapping[str, Any]) -> Written | None:
        """The mail by the slot program; None where it has to be rendered directly."""
        try:
            shared, path, subject, values = self._program.values(context)
            if shared != self._shared:
                self._turn(shared)
            here = self._ways.get(path) or self._explored(context, path, subject, values)
        except Exception:  # noqa: BLE001 -- whatever it is, direct rendering says it in the right words
            return None
        subject = subject or here.subject or ""
        joined = "".join(values)
        if here.delimiter in joined or here.delimiter in subject or len(joined) > here.room:
            return None
        written = Written(here.skeleton, subject, values)
        if here.is_checked and self._count % CHECKED_EVERY:
            return written
        return self._checked(written, here, context)

    def _turn(self, shared: tuple[Any, ...]) -> None:
        """From now on mails of a run with these shared values, such as another offer."""
        if len(self._runs) >= _MOST_RUNS:
            self._runs.clear()
        self._shared, self._ways = shared, self._runs.setdefault(shared, {})

    def _explored(
        self, context: Mapping[str, Any], path: int, subject: str | None, values: Sequence[str]
    ) -> Way:
        """A path that no mail has taken yet."""
        pieces = Pieces(*self._program.skeleton(context))
        found = way(pieces, values, subject or "", LARGEST_MAIL)
        if found is None:
            self._give_up(f"its words hold all of {' '.join(DELIMITERS)}, one of which has to mark values")
            raise Aside
        self._ways[path] = found
        self._shapes += 1
        self._warn()
        return found

    def _checked(self, written: Written, here: Way, context: Mapping[str, Any]) -> Written:
        """`written`, if it is what direct rendering gives; else the latter, from now on for everybody."""
        try:
            direct = self._mail.render(context)
        except RenderError:
            self._give_up("its quick rendering wrote a mail that can't be rendered")
            raise
        if written.skeleton.filled(written.subject, written.values) == direct:
            here.is_checked = True
            return written
        self._give_up("its quick rendering wrote another mail than it should")
        return _alone(direct)

    def _give_up(self, why: str) -> None:
        self._program.give_up(why)
        _LOG.warning("%s: %s; from now on each mail is rendered by itself", self._mail.where, why)

    def _warn(self) -> None:
        """Say once in the log where mails that share no request with others are the rule."""
        own = self._shapes + self._lone
        is_rule = own > FEW_SHAPES and own * 100 > self._count >= ENOUGH_TO_TELL
        if self._has_warned or not is_rule or self.why_direct is not None:
            return
        self._has_warned = True
        _LOG.warning(
            "%s: among %d mails are %d shapes, and %d more were rendered by themselves; each of these is a "
            "request of its own, so sending is slow. Fewer tests in the template make fewer shapes",
            self._mail.where,
            self._count,
            self._shapes,
            self._lone,
        )


def _alone(mail: Rendered) -> Written:
    """A mail without slots, which shares nothing with others."""
    return Written(Skeleton(mail.text, mail.html, ()), mail.subject, ())
