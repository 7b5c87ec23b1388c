"""The headers a mail goes out with, read back from the very request that would be made of it."""

from __future__ import annotations

from collections.abc import Mapping

from pakdee.domain.campaign import Campaign
from pakdee.domain.message import Draft, Rendered, Skeleton, Written
from pakdee.house import House
from pakdee.jobs.enqueuing import envelope


def headers(house: House, campaign: Campaign, draft: Draft, mail: Rendered) -> Mapping[str, str]:
    """Sender, where answers go, and how to unsubscribe, by header; nothing is stored or sent.

    Raises:
        RenderError: no request can be made of this mail.
    """
    from pakdee.delivery import Press, headers_of

    told = envelope(house, campaign, draft.locale, draft.variant)
    press = Press(told, batch_size=1, not_before=house.clock(), not_after=None)
    alone = Written(Skeleton(mail.text, mail.html, ()), mail.subject, ())
    frozen = [*press.add(draft, alone), *press.rest()][0]
    return headers_of(frozen.body, draft.message_id)
