"""Everything that can go wrong, told to the person who can mend it.

PakdeeError                what, where, next step; ends a command with its `exit_code`
├── CatalogError           marketers: files cannot be used; carries every Problem found
├── CannotRun              marketers: the ledger lacks what a campaign needs
├── LedgerError            operators: the shop's data cannot be used
│   ├── ImportRefused          the import would lose or damage facts
│   ├── LedgerStale            the facts are too old to act on
│   └── MemoryTooSmall         the database needs more than it may take
├── JournalError           operators: our memory cannot be read or written; may pass by itself
│   └── JournalUnfit           only a person can mend it
├── SettingsError          operators: pakdee.toml or the environment
├── RenderError            marketers: a template failed for one customer
├── WebhookRejected        operators: a callback that is not proven to be the provider's
└── DeliveryError          operators: the provider did not take a request
    ├── NotReached             no byte left: safe to try again
    ├── DeliveryDelayed        429: safe to try again after `retry_after`
    ├── DeliveryRefused        4xx: never again as it is; part of it may pass
    ├── TooLarge               413: halve it
    ├── KeyRefused             401/403: stop the run
    └── DeliveryUnknown        no clear answer: it may have gone out, never retry blindly
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class PakdeeError(Exception):
    """An error a person can act on: what happened, where, and the next step."""

    exit_code = 1

    def __init__(self, what: str, *, where: str, next_step: str) -> None:
        self.what, self.where, self.next_step = what, where, next_step
        super().__init__(f"{where}: {what}\n  Next: {next_step}")

    def __reduce__(self) -> tuple[object, ...]:
        """As it is, so that it can come from another process; `__init__` of each kind takes other things."""
        return _as_it_was, (type(self), self.args, self.__dict__)


def _as_it_was(kind: type[PakdeeError], args: tuple[object, ...], state: dict[str, object]) -> PakdeeError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


@dataclass(frozen=True, order=True)
class Problem:
    """One finding in a marketer's file. `severity` is "error" (blocks a run) or "warning"."""

    file: str
    line: int
    what: str
    next_step: str
    severity: str = "error"

    def __str__(self) -> str:
        """File, line, what and next step, as a terminal shows it."""
        mark = "" if self.severity == "error" else "warning: "
        return f"{self.file}:{self.line}: {mark}{self.what}\n  Next: {self.next_step}"


class CatalogError(PakdeeError):
    """One or more files cannot be used. Nothing was sent."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        first = self.problems[0]
        super().__init__(first.what, where=f"{first.file}:{first.line}", next_step=first.next_step)

    def __str__(self) -> str:
        """All problems, then the reassurance."""
        return "\n".join([*map(str, self.problems), "Nothing was sent."])


class CannotRun(PakdeeError):
    """A segment or campaign needs a table the snapshot lacks; `needs` names what is missing."""

    def __init__(self, subject: str, needs: Sequence[str]) -> None:
        self.subject, self.needs = subject, tuple(sorted(needs))
        super().__init__(
            f"cannot run: needs {', '.join(self.needs)}",
            where=subject,
            next_step="import these tables or columns, or use another segment. Nothing was sent.",
        )


class LedgerError(PakdeeError):
    """The shop's data cannot be used."""


class ImportRefused(LedgerError):
    """The import would lose or damage facts; the last snapshot stays in force."""


class LedgerStale(LedgerError):
    """The newest facts are older than the operator allows."""


class MemoryTooSmall(LedgerError):
    """The facts do not fit into the memory that the database may take, nor into the room to spill."""

    def __init__(self, where: str, memory: str) -> None:
        super().__init__(
            f"{memory} of memory are too few for these facts",
            where=where,
            next_step="write a larger memory under [ledger] in pakdee.toml, or make room on the disk",
        )


class JournalError(PakdeeError):
    """Our memory cannot be opened, read or written; what asks again a little later may succeed."""


class JournalUnfit(JournalError):
    """Only a person can mend the journal: asking again would say the same, so it is told at once."""


class SettingsError(PakdeeError):
    """pakdee.toml or the environment is wrong or incomplete."""


class RenderError(PakdeeError):
    """A template failed for one customer; the message names template, line and variable."""


class WebhookRejected(PakdeeError):
    """A callback that is not proven to be the provider's."""


class DeliveryError(PakdeeError):
    """The provider did not take a request. `status` is the HTTP status, None where there was none."""

    def __init__(self, what: str, *, where: str, next_step: str, status: int | None = None) -> None:
        super().__init__(what, where=where, next_step=next_step)
        self.status = status


class NotReached(DeliveryError):
    """No byte of the request left this machine."""


class DeliveryDelayed(DeliveryError):
    """The provider asks to wait `retry_after` seconds."""

    def __init__(self, what: str, *, where: str, next_step: str, retry_after: float) -> None:
        super().__init__(what, where=where, next_step=next_step, status=429)
        self.retry_after = retry_after


class DeliveryRefused(DeliveryError):
    """The provider said no to this request, in its own words.

    Args:
        positions: the personalizations (0, 1 …) the provider named as wrong; empty where it named none.
        is_shared: it named only what all messages of the request share, so that no part of it can pass.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str,
        next_step: str,
        status: int | None = None,
        positions: tuple[int, ...] = (),
        is_shared: bool = False,
    ) -> None:
        super().__init__(what, where=where, next_step=next_step, status=status)
        self.positions, self.is_shared = positions, is_shared


class TooLarge(DeliveryRefused):
    """The request is over the provider's size limit."""


class KeyRefused(DeliveryError):
    """The API key is missing, wrong or not allowed to send."""


class DeliveryUnknown(DeliveryError):
    """No clear answer came back: the provider may or may not have taken the request."""
