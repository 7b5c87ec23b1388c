"""What became of everyone, counted: added up over shards and processes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from pakdee.domain.vocabulary import Verdict

FAILING_SHARE = 0.001
FAILING_AT_LEAST = 3  # one odd customer in a small audience is told about, not a reason to stop
_MAILED = (Verdict.INCLUDED, Verdict.HOLDOUT)


@dataclass
class Tally:
    """Counts of a run.

    Args:
        verdicts: customers per (campaign, verdict).
        later: of those included, who gets another than the first mail, per campaign with steps.
        failed: mails per campaign that could not be rendered.
        reasons: why the first of them could not.
    """

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    later: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Count what another process counted."""
        self.verdicts.update(other.verdicts)
        self.later.update(other.later)
        self.failed.update(other.failed)
        self.reasons = other.reasons | self.reasons

    def move(self, campaign: str, customers: int, before: Verdict, after: Verdict) -> None:
        """These customers turned out to have another verdict than was counted."""
        self.verdicts[campaign, before] -= customers
        self.verdicts[campaign, after] += customers

    def stop_failing(self) -> dict[str, str]:
        """Campaigns that fail too often, with the reason; from now on all their mails count as failed."""
        stopped: dict[str, str] = {}
        for name, failed in (+self.failed).items():
            tried = failed + sum(self.verdicts[name, verdict] for verdict in _MAILED)
            if failed < min(FAILING_AT_LEAST, tried) or failed / tried <= FAILING_SHARE:
                continue
            stopped[name] = f"{failed} of {tried} mails could not be rendered: {self.reasons[name]}"
            for verdict in _MAILED:
                self.move(name, self.verdicts[name, verdict], verdict, Verdict.CANNOT_RENDER)
        return stopped
