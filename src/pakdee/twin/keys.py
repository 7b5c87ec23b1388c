"""The twin's own signing key, of the kind SendGrid signs webhooks with."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from pakdee.domain.errors import SettingsError


def make_signing_key(path: Path) -> str:
    """Writes a new private key to `path` (PEM, readable by its owner only) unless there is one.

    Returns:
        The public key as SendGrid would show it: what PAKDEE_WEBHOOK_KEYS wants.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    return public_key(load_signing_key(path))


def load_signing_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The private key in a PEM file. Raises SettingsError when it is not an ECDSA P-256 key."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise _unusable(path) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _unusable(path)
    return key


def public_key(key: ec.EllipticCurvePrivateKey) -> str:
    """The public half: base64 of SubjectPublicKeyInfo, without the lines of PEM."""
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def sign(key: ec.EllipticCurvePrivateKey, timestamp: str, body: bytes) -> str:
    """The signature header: over the timestamp's bytes and the raw body."""
    return base64.b64encode(key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))).decode()


def _unusable(path: Path) -> SettingsError:
    return SettingsError(
        "this is no ECDSA P-256 private key in PEM form",
        where=str(path),
        next_step="delete it, and a new one is made, or name another file",
    )
