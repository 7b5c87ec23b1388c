"""What the page is told: readers, editions, mails and findings as plain values, ready for JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pakdee import jobs
from pakdee.domain.errors import CatalogError, PakdeeError
from pakdee.domain.message import Rendered
from pakdee.house import House
from pakdee.preview.desk import CUSTOMER, Desk, Edition, File, Shown, among, problems
from pakdee.preview.inbox import DESK, PHONE, cut
from pakdee.preview.page import words
from pakdee.rendering.lint import Finding, Severity
from pakdee.rendering.lint.cells import cells
from pakdee.rendering.lint.page import Page
from pakdee.rendering.personas import Persona
from pakdee.saying import in_language

CLIP = 102
"""Kilobytes of HTML after which Gmail cuts a mail off (rule Z01)."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see.

    Args:
        name: a campaign with its steps, one of them ("win_back.reminder"), or a template that none uses; None
            for all of them.
        customer: the id of a real one, shown beside the sample customers.
        persona, locale, variant: what is shown first.
    """

    name: str | None = None
    day: dt.date | None = None
    customer: str | None = None
    persona: str | None = None
    locale: str | None = None
    variant: str | None = None


def sample(house: House, wish: Wish) -> tuple[Shown, Rendered]:
    """The one mail of a sample customer that is wished for.

    Raises:
        PakdeeError: there is no such campaign, sample customer, language or subject. CatalogError: a file
            can't be used, or the mail can't be written.
    """
    desk = Desk(house, wish.day)
    edition = desk.edition(wish.name or "")
    where, language = f"templates/{edition.template}", house.settings.shop.language
    first = language if language in edition.locales else next(iter(edition.locales), language)
    locale = among("language", wish.locale or first, edition.locales, where=where)
    names = [persona.name for persona in desk.personas]
    reader = among("sample customer", wish.persona or edition.reader, names, where="--persona")
    file = desk.file(edition, locale, [reader])
    if file.findings:
        raise CatalogError(problems(file.findings))
    variants = {shown.variant: shown for shown in file.mails}
    shown = variants[among("subject", wish.variant or next(iter(variants)), variants, where=where)]
    if shown.mail is None:
        raise CatalogError(problems(shown.findings))
    return shown, shown.mail


def told(
    house: House, wish: Wish, *, progress: Progress = lambda *_: None, watching: bool = False
) -> dict[str, Any]:
    """Everything the page of `wish` needs.

    Raises:
        PakdeeError: there is no such campaign or customer. CatalogError: a file can't be used.
    """
    desk = Desk(house, wish.day)
    editions = _editions(desk, wish)
    files = _files(desk, editions, progress)
    readers = [_reader(persona) for persona in desk.personas]
    first = {"reader": wish.persona, "locale": wish.locale, "variant": wish.variant}
    more: list[Shown] = []
    if wish.name and wish.customer:
        real = jobs.preview(house, wish.name, wish.customer, wish.day, variant=wish.variant)
        more = _of_customer(
            desk, editions[0], wish, {mail.variant for f in files[wish.name] for mail in f.mails}
        )
        readers = [_customer(wish.customer, real.source), *readers]
        first |= {"reader": CUSTOMER, "locale": real.locale, "variant": real.variant}
    shown = [_edition(house, edition, files[edition.name], more) for edition in editions]
    return _page(house, readers, shown, first) | {"day": desk.day.isoformat(), "watching": watching}


def _editions(desk: Desk, wish: Wish) -> list[Edition]:
    """All there are; those of one campaign; for a real customer, who is on one mail of it, that alone."""
    if wish.name is None:
        return desk.editions()
    return [desk.edition(wish.name)] if wish.customer else desk.series(wish.name)


def _files(desk: Desk, editions: Sequence[Edition], progress: Progress) -> dict[str, list[File]]:
    """Every language of every edition, one after the other."""
    found: dict[str, list[File]] = {edition.name: [] for edition in editions}
    every = [(edition, locale) for edition in editions for locale in edition.locales]
    for done, (edition, locale) in enumerate(every):
        progress("mails", done, len(every))
        found[edition.name].append(desk.file(edition, locale))
    return found


def trouble(house: House, error: PakdeeError) -> dict[str, Any]:
    """What the page is told where nothing can be shown at all: why, by file and line."""
    if isinstance(error, CatalogError):
        found = [
            _finding(Finding("", Severity(p.severity), p.file, p.line, p.what, p.next_step))
            for p in error.problems
        ]
    else:
        found = [_finding(Finding("", Severity.ERROR, error.where, 1, error.what, error.next_step))]
    day = house.today().isoformat()
    return _page(house, [], [], {}, found) | {"day": day, "watching": True}


def summary(said: Mapping[str, Any]) -> dict[str, Any]:
    """How many mails there are, and how many of them have errors or warnings; in all, and per edition."""
    rows = [
        {"name": edition["name"], "template": edition["template"], **_counts(edition)}
        for edition in said["editions"]
    ]
    whole = {name: sum(row[name] for row in rows) for name in ("mails", "errors", "warnings", "unreadable")}
    return {**whole, "campaigns": rows}


def _counts(edition: Mapping[str, Any]) -> dict[str, int]:
    graves = [{one["severity"] for one in mail["findings"]} for mail in edition["mails"]]
    return {
        "mails": len(graves),
        "errors": sum("error" in grave for grave in graves),
        "warnings": sum("warning" in grave for grave in graves),
        "unreadable": sum(bool(file["findings"]) for file in edition["files"].values()),
    }


def _page(
    house: House,
    readers: Sequence[Any],
    editions: Sequence[Any],
    first: Mapping[str, Any],
    problems: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    language = house.settings.shop.language
    spoken = sorted(words())
    return {
        "language": language if language in spoken else spoken[0],
        "languages": spoken,
        "words": words(),
        "version": 0,
        "most": {"subject": PHONE.subject, "preheader": PHONE.preheader, "clip": CLIP},
        "reader": first.get("reader") or "",
        "locale": first.get("locale") or language,
        "variant": first.get("variant") or "",
        "readers": readers,
        "editions": editions,
        "problems": problems,
        "said": _said([*problems, *_findings(editions)], spoken),
    }


def _findings(editions: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for edition in editions:
        for holder in (*edition["files"].values(), *edition["mails"]):
            yield from holder["findings"]


def _said(findings: Iterable[Mapping[str, Any]], languages: Iterable[str]) -> dict[str, dict[str, str]]:
    """What findings say, in each language of the page; once, since many mails have the same."""
    texts = {text for finding in findings for text in (finding["what"], finding["next"])}
    return {code: {text: in_language(text, code) for text in sorted(texts)} for code in languages}


def _reader(persona: Persona) -> dict[str, Any]:
    kind = "nasty" if persona.is_nasty else "typical"
    return {"name": persona.name, "title": dict(persona.title.root), "kind": kind, "note": "sample"}


def _customer(customer: str, source: str) -> dict[str, Any]:
    title = {"en": f"Customer {customer}", "th": f"ลูกค้า {customer}"}
    return {"name": CUSTOMER, "title": title, "kind": "customer", "note": source}


def _of_customer(desk: Desk, edition: Edition, wish: Wish, variants: Iterable[str]) -> list[Shown]:
    """A customer's mail with each subject there is, whichever they get."""
    customer = str(wish.customer)
    found = (jobs.preview(desk.house, edition.name, customer, wish.day, variant=v) for v in sorted(variants))
    return [desk.of_customer(edition, customer, one) for one in found]


