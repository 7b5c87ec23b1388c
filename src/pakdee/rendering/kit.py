"""What every mail in one language shares: filters, components, the brand's words and colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pakdee.domain.brand import Brand
from pakdee.domain.language import Language
from pakdee.domain.program import Program
from pakdee.domain.units import Words
from pakdee.rendering.components import FRAME, UI, Library, library
from pakdee.rendering.filters import bar, filters, pictures, share_of, units
from pakdee.rendering.languages import packaged
from pakdee.rendering.palette import palette
from pakdee.rendering.sandbox import PARTS, MailEnvironment, environment

SCALES = {
    "nps": [
        {"style": "pk-six", "width": 276, "scores": [0, 1, 2, 3, 4, 5]},
        {"style": "pk-five", "width": 230, "scores": [6, 7, 8, 9, 10]},
    ],
    "stars": [1, 2, 3, 4, 5],
}
"""What scales are answered with; on a phone the two groups of the longer one stand below each other."""


@dataclass(frozen=True)
class Kit:
    """The tools for one language; dictionaries go by part, "html" and "text".

    Args:
        environments: print values.
        libraries: components, by part and then by namespace.
        constants: `brand` and `program` as templates see them.
        roots: these, and what only components see.
    """

    locale: str
    environments: Mapping[str, MailEnvironment]
    libraries: Mapping[str, Mapping[str, Library]]
    constants: Mapping[str, Any]
    roots: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        locale: str,
        brand: Brand,
        currency: str,
        program: Program | None,
        languages: Mapping[str, Language] | None = None,
    ) -> Kit:
        """The tools for `locale`, one of `languages`, which are those of the package unless given."""
        words = (languages or packaged())[locale].mail
        chosen = filters(locale, words, currency=currency, levels=_levels(program))
        chosen |= {"_share": share_of, "_bar": bar, "_image": pictures(brand.images)}
        chosen["_units"] = units(
            locale, words, program.program.unit.name.in_language(locale) if program else ""
        )
        constants = {"brand": _brand(brand, locale), "program": _program(program, locale)}
        looks: dict[str, Any] = {
            "words": words.model_dump() | {"lang": locale},
            "colour": palette(brand.colours),
            "scales": SCALES,
            "voice": brand.voice.th or "",
        }
        looks |= {"accounts": [{"name": name, "url": url} for name, url in brand.social.accounts()]}
        environments, libraries = {}, {}
        for part in PARTS:
            env = environment(part, chosen)
            env.globals |= constants | looks
            libraries[part] = {space: library(env, space, part) for space in (UI, FRAME)}
            env.globals |= {space: found.macros for space, found in libraries[part].items()}
            environments[part] = env
        return cls(locale, environments, libraries, constants, constants | looks)


def _levels(program: Program | None) -> dict[str, Words]:
    return {level.id: level.title for level in program.tiers.levels} if program and program.tiers else {}


def _brand(brand: Brand, locale: str) -> dict[str, Any]:
    return {
        "name": brand.name.in_language(locale),
        "tagline": brand.tagline.in_language(locale),
        "values": brand.values and brand.values.in_language(locale),
        "logo": brand.logo,
        "postal_address": brand.postal_address.in_language(locale),
        "persona": {
            "name": brand.persona.name.in_language(locale),
            "role": brand.persona.role.in_language(locale),
            "photo": brand.persona.photo,
        },
    }


def _program(program: Program | None, locale: str) -> dict[str, Any]:
    if program is None:
        return {"name": "", "unit": "", "tiers": [], "plans": [], "causes": []}
    levels = program.tiers.levels if program.tiers else ()
    plans = program.membership.plans if program.membership else ()
    return {
        "name": program.program.name.in_language(locale),
        "unit": program.program.unit.name.in_language(locale),
        "tiers": [
            {"id": level.id, "title": level.title.in_language(locale), "at": level.threshold}
            for level in levels
        ],
        "plans": [
            {"id": plan.id, "title": plan.title.in_language(locale), "price": plan.price.amount}
            for plan in plans
        ],
        "causes": [{"id": cause.id, "title": cause.title.in_language(locale)} for cause in program.causes],
    }
