"""What components show besides words: pictures and accounts of brand.yaml, and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from jinja2 import nodes

from pakdee.rendering.components import Component, Takes
from pakdee.rendering.contract import Contract
from pakdee.rendering.findings import did_you_mean
from pakdee.rendering.kinds import Kind


class Figure(NamedTuple):
    """What an argument that is a number can be."""

    kinds: frozenset[Kind]
    told: str
    example: str


FIGURES = {
    Takes.SHARE: Figure(frozenset({Kind.SHARE, Kind.NUMBER}), "a share of 0 to 1", "customer.tier_progress"),
    Takes.NUMBER: Figure(
        frozenset({Kind.INTEGER, Kind.NUMBER}),
        "a number as it is, without a filter",
        "customer.points_earned_365d",
    ),
}


def lacking(
    component: Component, given: Mapping[str, nodes.Expr], line: int, contract: Contract
) -> Iterator[tuple[int, str, str]]:
    """Line, what, next step for each thing that a call shows and brand.yaml does not have."""
    if component.shows == "social" and not contract.accounts:
        next_step = "write for example  social: {facebook: https://…}  in brand.yaml"
        yield line, f"brand.yaml has no accounts for ui.{component.name} to show", next_step
    for argument, value in given.items():
        name = getattr(value, "value", None)
        is_image = component.takes.get(argument) is Takes.IMAGE
        if is_image and isinstance(name, str) and name not in contract.images:
            what = f"there is no picture {name!r} under images: in brand.yaml"
            add = f"write it there:  {name}: {{url: https://…, width: 520, height: 300}}"
            near = did_you_mean(name, contract.images)
            yield value.lineno, what, near if near.startswith("write") else add
