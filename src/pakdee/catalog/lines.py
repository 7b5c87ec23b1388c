"""Where in a file a value stands, so that every finding can name its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pakdee.domain.errors import Problem

Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class LineFinder:
    """Lines of one file.

    Args:
        file: as people know it, relative to the project ("segments/lapsed.yaml").
        lines: line (from 1) of each key or list entry, by path: ("offer", "grant"), ("levels", 0).
        texts: first line and source lines of each text value, by path.
    """

    file: str
    lines: Mapping[Steps, int]
    texts: Mapping[Steps, tuple[int, tuple[str, ...]]] = field(default_factory=dict)

    def line(self, *steps: str | int) -> int:
        """The line of the key at `steps`, else of the nearest block around it, else 1."""
        while steps and steps not in self.lines:
            steps = steps[:-1]
        return self.lines.get(steps, 1)

    def text_line(self, steps: Steps, value: str, offset: int) -> int:
        """The line on which character `offset` of the text `value` at `steps` stands."""
        if steps not in self.texts:
            return self.line(*steps)
        first, source = self.texts[steps]
        found, position = first, 0
        for number, raw in enumerate(source):
            start = value.find(raw.strip(), position) if raw.strip() else -1
            if start < 0:
                continue
            if start > offset:
                break
            found, position = first + number, start + len(raw.strip())
        return found

    def problem(
        self, *steps: str | int, what: str, next_step: str, severity: str = "error", line: int | None = None
    ) -> Problem:
        """A finding at `steps`, or at `line` where that is known better."""
        return Problem(self.file, line or self.line(*steps), what, next_step, severity)
