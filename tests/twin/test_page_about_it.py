"""docs/twin.md names every field and option there is, and no field that is not."""

import re
from pathlib import Path

import pytest

from pakdee.cli.serving import twin as command
from pakdee.twin import Behaviour, EventTrouble, Misbehaviour
from pakdee.twin.misbehaviour import PRESETS

PAGE = (Path(__file__).resolve().parents[2] / "docs/twin.md").read_text(encoding="utf-8")


def table(after):
    """The words in code style in the first column of the first table after this text."""
    rows = PAGE.split(after, 1)[1].split("|---|", 1)[1].split("\n\n", 1)[0]
    return {name for line in rows.splitlines()[1:] for name in re.findall(r"`(\w+)`", line.split("|")[1])}


@pytest.mark.parametrize(
    ("after", "model"),
    [
        ("`POST /twin/behave`", Behaviour),
        ("`POST /twin/misbehave`", Misbehaviour),
        ("an object, for the webhook", EventTrouble),
    ],
)
def test_every_field_is_named(after, model):
    assert table(after) == set(model.model_fields)


def test_every_option_and_preset_is_named():
    options = {name for name in command.__annotations__ if name not in {"project", "return", "start"}}

    assert all(f"--{name}" in PAGE for name in options | {"from"})
    assert all(f"`{name}`" in PAGE for name in PRESETS)
