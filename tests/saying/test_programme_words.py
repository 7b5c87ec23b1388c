"""How a programme is told: nothing that means nothing, and Thai as it is written."""

from tests.saying.test_programme_told import TITLE, club, told


def test_what_is_used_at_once_is_valid_for_no_time():
    """A donation is made, units are in the account, a badge is kept: only a gift waits to be used."""
    cause = {"id": "sea", "title": TITLE}
    kinds = [{"kind": "units", "units": 5}, {"kind": "badge"}, {"kind": "product"}]
    given = [{"id": grant["kind"], "title": TITLE, "codes": "none", **grant} for grant in kinds]
    gift = {
        "id": "gift",
        "title": TITLE,
        "when": "order",
        "kind": "donation",
        "share": "1%",
        "causes": ["sea"],
    }
    lines = told(club(grants=[*given, gift], causes=[cause])).splitlines()

    assert [line.split("(")[1].split(",")[0] for line in lines if "Valid for" in line] == ["product"]


def test_thai_stands_apart_from_numbers_and_latin_names():
    """Words are joined without a space, as Thai is written; a number or a Latin name keeps one."""
    options = [{"en": "Tea", "th": "ชา"}, {"en": "Cake", "th": "เค้ก"}, {"en": "10 points", "th": "10 แต้ม"}]
    gift = {"id": "g", "when": "join", "kind": "product", "title": TITLE, "choose": 1, "options": options}
    lines = told(club(grants=[gift, {**gift, "id": "h", "options": options[:2]}]), "th")

    assert "ชา, เค้กหรือ 10 แต้ม" in lines
    assert "ชาหรือเค้ก" in lines
