"""The brand as `brand.yaml` states it; every mail takes its looks and its sender from here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pakdee.domain.contrast import INK, READABLE, WHITE, carries, contrast, nearest
from pakdee.domain.segment import NAME
from pakdee.domain.units import Words

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Https = Annotated[str, Field(pattern=r"^https://[^\s\"'<>]+$")]
Address = Annotated[str, Field(pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]
ImageName = Annotated[str, Field(pattern=NAME)]
Pixels = Annotated[int, Field(ge=1, le=2400)]


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Colours(_Block):
    """Colours of mails, light and dark. Each must leave words on it readable; the others are derived."""

    primary: Colour = Field(description="Buttons and accents; white or dark words must be readable on it.")
    soft: Colour = Field(description="Background of soft sections.")
    page: Colour = Field(description="Background around the mail.")

    @field_validator("primary")
    @classmethod
    def _of_buttons(cls, colour: str) -> str:
        return _readable(colour, (WHITE, INK), "white and dark words alike")

    @field_validator("soft", "page")
    @classmethod
    def _of_grounds(cls, colour: str) -> str:
        return _readable(colour, (INK,), "dark words")


def _readable(ground: str, inks: tuple[str, ...], words: str) -> str:
    if carries(ground, inks):
        return ground
    best = max(contrast(ink, ground) for ink in inks)
    instead = nearest(ground, inks)
    raise ValueError(
        f"{words} are hard to read on {ground} (contrast {best:.1f}, needs {READABLE}); "
        f"write '{instead}', the nearest colour that carries them"
    )


class Sender(_Block):
    """Who the mail is from."""

    name: Words
    email: Address
    reply_to: Address = Field(description="An inbox that people read.")


class Persona(_Block):
    """The person who signs."""

    name: Words
    role: Words
    photo: Https | None = Field(None, description="Picture address of a square photo; shown beside the name.")


class Image(_Block):
    """A picture that mails can show, as large as it is shown at most."""

    url: Https = Field(description="Address of a JPG, PNG or GIF.")
    width: Pixels = Field(description="Pixels; shown no wider than the mail's 520.")
    height: Pixels


class Social(_Block):
    """The shop's accounts; those it has."""

    facebook: Https | None = Field(None, title="Facebook")
    instagram: Https | None = Field(None, title="Instagram")
    line: Https | None = Field(None, title="LINE")
    tiktok: Https | None = Field(None, title="TikTok")
    youtube: Https | None = Field(None, title="YouTube")
    x: Https | None = Field(None, title="X")

    def accounts(self) -> list[tuple[str, str]]:
        """Name and address of each account there is."""
        named = (
            (field.title or name, getattr(self, name)) for name, field in type(self).model_fields.items()
        )
        return [(title, address) for title, address in named if address]


class Voice(_Block):
    """How the brand speaks."""

    th: Literal["ค่ะ", "ครับ", "none"] | None = Field(
        None, description="The particle of polite Thai sentences; none for mails that use none."
    )


class Links(_Block):
    """Where links of mails go; all https."""

    shop: Https
    redeem: Https = Field(description="The offer's code is appended as ?code=…")
    help: Https
    refer: Https | None = Field(None, description="Where a friend is invited.")
    review: Https | None = Field(None, description="Where a review is written.")


class Brand(_Block):
    """All of `brand.yaml`."""

    name: Words
    tagline: Words = Field(description="One line of what the brand stands for; stands in the footer.")
    values: Words | None = Field(None, description="One line of what it does for others.")
    voice: Voice = Voice()
    logo: Https | None = Field(None, description="Picture address; without it the name is set in type.")
    colours: Colours
    sender: Sender
    persona: Persona
    postal_address: Words = Field(description="Required by law in marketing mail.")
    links: Links
    social: Social = Social()
    images: dict[ImageName, Image] = Field({}, description="Pictures of mails, by name.")
