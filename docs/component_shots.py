"""The pictures of the components in docs/pictures/components; `make shots` takes them, or this by itself.

    python -m docs.component_shots [--locale th] [--width 375] [--dark] [--into FOLDER] [NAME …]

Each component of component_shots.toml stands in a mail of the starter project's brand, without what the
system puts around it. Pictures of the brand, whose addresses are made up, are drawn there.
"""
# ruff: noqa: INP001 - a program of its own, not part of a package

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import tomllib
from pathlib import Path
from urllib.parse import quote

from docs.browser import browser
from pakdee.house import House, open_house
from pakdee.rendering import Templates
from pakdee.rendering.personas import personas

COMPONENTS = Path(__file__).parent / "pictures" / "components"
TOLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
SAMPLES, DRAWN = TOLD["component"], TOLD["picture"]
DAY, WIDTH = dt.date(2026, 6, 15), 600
FILE = '---\nsubject: "x"\npreheader: "y"\n---\n{}\n'
ALONE = """<style>
.pk-outer{padding:0 !important} .pk-card{border-radius:0 !important}
.pk-card>tbody>tr:first-child,.pk-card+table{display:none}
</style></head>"""


def main() -> None:
    """Take the pictures that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="components; without them all")
    parser.add_argument("--locale", choices=["en", "th"], default="en")
    parser.add_argument("--width", type=int, default=WIDTH)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--into", type=Path, default=COMPONENTS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pakdee-components-") as folder:
        found = pages(Path(folder), given.locale)
    wanted = {name: page for name, page in found.items() if not given.names or name in given.names}
    given.into.mkdir(parents=True, exist_ok=True)
    with browser() as opened:
        window = opened.page(width=given.width, height=1, dark=given.dark)
        for name, page in wanted.items():
            window.show(page)
            picture = window.shoot(given.into / f"{name}.png", whole=True)
            print(f"  {name}.png: {len(picture) // 1000} kB")  # noqa: T201


def pages(folder: Path, locale: str) -> dict[str, str]:
    """Each component by name, as a page of its own."""
    for name, sample in SAMPLES.items():
        file = folder / "samples" / name / f"{locale}.j2"
        file.parent.mkdir(parents=True)
        file.write_text(FILE.format(sample[locale]), encoding="utf-8")
    house = open_house(Path(__file__).parents[1])
    templates, context = _templates(house, folder / "samples"), _context(house, locale)
    return {name: _alone(_drawn(templates.render(name, locale, context).html, house)) for name in SAMPLES}


def _templates(house: House, directory: Path) -> Templates:
    persona = house.project.brand.persona.model_copy(update={"photo": "https://example.com/persona"})
    brand = house.project.brand.model_copy(update={"persona": persona})
    project, currency = house.project, house.settings.shop.currency
    return Templates.load(
        directory, brand=brand, currency=currency, features=house.catalog, program=project.program
    )


def _context(house: House, locale: str) -> dict[str, object]:
    project = house.project
    regular = personas(house.catalog, locale, project.program)[0]
    return regular.context(None, project.brand, DAY, project.program)


def _drawn(html: str, house: House) -> str:
    """The mail with drawings in place of pictures that are nowhere."""
    urls = {name: image.url for name, image in house.project.brand.images.items()}
    for name, url in {**urls, "persona": "https://example.com/persona"}.items():
        html = html.replace(f'src="{url}"', f'src="data:image/svg+xml,{quote(DRAWN[name])}"')
    return html


def _alone(html: str) -> str:
    return html.replace("</head>", ALONE, 1)


if __name__ == "__main__":
    main()
