"""A spreadsheet of customers is read as Excel and its like save it, or refused with its row."""

from __future__ import annotations

from pathlib import Path

import pytest

from pakdee.catalog.lists import is_list_name, read_list
from pakdee.domain.errors import CatalogError


def _list(tmp_path: Path, content: bytes) -> frozenset[str]:
    (tmp_path / "lists").mkdir(exist_ok=True)
    (tmp_path / "lists" / "vip.csv").write_bytes(content)
    return read_list(tmp_path, "lists/vip.csv")


@pytest.mark.parametrize(
    "content",
    [
        b"customer_id\na1\na2\n",
        b"customer_id,name\r\na1,Ada\r\na2,Ben\r\n",
        b"\xef\xbb\xbfcustomer_id;name\r\na1;Ada\r\na2;Ben\r\n;\r\n",
        b"name;Customer_ID \na;a1\nb; a2 \nb;a2\n",
        "customer_id\tname\na1\tชื่อ\na2\tx\n".encode("utf-16"),
        "customer_id,name\na1,José\na2,x\n".encode("cp1252"),
        "customer_id,name\na1,สมชาย\na2,x\n".encode("cp874"),
        b"sep=;\ncustomer_id;name\na1;x\na2;y\n",
        b'"customer_id","note"\n"a1","one, two"\n"a2",""\n\n',
    ],
)
def test_the_usual_ways_to_save_are_read(tmp_path: Path, content: bytes) -> None:
    """Separators, marks, Windows encodings, other columns, blank rows and repeated ids."""
    assert _list(tmp_path, content) == {"a1", "a2"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "lists/vip.csv:1: there is no column customer_id; found: nothing"),
        (b"id,name\n1,Ada\n", "lists/vip.csv:1: there is no column customer_id; found: id, name"),
        (b"customer_id\n1.23457E+11\n", "lists/vip.csv:2: the spreadsheet has rounded the id 1.23457E+11"),
        (b"customer_id,name\na1,Ada\n,Ben\n", "lists/vip.csv:3: this row has no customer_id"),
        ("customer_id\nสมชาย\n".encode("cp874"), "lists/vip.csv:2: this id has letters that cannot be read"),
        (b"customer_id\na\x001\n", "lists/vip.csv:2: "),
        (b"PK\x03\x04rest of a workbook", "lists/vip.csv:1: this is no CSV file"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_row(tmp_path: Path, content: bytes, told: str) -> None:
    """Better no list than a wrong one."""
    with pytest.raises(CatalogError) as refusal:
        _list(tmp_path, content)

    assert str(refusal.value).startswith(told)


def test_thai_ids_are_ids(tmp_path: Path) -> None:
    """In UTF-8 any letters do."""
    assert _list(tmp_path, "customer_id\nสมชาย-1\n".encode()) == {"สมชาย-1"}


@pytest.mark.parametrize(
    "name", ["vip.csv", "lists/../vip.csv", "/etc/passwd", "lists/a/b.csv", "lists/x.xlsx", "..\\x.csv"]
)
def test_only_files_right_in_lists_are_lists(name: str) -> None:
    """No path leads elsewhere."""
    assert not is_list_name(name)


def test_a_link_to_elsewhere_is_refused(tmp_path: Path) -> None:
    """Also when the name is good."""
    project = tmp_path / "project"
    (project / "lists").mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("customer_id\na1\n")
    (project / "lists" / "vip.csv").symlink_to(tmp_path / "secret.csv")

    with pytest.raises(CatalogError, match="outside the project"):
        read_list(project, "lists/vip.csv")
