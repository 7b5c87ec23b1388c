"""Keys of a project in twin mode: made once, kept in a file that only its owner may read."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True, repr=False)
class LocalKeys:
    """What twin, web and sender share on one machine. Never used in live mode.

    Args:
        api_key: bearer key the twin accepts.
        link_key: hex; signs unsubscribe links and hides message keys.
        signing_key: PEM private key with which the twin signs webhooks.
        webhook_key: base64 SubjectPublicKeyInfo that verifies them.
    """

    api_key: str
    link_key: str
    signing_key: str
    webhook_key: str


def local_keys(path: Path) -> LocalKeys:
    """The keys stored at `path`, made (file mode 0600) where there are none yet."""
    try:
        return LocalKeys(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return _make(path)


def _make(path: Path) -> LocalKeys:
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    keys = LocalKeys(
        f"SG.twin.{secrets.token_urlsafe(24)}",
        secrets.token_hex(32),
        pem.decode(),
        base64.b64encode(public).decode(),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(keys), file)
    try:
        # A link instead of a rename: of two processes that start at once, the second keeps the first's keys.
        os.link(draft, path)
    except FileExistsError:
        return local_keys(path)
    finally:
        draft.unlink()
    return keys
