"""Keyed hashes: what may leave the house instead of a name, an address or a customer id."""

from __future__ import annotations

import hashlib
import hmac
import re

import pandas as pd

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
ADDRESS = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+"
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U: read aloud without mistakes
_PAIRS = [first + second for second in _CODE_ALPHABET for first in _CODE_ALPHABET]


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
    return hashlib.blake2b(
        address.strip().lower().encode(), digest_size=16, person=b"pakdee-address"
    ).hexdigest()


def message_id(key: bytes, campaign: str, step: str, customer_id: str, occasion: str) -> str:
    """32 hex digits that name a message on the wire; without `key` they tell nothing."""
    text = f"{campaign}\x1f{step}\x1f{customer_id}\x1f{occasion}".encode()
    return hashlib.blake2b(text, key=key[:64], digest_size=16, person=b"pakdee-message").hexdigest()


def offer_code(key: bytes, message: str) -> str:
    """A code for one message, e.g. `K7RM-2QWX-9HTD`; 30 letters, so 12 of them hold 58 bits."""
    number = int.from_bytes(
        hashlib.blake2b(message.encode(), key=key[:64], digest_size=16, person=b"pakdee-offer").digest()
    )
    pairs = []
    for _ in range(6):
        number, place = divmod(number, len(_PAIRS))
        pairs.append(_PAIRS[place])
    return "{}{}-{}{}-{}{}".format(*pairs)


def sign_link(key: bytes, message: str) -> str:
    """The token of a message's unsubscribe link: its id and a signature; an id alone opens nothing."""
    return f"{message}.{_signature(key, message)}"


def read_link(keys: tuple[bytes, ...], token: str) -> str | None:
    """The message id in a link token signed with any of `keys`, None for anything else."""
    message, _, signature = token.partition(".")
    good = any(hmac.compare_digest(_signature(key, message).encode(), signature.encode()) for key in keys)
    return message if good else None


def _signature(key: bytes, message: str) -> str:
    return hashlib.blake2b(message.encode(), key=key[:64], digest_size=16, person=b"pakdee-link").hexdigest()
