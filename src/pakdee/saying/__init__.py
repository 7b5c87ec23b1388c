"""The program's own messages in the language of who reads them; code and records speak English alone.

The door: `in_language` for any text, `heading_in` for columns, `problem_in`, `shown` and `error_in`
for what is wrong, `chosen` for the language a project asks for. A language is a folder of `languages/`.
"""

from pakdee.saying.phrases import Phrasebook, phrasebook
from pakdee.saying.telling import (
    ENGLISH,
    chosen,
    error_in,
    errors_last,
    heading_in,
    in_language,
    problem_in,
    shown,
)

__all__ = [
    "ENGLISH",
    "Phrasebook",
    "chosen",
    "error_in",
    "errors_last",
    "heading_in",
    "in_language",
    "phrasebook",
    "problem_in",
    "shown",
]
