"""The door of this room: every mail of a project, checked when loaded, rendered for one customer or many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pakdee.domain.brand import Brand
from pakdee.domain.errors import CatalogError, Problem, RenderError
from pakdee.domain.feature import FeatureCatalog
from pakdee.domain.language import Language, spellings
from pakdee.domain.message import ONLY, Rendered
from pakdee.domain.program import Program
from pakdee.rendering.contract import Contract
from pakdee.rendering.kit import Kit
from pakdee.rendering.languages import packaged
from pakdee.rendering.mail import Mail, read_mails
from pakdee.rendering.naming import contents, misnamed, template_files, told
from pakdee.rendering.variants import Mails, differing
from pakdee.rendering.writer import Writer


class Templates:
    """All templates of a project, by name and language; each has a mail for every variant of its subject.

    Args:
        mails: by (name, locale), then by variant.
        fallback: the language for readers whose own a template lacks.
    """

    def __init__(self, mails: Mapping[tuple[str, str], Mails], contract: Contract, fallback: str) -> None:
        self._mails, self.contract, self._fallback = mails, contract, fallback
        self.names = tuple(sorted({name for name, _ in self._mails}))

    @classmethod
    def load(
        cls,
        directory: Path,
        *,
        brand: Brand,
        currency: str,
        features: FeatureCatalog,
        fallback: str = "th",
        program: Program | None = None,
        languages: Mapping[str, Language] | None = None,
        lazily: bool = False,
    ) -> Templates:
        """Every `<directory>/<name>/<locale>.j2`, checked.

        Args:
            currency: of amounts, ISO 4217.
            features: what `customer.*` may read.
            program: gives `program.*` and the names of tiers; without it there are none.
            languages: in which templates can be written; without it those of the package.
            lazily: read and check each when it is first asked for, and compile it for its first mail. For
                those that were tried before, since doing so with all takes longer than a short command.

        Raises:
            CatalogError: with every problem of every file, by file and line.
        """
        contract = Contract(features, brand, program)
        spoken = languages or packaged()
        kits = {locale: Kit.of(locale, brand, currency, program, spoken) for locale in spoken}
        shelf = _Shelf(directory, kits, contract, lazily=lazily)
        if not lazily:
            shelf.read_all()
        return cls(shelf, contract, fallback)

    def locales(self, name: str) -> tuple[str, ...]:
        """Languages the template has, in alphabetical order. Raises RenderError for an unknown name."""
        found = tuple(sorted(locale for known, locale in self._mails if known == name))
        if not found:
            raise RenderError(
                "there is no such template",
                where=f"templates/{name}",
                next_step=f"use one of: {', '.join(self.names) or 'none yet'}",
            )
        return found

    def locale_for(self, name: str, wanted: str | None) -> str:
        """The language to write in: the wanted one (`de-AT`, then `de`), the fallback, English, else any."""
        there = self.locales(name)
        chain = (*spellings(wanted), self._fallback, "en")
        return next((locale for locale in chain if locale in there), there[0])

    def features_of(self, name: str) -> frozenset[str]:
        """Features the template can't do without, in any language; others it reads have a fallback in it."""
        return frozenset().union(*(mail.features for mail in self._all(name)))

    def reads(self, name: str) -> frozenset[str]:
        """Every feature that the template may read in any language, with a fallback or without."""
        return frozenset().union(*(mail.features | mail.optional for mail in self._all(name)))

    def variants(self, name: str) -> tuple[str, ...]:
        """Variants of the template's subject, in the order of the file; ONLY where it has one subject."""
        return tuple(self._mails[name, self.locales(name)[0]])

    def needs_offer(self, name: str) -> bool:
        """Whether the template can't be rendered without an offer."""
        return any(mail.needs_offer for mail in self._all(name))

    def told(self, name: str) -> frozenset[str]:
        """What the template can't do without of what only a campaign can say, such as "incident"."""
        return frozenset().union(*(mail.told for mail in self._all(name)))

    def render(self, name: str, locale: str, context: Mapping[str, Any], variant: str = ONLY) -> Rendered:
        """One mail: the definition of what its reader gets.

        Args:
            context: plain values: customer, offer (or None), links, today, why_you, campaign.
            variant: of the subject; ONLY is the first one where there are several.

        Raises:
            RenderError: naming file, line and variable; nothing is ever half rendered.
        """
        return self._mail(name, locale, variant).render(context)

    def writer(self, name: str, locale: str, variant: str = ONLY) -> Writer:
        """Writes mail after mail of one campaign, day and variant, each as a skeleton and what stands in it.

        Law: `skeleton.filled(subject, values) == render(...)`, byte for byte, in subject, HTML and text.
        """
        return Writer(self._mail(name, locale, variant))

    def _all(self, name: str) -> list[Mail]:
        return [mail for locale in self.locales(name) for mail in self._mails[name, locale].values()]

    def _mail(self, name: str, locale: str, variant: str) -> Mail:
        if (name, locale) not in self._mails:
            raise RenderError(
                f"there is no template in {locale!r}",
                where=f"templates/{name}",
                next_step=f"use one of: {', '.join(self.locales(name))}",
            )
        mails = self._mails[name, locale]
        if variant not in mails and variant != ONLY:
            raise RenderError(
                f"its subject has no variant {variant!r}",
                where=f"templates/{name}",
                next_step=f"use one of: {', '.join(mails)}",
            )
        return mails.get(variant) or next(iter(mails.values()))


class _Shelf(Mapping[tuple[str, str], Mails]):
    """The files of a folder by name and language, each read once, when it is taken from the shelf."""

    def __init__(self, directory: Path, kits: Mapping[str, Kit], contract: Contract, *, lazily: bool) -> None:
        self._paths = {(path.parent.name, path.stem): path for path in template_files(directory)}
        self._kits, self._contract, self._lazily = kits, contract, lazily
        self._read: dict[tuple[str, str], Mails] = {}

    def __getitem__(self, key: tuple[str, str]) -> Mails:
        """Its mails. Raises CatalogError, and KeyError where there is no such file."""
        if key not in self._read:
            found, slips = read_template(self._paths[key], self._kits, self._contract, lazily=self._lazily)
            if slips:
                raise CatalogError(slips)
            self._read[key] = found
        return self._read[key]

    def read_all(self) -> None:
        """Read them now. Raises CatalogError with every problem of every file."""
        problems: list[Problem] = []
        for key in self._paths:
            try:
                self[key]
            except CatalogError as error:
                problems += error.problems
        problems += differing(self._read)
        if problems:
            raise CatalogError(problems)

    def __contains__(self, key: object) -> bool:
        """Whether there is such a file, good or bad."""
        return key in self._paths

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """In the order of the folder."""
        return iter(self._paths)

    def __len__(self) -> int:
        """How many files there are."""
        return len(self._paths)


def read_template(
    path: Path, kits: Mapping[str, Kit], contract: Contract, *, lazily: bool = False
) -> tuple[Mails, list[Problem]]:
    """One file of a project, checked: its mails by variant, none where something is wrong with it."""
    if found := misnamed(path, kits):
        return {}, found
    return read_mails(told(path), contents(path), kits[path.stem], contract, lazily=lazily)
