"""The program's own messages, in the language the desk is read in."""

import pytest

from pakdee.desk.pages import View, trouble
from pakdee.desk.tongue import tongues
from pakdee.domain.errors import PakdeeError


@pytest.mark.parametrize(
    ("code", "what", "step"),
    [
        ("th", "<span>ไม่มีแคมเปญ x</span>", "ดูในโฟลเดอร์"),
        ("en", '<span lang="en">there is no campaign x', "see the"),
    ],
)
def test_trouble_is_told_in_the_pages_language(code, what, step):
    """What there is a translation of is translated; what stays English says so to who reads it aloud."""
    error = PakdeeError("there is no campaign x", where="campaigns/", next_step="see the folder campaigns/")
    page = trouble(View(tongues()[code], "seal"), error, 503).body.decode()

    assert what in page
    assert step in page
