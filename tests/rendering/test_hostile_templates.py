"""A template that could do more than write a mail is refused when it is loaded, in words a marketer understands."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

import odd_jobs
import pytest
from hostile import (
    BOMBS,
    ESCAPES,
    EXFILTRATION,
    FRONT_MATTER,
    HARMLESS,
    HOSTILE,
    LONG_WORDS,
    MARKUP,
    STATEMENTS,
)
from mail_making import (
    BRAND,
    FEATURES,
    PROGRAM,
    a_context,
    a_customer,
    a_draft,
    a_paragraph,
    a_template,
    load,
)
from test_bounds import TODAY, a_folder

from pakdee.domain.errors import CatalogError, Problem
from pakdee.rendering.bounds import tried
from pakdee.rendering.confined import Broken, Limits, confined

Found = dict[int, list[Problem]]
INSIDERS = re.compile(r"[Jj]inja|token|sandbox|AST\b|Traceback|Error\b|None\b|[Uu]ndefined|lineno")
"""Words of the trade, which tell a marketer nothing."""
NAMED = re.compile(r"'[^']*'|\{%.*?%\}")
"""What a message quotes from the template."""
SUBJECTS = [attack for attack in HOSTILE if "{% call" not in attack and len(attack) < 3_000]


def by_number(directory: Path, texts: list[str], sentinel: Path) -> Found:
    """Problems of many templates, by their number; all of them are tried in one go."""
    files = {f"t{number}": text.replace("@@", str(sentinel)) for number, text in enumerate(texts)}
    found: Found = defaultdict(list)
    for problem in try_(a_folder(directory, **files)):
        found[int(problem.file.split("/")[1][1:])].append(problem)
    return found


def try_(folder: Path) -> list[Problem]:
    limits = Limits(cpu=10)  # what is refused is refused at once; only what is slow by itself breaks this
    return tried(
        folder, brand=BRAND, currency="THB", features=FEATURES, today=TODAY, program=PROGRAM, limits=limits
    )


@pytest.fixture(scope="module")
def sentinel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that only a template whose code was run can have made."""
    return tmp_path_factory.mktemp("sentinel") / "made"


@pytest.fixture(scope="module")
def in_bodies(tmp_path_factory: pytest.TempPathFactory, sentinel: Path) -> Found:
    """Every attack in a mail's body."""
    texts = [a_template(a_paragraph(attack)) for attack in HOSTILE]
    return by_number(tmp_path_factory.mktemp("bodies"), texts, sentinel)


@pytest.fixture(scope="module")
def in_subjects(tmp_path_factory: pytest.TempPathFactory, sentinel: Path) -> Found:
    """Those that need no component, in a subject."""
    texts = [a_template(a_paragraph("x"), subject=json.dumps(attack)[1:-1]) for attack in SUBJECTS]
    return by_number(tmp_path_factory.mktemp("subjects"), texts, sentinel)


def test_the_attacks_are_many_and_of_every_sort():
    """Ways out, statements, bombs, leaks and markup."""
    assert len(HOSTILE) > 150
    assert min(map(len, (ESCAPES, STATEMENTS, BOMBS, EXFILTRATION, MARKUP))) > 15


@pytest.mark.parametrize("number", range(len(HOSTILE)), ids=[attack[:40] for attack in HOSTILE])
def test_an_attack_is_refused_with_its_line_and_in_plain_words(in_bodies: Found, number: int):
    """What is not allowed, where, and what to write instead; no word of the template engine's insides."""
    says, problems = list(HOSTILE.values())[number], in_bodies[number]

    assert [p for p in problems if says in p.what and p.line in {1, 6}], problems
    assert {p.severity for p in problems} == {"error"}
    assert not [p for p in problems if INSIDERS.search(NAMED.sub("", p.what + p.next_step))]
    assert all(len(p.next_step) > 8 and len(p.what) < 300 for p in problems)


@pytest.mark.parametrize("number", range(len(SUBJECTS)), ids=[attack[:40] for attack in SUBJECTS])
def test_the_same_attacks_are_refused_in_a_subject(in_subjects: Found, number: int):
    """The subject speaks the same small language, and no components."""
    assert in_subjects[number], SUBJECTS[number]
    assert {p.line for p in in_subjects[number]} <= {1, 2}


def test_no_attack_ran_any_code_or_broke_the_process(in_bodies: Found, in_subjects: Found, sentinel: Path):
    """Nothing was made on the disk, and no template had to be stopped by force."""
    told = [p.what for found in (in_bodies, in_subjects) for problems in found.values() for p in problems]

    assert not sentinel.exists()
    assert [what for what in told if "making its mails" in what] == []


def test_a_project_with_one_hostile_template_sends_no_mail_at_all(tmp_path: Path):
    """Loading stops with every problem; there is nothing to render with."""
    good, bad = a_template(a_paragraph("x")), a_template(a_paragraph("{{ customer.__class__ }}"))
    with pytest.raises(CatalogError, match=r"Nothing was sent\.$"):
        load(tmp_path, good=good, bad=bad)


# ── the walls behind ──────────────────────────────────────────────────────────────────────────────────


