"""What becomes of a mail: seeded, so that the same mail has the same story on any machine.

Two things belong to the address and not to the mail: whether it exists (a hard bounce is for ever) and
whether a machine opens its mail (as Apple's privacy proxy does).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from pakdee.twin import limits

_MACHINE = {"useragent": "Mozilla/5.0", "ip": "192.0.2.10", "sg_machine_open": True}
_PERSON = {
    "useragent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15",
    "ip": "198.51.100.7",
    "sg_machine_open": False,
}
_HARD = {
    "type": "bounce",
    "status": "5.1.1",
    "reason": "550 5.1.1 The email account that you tried to reach does not exist.",
    "bounce_classification": "Invalid Address",
}
_SOFT = {
    "type": "blocked",
    "status": "5.2.2",
    "reason": "552 5.2.2 The email account that you tried to reach is over quota and inactive.",
    "bounce_classification": "Mailbox Unavailable",
}
_DROPS = {
    "bounces": "Bounced Address",
    "spam_reports": "Spam Reporting Address",
    "unsubscribes": "Unsubscribed Address",
    "invalid_emails": "Invalid",
}

Share = Annotated[float, Field(ge=0, le=1)]


class Behaviour(BaseModel):
    """How readers and their mailboxes behave, and whom the account refuses.

    Shares, each from 0 to 1, are of delivered mails unless said otherwise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    bounce: Share = Field(0.015, description="Of addresses: those that do not exist.")
    invalid: Share = Field(0.0, description="Of addresses: those whose domain does not exist; dropped.")
    blocked: Share = Field(0.01, description="Of mails: full mailboxes and the like.")
    deferred: Share = Field(0.02, description="Of mails: delivered at the second attempt.")
    open: Share = 0.35
    machine: Share = Field(1 / 3, description="Of addresses: their opens are a machine's.")
    click: Share = 0.05
    complaint: Share = 0.0005
    unsubscribe: Share = 0.003
    duplicate: Share = Field(0.03, description="Of events: posted twice.")
    late: Share = Field(0.05, description="Of events: posted after younger ones.")
    pace: float = Field(1.0, ge=0, description="Multiplies every delay; 1 tells a story in half a minute.")
    refuse_addresses: tuple[str, ...] = Field((), description="A request to one of these is a 400.")
    unnamed: bool = Field(False, description="Such a 400 does not say which address it is.")
    largest_request: int = Field(
        limits.REQUEST_BYTES, gt=0, le=limits.REQUEST_BYTES, description="Bytes; a larger request is a 413."
    )


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a story: `after` seconds from acceptance; `details` are the event's own fields."""

    name: str
    after: float
    details: Mapping[str, Any] = field(default_factory=dict)


Draw = Callable[[str], float]


def draw(seed: int, who: str) -> Draw:
    """Numbers in [0, 1) by name, always the same for one seed and one `who`."""

    def number(name: str) -> float:
        digest = hashlib.blake2b(f"{seed}\x1f{who}\x1f{name}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64

    return number


def story(of_mail: Draw, of_address: Draw, behaviour: Behaviour, *, listed: str | None) -> list[Happening]:
    """What happens to one mail, in order.

    Args:
        of_mail, of_address: chance that belongs to the mail, and to its address.
        listed: the suppression list the address is on; such mails are dropped.
    """
    if listed is not None:
        return [Happening("dropped", of_mail("drop"), {"reason": _DROPS[listed]})]
    if of_address("invalid") < behaviour.invalid:
        return [Happening("dropped", of_mail("drop"), {"reason": _DROPS["invalid_emails"]})]
    told = [Happening("processed", of_mail("processed"))]
    sent = 1 + 3 * of_mail("sent")
    if of_address("exists") < behaviour.bounce:
        return [*told, Happening("bounce", sent, _HARD)]
    if of_mail("block") < behaviour.blocked:
        return [*told, Happening("bounce", sent, _SOFT)]
    if of_mail("defer") < behaviour.deferred:
        told.append(Happening("deferred", sent, {"response": "451 4.7.1 Try again later", "attempt": "1"}))
        sent += 5
    told.append(Happening("delivered", sent, {"response": "250 2.0.0 OK", "ip": "203.0.113.5", "tls": 1}))
    return told + _reading(of_mail, of_address, behaviour, sent)


def _reading(of_mail: Draw, of_address: Draw, behaviour: Behaviour, sent: float) -> list[Happening]:
    """Opens, clicks and refusals; who clicks has opened."""
    told: list[Happening] = []
    is_machine = of_address("machine") < behaviour.machine
    clicks = of_mail("click") < behaviour.click
    seen = sent + 2 + 12 * of_mail("seen")
    if of_mail("open") < behaviour.open or clicks:
        told.append(Happening("open", seen, _MACHINE if is_machine else _PERSON))
    if clicks:
        person = {name: _PERSON[name] for name in ("useragent", "ip")}
        told.append(Happening("click", seen + 2 + 6 * of_mail("clicked"), person))
    if of_mail("unsubscribe") < behaviour.unsubscribe:
        told.append(Happening("unsubscribe", seen + 8))
    if of_mail("complaint") < behaviour.complaint:
        told.append(Happening("spamreport", seen + 10))
    return told


def listing(happening: Happening) -> tuple[str, str, str] | None:
    """The suppression list an event puts its address on, why, and SMTP's status; None when on none."""
    name, details = happening.name, happening.details
    if name == "bounce":
        where = "blocks" if details["type"] == "blocked" else "bounces"
        return where, details["reason"], details["status"]
    if name == "dropped" and details["reason"] == _DROPS["invalid_emails"]:
        return "invalid_emails", "Mail domain mentioned in email address is unknown", ""
    found = {"spamreport": "spam_reports", "unsubscribe": "unsubscribes"}.get(name)
    return (found, "", "") if found else None
