"""What one import was asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pakdee.domain.source import Source


@dataclass(frozen=True)
class Wish:
    """The arguments of `import_`, as its docstring explains them."""

    path: Path
    location: Path
    adapter: str | None
    source: Source | None
    append: bool
    accept_loss: bool
    assume_consent: bool
    shrink: float
    keep: int