def test_what_would_get_past_the_first_wall_finds_the_second_and_the_third(sentinel: Path):
    """Rendered without being checked: the sandbox gives nothing away, and bombs end with their process."""
    attacks = [a.replace("@@", str(sentinel)) for a in HOSTILE if len(a) < 3_000]
    secret = {"secret": "SG.planted", "context": a_context()}
    limits = Limits(cpu=1)
    for attack, answer in confined(odd_jobs.unchecked, secret, attacks, limits):
        assert isinstance(answer, Broken) or "SG.planted" not in answer, attack
        assert isinstance(answer, Broken) or len(answer) < 200_000, attack
    assert not sentinel.exists()


# ── front matter ──────────────────────────────────────────────────────────────────────────────────────


def test_front_matter_starts_no_header_and_no_code(tmp_path: Path, sentinel: Path):
    """Line breaks, YAML's own tricks and unknown keys are refused where they stand."""
    texts = [f'---\n{front}\npreheader: "x"\n---\n{a_paragraph("x")}' for front in FRONT_MATTER]
    found = by_number(tmp_path, texts, sentinel)

    for number, (line, says) in enumerate(FRONT_MATTER.values()):
        assert [p for p in found[number] if says in p.what and p.line == line], (texts[number], found[number])
    assert not sentinel.exists()


# ── only words ────────────────────────────────────────────────────────────────────────────────────────


class Attributes(HTMLParser):
    """Every element and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {tag, *(name for name, _ in attrs)}
        self.seen |= {f"to {value}" for name, value in attrs if name in {"href", "src"}}


def elements(html: str) -> set[str]:
    parser = Attributes()
    parser.feed(html)
    return parser.seen


def test_what_only_looks_hostile_is_words(tmp_path: Path, sentinel: Path):
    """It stands in the mail as written: no element, attribute or link more than without it; slots say the same."""
    words = [w.replace("@@", str(sentinel)) for w in HARMLESS]
    texts = {f"t{number}": a_template(a_paragraph(word)) for number, word in enumerate(words)}
    linked = a_template(a_paragraph("{{ ui.strong('x') }}{{ ui.link('x', href=links.shop) }}"))
    templates = load(tmp_path, plain=linked, **texts)
    allowed = elements(templates.render("plain", "th", a_context()).html)
    for name in texts:
        mail, draft = templates.render(name, "th", a_context()), a_draft(a_context())
        written = templates.writer(name, "th").write(draft)

        assert elements(mail.html) <= allowed, name
        assert "49" not in mail.text.replace(str(sentinel), "").split("บ้านชบา เลขที่")[0]
        assert written.skeleton.filled(written.subject, written.values) == mail
    assert "javascript:alert(1) data:text/html,x" in templates.render("t7", "th", a_context()).text
    assert not sentinel.exists()


def test_long_words_are_looked_through_in_no_time(tmp_path: Path, sentinel: Path):
    """A file of one long word is refused for nothing, or for its size: not because it took seconds."""
    texts = [a_template(a_paragraph(words)) for words in LONG_WORDS]
    found = by_number(tmp_path, texts, sentinel)
    assert [p.what for problems in found.values() for p in problems if "takes longer" in p.what] == []


def test_a_file_full_of_mistakes_tells_a_hundred_of_them(tmp_path: Path):
    """Reading on would be of no use, and take long."""
    with pytest.raises(CatalogError) as caught:
        load(tmp_path, birthday=a_template(a_paragraph("\n".join(f"{{{{ x{n} }}}}" for n in range(5_000)))))
    assert len(caught.value.problems) == 100


def test_a_huge_file_is_refused(tmp_path: Path):
    """Size is bounded by the file, so a file is bounded."""
    with pytest.raises(CatalogError, match="larger than"):
        load(tmp_path, birthday=a_template(a_paragraph("x" * 200_000)))


def test_another_customer_s_values_are_nowhere_in_reach(tmp_path: Path):
    """What is rendered for one reader stands in no other mail, by either way of rendering."""
    words = "{{ customer.first_name or 'you' }} {{ customer.tier|level }} {{ offer.code or '' }}"
    templates = load(tmp_path, birthday=a_template(a_paragraph(words), subject="{{ customer|greet }}"))
    writer = templates.writer("birthday", "th")
    first, second = (
        a_draft(a_context("th", a_customer(first_name=name), number), number)
        for number, name in enumerate(("Ada", "Ben"))
    )
    for draft, other in ((first, "Ben"), (second, "Ada"), (first, "Ben")):
        written = writer.write(draft)
        mail = written.skeleton.filled(written.subject, written.values)
        assert other not in mail.subject + mail.text + mail.html
        assert draft.context["offer"]["code"] in mail.text


def test_names_that_are_no_system_ids_are_refused(tmp_path: Path):
    """Template names and languages are ids, never paths."""
    for folder, file in (("Birth Day", "th.j2"), ("ok", "klingon.j2"), ("ok", "../x.j2")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / file).write_text(a_template(a_paragraph("x")), encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        load(tmp_path)

    assert {problem.what for problem in caught.value.problems} >= {
        "'Birth Day' can't name a template",
        "there are no footer words in 'klingon'",
    }
