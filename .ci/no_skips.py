"""Fail if a test was skipped: a skipped test proves nothing, yet the run looks green."""  # noqa: INP001 - a script, not a package

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

SHARED = Path(__file__).resolve().parents[2] / "shared"
# How tests say that what they need lies outside the project: ../shared, a path to it, "not beside …".
ABOUT_SHARED = re.compile(r"/shared\b|\bbeside\b")


def main(reports: list[str]) -> str | None:
    """What to complain about in pytest's XML `reports`; None where every test ran, as is right."""
    # The files were written by pytest a moment ago.
    cases = [case for report in reports for case in ET.parse(report).iter("testcase")]  # noqa: S314
    skipped = {
        f"{case.get('classname')}.{case.get('name')}": str(skip.get("message"))
        for case in cases
        for skip in case.iter("skipped")
    }
    wrong = {test: why for test, why in skipped.items() if SHARED.exists() or not ABOUT_SHARED.search(why)}
    if not cases:
        return "no test ran"
    if wrong:
        return "\n".join(["skipped tests:", *(f"  {test}: {why}" for test, why in wrong.items())])
    sys.stdout.write(f"{len(cases)} tests, {len(skipped)} skipped for want of ../shared\n")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
