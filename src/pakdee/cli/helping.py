"""Help and slips of the command line in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from typer.core import TyperCommand, TyperGroup

from pakdee.cli import show

_ENDED = re.compile(r"(.*?)(?:  )?\[([^\[\]]*)\]", re.DOTALL)  # a help text, and defaults at its end
MISUSED = 2
"""The exit code of a command that was called wrongly."""


class _Said:
    """A formatter of help, its words said in the reader's language before they are wrapped."""

    def __init__(self, formatter: Any) -> None:
        self._formatter = formatter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._formatter, name)

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        self._formatter.write_usage(prog, args, prefix or f"{show.said('Usage:')} ")

    def write_text(self, text: str) -> None:
        self._formatter.write_text(show.said(text))

    def section(self, name: str) -> Any:
        return self._formatter.section(show.said(f"{name}:").rstrip(":"))

    def write_dl(self, rows: Sequence[tuple[str, str]]) -> None:
        self._formatter.write_dl([(term, _with_defaults(words)) for term, words in rows])


def _saying(formatter: Any) -> Any:
    return _Said(formatter)


def _with_defaults(words: str) -> str:
    found = _ENDED.fullmatch(words)
    if found is None:
        return show.said(words)
    ends = "; ".join(show.said(end) for end in found[2].split("; "))
    return "  ".join(filter(None, (show.said(found[1]), f"[{ends}]")))


class Command(TyperCommand):
    """A command whose help is said in the reader's language."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The line of usage, as help and slips show it."""
        super().format_usage(ctx, _saying(formatter))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The whole help."""
        super().format_help(ctx, _saying(formatter))


class Group(TyperGroup):
    """All commands, each with its whole sentence."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The line of usage, as help and slips show it."""
        super().format_usage(ctx, _saying(formatter))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The whole help."""
        super().format_help(ctx, _saying(formatter))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Not cut at the width of the terminal, since half a sentence says nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.commands[name].help or "") for name in self.list_commands(ctx)])


def called(command: Callable[..., Any]) -> int:
    """Run the command line, and tell what was wrong with the call. Returns the exit code."""
    try:
        return command(standalone_mode=False, prog_name="pakdee") or 0
    except Exception as error:
        # Typer brings a Click of its own, or not; its slips of usage are known by what they can do.
        if not hasattr(error, "format_message"):
            raise
        _misused(error)
        return MISUSED


def _misused(error: Any) -> None:
    told, context = error.format_message(), getattr(error, "ctx", None)
    usage = context.get_usage() if context else ""
    if usage and told.startswith(usage):  # called with nothing at all, which asks for help
        show.errors.print(told, markup=False)
        return
    if context:
        show.errors.print(usage, markup=False)
        show.complain(f"Try '{context.command_path} --help' for help.")
    show.complain(f"Error: {told}")
