"""A file of `sources/` becomes the Source an import reads by."""

from __future__ import annotations

from pathlib import Path

from pakdee.catalog.reading import read_model
from pakdee.domain.source import Source


def load_source(path: Path) -> Source:
    """The source file at `path`. Raises CatalogError with every finding, each with its line."""
    source, _ = read_model(path, Source, name=path.stem)
    return source
