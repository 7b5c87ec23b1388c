"""Marketers' files become domain models here; every message says file, line, what and what next."""

from pakdee.catalog.program_file import ProgramFile, load_program
from pakdee.catalog.project import load_project
from pakdee.catalog.reading import line_of
from pakdee.catalog.settings import read_settings
from pakdee.catalog.settings_checks import settings_problems
from pakdee.catalog.sources import load_source

__all__ = [
    "ProgramFile",
    "line_of",
    "load_program",
    "load_project",
    "load_source",
    "read_settings",
    "settings_problems",
]
