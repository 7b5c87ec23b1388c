"""What becomes of a mail: seeded, so that the same mail has the same story on any machine.

Two things belong to the address and not to the mail: whether it exists (a hard bounce is for ever) and
whether a machine opens its mail (as Apple's privacy proxy does).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

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
}
# What puts an address on one of SendGrid's suppression lists; a block does not.
LISTED_BY = {"bounce": "bounces", "spamreport": "spam_reports", "unsubscribe": "unsubscribes"}


@dataclass(frozen=True)
class Behaviour:
    """Shares of delivered mails unless said otherwise; each from 0 to 1.

    Args:
        bounce: of addresses: those that do not exist. blocked: of mails: full mailboxes and the like.
        deferred: of mails: delivered at the second attempt.
        machine: of addresses: their opens are a machine's.
        duplicate: of events: posted twice. late: of events: posted after younger ones.
        pace: multiplies every delay; 1 tells a story within about a minute.
    """

    bounce: float = 0.015
    blocked: float = 0.01
    deferred: float = 0.02
    open: float = 0.35
    machine: float = 1 / 3
    click: float = 0.05
    complaint: float = 0.0005
    unsubscribe: float = 0.003
    duplicate: float = 0.03
    late: float = 0.05
    pace: float = 1.0


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
    seen = sent + 2 + 30 * of_mail("seen")
    if of_mail("open") < behaviour.open or clicks:
        told.append(Happening("open", seen, _MACHINE if is_machine else _PERSON))
    if clicks:
        person = {name: _PERSON[name] for name in ("useragent", "ip")}
        told.append(Happening("click", seen + 2 + 15 * of_mail("clicked"), person))
    if of_mail("unsubscribe") < behaviour.unsubscribe:
        told.append(Happening("unsubscribe", seen + 20))
    if of_mail("complaint") < behaviour.complaint:
        told.append(Happening("spamreport", seen + 25))
    return told
