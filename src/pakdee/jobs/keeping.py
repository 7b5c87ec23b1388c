"""The journal kept and put back: the one thing of a project that cannot be made again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pakdee.domain.errors import JournalError
from pakdee.house import House
from pakdee.jobs.planning import Progress, no_progress

if TYPE_CHECKING:
    from pakdee.journal import Backup, Restored


def backup(house: House, file: Path, *, replace: bool = False, progress: Progress = no_progress) -> Backup:
    """Write the whole journal to `file`, as of one instant, while workers go on; readable by its owner only.

    Raises:
        JournalError: there is such a file and it is not to be replaced, or it cannot be written.
    """
    if file.exists() and not replace:
        raise JournalError(
            "there is a file of this name already",
            where=str(file),
            next_step="name another, or say --replace",
        )
    progress("writing the journal", 0, 0)
    return house.journal.backup(file)


def restore(house: House, file: Path, *, progress: Progress = no_progress) -> Restored:
    """Make this project's journal from a backup; whatever may have been sent since then is held.

    Raises:
        JournalError: the backup is damaged or another project's, or there is a journal with mails in it.
    """
    from pakdee.journal import Journal

    progress("reading the backup", 0, 0)
    return Journal.restore(
        file,
        house.journal_url,
        project=house.settings.project,
        mode=house.settings.sendgrid.mode,
        clock=house.clock,
        zone=house.zone,
        beside=house.journal_number,
    )


def restore_in_place(house: House) -> Restored:
    """Say that the journal that is here was put back by other means; the same is held."""
    return house.journal.restore_in_place(house.zone)
