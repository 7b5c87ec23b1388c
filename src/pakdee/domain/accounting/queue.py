"""Units wait in a queue of lots, are used in the order in which they became available, and run out."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from pakdee.domain.program import Expiry


@dataclass(frozen=True)
class Entry:
    """One booking; units are negative where they are taken. `lot` is None where several may be touched."""

    kind: str
    rule: str
    source: str
    lot: str | None
    day: dt.date
    available_on: dt.date
    units: int


@dataclass
class Lot:
    """Units that came together; `left` of them can still be used, on `last_on` for the last time."""

    name: str
    available_on: dt.date
    left: int
    last_on: dt.date | None


class Queue:
    """A customer's lots: those to come, those there are, and units owed."""

    def __init__(self, expiry: Expiry | None) -> None:
        self._expiry = expiry
        self._to_come: list[Lot] = []
        self.lots: list[Lot] = []
        self.debt = 0

    @property
    def balance(self) -> int:
        """Units that can be used; negative where more was used than there was."""
        return sum(lot.left for lot in self.lots) - self.debt

    @property
    def pending(self) -> int:
        """Units that cannot be used yet."""
        return sum(lot.left for lot in self._to_come)

    def put(self, name: str, units: int, available_on: dt.date) -> None:
        """A new lot, available from a day on."""
        self._to_come.append(Lot(name, available_on, units, self._ends(available_on)))

    def run_out(self, today: dt.date) -> list[Lot]:
        """Take away the lots whose last day is over; returns them, with what was left of each."""
        gone = [lot for lot in self.lots if lot.last_on is not None and lot.last_on < today]
        self.lots = [lot for lot in self.lots if lot not in gone]
        return gone

    def arrive(self, today: dt.date) -> None:
        """Make the lots available whose day has come; what is owed is paid from them at once."""
        come = [lot for lot in self._to_come if lot.available_on <= today]
        self._to_come = [lot for lot in self._to_come if lot.available_on > today]
        self.lots += sorted(come, key=lambda lot: (lot.available_on, lot.name))
        owed, self.debt = self.debt, 0
        self.use(owed)

    def use(self, units: int) -> None:
        """Use units, of the first lots first; what is not there is owed."""
        for lot in self.lots:
            used = min(lot.left, units)
            lot.left -= used
            units -= used
        self.debt += units

    def lot(self, name: str) -> Lot | None:
        """The lot of this name, None where it has run out."""
        return next((lot for lot in (*self.lots, *self._to_come) if lot.name == name), None)

    def take_back(self, lot: Lot, units: int) -> None:
        """Take units of a lot back, and those of them that are spent from the others."""
        unspent = min(lot.left, units)
        lot.left -= unspent
        self.use(units - unspent)

    def keep_alive(self, today: dt.date) -> None:
        """Start the time anew of all units there are; no unit ends earlier by that."""
        ends = self._ends(today)
        for lot in self.lots:
            if ends is not None and lot.last_on is not None:
                lot.last_on = max(lot.last_on, ends)

    def _ends(self, start: dt.date) -> dt.date | None:
        """The last day of units whose time starts on a day."""
        if self._expiry is None or self._expiry.after is None:
            return None
        last_on = self._expiry.after.after(start)
        if self._expiry.round == "month_end":
            return last_on.replace(day=calendar.monthrange(last_on.year, last_on.month)[1])
        return last_on
