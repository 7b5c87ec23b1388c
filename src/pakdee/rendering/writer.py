"""One reader's mail after the other, as skeleton and values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pakdee.domain.message import Draft, Rendered, Skeleton, Written

if TYPE_CHECKING:
    from pakdee.rendering.mail import Mail


class Writer:
    """Writes the mails of one template and language, for one campaign and day.

    Args:
        why_direct: why every mail is rendered directly, in a marketer's words; None where none has to be.
    """

    def __init__(self, mail: Mail, why_direct: str | None = None) -> None:
        self._mail, self.why_direct = mail, why_direct

    def write(self, draft: Draft) -> Written:
        """One reader's mail. Raises RenderError: naming file, line and variable."""
        return alone(self._mail.render(draft.context))


def alone(mail: Rendered) -> Written:
    """A mail without slots, which shares nothing with others."""
    return Written(Skeleton(mail.text, mail.html, ()), mail.subject, ())