def _edition(house: House, edition: Edition, files: Sequence[File], more: Sequence[Shown]) -> dict[str, Any]:
    campaign, first = edition.campaign, house.settings.shop.language
    sender = house.project.brand.sender.name
    files = sorted(files, key=lambda file: (file.locale != first, file.locale))
    return {
        "name": edition.name,
        "template": edition.template,
        "title": dict(campaign.title.root) if campaign else None,
        "status": str(campaign.status) if campaign else None,
        "reader": edition.reader,
        "locales": [file.locale for file in files],
        "files": {
            file.locale: {
                "file": file.place,
                "lines": file.lines,
                "findings": [_finding(one) for one in file.findings],
            }
            for file in files
        },
        "mails": [
            _mail(shown, sender.in_language(shown.locale))
            for shown in [*more, *(mail for file in files for mail in file.mails)]
        ],
    }


def _mail(shown: Shown, sender: str) -> dict[str, Any]:
    mail = shown.mail
    found: dict[str, Any] = {
        "reader": shown.reader,
        "locale": shown.locale,
        "variant": shown.variant,
        "findings": [_finding(one) for one in shown.findings],
        "html": mail.html if mail else "",
    }
    if mail is None:
        return found
    preheader = (Page(mail.html).preheader or ("", 0))[0]
    return found | {
        "sender": sender,
        "subject": mail.subject,
        "preheader": preheader,
        "text": mail.text,
        "inbox": {
            name: [cut(mail.subject, room.subject), cut(preheader, room.preheader)]
            for name, room in (("phone", PHONE), ("desk", DESK))
        },
        "cells": [cells(mail.subject), cells(preheader)],
        "bytes": [len(part.encode("utf-8", "replace")) for part in (mail.html, mail.text)],
        "headers": list(shown.headers.items()),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "file": finding.file,
        "line": finding.line,
        "what": finding.what,
        "next": finding.next_step,
    }
