"""The brand as `brand.yaml` states it; every mail takes its looks and its sender from here."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pakdee.domain.units import Words

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Https = Annotated[str, Field(pattern=r"^https://[^\s\"'<>]+$")]
Address = Annotated[str, Field(pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Colours(_Block):
    """Colours of mails, light and dark."""

    primary: Colour = Field(description="Buttons and accents; needs contrast with white.")
    soft: Colour = Field(description="Background of soft sections.")
    page: Colour = Field(description="Background around the mail.")


class Sender(_Block):
    """Who the mail is from."""

    name: Words
    email: Address
    reply_to: Address = Field(description="An inbox that people read.")


class Persona(_Block):
    """The person who signs."""

    name: Words
    role: Words


class Links(_Block):
    """Where links of mails go; all https."""

    shop: Https
    redeem: Https = Field(description="The offer's code is appended as ?code=…")
    help: Https


class Brand(_Block):
    """All of `brand.yaml`."""

    name: Words
    tagline: Words = Field(description="One line of what the brand stands for; stands in the footer.")
    logo: Https | None = Field(None, description="Picture address; without it the name is set in type.")
    colours: Colours
    sender: Sender
    persona: Persona
    postal_address: Words = Field(description="Required by law in marketing mail.")
    links: Links
