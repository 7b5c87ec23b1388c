"""The words and signs of a condition: what may stand in a `where`, before any meaning is looked at.

Two walls: every character and word is on a list here, so that most slips get a sentence of their own; and
every node sqlglot makes of them is on a list too, since only a list of what is allowed leaves nothing out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from pakdee.domain.feature import FeatureCatalog

MOST_CHARACTERS = 4000
MOST_DEPTH = 50
KEYWORDS = frozenset({"and", "or", "not", "between", "in", "is", "null", "true", "false"})
FUNCTIONS = frozenset({"coalesce", "in_segment"})
_RESERVED = KEYWORDS | FUNCTIONS
ALLOWED = frozenset(
    {
        exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between,
        exp.In, exp.Is, exp.Null, exp.Boolean, exp.Literal, exp.Column, exp.Identifier, exp.Coalesce, exp.Neg,
        exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Anonymous,
    }
)  # fmt: skip
_TOKEN = re.compile(
    r"(?P<blank>[ \n]+)|(?P<text>'(?:[^'\n]|'')*')|(?P<number>[0-9]+(?:\.[0-9]+)?(?![\w.]))"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*(?![\w.]))|(?P<sign>--|/\*|<=|>=|<>|!=|==|=>|=<|[-+*/(),<>=])"
)
_RUN = re.compile(r"\"[^\"\n]*\"?|[\w.]+|::|&&|\|\||.", re.DOTALL)
_SIGNS = {
    "--": ("a comment may not stand in a condition", "begin a line of the file with # instead"),
    "/*": ("a comment may not stand in a condition", "begin a line of the file with # instead"),
    "==": ("'==' is not used here", "write '='"),
    "=>": ("'=>' is not used here", "write '>='"),
    "=<": ("'=<' is not used here", "write '<='"),
    ";": ("';' ends a condition, and there is only one", "remove it and all that follows"),
    "%": ("'%' is not used here", "write a share as a number from 0 to 1, for example 0.05 for 5 %"),
    "::": ("'::' would change a value's type, which is not done here", "remove it"),
    "&&": ("'&&' is not used here", "write 'and'"),
    "||": ("'||' is not used here", "write 'or'"),
    "!": ("'!' is not used here", "write 'not'"),
    "?": ("a placeholder may not stand in a condition", "write the value itself"),
    "$": ("a placeholder may not stand in a condition", "write the value itself"),
    ":": ("a placeholder may not stand in a condition", "write the value itself"),
    "'": ("a quote is opened and not closed in the same line", "write texts as 'gold'"),
    "\t": ("a tab stands here", "replace it by a blank"),
}
_FOREIGN = {
    "like": "compare whole values with = or in",
    "ilike": "compare whole values with = or in",
    "select": "use features only (all features: pakdee features)",
    "exists": "use features only (all features: pakdee features)",
    "case": "write it with and, or",
    "cast": "compare a feature with values of its own type",
    "interval": "count in days, for example days_since_last_purchase > 30",
    "date": "count in days, for example days_since_last_purchase > 30",
    "current_date": "count in days, for example days_since_last_purchase > 30",
    "today": "count in days, for example days_since_last_purchase > 30",
    "distinct": "write '<>'",
    "xor": "write it with and, or, not",
}


@dataclass(frozen=True)
class Finding:
    """Something about a condition's text at character `offset`."""

    offset: int
    what: str
    next_step: str
    severity: str = "error"


