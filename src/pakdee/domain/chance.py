"""Chance without a random generator: the same customers on any machine and in any rerun."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence

import numpy as np

_OF_VARIANTS, _OF_OFFERS, _OF_SHARDS = "variant", "offer", "shards"


def shares(salt: str, campaign: str, pairs: Iterable[tuple[str, str]]) -> np.ndarray:
    """A number in [0, 1) per (customer_id, occasion), uniform, and independent between campaigns."""
    prefix = f"{salt}\x1f{campaign}\x1f"
    draws = [
        hashlib.blake2b(f"{prefix}{customer}\x1f{occasion}".encode(), digest_size=8).digest()
        for customer, occasion in pairs
    ]
    return np.frombuffer(b"".join(draws), dtype=">u8").astype(np.float64) / 2**64


def held_out(salt: str, campaign: str, pairs: Iterable[tuple[str, str]], share: float) -> np.ndarray:
    """True for the pairs that are held out, in the order given."""
    return shares(salt, campaign, pairs) < share


def drawn(salt: str, campaign: str, pairs: Iterable[tuple[str, str]]) -> np.ndarray:
    """Places of (customer_id, occasion) in the order in which a scarce offer is given to them.

    Independent of who is held out, whose lot would else come first or last.
    """
    return np.argsort(shares(f"{salt}\x1f{_OF_OFFERS}", campaign, pairs), kind="stable")


def assigned(
    salt: str, campaign: str, pairs: Iterable[tuple[str, str]], variants: Sequence[str]
) -> list[str]:
    """The variant each (customer_id, occasion) gets: equal shares, and the same in whatever order they stand.

    By occasion, not once for all: each mail is a draw of its own, as intervals of its results assume, and
    nobody's taste counts for one variant year after year. Independent of who is held out.
    """
    names = sorted(variants)
    draws = shares(f"{salt}\x1f{_OF_VARIANTS}", campaign, pairs)
    return [names[place] for place in (draws * len(names)).astype(int).tolist()]


def shuffled(salt: str, day: dt.date, shards: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Shards of customers (first and last id) in the order in which scarce offers reach them on a day."""
    found = list(shards)
    order = drawn(salt, _OF_SHARDS, ((first, day.isoformat()) for first, _ in found))
    return [found[place] for place in order.tolist()]
