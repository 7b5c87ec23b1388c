"""Models of buying: learned once for a snapshot and a day, and remembered; no customer is in what is kept."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pakdee.domain.measures import LtvAssumptions
from pakdee.domain.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

    from pakdee.house.house import House
    from pakdee.ledger import Snapshot
    from pakdee.metrics import Figure
    from pakdee.metrics.forecast import Histories, Model, NoModel

VERSION = 1
"""Of what is learned and how; parameters of another are not used."""
CHECKED_DAYS = 182
"""The last of them are foretold from their beginning, to see how well it would have gone."""
CENT = 4
"""Places of money in the ledger."""


@dataclass(frozen=True)
class Forecaster:
    """Learns from one snapshot, and keeps the parameters in `folder`."""

    snapshot: Snapshot
    settings: Settings
    folder: Path

    @classmethod
    def of(cls, house: House) -> Forecaster:
        """That of a project's newest facts."""
        return cls(house.snapshot, house.settings, house.var / "models")

    @property
    def assumed(self) -> LtvAssumptions:
        """What no ledger knows of a customer's worth, by the operator's file."""
        given = self.settings.value
        margin, discount = (None if s is None else Decimal(str(s)) for s in (given.margin, given.discount))
        return LtvAssumptions(margin=margin, years=given.years, discount=discount)

    def model(self, day: dt.date, known: Histories | None = None) -> Model | NoModel:
        """What was learned of orders before `day`, or why nothing was.

        Args:
            known: the histories as of `day`, where they are at hand.
        """
        fewest = self.settings.forecast.fewest_repeaters
        file = self.folder / f"{self.snapshot.id}-{day}-{fewest}-{VERSION}.json"
        if (kept := _kept(file)) is not None:
            return kept
        from pakdee.metrics.forecast import learn

        if known is None:
            _, known, _ = self.histories(day)
        learned = learn(known, fewest)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(learned)), "utf-8")
        return learned

    def outlook(self, end: dt.date) -> list[Figure]:
        """M20 to M22 as of `end`, each beside its error over the days before."""
        from pakdee.domain.measures import Missing
        from pakdee.metrics.forecast import NoModel, check
        from pakdee.metrics.outlook import outlook_figures

        _, seen, _ = self.histories(end)
        cut = end - dt.timedelta(days=CHECKED_DAYS)
        _, before, later = self.histories(cut, end)
        then = self.model(cut, before)
        has_orders = "orders.customer_id" in self.snapshot.provides
        return outlook_figures(
            self.model(end, seen) if has_orders else Missing(("orders.customer_id",)),
            seen,
            then if isinstance(then, NoModel) else check(then, before, later, CHECKED_DAYS / 7),
            days=CHECKED_DAYS,
            assumed=self.assumed,
            currency=self.settings.shop.currency,
        )

    def histories(self, day: dt.date, until: dt.date | None = None) -> tuple[pa.Array, Histories, Any]:
        """Ids, purchases before `day` and the number of order days in [day, until), of every buyer."""
        import numpy as np

        from pakdee.ledger.histories import order_histories
        from pakdee.metrics.bgnbd import Purchases
        from pakdee.metrics.forecast import Histories

        table = order_histories(self.snapshot, day, until)
        x, t_x, t, mean, later = (
            table[name].to_numpy().astype(np.float64)
            for name in ("repeats", "last_day", "age", "mean_amount", "later")
        )
        ids = table["customer_id"].combine_chunks()
        return ids, Histories(Purchases(x, t_x / 7, t / 7), mean), later

    def features(self, customers: pa.Array, names: Collection[str], day: dt.date) -> pa.Table:
        """`customer_id` and those of `names` that are of stage "model", in the order of `customers`.

        None of them where the orders do not suffice to learn from.
        """
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        from pakdee.metrics.features import VALUE, model_features
        from pakdee.metrics.forecast import NoModel

        ids, known, _ = self.histories(day)
        model = self.model(day, known)
        columns: dict[str, Any] = {"customer_id": customers}
        if isinstance(model, NoModel):
            return pa.table(columns)
        if not self.settings.forecast.one_time_buyers:
            again = known.seen.x > 0
            ids, known = ids.filter(pa.array(again)), known.chosen(again)
        places = pc.index_in(customers, value_set=ids)
        for name, values in model_features(model, known, names, self.assumed).items():
            found = pa.array(np.round(values, CENT) if name == VALUE else values)
            found = found.cast(pa.decimal128(18, CENT), safe=False) if name == VALUE else found
            columns[name] = found.take(places)
        return pa.table(columns)


def _kept(file: Path) -> Model | NoModel | None:
    """What was learned before; None where nothing was, or it cannot be read."""
    from pakdee.metrics.bgnbd import BgNbd
    from pakdee.metrics.forecast import Model, NoModel
    from pakdee.metrics.gamma_gamma import GammaGamma

    try:
        found = json.loads(file.read_text("utf-8"))
        if "why" in found:
            return NoModel(found["why"])
        amounts = found["amounts"] and GammaGamma(**found["amounts"])
        return Model(BgNbd(**found["orders"]), amounts, found["correlation"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
