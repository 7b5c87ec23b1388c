"""The preview of mails: in the terminal, as a page, as a gallery, and kept up to date while files change."""

from __future__ import annotations

import os
import sys
import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pakdee.cli import show
from pakdee.cli.options import AsOf, Json, Project, day_of, house_of
from pakdee.domain.message import ONLY

if TYPE_CHECKING:
    from pakdee.house import House
    from pakdee.preview import Wish


def preview(
    campaign: Annotated[str | None, typer.Argument(help="A campaign; left out with --all.")] = None,
    customer: Annotated[str | None, typer.Option(help="A customer's id in the ledger.")] = None,
    persona: Annotated[str | None, typer.Option(help="A sample customer, e.g. regular or no_name.")] = None,
    locale: Annotated[str | None, typer.Option(help="th or en; left out, the shop's language.")] = None,
    variant: Annotated[
        str | None, typer.Option(help="Which subject, where the template has several.")
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Every campaign, language and sample customer.")
    ] = False,
    open_: Annotated[bool, typer.Option("--open", help="Make the page and show it in the browser.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Keep the page up to date while you save.")] = False,
    html: Annotated[bool, typer.Option("--html", help="Print the HTML instead of the text.")] = False,
    as_of: AsOf = None,
    project: Project = None,
    json: Json = False,
) -> None:
    """Show a mail exactly as it is sent, or a page of all that it can be."""
    from pakdee.preview import Wish

    if (campaign is None) != all_:
        raise typer.BadParameter("name a campaign, or give --all for every one", param_hint="CAMPAIGN")
    if customer and (persona or all_):
        raise typer.BadParameter("--customer goes with a campaign, and without --persona")
    if watch and (json or html):
        raise typer.BadParameter("--watch prints no mail; leave --json and --html away")
    house, wish = house_of(project), Wish(campaign, day_of(as_of), customer, persona, locale, variant)
    if watch:
        _watch(house, wish)
    elif all_ or open_:
        _page(house, wish, opened=open_, json=json)
    elif customer:
        _of_customer(house, wish, html=html, json=json)
    else:
        _of_sample(house, wish, html=html, json=json)


def _watch(house: House, wish: Wish) -> None:
    from pakdee.preview import watch

    def ready(address: str) -> None:
        show.say(f"Watching your files: {address}", "Ctrl-C ends it.")
        _open(address)

    with show.progress() as progress:
        watch(house, wish, ready=ready, progress=progress)
    show.say("", "No longer watching.")


def _page(house: House, wish: Wish, *, opened: bool, json: bool) -> None:
    from pakdee.preview import page, summary, told

    with show.progress(quiet=json) as progress:
        said = told(house, wish, progress=progress)
    file = _place(house, wish)
    file.write_text(page(said), encoding="utf-8")
    counts = summary(said)
    if json:
        show.as_json({"page": file, **counts})
    else:
        show.say(_counted(counts), f"Page: {file}")
    if opened:
        _open(file.as_uri())


def _place(house: House, wish: Wish) -> Path:
    """Where the page lies: with the project's state, unless it shows a real customer."""
    if wish.customer:
        return Path(tempfile.mkdtemp(prefix="pakdee-")) / f"{wish.name}.html"
    house.pages.mkdir(parents=True, exist_ok=True)
    return house.pages / ("gallery.html" if wish.name is None else f"campaign-{wish.name}.html")


def _counted(counts: dict[str, Any]) -> str:
    told = [f"{counts['mails']} mails"]
    for name in ("errors", "warnings"):
        told += [f"{counts[name]} with {name}"] if counts[name] else []
    told += [f"{counts['unreadable']} files that can't be read"] if counts["unreadable"] else []
    return ", ".join(told)


def _open(address: str) -> None:
    """Show it in the browser; without a display there is none, and a text browser would take the terminal."""
    needs_display = sys.platform.startswith("linux") and "BROWSER" not in os.environ
    if not needs_display or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(address)


def _of_customer(house: House, wish: Wish, *, html: bool, json: bool) -> None:
    from pakdee import jobs

    found = jobs.preview(house, str(wish.name), str(wish.customer), wish.day, variant=wish.variant)
    if json:
        show.as_json(found)
        return
    kind = "as it was frozen for sending" if found.source == "stored" else "as it would be sent"
    subject = "" if found.variant == ONLY else f", subject {found.variant}"
    show.say(f"[{kind}, {found.locale}{subject}]", f"Subject: {found.mail.subject}", "")
    show.verbatim(found.mail.html if html else found.mail.text)


def _of_sample(house: House, wish: Wish, *, html: bool, json: bool) -> None:
    from pakdee.preview import problems, sample

    shown, mail = sample(house, wish)
    if json:
        show.as_json({"campaign": wish.name, **show.plain(shown)})
        return
    show.say(f"[sample customer {shown.reader}, {shown.locale}]", f"Subject: {mail.subject}", "")
    show.verbatim(mail.html if html else mail.text)
    show.problems(problems(shown.findings))
