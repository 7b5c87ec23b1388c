"""Problems found in one template file, gathered while it is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from jinja2 import nodes

from pakdee.domain.errors import Problem

MOST = 100
"""Problems of one file that anybody wants to read about."""


class Enough(Exception):
    """So much is wrong with a file that reading on is of no use."""


@dataclass
class Findings:
    """What is wrong in `file`; each with its line and the next step."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: int, what: str, next_step: str) -> None:
        """Note a problem, once per line. Raises Enough after many of them."""
        problem = Problem(self.file, line, what, next_step)
        if problem in self.problems:
            return
        self.problems.append(problem)
        if len(self.problems) >= MOST:
            raise Enough


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The next step for an unknown word: the nearest known one, or all of them."""
    names = sorted(known)
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    return f"write {near[0]!r}" if near else f"use one of: {', '.join(names)}"


def dotted(node: nodes.Node) -> str | None:
    """`customer.tier` for an expression that is a plain path, else None."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        base = dotted(node.node)
        return f"{base}.{node.attr}" if base else None
    return None
