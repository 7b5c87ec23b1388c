"""The brake: stop everything or one campaign, and let it go on without repeats."""

from __future__ import annotations

from dataclasses import dataclass

from pakdee.domain.errors import PakdeeError
from pakdee.house import House
from pakdee.jobs.due import no_such_campaign


@dataclass(frozen=True)
class BrakeReport:
    """What is stopped now (None stands for everything), with the reasons."""

    stops: tuple[tuple[str | None, str], ...]


def stop(house: House, campaign: str | None, because: str, *, by: str) -> BrakeReport:
    """Stop sending `campaign`, or everything; takes effect within one batch per worker."""
    _must_exist(house, campaign)
    house.journal.stop(campaign, because, by=by)
    return _report(house)


def resume(house: House, campaign: str | None, because: str, *, by: str) -> BrakeReport:
    """Take the brake off; queued messages go out with the next `send`, none twice."""
    if not house.journal.resume(campaign, because, by=by):
        raise PakdeeError(
            f"{campaign or 'sending'} is not stopped",
            where="pakdee resume",
            next_step="see what is stopped with: pakdee status",
        )
    return _report(house)


def _report(house: House) -> BrakeReport:
    return BrakeReport(tuple((found.scope, found.because) for found in house.journal.stops()))


def _must_exist(house: House, campaign: str | None) -> None:
    # Only the file's name counts: the brake must work while the files themselves are broken.
    files = sorted(path.stem for path in (house.directory / "campaigns").glob("*.yaml"))
    if campaign is not None and campaign not in files:
        raise no_such_campaign(campaign, files)
