"""Mails of one template that differ only in what they print: grouped, tagged, and checked against the law.

Law: replacing each tag by its value gives the direct rendering, byte for byte.

A tag is `<delimiter><hash>.<number><delimiter>`. The delimiter stands in no static text of the shape, and a
row with it in any value goes alone; so whatever order tags are replaced in, nothing but our own tags can
match. Equal columns of values share one tag, and a column that is the same in all rows becomes static text.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pakdee.domain.message import Draft, Rendered, Row, Shape
from pakdee.rendering.sandbox import SLOT

MOST_SLOTS = 150
MOST_BYTES = 10_000
DELIMITERS = "~^|`"
FULLY_CHECKED = 8
CHECKED_EVERY = 1_000
_LOG = logging.getLogger(__name__)
Direct = Callable[[Draft], Rendered]


@dataclass(frozen=True, slots=True)
class Collected:
    """One mail with its printed values taken out: SLOT stands where each was."""

    draft: Draft
    subject: str
    html: str
    text: str
    values: tuple[str, ...]


@dataclass
class Group:
    """Mails with the same static text: the same branches were taken."""

    html: str
    text: str
    mails: list[Collected] = field(default_factory=list)


def group(mails: Sequence[Collected]) -> list[Group]:
    """Mails by their static text, in the order of their first members."""
    groups: dict[tuple[str, str], Group] = {}
    for mail in mails:
        key = mail.html, mail.text
        groups.setdefault(key, Group(*key)).mails.append(mail)
    return list(groups.values())


def shapes(mails: Sequence[Collected], direct: Direct, template: str) -> Iterator[Shape]:
    """Shapes that hold every mail once; mails that fit no shared one stand alone, rendered directly."""
    for members in group(mails):
        shape, lone = _shape(members)
        if shape is None or not _holds(shape, direct):
            if shape is not None:
                _LOG.warning("%s: mails by shape differ from direct ones; rendered one by one", template)
            shape, lone = None, [mail.draft for mail in members.mails]
        if shape is not None:
            yield shape
        yield from (alone(draft, direct(draft)) for draft in lone)


def alone(draft: Draft, mail: Rendered) -> Shape:
    """A shape of one mail, without slots."""
    return Shape(mail.text, mail.html, (Row(draft, mail.subject, {}),))


def fill(shape: Shape, row: Row) -> Rendered:
    """One row's mail, tags replaced one after the other as SendGrid does."""
    html, text = shape.html, shape.text
    for tag, value in row.substitutions.items():
        html, text = html.replace(tag, value), text.replace(tag, value)
    return Rendered(row.subject, text, html)


def _shape(members: Group) -> tuple[Shape | None, list[Draft]]:
    """The shape of a group and the drafts that don't fit into it; no shape where nothing can be shared."""
    columns = list(zip(*(mail.values for mail in members.mails), strict=True))
    varying = list(dict.fromkeys(column for column in columns if not _same(column)))
    static = members.html + members.text + "".join(column[0] for column in columns if _same(column))
    delimiter = _delimiter(static, varying)
    if delimiter is None or len(varying) > MOST_SLOTS:
        return None, [mail.draft for mail in members.mails]
    tags = _tags(delimiter, members, varying)
    stands = [column[0] if _same(column) else tags[column] for column in columns]
    in_html = members.html.count(SLOT)
    html, text = _put(members.html, stands[:in_html]), _put(members.text, stands[in_html:])
    rows, lone = _rows(members.mails, tags, delimiter)
    return (Shape(text, html, rows) if rows else None), lone


def _same(column: Sequence[str]) -> bool:
    return column.count(column[0]) == len(column)


def _delimiter(static: str, varying: Sequence[tuple[str, ...]]) -> str | None:
    """A delimiter that stands in no static text, at best in no value either."""
    possible = [delimiter for delimiter in DELIMITERS if delimiter not in static]
    values = "".join(value for column in varying for value in column)
    return next((d for d in possible if d not in values), next(iter(possible), None))


def _tags(
    delimiter: str, members: Group, varying: Sequence[tuple[str, ...]]
) -> Mapping[tuple[str, ...], str]:
    skeleton = f"{members.html}\x1f{members.text}".encode()
    prefix = f"{delimiter}{hashlib.blake2b(skeleton, digest_size=4).hexdigest()}"
    return {column: f"{prefix}.{number}{delimiter}" for number, column in enumerate(varying)}


def _put(static: str, stands: Sequence[str]) -> str:
    pieces = static.split(SLOT)
    return "".join(part for pair in zip(pieces, [*stands, ""], strict=True) for part in pair)


def _rows(
    mails: Sequence[Collected], tags: Mapping[tuple[str, ...], str], delimiter: str
) -> tuple[tuple[Row, ...], list[Draft]]:
    rows, lone = [], []
    of_tags = sum(map(len, tags.values()))
    per_mail = zip(*tags, strict=True) if tags else iter([()] * len(mails))
    for mail, values in zip(mails, per_mail, strict=True):
        joined = "".join(values)
        if delimiter in joined or delimiter in mail.subject or of_tags + len(joined.encode()) > MOST_BYTES:
            lone.append(mail.draft)
        else:
            rows.append(Row(mail.draft, mail.subject, dict(zip(tags.values(), values, strict=True))))
    return tuple(rows), lone


def _holds(shape: Shape, direct: Direct) -> bool:
    """The law: for every row of a small shape, else for the first row and each 1,000th."""
    step = 1 if len(shape.rows) <= FULLY_CHECKED else CHECKED_EVERY
    return all(fill(shape, row) == direct(row.draft) for row in shape.rows[::step])
