"""A programme in sentences that a shopkeeper can verify, in English or Thai.

The door: `tell_programme`. Sentences stand in a file per language; numbers, times and the worked examples are
made from the programme itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from pakdee.domain.program import Program
from pakdee.saying.programme.earning import about, earning, events, running_out
from pakdee.saying.programme.examples import examples
from pakdee.saying.programme.giving import causes, grants
from pakdee.saying.programme.standing import ladder, membership, tiers
from pakdee.saying.programme.words import Teller

__all__ = ["Section", "tell_programme"]

_SECTIONS = {
    "about": about,
    "earning": earning,
    "running_out": running_out,
    "tiers": tiers,
    "grants": grants,
    "membership": membership,
    "causes": causes,
    "events": events,
    "ladder": ladder,
    "examples": examples,
}


@dataclass(frozen=True)
class Section:
    """Sentences on one part of a programme."""

    title: str
    sentences: tuple[str, ...]


def tell_programme(program: Program, language: str) -> tuple[Section, ...]:
    """What `program` means, in `language` (English where that has no sentences); empty parts are left out."""
    teller = Teller(language, program.program.unit)
    told = ((name, tuple(tell(teller, program))) for name, tell in _SECTIONS.items())
    return tuple(Section(teller.say("title", name), sentences) for name, sentences in told if sentences)
