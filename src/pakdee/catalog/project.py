"""All of a project's files at once: either a Project, or every problem in one go."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from pakdee.catalog import cross_checks as checks
from pakdee.catalog.conditions import Compiler, compiler_of, where_of
from pakdee.catalog.files import ROOMS, content_version, outside, stays_inside, yaml_files
from pakdee.catalog.languages import read_languages, untranslated
from pakdee.catalog.lines import LineFinder
from pakdee.catalog.lists import is_list_name, read_list
from pakdee.catalog.pools import read_pools
from pakdee.catalog.programme import EarnConditions, grant_conditions
from pakdee.catalog.programme_checks import program_problems
from pakdee.catalog.reading import read_model
from pakdee.catalog.settings import read_settings
from pakdee.catalog.values import nearest
from pakdee.domain.brand import Brand
from pakdee.domain.campaign import Campaign
from pakdee.domain.condition import Condition
from pakdee.domain.errors import CatalogError, Problem, SettingsError
from pakdee.domain.feature import FeatureCatalog
from pakdee.domain.program import Program
from pakdee.domain.program.features import features_in
from pakdee.domain.project import Project
from pakdee.domain.segment import EVERYONE, Segment
from pakdee.domain.units import words_in

Model = TypeVar("Model", bound=BaseModel)
_IN_SEGMENT = re.compile(r"in_segment\s*\(\s*'([^']*)'")


def load_project(
    directory: Path,
    features: FeatureCatalog,
    *,
    language: str = "th",
    currency: str | None = None,
    today: dt.date | None = None,
) -> Project:
    """The project in `directory`, checked against `features`.

    Args:
        directory: where program.yaml, brand.yaml, campaigns/ and segments/ lie.
        features: every name there can be in conditions; the programme adds its own.
        language: the shop's, for readers whose own a text lacks; texts without it get a warning.
        currency: the shop's; without it the one of pakdee.toml beside the files.
        today: judges whether a date is over; without it no date is.

    Raises:
        CatalogError: with all problems of all files at once, warnings included.
    """
    return _Loading(directory, features, language, today).project(currency or _shop_currency(directory))


def _shop_currency(directory: Path) -> str | None:
    try:
        return read_settings(directory / "pakdee.toml").shop.currency
    except SettingsError:
        return None  # whoever opens the house tells the operator


@dataclass
class _Loading:
    """One pass over a project's files; `problems` collects what every step finds."""

    root: Path
    features: FeatureCatalog
    language: str
    today: dt.date | None
    problems: list[Problem] = field(default_factory=list)

    def project(self, currency: str | None) -> Project:
        self.problems += [outside(room) for room in ROOMS if not stays_inside(self.root / room, self.root)]
        program, program_lines = self._read(self.root / "program.yaml", Program)
        brand, brand_lines = self._read(self.root / "brand.yaml", Brand)
        segments, campaigns = self._room("segments", Segment), self._room("campaigns", Campaign)
        lists = self._lists(segments)
        languages, slips = read_languages(self.root)
        self.problems += slips
        if brand and brand_lines:
            self.problems += checks.brand_problems(brand, brand_lines)
            self._words(brand, brand_lines)
        if program and program_lines:
            self.problems += program_problems(program, program_lines, currency)
            self._words(program, program_lines)
        features = features_in(program, self.features) if program else self.features
        compiler = compiler_of(segments, self._names(), features, self.problems)
        conditions = self._conditions(compiler, segments, campaigns)
        earn_conditions: Mapping[str, Condition] = {}
        pools = read_pools(self.root, program, self.problems) if program else {}
        if program and program_lines:
            conditions |= grant_conditions(compiler, program, program_lines)
            earn_conditions = EarnConditions(program, program_lines, self.features, self.problems).compiled()
        self._campaigns(campaigns, program)
        self._unused(segments, campaigns)
        shared = [(m, lines) for m, lines in ((brand, brand_lines), (program, program_lines)) if m and lines]
        self.problems += untranslated(self.root, languages, campaigns, shared)
        if program is None or brand is None or any(p.severity == "error" for p in self.problems):
            raise CatalogError(self.problems)
        return Project(
            program,
            brand,
            segments={name: segment for name, (segment, _) in segments.items()},
            campaigns={name: campaign for name, (campaign, _) in campaigns.items()},
            conditions=conditions,
            lists=lists,
            content_version=content_version(self.root),
            warnings=tuple(sorted(self.problems)),
            languages=languages,
            earn_conditions=earn_conditions,
            pools=pools,
        )

    def _read(
        self, path: Path, model: type[Model], **given: Any
    ) -> tuple[Model, LineFinder] | tuple[None, None]:
        if not stays_inside(path, self.root):
            self.problems.append(outside(path.name))
            return None, None
        try:
            return read_model(path, model, root=self.root, language=self.language, **given)
        except CatalogError as error:
            self.problems += error.problems
            return None, None

    def _room(self, room: str, model: type[Model]) -> dict[str, tuple[Model, LineFinder]]:
        files, problems = yaml_files(self.root, room)
        self.problems += problems
        found: dict[str, tuple[Model, LineFinder]] = {}
        for path in files:
            entry, finder = self._read(path, model, name=path.stem)
            if path.stem == EVERYONE and room == "segments":
                what = f"the segment '{EVERYONE}' is built in"
                self.problems.append(Problem(f"{room}/{path.name}", 1, what, "give the file another name"))
            elif entry is not None and finder is not None:
                self._words(entry, finder)
                found[path.stem] = entry, finder
        return found

    def _words(self, model: BaseModel, finder: LineFinder) -> None:
        self.problems += checks.missing_words(dict(words_in(model)), finder, self.language)

    def _lists(self, segments: Mapping[str, tuple[Segment, LineFinder]]) -> dict[str, frozenset[str]]:
        found = {}
        for name, (segment, finder) in segments.items():
            if segment.list is None:
                continue
            if not is_list_name(segment.list):
                what = f"'{segment.list}' is no list"
                hint = "write lists/NAME.csv, a file right in the folder lists"
                self.problems.append(finder.problem("list", what=what, next_step=hint))
                continue
            try:
                found[name] = read_list(self.root, segment.list)
            except CatalogError as error:
                self.problems += self._told_where_used(error, segment.list, finder)
        return found

    def _told_where_used(self, error: CatalogError, name: str, finder: LineFinder) -> list[Problem]:
        if (self.root / name).exists():
            return list(error.problems)
        folder = self.root / "lists"
        known = [f"lists/{path.name}" for path in folder.iterdir()] if folder.is_dir() else []
        near = get_close_matches(name, known, n=1, cutoff=0.6)
        hint = f"write {near[0]}" if near else "save the spreadsheet there as CSV"
        return [finder.problem("list", what=f"there is no file {name}", next_step=hint)]

    def _conditions(
        self,
        compiler: Compiler,
        segments: Collection[str],
        campaigns: Mapping[str, tuple[Campaign, LineFinder]],
    ) -> dict[str, Condition]:
        found = [compiler.segment(name) for name in segments]
        for campaign, finder in campaigns.values():
            if campaign.where is not None and campaign.column:
                place = where_of(finder, campaign.where, "where")
                found.append(compiler.condition(campaign.column, campaign.where, place))
            for mail in campaign.mails:
                found += _of_mail(compiler, mail, finder)
        return {condition.name: condition for condition in found if condition}

    def _names(self) -> set[str]:
        """Segments that have a file, usable or not: naming a broken one is no second finding."""
        return {path.stem for path in yaml_files(self.root, "segments")[0]}

    def _campaigns(
        self, campaigns: Mapping[str, tuple[Campaign, LineFinder]], program: Program | None
    ) -> None:
        segments, templates = self._names(), _templates(self.root / "templates")
        for campaign, finder in campaigns.values():
            self.problems += checks.campaign_problems(
                campaign, finder, segments=segments, templates=templates, program=program, today=self.today
            )

    def _unused(
        self,
        segments: Mapping[str, tuple[Segment, LineFinder]],
        campaigns: Mapping[str, tuple[Campaign, LineFinder]],
    ) -> None:
        texts = [s.where or "" for s, _ in segments.values()] + [c.where or "" for c, _ in campaigns.values()]
        texts += [offer.where for c, _ in campaigns.values() for mail in c.mails for offer in mail.offers]
        texts += [step.unless or "" for c, _ in campaigns.values() for step in c.steps]
        used = {name for text in texts for name in _IN_SEGMENT.findall(text)}
        used |= {
            name
            for campaign, _ in campaigns.values()
            for name in (campaign.segment, *campaign.except_)
            if name
        }
        meant = {
            nearest(name, segments) for name in used - segments.keys()
        }  # its misspelling is told already
        for name in sorted(segments.keys() - used - meant):
            hint = f"write  segment: {name}  in a campaign, or leave it for later"
            what = f"no campaign uses the segment '{name}'"
            self.problems.append(segments[name][1].problem(what=what, next_step=hint, severity="warning"))


def _of_mail(compiler: Compiler, mail: Campaign, finder: LineFinder) -> Iterator[Condition | None]:
    """Conditions of the campaign's first mail, or of one of its steps."""
    for number, offer in enumerate(mail.offers):
        at = where_of(finder, offer.where, *mail.place, "offers", number, "where")
        yield compiler.condition(mail.offer_column(number), offer.where, at)
    if mail.unless_column:
        unless = str(mail.unless)
        yield compiler.condition(mail.unless_column, unless, where_of(finder, unless, *mail.place, "unless"))


def _templates(folder: Path) -> dict[str, bool]:
    """Folders of templates, and whether a mail is written in them yet."""
    found = (path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else ()
    return {path.name: any(path.glob("*.j2")) for path in found if path.name[0] not in "._"}
