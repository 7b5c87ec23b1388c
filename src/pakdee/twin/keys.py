"""Signs webhook bodies as SendGrid does."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pakdee.domain.errors import SettingsError


def load_signing_key(pem: str) -> ec.EllipticCurvePrivateKey:
    """The private key in a PEM text. Raises SettingsError when it is not an ECDSA P-256 key."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise _unusable() from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _unusable()
    return key


def sign(key: ec.EllipticCurvePrivateKey, timestamp: str, body: bytes) -> str:
    """The signature header: over the timestamp's bytes and the raw body."""
    return base64.b64encode(key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))).decode()


def _unusable() -> SettingsError:
    return SettingsError(
        "the signing key is no ECDSA P-256 private key in PEM form",
        where="twin",
        next_step="remove the project's key file, and a new one is made",
    )
