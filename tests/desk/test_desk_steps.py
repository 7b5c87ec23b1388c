"""A campaign with a further mail: each of its mails can be seen and tried."""

from pathlib import Path

import pytest

from .conftest import desk_of

BIRTHDAY = "/campaigns/birthday"
OWN = "It is your day."
STEPS = f"""
steps:
  - id: on_the_day
    after: 3 days
    template: birthday
    offer: {{grant: birthday_cake}}
    why_you: {{en: {OWN}, th: วันนี้วันของคุณ}}
"""


def with_a_step(shop: Path) -> None:
    """The birthday campaign's."""
    path = shop / "campaigns/birthday.yaml"
    path.write_text(path.read_text(encoding="utf-8") + STEPS, encoding="utf-8")


@pytest.fixture(scope="module")
def visitor(tmp_path_factory):
    """The desk of a shop whose birthday campaign has two mails."""
    with desk_of(tmp_path_factory.mktemp("steps"), change=with_a_step) as found:
        yield found


def test_each_mail_is_seen_and_sent_to_oneself(visitor):
    """The first, unless another is chosen from the list; an unknown one is told."""
    page = visitor.settled(BIRTHDAY)
    assert "Further mails on_the_day after 3 days" in page
    assert "Offer birthday_cake " in page
    first, later = (
        visitor.words(f"{BIRTHDAY}?locale=en&look=text{step}") for step in ("", "&step=on_the_day")
    )
    assert OWN not in first
    assert OWN in later
    assert OWN in visitor.get(f"{BIRTHDAY}/mail?locale=en&step=on_the_day").text
    assert "step=on_the_day" in visitor.get(f"{BIRTHDAY}?locale=en&step=on_the_day").text
    visitor.press(f"{BIRTHDAY}/test", to="me@example.com", locale="en", step="on_the_day")
    assert OWN.encode() in visitor.sendgrid.requests[-1].body
    assert "there is no campaign 'birthday.later'" in visitor.words(f"{BIRTHDAY}?step=later")
