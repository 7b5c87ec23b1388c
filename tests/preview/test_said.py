"""What is wrong is told in each language of the page, once, however many mails have it."""

from pakdee.domain.errors import CatalogError, Problem
from pakdee.preview.telling import trouble


def test_findings_are_there_in_every_language_of_the_page(untouched):
    """English as the code says it, and the Thai of it; the page shows the language it is switched to."""
    found = [
        Problem(f"templates/{name}/th.j2", 3, "there is no preheader (S04)", "leave it out") for name in "ab"
    ]
    page = trouble(untouched, CatalogError(found))

    assert page["said"] == {
        "en": {text: text for text in ("there is no preheader (S04)", "leave it out")},
        "th": {"there is no preheader (S04)": "ไม่มีข้อความนำ (preheader) (S04)", "leave it out": "ตัดออก"},
    }
