"""The command line: one sentence of help, one job, one print. Rooms are opened inside the commands."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import typer

from pakdee.cli import building, keeping, marketing, operating, programme, serving
from pakdee.cli.helping import Command, Group, called
from pakdee.cli.options import listen, project_in
from pakdee.cli.show import complain
from pakdee.domain.errors import PakdeeError

app = typer.Typer(
    name="pakdee",
    cls=Group,
    help="E-mail that makes customers stay: segments, personal mails sent once, and proof that it worked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for room in (building, marketing, programme, operating, keeping, serving):
    for name, command in room.COMMANDS.items():
        app.command(name, cls=Command)(command)


def main() -> None:
    """Run a command; an error a person can act on is printed without a traceback."""
    listen(project_in(sys.argv))
    _end(lambda: sys.exit(called(app)))


def _end(run: Callable[[], Any]) -> None:
    try:
        run()
    except PakdeeError as error:
        complain(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        complain("Stopped by you. What was not sent stays queued: pakdee status")
        sys.exit(130)
