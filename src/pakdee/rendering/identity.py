"""What the verdict on a template hangs on, as one hash: whatever is the same needs no second trial."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from pakdee.domain.brand import Brand
from pakdee.domain.campaign import Campaign
from pakdee.domain.feature import FeatureCatalog
from pakdee.domain.language import Language
from pakdee.domain.program import Program
from pakdee.rendering.naming import contents, template_files

_OF_NO_MAIL = frozenset(
    {"title", "status", "segment", "where", "except_", "once_per", "at_most", "priority", "holdout", "goal"}
    | {"when", "canary", "stop_if", "steps"}
)
"""What a campaign decides without changing a word of its mails."""
_ROOMS = ("domain", "rendering", "delivery")


def identities(
    directory: Path,
    *,
    brand: Brand,
    currency: str,
    features: FeatureCatalog,
    program: Program | None = None,
    campaigns: Iterable[Campaign] = (),
    languages: Mapping[str, Language] | None = None,
) -> dict[str, str]:
    """A hash for each template, by its name, of all that its trial depends on but the day.

    Not of the day, so that no template that was good yesterday stops tonight's run.
    """
    shared = hashlib.sha256()
    for part in (_code(), currency, brand.model_dump_json(), program and program.model_dump_json()):
        _add(shared, str(part).encode())
    for code, language in sorted((languages or {}).items()):
        _add(shared, f"{code} {language.mail.model_dump_json()}".encode())
    for spec in features.values():
        # Not its `repr`: the order of a set is another one in each process.
        _add(shared, json.dumps(asdict(spec), default=_orderly, sort_keys=True).encode())
    users = sorted(campaigns, key=lambda campaign: campaign.label)
    found = {}
    for name, paths in groupby(template_files(directory), key=lambda path: path.parent.name):
        digest = shared.copy()
        for campaign in users:
            if campaign.template == name:
                _add(digest, campaign.model_dump_json(exclude=set(_OF_NO_MAIL)).encode())
        for path in paths:
            _add(digest, path.name.encode())
            _add(digest, contents(path) if path.is_file() else b"")
        found[name] = digest.hexdigest()
    return found


def _orderly(part: object) -> object:
    """Sets in order; whatever else JSON does not know by its own words."""
    return sorted(part) if isinstance(part, frozenset) else repr(part)


def _add(digest: hashlib._Hash, part: bytes) -> None:
    digest.update(len(part).to_bytes(8, "big") + part)


@cache
def _code() -> str:
    """Changes with the code that makes and judges mails; by size and time, since reading it takes long."""
    rooms = (Path(str(files("pakdee"))) / room for room in _ROOMS)
    return repr(sorted(entry for room in rooms for entry in _entries(room)))


def _entries(folder: Path) -> Iterator[tuple[str, int, int]]:
    for entry in os.scandir(folder):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _entries(Path(entry.path))
        elif entry.is_file():
            known = entry.stat()
            yield entry.path, known.st_size, known.st_mtime_ns
