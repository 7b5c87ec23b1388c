"""Mails as people look at them before they are sent: a page of one campaign, a gallery of all, live.

The door: `Wish` says what to show, `told` makes it, `page` is it as one HTML file that needs nothing else,
`watch` serves that page on this machine and renews it at each save. Without a ledger all of it works too,
since readers are sample customers; a page with a real customer is made only when one is asked for by id.
"""

from pakdee.preview.desk import Desk, Edition, File, Shown, problems
from pakdee.preview.page import page
from pakdee.preview.serving import watch
from pakdee.preview.telling import Wish, sample, summary, told, trouble

__all__ = [
    "Desk",
    "Edition",
    "File",
    "Shown",
    "Wish",
    "page",
    "problems",
    "sample",
    "summary",
    "told",
    "trouble",
    "watch",
]
