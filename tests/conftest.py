"""What all tests share: a template that was tried and found good in one of them is not tried again in another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pakdee.house import proving


@pytest.fixture(autouse=True, scope="session")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One memory of verdicts for all projects of this process; verdicts go by what they hang on."""
    file = tmp_path_factory.mktemp("verdicts") / "templates.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proving, "FILE", str(file))
        yield
