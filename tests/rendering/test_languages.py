"""A language is added by files of a project alone: its words, its forms, and the mails written in it."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import warnings
from decimal import Decimal
from pathlib import Path

import pytest
from mail_making import BRAND, PROGRAM, ROOT

from pakdee import jobs
from pakdee.catalog.languages import read_languages
from pakdee.domain.errors import Problem
from pakdee.domain.language import MailWords, spellings
from pakdee.house import House, open_house
from pakdee.jobs.learning import LinkInfo
from pakdee.preview import Wish, told
from pakdee.rendering.filters import filters, units
from pakdee.rendering.kit import Kit
from pakdee.rendering.languages import packaged
from pakdee.rendering.mail import read_mails
from pakdee.web import create_app
from pakdee.web.actions import Actions

with warnings.catch_warnings():  # it would rather have a successor of httpx that Prefect does not bring
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

GERMAN = Path(__file__).parent / "german"
TODAY = dt.datetime(2026, 6, 15, tzinfo=dt.UTC)
LEVELS = {level.id: level.title for level in PROGRAM.tiers.levels} if PROGRAM.tiers else {}
UNTRANSLATED = {"brand.yaml", "program.yaml", "campaigns/birthday.yaml"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter project with one campaign, to which German was added: two files and nothing else."""
    root = tmp_path_factory.mktemp("german") / "shop"
    jobs.new_project(root)
    for path in [*(root / "templates").iterdir(), *(root / "campaigns").iterdir()]:
        if path.stem != "birthday":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (root / "languages").mkdir()
    shutil.copy(GERMAN / "de.toml", root / "languages")
    shutil.copy(GERMAN / "de.j2", root / "templates/birthday")
    return root


def opened(shop: Path) -> House:
    return open_house(shop, environment={}, clock=lambda: TODAY)


@pytest.fixture(scope="module")
def house(shop: Path) -> House:
    return opened(shop)


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def test_check_finds_no_fault_and_tells_what_is_still_said_in_another_language(house: House):
    """Three files lack German words, which is a warning each; the mail itself is without a finding."""
    found = [problem for problem in jobs.check(house) if "no campaign uses" not in problem.what]

    assert {problem.severity for problem in found} == {"warning"}
    assert {problem.file for problem in found} == UNTRANSLATED
    assert all("no text in 'de' for" in problem.what for problem in found)
    why = next(problem for problem in found if problem.file == "campaigns/birthday.yaml")
    assert "why_you" in why.what
    assert "title" not in why.what
    assert why.line > 1


def test_the_preview_shows_german_days_sums_and_footer(house: House):
    """For every sample customer, in the mail's text and HTML."""
    page = told(house, Wish("birthday", TODAY.date(), locale="de"))
    mails = [mail for mail in page["editions"][0]["mails"] if mail["locale"] == "de"]

    assert len(mails) > 10
    for mail in mails:
        text = plain(mail["text"])
        assert re.search(r"bis \d{1,2}\. (Juni|Juli) 2026", text)
        assert "145 Baht" in text
        assert "Abmelden" in text
        assert '<html lang="de" dir="ltr"' in mail["html"]
        assert "Ihre E-Mails wählen" in mail["html"]
        assert not re.search("Unsubscribe|ยกเลิก", mail["html"])


def test_readers_get_their_language_or_the_one_it_is_a_form_of(house: House):
    """de-AT is served German, French and unknown readers the shop's language."""
    wanted = ["de", "de-AT", "DE_at", "fr", "", None, "th-TH", "en-GB"]
    found = [house.templates.locale_for("birthday", tag) for tag in wanted]
    assert found == ["de", "de", "de", "th", "th", "th", "th", "en"]
    assert spellings("de_at") == ("de-AT", "de")
    assert BRAND.name.in_language("th-TH") == BRAND.name.in_language("th")


def test_what_is_not_translated_stands_there_in_the_shops_language(house: House):
    """The starter's shop is Thai: its gift, programme and names are Thai to a German reader, not English."""
    gift = house.project.program.grant("birthday_cake").title
    mail = jobs.sample_mail(house, "birthday", "regular", "de", TODAY.date()).mail

    assert list(gift.root) == ["th", "en"]
    assert gift.root["th"] in mail.subject
    assert gift.root["en"] not in mail.text
    assert house.project.program.program.unit.name.in_language("de") == "แต้ม"


