"""What became of offers: opened, given out, redeemed, released, told by another channel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from pakdee.domain.allowance import Terms
from pakdee.domain.message import MessageKey, Redemption, ReservedOffer, UsedOffer
from pakdee.journal import schema
from pakdee.journal.granting import lock, opened_periods
from pakdee.journal.measuring import Measuring
from pakdee.journal.statements import statement
from pakdee.journal.store import changed, rows
from pakdee.journal.told import NotMailed

_GIFTS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("grant", pa.string()),
        ("day", pa.date32()),
        ("units", pa.int64()),
        ("source", pa.string()),
    ]
)
_POOL_COLUMNS = ("code", "grant_id", "place", "is_free")


def told_offer(row: RowMapping) -> ReservedOffer | None:
    """The offer in a row that may hold one."""
    if row["grant_id"] is None:
        return None
    expires_on = dt.date.fromisoformat(row["expires_on"])
    return ReservedOffer(row["grant_id"], row["code"], row["value"], expires_on, _day(row["starts_on"]))


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def told_not_mailed(row: RowMapping) -> NotMailed:
    """A customer who gets no mail."""
    key = MessageKey(row["campaign"], row["step"], row["customer_id"], row["occasion"])
    return NotMailed(key, dt.date.fromisoformat(row["due_on"]), bool(row["is_held_out"]), told_offer(row))


def told_used(row: RowMapping) -> UsedOffer:
    """An offer that was used."""
    key = MessageKey(row["campaign"], row["step"], row["customer_id"], row["occasion"])
    return UsedOffer(key, row["grant_id"], dt.date.fromisoformat(row["redeemed_on"]))


class Offers(Measuring):
    """Budgets, pools, redemptions and handovers."""

    def open_offers(self, terms: Mapping[str, Terms], pools: Mapping[str, Sequence[str]]) -> None:
        """Get ready to give grants on these terms, with the codes that their files hold now.

        A code that was handed out is never free again, whatever its file says.
        """
        periods = opened_periods(terms)
        if not periods:
            return
        with self._writing() as connection:
            self._dialect.insert_new(connection, schema.allotment, ("grant_id", "period", "given"), periods)
            lock(connection, self._dialect.row_lock, [grant for grant, _, _ in periods])
            for grant, codes in sorted(pools.items()):
                changed(connection, "forget_free_codes", {"grant": grant})
                found = [(code, grant, place, True) for place, code in enumerate(codes)]
                self._dialect.insert_new(connection, schema.pool_code, _POOL_COLUMNS, found)

    def offers_left(self, terms: Mapping[str, Terms], pools: Mapping[str, Sequence[str]]) -> dict[str, int]:
        """How often each grant may still be given, by id; absent where nothing limits it for all.

        Args:
            pools: codes that files hold now, by grant.
        """
        with self._reading() as connection:
            given = {(r["grant_id"], r["period"]): r["given"] for r in rows(connection, "allotments", {})}
            out = {row["code"] for row in rows(connection, "handed_out_codes", {})} if pools else set()
        left = {}
        for grant, own in terms.items():
            most = [] if own.budget is None else [own.budget - given.get((grant, own.budget_period), 0)]
            most += [sum(code not in out for code in pools.get(grant, ()))] if own.is_pool else []
            if most:
                left[grant] = max(min(most), 0)
        return left

    def open_codes(self, since: dt.date) -> dict[str, dt.date | None]:
        """Codes that nobody is known to have used, of offers whose last day is not before `since`.

        Each with the first day on which it can be used, None where that is at once.
        """
        return {r["code"]: _day(r["starts_on"]) for r in self._rows("open_codes", since=since.isoformat())}

    def redeem(self, found: Iterable[Redemption]) -> int:
        """Remember that codes were used, each once and not before its first day; how many were news."""
        values = [{"code": one.code, "day": one.day.isoformat(), "order": one.order_id} for one in found]
        with self._writing() as connection:
            self._lock_budgets(connection)
            news = sum(changed(connection, "redeem_offer", one) for one in values)
            changed(connection, "recount_allotments", {})
        return news

    def _lock_budgets(self, connection: Connection) -> None:
        connection.execute(statement("lock_all_allotments", self._dialect.row_lock))

    def release_unused(self, day: dt.date) -> int:
        """Give back to budgets, and to members, what nobody can use any more as of `day`; how many offers.

        An offer whose last day is over counts in the member's own cap for good; its code stays dead.
        """
        with self._writing() as connection:
            self._lock_budgets(connection)
            released = changed(connection, "release_unused", {"day": day.isoformat()})
            if released:
                changed(connection, "recount_allotments", {})
        return released

    def gifts(self, before: dt.date) -> pa.Table:
        """Units that campaigns gave on days before `before`: customer_id, grant, day, units, source."""
        return self._table("gifts", _GIFTS, before=before.isoformat())

    def redemptions(self, start: dt.date, end: dt.date) -> dict[str, tuple[int, int]]:
        """Offers of mails sent that were due in [start, end), and how many were redeemed, by campaign."""
        found = self._rows("redemptions", start=start.isoformat(), end=end.isoformat())
        return {row["campaign"]: (row["given"], row["redeemed"]) for row in found}

    def to_hand_over(self, campaign: str, *, again: bool = False) -> list[NotMailed]:
        """Whom another channel is to tell, and the held-out who get a grant of the programme without a mail.

        Args:
            again: those that were handed over before, too.
        """
        return [told_not_mailed(row) for row in self._rows("to_hand_over", campaign=campaign, again=again)]

    def handed_over(self, keys: Iterable[MessageKey]) -> None:
        """Remember that these were handed over."""
        now = self._now()
        found = [(key.customer_id, key.campaign, key.step, key.occasion, now) for key in keys]
        columns = ("customer_id", "campaign", "step", "occasion", "exported_at")
        with self._writing() as connection:
            self._dialect.insert_new(connection, schema.handover, columns, found)
