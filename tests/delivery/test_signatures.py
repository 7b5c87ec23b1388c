"""Only bodies that SendGrid signed get in, byte for byte as they were signed."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pakdee.delivery import verify
from pakdee.domain.errors import SettingsError, WebhookRejected

VECTORS = Path(__file__).resolve().parents[3] / "shared/sendgrid/vectors/webhook_signatures.json"
KEY, OTHER = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
BODY, TIME = b'[{"event":"open"},\r\n{"event":"click"}]\r\n', "1795312800"


def shown(key):
    return base64.b64encode(
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()


def signed(key, body=BODY, time=TIME):
    return base64.b64encode(key.sign(time.encode() + body, ec.ECDSA(SHA256()))).decode()


def is_taken(keys):
    """Whether a body signed with KEY gets in by one of these."""
    try:
        verify(BODY, signature=signed(KEY), timestamp=TIME, keys=keys)
    except WebhookRejected:
        return False
    return True


def vectors():
    return json.loads(VECTORS.read_text())["vectors"] if VECTORS.exists() else []


@pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are not beside this checkout")
@pytest.mark.parametrize("vector", vectors(), ids=lambda v: v["name"])
def test_published_vectors_are_judged_rightly(vector):
    body = base64.b64decode(vector["body_base64"])
    given = {
        "signature": vector["signature"],
        "timestamp": vector["timestamp"],
        "keys": [vector["public_key"]],
    }

    if vector["valid"]:
        verify(body, **given)
    else:
        with pytest.raises(WebhookRejected):
            verify(body, **given)


@pytest.mark.parametrize("keys", [[KEY], [KEY, OTHER], [OTHER, KEY]])
def test_any_of_several_keys_fits(keys):
    assert is_taken([shown(key) for key in keys])
    assert not is_taken([shown(OTHER)] * len(keys))


def test_a_key_may_be_given_as_pem_too():
    ours, other = (
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        for key in (KEY, OTHER)
    )

    assert is_taken([ours])
    assert not is_taken([other])


@pytest.mark.parametrize(
    ("body", "signature", "timestamp"),
    [
        (BODY, None, TIME),
        (BODY, signed(KEY), None),
        (BODY, "", TIME),
        (BODY, "not base64!", TIME),
        (BODY, "กขค", TIME),
        (BODY, base64.b64encode(b"no DER").decode(), TIME),
        (BODY, signed(OTHER), TIME),
        (BODY, signed(KEY), "1795312801"),
        (BODY, signed(KEY), "\udcff"),
        (BODY.strip(), signed(KEY), TIME),
        (BODY.replace(b"\r\n", b"\n"), signed(KEY), TIME),
        (b"", signed(KEY), TIME),
    ],
    # Signatures differ each time; names that did would be other tests to each process that collects them.
    ids=[
        "unsigned",
        "undated",
        "empty",
        "no base64",
        "no ASCII",
        "no DER",
        "another key",
        "another time",
        "no time",
        "stripped body",
        "other line ends",
        "no body",
    ],
)
def test_anything_else_is_rejected(body, signature, timestamp):
    with pytest.raises(WebhookRejected):
        verify(body, signature=signature, timestamp=timestamp, keys=[shown(KEY)])


def rsa_key():
    return shown(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.mark.parametrize(
    "keys", [[], ["nonsense"], [""], [shown(ec.generate_private_key(ec.SECP384R1()))], [rsa_key()]]
)
def test_a_missing_or_wrong_key_is_the_operators_to_mend(keys):
    """Never taken for "needs no proof"."""
    with pytest.raises(SettingsError):
        verify(BODY, signature=signed(KEY), timestamp=TIME, keys=keys)
