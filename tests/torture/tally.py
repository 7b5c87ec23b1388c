"""What the rounds came to: one line each, and one for all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.torture.oracle import Judgement


@dataclass
class Tally:
    """All rounds so far."""

    rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    in_the_middle: int = 0
    messages: int = 0
    twice: int = 0
    findings: list[str] = field(default_factory=list)

    def add(self, name: str, kills: Counter[str], in_the_middle: int, judgement: Judgement) -> str:
        """Count a round in; the line about it."""
        self.rounds += 1
        self.kills.update(kills)
        self.in_the_middle += in_the_middle
        self.messages += judgement.messages
        self.twice += judgement.twice
        if judgement.wrong:
            self.findings.append(f"{name}\n{judgement.told()}")
        states = ", ".join(f"{count:,} {state}" for state, count in sorted(judgement.states.items()))
        return (
            f"{name}: {kills.total()} kills, {in_the_middle} of them with requests open; "
            f"{judgement.messages:,} messages: {states}; {judgement.went_out:,} went out, "
            f"{judgement.twice} twice, {judgement.held_back} not sent and listed"
            f"{' - WRONG' if judgement.wrong else ''}"
        )

    def told(self) -> str:
        """The sum of all rounds."""
        by_role = ", ".join(f"{count} {role}" for role, count in self.kills.most_common())
        told = (
            f"{self.rounds} rounds, {self.messages:,} messages, {self.kills.total()} kills ({by_role}), "
            f"{self.in_the_middle} of them with requests open; {self.twice} sent twice."
        )
        return "\n\n".join([told, *self.findings])
