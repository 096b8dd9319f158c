"""Who bought lately, often and much: recency, frequency and monetary value of every buyer, as of a moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.fields import column_of
from analytics_lib.behaviour.past import Past, open_past
from analytics_lib.engine.properties import property_number
from analytics_lib.engine.tables import AnyTable, to_frame
from analytics_lib.engine.times import micros
from analytics_lib.periods import Moment
from analytics_lib.results import Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

_BINS: Final = 5
_DAY: Final = 86_400_000_000

SEGMENTS: Final = {
    "champions": ((5,), (4, 5)),
    "loyal": ((3, 4), (4, 5)),
    "potential loyalists": ((4, 5), (2, 3)),
    "new": ((5,), (1,)),
    "promising": ((4,), (1,)),
    "need attention": ((3,), (3,)),
    "about to sleep": ((3,), (1, 2)),
    "cannot lose them": ((1, 2), (5,)),
    "at risk": ((1, 2), (3, 4)),
    "hibernating": ((1, 2), (1, 2)),
}
"""Recency scores and frequency scores of each segment: every pair of scores lies in exactly one."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RfmResult(Result):
    """Buyers per segment, with the median of what they did."""

    title: ClassVar[str] = "Recency, frequency, monetary value"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    total: int = 0
    """All buyers; each is in exactly one segment."""
    buyers: pd.DataFrame = field(default_factory=pd.DataFrame)
    """One row per buyer: values, scores 1 (worst) to 5 (best), segment."""

    def plot(self) -> Chart:
        """Draw one bar per segment."""
        from analytics_lib.charts.bars import draw_bars

        return draw_bars(self.frame, x="segment", y="users", title=self.title, horizontal=True)


@remembered
def rfm(
    events: AnyTable,
    *,
    event: str = "order.placed",
    amount: str = "properties.amount",
    as_of: Moment | None = None,
) -> RfmResult:
    """Tell which buyers bought lately, often and much, and how many there are of each kind.

    Recency is the days from the last order to `as_of`; frequency the number of orders, where rows of one
    person at the same moment (the lines of an invoice) are one order; monetary value the sum of `amount`.
    Each is scored 1 to 5: ``ceil(5 × rank / buyers)`` with the mean rank for equal values, so that equal
    people have equal scores; without ties the fifths are equally large. Scores are relative to the other
    buyers: they say nothing about whether the whole shop does well.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event``, ``event_time`` and the amount.
    event
        What counts as buying.
    amount
        A column, or a value inside ``properties``; missing ones add nothing.
    as_of
        Only orders before this moment are known; default: just after the newest event.

    Returns
    -------
    RfmResult
        ``segment``, ``users``, ``user_rate``, ``median_recency_days``, ``median_orders``,
        ``median_amount``; ``.buyers`` has one row per buyer.

    References
    ----------
    Hughes (1994), Strategic Database Marketing; the names by pairs of scores are those most tools use.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({
    ...     "user_id": ["a", "a", "b"], "event": "order.placed", "amount": [10.0, 20.0, 5.0],
    ...     "event_time": pd.to_datetime(["2024-05-01", "2024-05-09", "2024-05-02"]),
    ... })
    >>> rfm(orders, amount="amount", as_of="2024-05-11").buyers[["user_id", "recency_days", "orders", "amount"]]
      user_id  recency_days  orders  amount
    0       a           2.0       2    30.0
    1       b           9.0       1     5.0
    """
    past, scope = open_past(events, ["event", column_of(amount)], as_of=as_of, analysis="rfm")
    buyers = _scored(_values(past, event, amount))
    return RfmResult(
        frame=_by_segment(buyers),
        definition=(
            f"People with at least one {event} before {past.as_of:%Y-%m-%d %H:%M:%S} UTC, in fifths of days since the "
            f"last order and of number of orders (equal values share the mean rank); amount is the sum of {amount}."
        ),
        provenance=scope.provenance,
        notes=(*scope.notes, *_weak(buyers)),
        key_columns=("segment",),
        people_source=lambda row: _people(buyers[buyers["segment"] == row["segment"]], past.who),
        total=len(buyers),
        buyers=buyers,
    )


def _values(past: Past, event: str, amount: str) -> pd.DataFrame:
    rows = past.table.filter(past.table["event"] == event)
    inside = amount not in rows.columns
    value = property_number(rows, *amount.split(".", 1)) if inside else rows[amount].cast("float64")
    rows = rows.mutate(_amount=value)
    names = sorted(past.who, key=lambda name: name != "user_id")
    found = rows.group_by(names).aggregate(
        _last=rows["_micros"].max(), orders=rows["_micros"].nunique(), amount=rows["_amount"].sum().fill_null(0.0)
    )
    frame = to_frame(found.order_by(names))
    frame["recency_days"] = (micros(past.as_of) - frame.pop("_last")) / _DAY
    return frame[[*names, "recency_days", "orders", "amount"]]


def scores_of(values: pd.Series[Any]) -> pd.Series[int]:
    """Score values 1 (lowest fifth) to 5; equal values get equal scores.

    Examples
    --------
    >>> scores_of(pd.Series([1, 2, 3, 4, 5])).tolist(), scores_of(pd.Series([1, 1, 1, 9])).tolist()
    ([1, 2, 3, 4, 5], [3, 3, 3, 5])
    """
    ranks = values.rank(method="average").to_numpy("float64")
    return pd.Series(np.ceil(_BINS * ranks / max(len(values), 1)).astype("int64"), index=values.index)


def _scored(buyers: pd.DataFrame) -> pd.DataFrame:
    buyers = buyers.assign(
        recency_score=scores_of(-buyers["recency_days"]),
        frequency_score=scores_of(buyers["orders"]),
        monetary_score=scores_of(buyers["amount"]),
    )
    names = {
        (recent, often): name for name, (recency, frequency) in SEGMENTS.items() for recent in recency
        for often in frequency
    }  # fmt: skip
    pairs = zip(buyers["recency_score"], buyers["frequency_score"], strict=True)
    return buyers.assign(segment=pd.Series([names[pair] for pair in pairs], index=buyers.index, dtype="str"))


def _by_segment(buyers: pd.DataFrame) -> pd.DataFrame:
    found = buyers.groupby("segment").agg(
        users=("user_id", "size"),
        median_recency_days=("recency_days", "median"),
        median_orders=("orders", "median"),
        median_amount=("amount", "median"),
    )
    found = found.reindex(list(SEGMENTS)).rename_axis("segment").reset_index()
    found["users"] = found["users"].fillna(0).astype("Int64")
    rate = found["users"].astype("float64") / (len(buyers) or np.nan)
    found.insert(2, "user_rate", rate)
    return found.astype({"segment": "str", "median_orders": "float64"})


def _people(chosen: pd.DataFrame, who: tuple[str, ...]) -> pa.Table:
    names = sorted(who, key=lambda name: name != "user_id")
    return pa.Table.from_pandas(chosen[names], preserve_index=False)


def _weak(buyers: pd.DataFrame) -> list[str]:
    if buyers.empty:
        return ["Nobody bought."]
    most = buyers["orders"].value_counts(normalize=True)
    if most.iloc[0] > 2 / _BINS:
        share, orders = most.iloc[0], int(most.index[0])
        told = "1 order" if orders == 1 else f"{orders} orders"
        return [f"{share:.0%} of the buyers have {told}: they share one score, so fifths are not fifths."]
    return []