def test_figures_are_written_as_the_file_says(house: House):
    """Separators, dates, shares, plurals, the unit's ending, greetings."""
    words = house.languages["de"].mail
    known = filters("de", words, currency="EUR", levels=LEVELS)

    assert plain(known["money"](Decimal("-1249.5"))) == "-1.249,50 €"
    assert known["num"](1234.5) == "1.234,5"
    assert plain(known["percent"](0.153)) == "15 %"
    assert plain(known["date"](dt.date(2026, 3, 5), "short")) == "5. März 2026"
    assert [plain(known["plural"](n, "Jahr", "Jahre")) for n in (1, 2000)] == ["1 Jahr", "2.000 Jahre"]
    assert known["greet"]({"first_name": "Anna"}) == "Guten Tag Anna"
    assert known["greet"]({"first_name": None}) == "Guten Tag"
    assert [units("de", words, "Stern")(n) for n in (1, 2)] == ["Stern", "Sterne"]
    months = tuple(f"{number}月" for number in range(1, 13))
    japanese = words.model_copy(
        update={"date": "{year}年{month}{day}日", "months": months, "greet": "{name}様"}
    )
    known = filters("ja", japanese, currency="JPY", levels=LEVELS)
    assert known["date"](dt.date(2026, 3, 5)) == "2026年3月5日"
    assert known["greet"]({"first_name": "花子"}) == "花子様"
    one_form = filters("th", packaged()["th"].mail, currency="THB", levels=LEVELS)["plural"]
    assert plain(one_form(2, "ครั้ง", "times")) == "2 ครั้ง"


FORMS = {
    "pl": (
        ["rok", "lata", "lat"],
        {0: "lat", 1: "rok", 2: "lata", 5: "lat", 12: "lat", 22: "lata", 2.5: "lat"},
    ),
    "ar": (
        ["0", "1", "2", "few", "many", "other"],
        {0: "0", 1: "1", 2: "2", 3: "few", 11: "many", 100: "other"},
    ),
    "cs": (["rok", "roky", "let"], {1: "rok", 2: "roky", 5: "let"}),
    "fr": (["an", "ans"], {0: "an", 1: "an", 2: "ans", 1_000_000: "ans"}),
    "fr-CA": (["an", "ans"], {0: "an", 2: "ans"}),
    "lv": (["0", "1", "2"], {0: "0", 1: "1", 21: "1", 2: "2"}),
    "ja": (["年"], {1: "年", 2: "年"}),
    "xx": (["one", "other"], {1: "one", 2: "other"}),
}


@pytest.mark.parametrize("code", FORMS)
def test_a_word_takes_the_form_its_language_has_after_a_number(house: House, code: str):
    """CLDR's categories in their order; what only fractions or millions have takes the last one written."""
    forms, told = FORMS[code]
    words = house.languages["de"].mail.model_copy(update={"units": {"x": tuple(forms)}})
    plural = filters(code, words, currency="EUR", levels=LEVELS)["plural"]

    assert {n: plural(n, *forms).split("\xa0")[1] for n in told} == told
    assert {n: units(code, words, "x")(n) for n in told} == told
    assert plain(plural(Decimal("1.00"), *forms)).endswith(told.get(1, forms[0]))


def test_a_word_needs_all_forms_of_its_language_or_one(house: House):
    """Two words in Polish are a slip, told by its line; one that never changes is not, nor are three."""
    spoken = {**house.languages, "pl": house.languages["de"]}
    kit = Kit.of("pl", BRAND, "PLN", PROGRAM, spoken)
    source = (GERMAN / "de.j2").read_text(encoding="utf-8")

    def problems(forms: str) -> list[Problem]:
        text = source.replace('"Jahr", "Jahre"', forms)
        return read_mails("templates/x/pl.j2", text.encode(), kit, house.templates.contract)[1]

    assert (
        problems('"rok", "lata", "lat"') == problems('"rok", "lata", "lat", "roku"') == problems('"x"') == []
    )
    (few,) = problems('"rok", "lata"')
    assert (few.line, few.what) == (22, "there are 2 words after the number, and this language has 3 forms")
    assert few.next_step == "write one for each of: one, few, many"
    (many,) = problems('"1", "2", "3", "4", "5"')
    assert many.next_step == "it takes at most 4"


def test_pages_behind_the_links_answer_in_german(house: House):
    """In the mail's own language; to a link that is not ours in the browser's."""
    owner = LinkInfo("de", "Baan Chaba", "https://example.com/help", None)
    actions = Actions(
        receive_webhook=lambda *_: None,
        unsubscribe=lambda *_: True,
        link_owner=lambda _house, token: owner if token == "ours" else None,
        health=lambda _house: {},
        answer=lambda *_: True,
        languages=lambda shop: shop.languages,
    )
    client = TestClient(create_app(house, actions))
    pages = {
        "/u/ours": "Keine Neuigkeiten mehr?",
        "/preferences/ours": "Ihre Mails von",
        "/nps/ours": "0 = sicher nicht",
        "/rating/ours/5": "Ihre Antwort: 5 von 5 Sternen",
    }
    for path, words in pages.items():
        text = client.get(path).text
        assert '<html lang="de">' in text
        assert words in text
    assert "Sie sind abgemeldet" in client.post("/u/ours").text
    lost = client.get("/u/other", headers={"Accept-Language": "de-AT,en;q=0.5"})
    assert "Dieser Link führt nirgendwohin" in lost.text


