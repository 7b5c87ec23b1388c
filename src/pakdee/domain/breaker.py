"""The breaker: a campaign that bounces or annoys too much stops before it costs the domain its good name."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from pakdee.domain.units import Share

FEWEST = 3  # one or two complaints among few messages are chance, not a reason


class StopIf(BaseModel):
    """Shares at which a campaign stops, looked at once `after` of its messages have an outcome."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    bounced: Share = Field(0.05, description="Of messages with an outcome: those that bounced for good.")
    complained: Share = Field(0.003, description="Of messages with an outcome: those reported as spam.")
    after: int = Field(500, ge=1, description="Messages with an outcome before shares mean anything.")

    def reason(self, outcomes: Outcomes) -> str | None:
        """Why to stop, in words an operator reads; None while all is well."""
        if outcomes.settled < self.after:
            return None
        for name, count, limit in (
            ("bounced", outcomes.bounced, self.bounced),
            ("reported as spam", outcomes.complained, self.complained),
        ):
            share = count / outcomes.settled
            if count >= FEWEST and share > limit:
                return f"{share:.1%} {name} ({count:,} of {outcomes.settled:,}); the limit is {limit:.1%}"
        return None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Messages of one campaign since it was last resumed: with any outcome, and the bad ones among them."""

    settled: int
    bounced: int
    complained: int
