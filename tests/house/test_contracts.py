"""Each import contract breaks when a violation is planted: a contract that cannot fail protects nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = "Rooms open downwards"
PURE = "Deciding and measuring touch nothing outside"
NO_PREFECT = "The engine never imports Prefect"
FLOWS = "Flows reach the engine only through jobs and house"

PLANTED = {
    "a room imports the house": ("src/pakdee/delivery/planted.py", "import pakdee.house", LAYERS),
    "a room imports its neighbour": ("src/pakdee/rendering/planted.py", "import pakdee.delivery", LAYERS),
    "the rules import a room": ("src/pakdee/domain/planted.py", "import pakdee.catalog", LAYERS),
    "a job imports the command line": ("src/pakdee/jobs/planted.py", "import pakdee.cli", LAYERS),
    "the public endpoints serve the desk": ("src/pakdee/web/planted.py", "import pakdee.desk", LAYERS),
    "a job makes a page": ("src/pakdee/jobs/planted.py", "import pakdee.preview", LAYERS),
    "a room nobody listed": ("src/pakdee/utils.py", "", LAYERS),
    "the rules open files": ("src/pakdee/domain/planted.py", "import pathlib", PURE),
    "a formula asks a database": ("src/pakdee/metrics/planted.py", "import duckdb", PURE),
    "the engine imports Prefect": ("src/pakdee/jobs/planted.py", "import prefect", NO_PREFECT),
    "the engine imports a flow": ("src/pakdee/cli/planted.py", "import flows.plan_day", NO_PREFECT),
    "a flow opens the journal": ("flows/planted.py", "import pakdee.journal", FLOWS),
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the tree to plant violations in."""
    copy = tmp_path_factory.mktemp("tree")
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", copy / "src", ignore=skip)
    shutil.copytree(ROOT / "flows", copy / "flows", ignore=skip)
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def lint_imports(tree):
    program = Path(sys.executable).with_name("lint-imports")
    environment = os.environ | {"PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree}", "COLUMNS": "300"}
    done = subprocess.run(
        [program, "--no-cache"], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_the_tree_as_it_is_keeps_every_contract(tree):
    """Nothing is broken before anything is planted."""
    code, said = lint_imports(tree)

    assert code == 0, said
    assert "0 broken" in said


@pytest.mark.parametrize("violation", PLANTED, ids=lambda name: name.replace(" ", "-"))
def test_a_planted_violation_breaks_its_contract(tree, violation):
    """The contract that is meant names itself as broken."""
    file, line, contract = PLANTED[violation]
    planted = tree / file
    planted.write_text(f'"""Planted."""\n{line}\n', encoding="utf-8")
    try:
        code, said = lint_imports(tree)
    finally:
        planted.unlink()

    assert code != 0, said
    assert any(heading.startswith(contract) and "BROKEN" in heading for heading in said.splitlines()), said