SLIPS = [
    ('greet_unknown = "Guten Tag"\n', "", "'greet_unknown' is missing", 'add  greet_unknown = "…"'),
    ("unsubscribe =", "unsubscibe =", "no key 'unsubscibe'", "write 'unsubscribe'"),
    ("[pages.done]", "[pages.doen]", "no key 'doen'", "write 'done'"),
    ('help = "Hilfe"', "help = 7", "help: this must be text", ""),
    ('help = "Hilfe"', 'help = "<b>Hilfe</b>"', "HTML and control characters", "write the words alone"),
    ('help = "Hilfe"', 'help = "{{ x }}"', "braces can't stand here", "write the words alone"),
    ('"Guten Tag {name}"', '"Guten Tag"', "{name} is missing", "where the value stands"),
    ('"Guten Tag {name}"', '"Tag {first_name}"', "'first_name' is no value", "use {name}"),
    (', "Dezember"]', "]", "there are 11 months", "write all twelve"),
    ('plural_ending = "e"', 'plural = "none"', "no key 'plural'", "write"),
    ('decimal = ","', 'decimal = "·"', "'·' is not known", "use one of: ., ,"),
    ('EUR = "{sign}{amount} €"', 'EUR = "{amount} €"', "{sign} is missing", ""),
    ('help = "Hilfe"', 'help = "Hilfe', "this cannot be read", "double quotes"),
    ('button = "Antwort senden"', 'button = " "', "there are no words", ""),
]


@pytest.mark.parametrize(("old", "new", "what", "next_step"), SLIPS)
def test_a_slip_is_told_with_file_and_line(tmp_path: Path, old: str, new: str, what: str, next_step: str):
    """Missing (at its block), misspelt, of a wrong type, markup, places for values."""
    (tmp_path / "languages").mkdir()
    text = (GERMAN / "de.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "languages/de.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    _, problems = read_languages(tmp_path)

    told = next(problem for problem in problems if what in problem.what)
    assert (told.file, told.severity) == ("languages/de.toml", "error")
    assert next_step in told.next_step
    assert told.line == (
        text[: text.index(old)].count("\n") + 1 if new else text.splitlines().index("[mail]") + 1
    )


def test_files_that_are_no_language_are_told(tmp_path: Path):
    """Another ending, another name; a note beside them is nobody's business."""
    (tmp_path / "languages").mkdir()
    for name in ("de.yaml", "German.toml", "README.md"):
        (tmp_path / "languages" / name).write_text("", encoding="utf-8")
    found, problems = read_languages(tmp_path)

    assert found == {}
    assert [problem.file for problem in problems] == ["languages/German.toml", "languages/de.yaml"]


def test_campaigns_without_a_mail_in_an_added_language_are_named(shop: Path, tmp_path: Path):
    """Once, at the language's file; their readers get the shop's language meanwhile."""
    root = shutil.copytree(shop, tmp_path / "shop")
    (root / "templates/birthday/de.j2").unlink()
    project = opened(root).project

    lacking = [problem for problem in project.warnings if problem.file == "languages/de.toml"]
    assert [problem.what for problem in lacking] == ["no mail in 'de' for the campaigns birthday"]
    assert opened(root).templates.locale_for("birthday", "de") == "th"


def test_a_slip_in_a_language_keeps_nobody_from_unsubscribing(shop: Path, tmp_path: Path):
    """Pages speak the package's languages then."""
    root = shutil.copytree(shop, tmp_path / "shop")
    (root / "languages/de.toml").write_text("[mail]\n", encoding="utf-8")

    client = TestClient(create_app(opened(root)))
    assert '<html lang="th">' in client.get("/u/x", headers={"Accept-Language": "th"}).text


def test_the_docs_name_every_key():
    """docs/files.md tells all of a language's words of mails."""
    section = (ROOT / "docs/files.md").read_text(encoding="utf-8").split("## languages/CODE.toml")[1]
    section = section.split("\n## ")[0]
    assert [key for key in MailWords.model_fields if f"`{key}`" not in section] == []


def test_the_packages_languages_say_the_same_and_in_places_of_their_own():
    """No page of one language is a copy of another's."""
    thai, english = (packaged()[code].pages.model_dump() for code in ("th", "en"))
    for name, words in thai.items():
        assert words != english[name]
        assert str(words).count("{brand}") == str(english[name]).count("{brand}")
