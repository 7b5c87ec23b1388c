"""What leaves the house instead of names, addresses and customer ids."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pakdee.domain import identity

KEY, OTHER = b"first-key", b"second-key"


@pytest.mark.parametrize(
    ("address", "usable"),
    [
        ("ada@example.com", True),
        (" Ada.Lovelace+shop@mail.example.co.th ", True),
        ("ada@localhost", False),
        ("ada example.com", False),
        ("ada@@example.com", False),
        ("ada@example..com", False),
        ("อาดา@example.com", False),
        ("ada@exam\nple.com", False),
        ("", False),
        (None, False),
        ("a" * 65 + "@example.com", False),
    ],
)
def test_an_address_is_usable_or_not(address, usable):
    """One address and a column of them are judged alike."""
    assert identity.is_usable_address(address) is usable
    assert identity.usable_addresses(pd.Series([address, "b@example.com"])).tolist() == [usable, True]


def test_an_address_hash_ignores_case_and_blanks():
    """The same mailbox has the same hash; another has another."""
    assert identity.address_hash(" Ada@Example.com ") == identity.address_hash("ada@example.com")
    assert identity.address_hash("ada@example.com") != identity.address_hash("bob@example.com")


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_message_id_tells_nothing_without_the_key(customer, occasion):
    """Ids are 32 hex digits, depend on the key, and do not contain the customer."""
    mine = identity.message_id(KEY, "birthday", "1", customer, occasion)
    assert len(mine) == 32
    assert mine != identity.message_id(OTHER, "birthday", "1", customer, occasion)
    assert len(customer) < 6 or customer not in mine


def test_a_link_is_verified_by_any_key_and_signed_by_the_first():
    """A rotated key still opens old links; a forged or bare id opens nothing."""
    token = identity.sign_link(OTHER, "ab12")
    assert identity.read_link((KEY, OTHER), token) == "ab12"
    assert identity.read_link((KEY,), token) is None
    assert identity.read_link((KEY, OTHER), "ab12") is None
    assert identity.read_link((KEY, OTHER), "ab13." + token.split(".")[1]) is None
    assert identity.read_link((KEY, OTHER), "ab12.ü") is None


def test_offer_codes_are_readable_and_distinct():
    """Twelve letters in three groups, none of them mistaken for another, no two neighbours' alike."""
    codes = {identity.offer_code(KEY, f"{n:032x}", "M0001234") for n in range(20_000)}
    assert len(codes) == 20_000
    assert all(len(code) == 14 and not set(code) & set("0O1ILU") for code in codes)
    assert len({code[:3] for code in codes}) == 1
    assert identity.offer_code(KEY, "ab12", "M0001234") == "48B9-FZ8J-SV5Y", "the same one on any machine"


def test_codes_of_strangers_begin_differently():
    """Who begins alike is told by the key alone."""
    near, far, other = (
        identity.offer_code(key, "ab12", customer)
        for key, customer in ((KEY, "M0001999"), (KEY, "M0002000"), (OTHER, "M0001999"))
    )
    assert identity.offer_code(KEY, "cd34", "M0001000")[:3] == near[:3]
    assert len({near[:3], far[:3], other[:3]}) == 3
