"""Everything SendGrid, both directions: requests pressed to bytes and sent once, events read back.

The door of the room: `Press` makes request bodies of written mails, `without` takes messages out again,
`messages_at` names those SendGrid complained of, `read_back` and `headers_of` show what a reader gets;
`Sender.send` POSTs one claimed batch, `Account` does what else there is to do at SendGrid; `verify` and
`read_events` turn a signed webhook call into events. Each quirk is told where it is met: limits in `limits`,
answers in `outcomes`, the client's own in `transport` and `connection`, events in `events`.
"""

from pakdee.delivery.account import Account, SuppressedAddress
from pakdee.delivery.body import ATTEMPT_SLOT, headers_of, messages_at, read_back, with_attempt, without
from pakdee.delivery.events import read_events
from pakdee.delivery.press import Press
from pakdee.delivery.sender import Sender
from pakdee.delivery.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, verify

__all__ = [
    "ATTEMPT_SLOT",
    "SIGNATURE_HEADER",
    "TIMESTAMP_HEADER",
    "Account",
    "Press",
    "Sender",
    "SuppressedAddress",
    "headers_of",
    "messages_at",
    "read_back",
    "read_events",
    "verify",
    "with_attempt",
    "without",
]
