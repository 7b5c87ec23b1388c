"""Keyed hashes: what may leave the house instead of a name, an address or a customer id."""

from __future__ import annotations

import hashlib
import hmac
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
ADDRESS = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+"
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U: read aloud without mistakes
CODE = "-".join([f"[{_CODE_ALPHABET}]{{4}}"] * 3)
"""What `offer_code` gives, found in a text."""
_LETTERS = bytes(ord(_CODE_ALPHABET[byte % len(_CODE_ALPHABET)]) for byte in range(256))

_NEIGHBOURS = 3  # characters at an id's end in which neighbours differ


def usable_addresses(addresses: pd.Series) -> pd.Series:
    """True where an address can be written on an envelope; index as given."""
    text = addresses.astype("str").str.strip()
    return addresses.notna() & text.str.fullmatch(ADDRESS) & (text.str.len() <= 254)


def is_usable_address(address: str | None) -> bool:
    """The same for one address."""
    text = (address or "").strip()
    return bool(re.fullmatch(ADDRESS, text)) and len(text) <= 254


def address_hash(address: str) -> str:
    """32 hex digits that stand for an address in the journal, whatever its case or surrounding blanks."""
    return _digest(b"", b"pakdee-address", address.strip().lower()).hex()


def message_id(key: bytes, campaign: str, step: str, customer_id: str, occasion: str) -> str:
    """32 hex digits that name a message on the wire; without `key` they tell nothing."""
    text = f"{campaign}\x1f{step}\x1f{customer_id}\x1f{occasion}"
    return _digest(key, b"pakdee-message", text).hex()


def offer_code(key: bytes, message: str, customer_id: str) -> str:
    """A code for one message, e.g. `K7RM-2QWX-9HTD`: 30 letters, nine of them (44 bits) drawn for it alone.

    The first three are those of up to a thousand customers whose ids begin alike. An index of all codes grows
    where such neighbours stand, and not in a thousand places for each request; that is most of its price.
    """
    own = _letters(key, b"pakdee-offer", message)
    return f"{_near(key, customer_id[:-_NEIGHBOURS])}{own[0]}-{own[1:5]}-{own[5:9]}"


def sign_link(key: bytes, message: str) -> str:
    """The token of a message's unsubscribe link: its id and a signature; an id alone opens nothing."""
    return f"{message}.{_signature(key, message)}"


def read_link(keys: tuple[bytes, ...], token: str) -> str | None:
    """The message id in a link token signed with any of `keys`, None for anything else."""
    message, _, signature = token.partition(".")
    good = any(hmac.compare_digest(_signature(key, message).encode(), signature.encode()) for key in keys)
    return message if good else None


@lru_cache(maxsize=64)
def _near(key: bytes, beginning: str) -> str:
    """The same for all customers whose ids begin so, who come one after the other."""
    return _letters(key, b"pakdee-near", beginning)[:3]


def _letters(key: bytes, person: bytes, text: str) -> str:
    return _digest(key, person, text).translate(_LETTERS).decode()


def _signature(key: bytes, message: str) -> str:
    return _digest(key, b"pakdee-link", message).hex()


def _digest(key: bytes, person: bytes, text: str) -> bytes:
    """16 bytes that only who has `key` can make, different for each use (`person`)."""
    digest = _begun(key, person).copy()
    digest.update(text.encode())
    return digest.digest()


@cache
def _begun(key: bytes, person: bytes) -> hashlib.blake2b:
    return hashlib.blake2b(key=key[:64], digest_size=16, person=person)
