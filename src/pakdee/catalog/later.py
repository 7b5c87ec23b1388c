"""Keys and values of the design that do not act yet: refused with a word that says so, never ignored."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from pakdee.domain.campaign import NOT_YET, Campaign
from pakdee.domain.settings import Delivery

KEYS: Mapping[type[BaseModel], frozenset[str]] = {
    Campaign: frozenset(NOT_YET),
    Delivery: frozenset({"personalization"}),
}

VALUES: Mapping[tuple[str, str], frozenset[str]] = {
    ("Campaign", "once_per"): frozenset({"point_lot"}),
}
