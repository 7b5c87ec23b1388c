"""Every mail of the starter project to look at, in build/gallery: `make gallery` (needs Chromium).

The gallery of all campaigns, languages and sample customers, and pictures of each campaign in each language
at the widths of a phone and a desk, light and dark. Mails that are wider than their window are an error.
"""
# ruff: noqa: INP001 - a program of its own, not part of a package

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from docs.browser import Browser, browser
from pakdee import jobs
from pakdee.house import open_house
from pakdee.preview import Desk, Wish, page, sample, told

OUT = Path(__file__).resolve().parents[1] / "build" / "gallery"
WIDTHS = (375, 600)  # CSS pixels: a small phone, and the width mails are made for
HEIGHT = 900
INDEX = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title>
<meta name="viewport" content="width=device-width">
<style>:root{{color-scheme:light dark}} body{{margin:2rem;font:16px/1.6 system-ui,sans-serif}}
ul{{display:flex;flex-wrap:wrap;gap:1rem;padding:0;list-style:none}}
img{{height:420px;display:block;border:1px solid #8886}}</style>
<h1>{count} pictures</h1><p><a href="gallery.html">All mails of all sample customers</a></p>
{rows}</html>"""


@dataclass(frozen=True)
class Picture:
    """One mail in one window. `is_wide`: it does not fit into it."""

    campaign: str
    locale: str
    width: int
    is_dark: bool
    file: Path
    is_wide: bool = False

    def __str__(self) -> str:
        """What is to be seen, in few words."""
        return f"{self.campaign}, {self.locale}, {self.width} px, {'dark' if self.is_dark else 'light'}"


@dataclass(frozen=True)
class Mail:
    """What is to be taken a picture of."""

    campaign: str
    locale: str
    html: str


def main() -> None:
    """Write the gallery, take all pictures, and list them."""
    OUT.mkdir(parents=True, exist_ok=True)
    house = open_house(jobs.starter_project())
    (OUT / "gallery.html").write_text(page(told(house, Wish())), encoding="utf-8")
    wishes = [Wish(e.name, locale=locale) for e in Desk(house).editions() for locale in e.locales]
    mails = [Mail(str(wish.name), str(wish.locale), sample(house, wish)[1].html) for wish in wishes]
    with browser() as found:
        taken = list(pictures(found, mails, OUT))
    (OUT / "index.html").write_text(index(taken), encoding="utf-8")
    print(f"{len(taken)} pictures: {OUT / 'index.html'}")  # noqa: T201
    wide = [str(picture) for picture in taken if picture.is_wide]
    sys.exit("\n".join(["wider than the window:", *wide]) if wide else 0)


def pictures(taken_by: Browser, mails: Iterable[Mail], folder: Path) -> Iterator[Picture]:
    """Each mail at each width, light and dark, as PNG files in `folder`."""
    for width in WIDTHS:
        for is_dark in (False, True):
            window = taken_by.page(width=width, height=HEIGHT, dark=is_dark)
            for mail in mails:
                name = f"{mail.campaign}-{mail.locale}-{width}-{'dark' if is_dark else 'light'}.png"
                window.show(mail.html)
                window.shoot(folder / name, whole=True)
                is_wide = window.ask("document.documentElement.scrollWidth") > width
                yield Picture(mail.campaign, mail.locale, width, is_dark, folder / name, is_wide)
            window.close()


def index(taken: Iterable[Picture]) -> str:
    """A page of all pictures, campaign by campaign."""
    rows: dict[str, list[Picture]] = {}
    for picture in taken:
        rows.setdefault(picture.campaign, []).append(picture)
    told = (f"<h2>{escape(name)}</h2><ul>{''.join(map(_shown, row))}</ul>" for name, row in rows.items())
    return INDEX.format(count=sum(map(len, rows.values())), rows="".join(told))


def _shown(picture: Picture) -> str:
    name = escape(picture.file.name, quote=True)
    return (
        f'<li><a href="{name}"><img src="{name}" alt="" loading="lazy"></a>{escape(str(picture))}'
        f"{' — too wide' if picture.is_wide else ''}</li>"
    )


if __name__ == "__main__":
    main()
