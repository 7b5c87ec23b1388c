# One way to do each thing, for people and for CI. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench torture year shots gallery clean
SHELL := /bin/bash

VENV := .venv
PY := $(VENV)/bin/python
# The stamp is newer than what it depends on, so that a second run installs nothing.
STAMP := $(VENV)/.ready

# The first interpreter that answers and is one of 3.11 to 3.13; `make PYTHON=/path/to/python` overrides.
RIGHT_PYTHON := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	$$p -c '$(RIGHT_PYTHON)' >/dev/null 2>&1 && echo $$p && break; done)

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: $(STAMP) ## virtual environment in .venv with the pinned versions

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Pakdee needs Python 3.11, 3.12 or 3.13. Next: install one, or make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c '$(RIGHT_PYTHON)' || { echo "$(PYTHON) is not Python 3.11 to 3.13. Next: make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

demo: setup ## the tour: one business day of a made-up shop, through real flows
	$(PY) -m pakdee demo

test: setup ## all tests
	$(PY) -m pytest

check: setup ## lint, format, types, import contracts
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy -p pakdee -p flows
	$(VENV)/bin/lint-imports

bench: setup ## measurements against plain hand-written code
	$(PY) -m benchmarks

torture: setup ## a thousand kills while sending, and nothing lost or repeated
	$(PY) -m tests.torture

year: setup ## a year of the made-up shop, day by day, and what must hold after it
	$(PY) -m tests.year

shots: setup ## the pictures in docs/, made by the software itself (needs Chromium)
	$(PY) docs/shots.py
	$(PY) -m docs.component_shots
	$(PY) -m docs.component_shots --locale th --into docs/pictures/components.th

gallery: setup ## every mail to look at, with pictures, in build/gallery (needs Chromium)
	$(PY) -m docs.gallery

clean: ## what was built, not the environment and not var/
	rm -rf build dist demo .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src flows tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
