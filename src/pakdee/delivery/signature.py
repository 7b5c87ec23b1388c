"""Proof that a webhook call is SendGrid's: its signature over the raw bytes, before anything is parsed."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from pakdee.domain.errors import SettingsError, WebhookRejected

SIGNATURE_HEADER = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP_HEADER = "X-Twilio-Email-Event-Webhook-Timestamp"


def verify(body: bytes, *, signature: str | None, timestamp: str | None, keys: Sequence[str]) -> None:
    """Returns when `body` was signed with one of `keys`.

    Args:
        body: the bytes as received; parsing and writing them again would break the signature.
        signature, timestamp: the two headers, None when absent. The timestamp is not held against a
            clock: SendGrid repeats calls for 24 hours, and copies are harmless.
        keys: public keys as SendGrid shows them (base64); several while a key is being changed.

    Raises:
        WebhookRejected: a header is missing or malformed, or no key fits.
        SettingsError: there is no key, or one is not an ECDSA P-256 public key.

    Source: Twilio, "Getting started with the Event Webhook security features": ECDSA P-256 with SHA-256,
    DER signature in base64, over the timestamp's bytes and the raw body.
    """
    if not keys:
        raise _bad_key("there is no key to check signatures with")
    if not signature or not timestamp:
        raise _rejected("the signature headers are missing")
    proof, signed = _decoded(signature), timestamp.encode("utf-8", "replace") + body
    if not any(_fits(_public_key(key), proof, signed) for key in keys):
        raise _rejected("the signature does not fit the body")


def _fits(key: ec.EllipticCurvePublicKey, proof: bytes, signed: bytes) -> bool:
    try:
        key.verify(proof, signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _decoded(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _rejected("the signature is not base64") from error


@lru_cache(maxsize=16)
def _public_key(text: str) -> ec.EllipticCurvePublicKey:
    bare = re.sub(r"-----[A-Z ]+-----|\s", "", text)  # SendGrid shows it without the lines of PEM
    try:
        key = load_der_public_key(base64.b64decode(bare, validate=True))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _bad_key("a key cannot be read") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _bad_key("a key is not an ECDSA P-256 key")
    return key


def _bad_key(what: str) -> SettingsError:
    return SettingsError(
        what,
        where="PAKDEE_WEBHOOK_KEYS",
        next_step="copy the public key from SendGrid: Mail Settings, Event Webhook, Security features",
    )


def _rejected(what: str) -> WebhookRejected:
    return WebhookRejected(
        what,
        where="webhook",
        next_step="if this was SendGrid, compare PAKDEE_WEBHOOK_KEYS with its key; nothing was stored",
    )