class Refused(Exception):
    """A condition's text that goes no further; carries every finding of its stage."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__()
        self.findings = tuple(findings)


@dataclass(frozen=True)
class Token:
    """One word, number, text or sign."""

    kind: str
    text: str
    start: int


def parse(text: str, features: FeatureCatalog) -> exp.Expr:
    """The syntax tree of a condition, all of whose words and nodes are allowed; types are not looked at.

    Raises:
        Refused: with findings and their offsets.
    """
    if len(text) > MOST_CHARACTERS:
        raise Refused([Finding(0, f"the condition is longer than {MOST_CHARACTERS} characters", _SPLIT)])
    tokens, findings = tokens_of(text)
    if not tokens and not findings:
        raise Refused([Finding(0, "the condition is empty", "write for example  order_count >= 2")])
    # One stage at a time: after a stray sign, half the words around it would look unknown too.
    for stage in (findings, _words(tokens, features), _brackets(tokens)):
        first_of_each = {finding.what: finding for finding in reversed(list(stage))}
        if first_of_each:
            raise Refused(list(first_of_each.values()))
    return _tree(text)


_SPLIT = "split it into segments and join them with in_segment('…')"


def tokens_of(text: str) -> tuple[list[Token], list[Finding]]:
    """All tokens of `text`, and a finding for everything that is none."""
    tokens, findings, position = [], [], 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found and found[0] in _SIGNS:
            findings.append(Finding(position, *_SIGNS[found[0]]))
        elif found and found.lastgroup != "blank":
            tokens.append(Token(str(found.lastgroup), found[0], position))
            findings += _odd_text(tokens[-1])
        if not found:
            run = _RUN.match(text, position)
            piece = run[0] if run else text[position]
            findings.append(_stranger(piece, position))
            position += len(piece)
        else:
            position = found.end()
    return tokens, findings


def _odd_text(token: Token) -> Iterator[Finding]:
    if token.kind == "text" and ("\\" in token.text or any(ord(letter) < ord(" ") for letter in token.text)):
        yield Finding(token.start, f"the text {token.text} holds a sign that no value has", "remove it")
    if token.kind == "number" and (
        len(token.text.replace(".", "")) > 15 or len(token.text.partition(".")[2]) > 6
    ):
        what = f"the number {token.text[:20]} is too long"
        yield Finding(token.start, what, "use at most 15 digits, 6 of them after the point")


def _stranger(piece: str, start: int) -> Finding:
    if piece in _SIGNS:
        return Finding(start, *_SIGNS[piece])
    inner = piece.strip('"')
    return next(
        (
            Finding(start, f"{shown} {what}", next_step.format(inner=inner))
            for pattern, shown, what, next_step in (
                (r'".*', piece, "stands in double quotes", "write a text as '{inner}', a feature as {inner}"),
                (
                    r"[‘’‚`´“”„].*",
                    piece,
                    "is a typographic quote",
                    "write texts with straight quotes, as in 'gold'",
                ),
                (
                    r"\.?\d.*",
                    f"'{piece}'",
                    "is no number here",
                    "write plain digits, for example 1000 or 0.5",
                ),
                (r".*\..*", f"'{piece}'", "has a dot, which no name has", "write the feature's name alone"),
                (r"\w.*", f"'{piece}'", "has letters that no feature's name has", "retype it with a-z and _"),
            )
            if re.fullmatch(pattern, piece)
        ),
        Finding(start, f"'{piece}' is not used in conditions", "remove it"),
    )


def _words(tokens: Sequence[Token], features: FeatureCatalog) -> Iterator[Finding]:
    for number, token in enumerate(tokens):
        word = token.text.lower()
        if token.kind != "word" or word in KEYWORDS:
            continue
        called = number + 1 < len(tokens) and tokens[number + 1].text == "("
        if called and token.text in FUNCTIONS:
            continue
        if called or token.text not in features:
            if [before.text for before in tokens[max(number - 2, 0) : number]] == ["in_segment", "("]:
                what = f"the segment's name {token.text} stands without quotes"
                yield Finding(token.start, what, f"write  in_segment('{token.text}')")
                continue
            yield Finding(token.start, *_unknown_word(token.text, called=called, features=features))


def _unknown_word(word: str, *, called: bool, features: FeatureCatalog) -> tuple[str, str]:
    small = word.lower()
    if small in _FOREIGN and small not in features:
        return f"'{word}' is not used in conditions", _FOREIGN[small]
    if called:
        near = get_close_matches(small, FUNCTIONS, n=1, cutoff=0.6)
        return f"there is no function '{word}' here", (
            f"write '{near[0]}'"
            if near
            else "use features and values; the only functions are coalesce and in_segment"
        )
    if small in FUNCTIONS:
        return f"'{word}' needs brackets", f"write for example  {_EXAMPLES[small]}"
    unknown = features.unknown.format(word=word)
    if any(word in spec.values for spec in features.values()):
        return unknown, f"if it is a value, put it in single quotes: '{word}'"
    near_name = small if small in features else features.suggestion(small)
    if near_name is None and re.fullmatch(r"[A-Z]{3}", word):
        return f"amounts stand without their currency here, so '{word}' is too much", "write the number alone"
    advice = (
        f"write '{near_name}'" if near_name else f"choose one that exists, or put a value in quotes: '{word}'"
    )
    return unknown, features.seen.format(advice=advice)


_EXAMPLES = {"coalesce": "coalesce(order_count, 0)", "in_segment": "in_segment('vip')"}


def _brackets(tokens: Sequence[Token]) -> Iterator[Finding]:
    opened: list[int] = []
    for token in tokens:
        if token.text == "(":
            opened.append(token.start)
            if len(opened) > MOST_DEPTH:
                yield Finding(token.start, f"more than {MOST_DEPTH} brackets stand inside each other", _SPLIT)
                return
        elif token.text == ")" and not opened:
            yield Finding(token.start, "a bracket ) is closed that was never opened", "remove it")
        elif token.text == ")":
            opened.pop()
    yield from (Finding(start, "a bracket ( is opened and never closed", "close it") for start in opened)


def _tree(text: str) -> exp.Expr:
    try:
        found = sqlglot.parse(text, read="duckdb")
    except (ParseError, TokenError) as error:
        raise Refused([_not_understood(error, text)]) from error
    except RecursionError as error:
        raise Refused([Finding(0, _TOO_DEEP, _SPLIT)]) from error
    tree = found[0] if len(found) == 1 else None
    if tree is None:
        raise Refused([Finding(0, "this cannot be read as a condition", _COMPARE)])
    strange = next((node for node in tree.walk() if not _is_plain(node)), None)
    if strange is not None:
        raise Refused([_not_plain(strange)])
    if depth_of(tree) > MOST_DEPTH:
        raise Refused([Finding(0, _TOO_DEEP, _SPLIT)])
    return tree


_TOO_DEEP = f"the condition is nested more than {MOST_DEPTH} levels deep"


_COMPARE = "compare with docs/files.md"


def _not_plain(node: exp.Expr) -> Finding:
    if isinstance(node, exp.Column):
        what = f"'{node.name}' is not expected here"
        return Finding(offset_of(node), what, "is something missing before it?")
    if isinstance(node, exp.Alias):  # so sqlglot reads a word that follows a whole condition
        what = f"'{node.alias}' is not expected here"
        return Finding(offset_of(node.args["alias"]), what, "is an 'and' or an 'or' missing before it?")
    return Finding(offset_of(node), "this cannot be read as a condition", _COMPARE)


def _is_plain(node: exp.Expr) -> bool:
    if type(node) not in ALLOWED or node.comments:
        return False
    if isinstance(node, exp.Anonymous):
        return node.name == "in_segment"
    if isinstance(node, exp.Column):
        return isinstance(node.this, exp.Identifier) and not node.table and node.name.lower() not in _RESERVED
    return not (isinstance(node, exp.In) and (node.args.get("query") or node.args.get("field")))


def _not_understood(error: ParseError | TokenError, text: str) -> Finding:
    places = error.errors if isinstance(error, ParseError) else []
    where = str(places[0].get("highlight", "")) if places else ""
    before = str(places[0].get("start_context") or "") if places else ""
    offset = text.find(before + where) + len(before) if where else 0
    if places and "missing for" in str(places[0].get("description")):
        return Finding(max(offset, 0), f"something is missing beside '{where}'", "complete it or remove it")
    what = f"'{where}' is not expected here" if where else "this cannot be read as a condition"
    return Finding(max(offset, 0), what, "is an 'and', 'or' or a comma missing before it?")


def depth_of(tree: exp.Expr) -> int:
    """Levels of `tree`; a chain of the same `and` or `or` is one level."""
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        for child in node.iter_expressions():
            same = isinstance(child, exp.And | exp.Or) and type(child) is type(node)
            waiting.append((child, depth + (0 if same else 1)))
    return deepest


def offset_of(node: exp.Expr) -> int:
    """Where the first name or value of `node` stands in the text."""
    return min((int(part.meta["start"]) for part in node.walk() if "start" in part.meta), default=0)
