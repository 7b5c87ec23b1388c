"""The Thai messages: whole, none left over, with the same values as the English ones."""

import csv
import tomllib
from itertools import count
from pathlib import Path

import pytest

from pakdee.saying import phrasebook
from pakdee.saying.phrases import HOLE
from tests.saying.messages import CODE, descriptions, helps, is_prose, rules, templates, unknowns

# What the Thai files hold whole.
COVERED = ("catalog", "domain", "house", "rendering", "jobs", "preview", "desk", "cli", "ledger", "programme")
COVERED += ("delivery", "journal", "metrics")
# Lists for the docs, and made-up data.
UNSAID_FILES = {
    "rendering/components.py",
    "rendering/contract.py",
    "rendering/lint/model.py",
}
UNSAID_FILES |= {"rendering/lint/facts.py", "ledger/intake/expressions.py"}
UNSAID_FOLDERS = ("ledger/generator/",)
# Names, and words of other programs that are searched for, never said.
UNSAID = {
    *(
        "'<block mapping start>'",
        "'<block sequence start>'",
        "'<stream end>'",
        "mapping values",
        "undefined alias",
    ),
    *("another document", "end of stream", "expected ',' or", "could not find expected ':'", "missing for"),
    *("Expected an expression", "unexpected 'end of", "expected name", "end of", "begin of", "file name"),
    *(
        "program.yaml, grants: ",
        "slot program",
        "a brace",
        "{% call {}() %}",
        "not a problem",
        "count {}",
        "fits {}",
    ),
    *("sample customer", "Customer {}", "too long", "noindex, nofollow", "@media all", "@media not all"),
    *("{}:{}: {}{}\n  Next: {}", "{}: {}\n  Next: {}", "<{} bytes>", "application/json; charset=utf-8"),
    *("Online Retail (UCI)", "Starbucks rewards app", "Mail Send, Scheduled Sends and Suppressions"),
    *("not a database", "unable to open", "disk is full", "database system is", "server closed"),
    *("Made by `pakdee demo`, which throws this folder away each time.\n", "--as-of {} --project {}"),
    *(  # told to Prefect, whose records are English
        "the process was gone when pakdee came up",
        "its time passed while pakdee was down; a later run is there",
    ),
    # Slips of our own, that nobody who uses the program can make.
    *("the programme has no tiers", "the budget of {} was not opened"),
    "birthday_of(NULL::INTEGER, month, day) IS NULL",
    *("coalesce(currency, getvariable('currency'))", "{} + len(list_filter({}, lambda start: start <= {}))"),
}
COMMANDS = ("pakdee ", "from pakdee", "text/", "pip install")
FONTS = CODE / "rendering/lint/thai.py"
CLIENTS = CODE / "rendering/lint/clients.csv"


def said():
    """(pattern, place) of every message that must be there in Thai."""
    for room in COVERED:
        for path in sorted((CODE / room).rglob("*.py")):
            name = str(path.relative_to(CODE))
            if name not in UNSAID_FILES and not name.startswith(UNSAID_FOLDERS):
                for pattern, line in templates(path):
                    if (
                        is_prose(pattern)
                        and pattern not in UNSAID
                        and not is_command(pattern)
                        and not is_font(path, pattern)
                    ):
                        yield pattern, f"{name}:{line}"
    yield from ((text, f"rendering/lint/rules.toml:{line}") for text, line in rules())
    yield from descriptions()
    yield from unknowns()
    yield from helps()
    yield from ((then, "rendering/lint/clients.csv") for then in consequences())


def is_command(pattern):
    return pattern.lstrip().startswith(COMMANDS)


def is_font(path, pattern):
    return path == FONTS and pattern == pattern.lower() and "{" not in pattern and pattern.count(" ") <= 3


def consequences():
    """What is said of a property that a client lacks."""
    with CLIENTS.open(encoding="utf-8") as file:
        return sorted({row["then"] for row in csv.DictReader(file)})


def plain(pattern):
    """A pattern of a language's file as it stands in the code."""
    return HOLE.sub("{}", pattern)


def test_every_message_is_there():
    """Each message of the covered rooms has a Thai one; what is missing is named by file and line."""
    known = {plain(english) for english in phrasebook("th").lines}

    assert not [f"{place} {pattern!r}" for pattern, place in said() if pattern not in known]


def test_no_thai_message_is_left_over():
    """Each line of the Thai files belongs to a text in the code; none outlives it."""
    there = {pattern for path in CODE.rglob("*.py") for pattern, _ in templates(path)}
    there |= {text for text, _ in (*rules(), *descriptions(), *unknowns(), *helps(), *shell())} | set(
        consequences()
    )
    there |= {f"{{}}{between}{{}}" for between in there if between != between.strip()}  # what joins a list
    there |= {pattern.replace("_", " ") for pattern in there if " " not in pattern}
    book = phrasebook("th")

    assert not [english for english in [*book.lines, *book.headings] if plain(english) not in there]


def shell():
    """(text, place) of what is said by the reader of command lines, whose words are not in our code."""
    file = CODE / "saying/languages/th/shell.toml"
    return [(english, file.name) for english in tomllib.loads(file.read_text(encoding="utf-8"))]


def test_values_are_the_same_on_both_sides():
    """A translation holds every value once, by place or by number."""
    odd = [
        english
        for english, told in phrasebook("th").lines.items()
        if sorted(HOLE.findall(english)) != sorted(HOLE.findall(told))
        and sorted(HOLE.findall(told)) != [str(n) for n in range(len(HOLE.findall(english)))]
    ]

    assert not odd


@pytest.mark.parametrize(
    "file", sorted((CODE / "saying/languages/th").glob("*.toml")), ids=lambda path: path.stem
)
def test_a_file_says_what_it_is_for(file):
    """Each file begins with a line on its subject, in both languages."""
    first = Path(file).read_text(encoding="utf-8").splitlines()[0]

    assert first.startswith("# ")
    assert " · " in first


def test_every_message_is_told_by_its_own_line():
    """No other line comes before it: filled with names, it is told by its own translation."""
    book = phrasebook("th")
    told = {filled(english): filled(said) for english, said in book.lines.items()}

    assert {english: book.say(english) for english in told} == told


def filled(pattern):
    """A message with a name for each value."""
    names = count()
    return HOLE.sub(lambda hole: f"k{hole[1] or next(names)}", pattern)
