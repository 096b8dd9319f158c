"""What a customer brings over time, cohort by cohort: revenue less what was taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.codes import encode
from analytics_lib.behaviour.fields import column_of, field
from analytics_lib.behaviour.funnel_steps import Step, read_step, unknown_names
from analytics_lib.behaviour.retention_events import bucket_numbers
from analytics_lib.behaviour.scope import Scope, bucket_times, open_scope, unknown_people
from analytics_lib.checks import whole_number
from analytics_lib.engine.tables import AnyTable, Table, to_arrow
from analytics_lib.engine.times import micros
from analytics_lib.periods import Moment, bucket_edges, grain_name, next_bucket
from analytics_lib.results import Additive, Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CohortRevenueResult(Result):
    """Revenue per cohort of first orders and period since."""

    title: ClassVar[str] = "Cohort revenue"
    people_columns: ClassVar[tuple[str, ...]] = ("cohort_users", "users")

    def average(self) -> pd.DataFrame:
        """Give what a customer has brought by each period, over all cohorts old enough.

        Returns
        -------
        pandas.DataFrame
            ``period``, ``cohorts`` (with customers, and mature in this period), ``cohort_users``, ``revenue`` (in the
            period), ``revenue_per_user``, and ``lifetime_revenue_per_user``: the sum of the periods so far.
        """
        counted = self.frame["mature"].fillna(value=False).astype(bool) & (self.frame["cohort_users"] > 0)
        cells = self.frame.assign(
            cohorts=counted.astype("Int64"),
            cohort_users=self.frame["cohort_users"].where(counted, 0),
            revenue=self.frame["revenue"].where(counted, 0.0),
        )
        sums = cells.groupby("period", sort=False)[["cohorts", "cohort_users", "revenue"]].sum().reset_index()
        sums["revenue_per_user"] = sums["revenue"] / sums["cohort_users"].replace(0, pd.NA).astype("float64")
        sums["lifetime_revenue_per_user"] = sums["revenue_per_user"].cumsum(skipna=False)
        return sums

    def plot(self) -> Chart:
        """Draw what a customer of each cohort has brought so far, period by period."""
        from analytics_lib.charts.heatmaps import draw_heatmap

        return draw_heatmap(
            self.frame, x="period", y="cohort", value="lifetime_revenue_per_user", title="Revenue per customer so far"
        )


@remembered
def cohort_revenue(
    events: AnyTable,
    *,
    order_event: object = "order.placed",
    refund_event: object = "order.cancelled",
    amount: str = "properties.revenue",
    grain: str = "month",
    periods: int = 12,
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
    week_start: str = "monday",
    strict_names: bool = False,
) -> CohortRevenueResult:
    """Tell what a customer brings over time, cohort by cohort of their first order.

    What is taken back is subtracted in the period in which that happens, with its amount's size whatever its
    sign, so revenue of a period may be negative; nothing booked is rewritten later. A refund makes no cohort.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event``, ``event_time`` and what `amount` names.
    order_event, refund_event
        What brings and what takes money: a name, or a :func:`~analytics_lib.behaviour.funnel_steps.step`; a refund
        may be None.
    amount
        Column, or value inside ``properties``: money, in one currency. Unknown amounts count 0 and are noted.
    grain, periods
        Length of a calendar period and of the cohorts, and how many; period 0 is that of the first order.
    start, end
        Range of first orders; every bucket that touches it gets a row. Earlier orders are history.
    observed_until
        Moment up to which data is complete; default: the newest event.
    time_zone, week_start
        Calendar of the periods.
    strict_names
        Refuse event names that neither the table nor the registry knows, instead of a note.

    Returns
    -------
    CohortRevenueResult
        ``cohort`` (start of its bucket), ``period``, ``cohort_users``, ``users`` (who ordered in the period),
        ``revenue`` (of the period, in the amounts' unit), ``cumulative_revenue``, ``lifetime_revenue_per_user``
        (cumulative revenue by the whole cohort, those who never came again included), ``mature``. A period that has not
        begun is unknown. ``.people(…)`` are those who ordered; ``.average()`` weighs mature cohorts by their size.

    Raises
    ------
    ArgumentError
        An argument is out of its range.

    Examples
    --------
    >>> events = pd.DataFrame({"user_id": ["a", "b", "a"], "event": ["order.placed", "order.placed", "order.cancelled"],
    ...                        "event_time": pd.to_datetime(["2024-05-01", "2024-05-03", "2024-06-01"]),
    ...                        "amount": [10.0, 20.0, 10.0]})
    >>> cohort_revenue(events, amount="amount", periods=2).to_frame()["lifetime_revenue_per_user"].tolist()[:2]
    [15.0, 10.0]
    """
    word, number = grain_name(grain), whole_number("periods", periods, at_least=1, at_most=1000)
    order = read_step(order_event, role="order_event")
    refund = None if refund_event is None else read_step(refund_event, role="refund_event")
    steps = [one for one in (order, refund) if one is not None]
    looked_at = [column for one in steps for column in one.columns]
    scope = open_scope(
        events,
        list(dict.fromkeys(["user_id", "event_time", column_of(amount), *looked_at])),
        analysis="cohort_revenue",
        count_unknown=False,
        start=start,
        end=end,
        observed_until=observed_until,
        time_zone=time_zone,
    )
    unknown = unknown_names(steps, scope.table, strict=strict_names)
    edges = scope.edges(word, week_start=week_start)
    whole = _edges_of_all(scope, edges, word, week_start)
    booked = _booked(scope, _reduced(scope.table, scope.who, order, refund, amount), whole, amount)
    frame = _frame(booked, scope, edges, word, number)
    return CohortRevenueResult(
        frame=frame,
        definition=_words(order, refund, amount, word, time_zone),
        provenance=scope.provenance,
        notes=(*scope.notes, *unknown_people(booked.unknown), *unknown, *booked.notes),
        key_columns=("cohort", "period"),
        people_source=lambda row: _people(booked, frame, row),
        structure=(Additive("share", ("users", "cohort_users")),),
    )


@dataclass(frozen=True, slots=True)
class _Booked:
    """Orders and refunds of the people of all cohorts."""

    rows: pd.DataFrame
    """``person``, ``cohort``, ``period``, ``amount`` (refunds below 0), ``order``."""
    people: pa.Table
    unknown: int
    notes: tuple[str, ...]


def _edges_of_all(scope: Scope, edges: Sequence[datetime], grain: str, week_start: str) -> list[datetime]:
    """Give the bucket edges from the first cohort to the newest event."""
    if not edges or scope.newest is None:
        return []
    last = max(edges[-1], scope.newest + timedelta(microseconds=1))
    return bucket_edges(edges[0], last, grain, time_zone=scope.time_zone, week_start=week_start)


def _booked(scope: Scope, reduced: Table, edges: Sequence[datetime], amount: str) -> _Booked:
    """Give each order and refund its cohort and period."""
    found = to_arrow(reduced)
    coded = encode(found, list(scope.who))
    kind, money = found["_kind"].to_numpy(), found["_amount"].to_pandas().to_numpy(dtype=np.float64)
    rows = pd.DataFrame({
        "person": coded.codes, "time": found["_micros"].to_numpy(), "order": kind == 1,
        "amount": np.where(kind == 1, np.nan_to_num(money), -np.abs(np.nan_to_num(money))),
    })  # fmt: skip
    missing, unknown = int(np.isnan(money).sum()), int((coded.codes < 0).sum())
    notes = (f"{missing:,} orders or refunds have no known {amount}; they count as 0.",) if missing else ()
    rows = rows[rows["person"] >= 0]
    first = rows[rows["order"]].groupby("person")["time"].min()
    rows["first"] = first.reindex(rows["person"]).to_numpy()
    rows = rows[(rows["time"] >= rows["first"]) & _asked(scope, rows["first"])]
    if not edges:
        return _Booked(rows.assign(cohort=0, period=0).iloc[:0], coded.keys, unknown, notes)
    cohort, bucket = (bucket_numbers(rows[name].to_numpy("int64"), edges) for name in ("first", "time"))
    return _Booked(rows.assign(cohort=cohort, period=bucket - cohort), coded.keys, unknown, notes)


def _reduced(table: Table, who: Sequence[str], order: Step, refund: Step | None, amount: str) -> Table:
    kind = order.matches(table).ifelse(1, 0)
    if refund is not None:
        kind = kind + (refund.matches(table) & ~order.matches(table)).ifelse(2, 0)
    money = field(table, amount, analysis="cohort_revenue").try_cast("float64")
    rows = table.select(*who, "_micros", _kind=kind.cast("int8"), _amount=money)
    return rows.filter(rows["_kind"] > 0)


def _asked(scope: Scope, first: pd.Series[Any]) -> pd.Series[bool]:
    inside = first.notna()
    if scope.asked.start is not None:
        inside &= first >= micros(scope.asked.start)
    if scope.asked.end is not None:
        inside &= first < micros(scope.asked.end)
    return inside


def _frame(booked: _Booked, scope: Scope, edges: Sequence[datetime], grain: str, periods: int) -> pd.DataFrame:
    """Give one row per cohort and period; empty cohorts included."""
    cohorts = max(len(edges) - 1, 0)
    grid = pd.MultiIndex.from_product([range(cohorts), range(periods)], names=["cohort", "period"])
    cells = booked.rows.groupby(["cohort", "period"])
    money = cells["amount"].sum().reindex(grid, fill_value=0.0)
    ordered = booked.rows[booked.rows["order"]].groupby(["cohort", "period"])["person"].nunique()
    sizes = booked.rows.groupby("cohort")["person"].nunique().reindex(range(cohorts), fill_value=0)
    begun, mature = _states(scope, edges, grain, periods)
    frame = pd.DataFrame({
        "cohort": bucket_times(edges or []).repeat(periods).reset_index(drop=True),
        "period": np.tile(np.arange(periods), cohorts),
        "cohort_users": pd.array(np.repeat(sizes.to_numpy(), periods), "Int64"),
        "users": pd.array(ordered.reindex(grid, fill_value=0).to_numpy(), "Int64"),
        "revenue": money.to_numpy(),
        "cumulative_revenue": money.groupby("cohort").cumsum().to_numpy(),
    })  # fmt: skip
    size = frame["cohort_users"].replace(0, pd.NA).astype("float64")
    frame["lifetime_revenue_per_user"] = frame["cumulative_revenue"] / size
    for name in ("users", "revenue", "cumulative_revenue", "lifetime_revenue_per_user"):
        frame[name] = frame[name].mask(~begun)
    return frame.assign(mature=pd.array(mature, "boolean"))


def _states(scope: Scope, edges: Sequence[datetime], grain: str, periods: int) -> tuple[Any, Any]:
    """Tell for each cell whether it has begun, and whether it is over."""
    if scope.observed_until is None or len(edges) < 2:
        nothing = np.zeros(max(len(edges) - 1, 0) * periods, dtype=bool)
        return nothing, nothing
    marks = list(edges)
    while len(marks) < len(edges) + periods:
        marks.append(next_bucket(marks[-1], grain, time_zone=scope.time_zone))
    times = np.array([micros(mark) for mark in marks])
    place = (np.arange(len(edges) - 1)[:, None] + np.arange(periods)).ravel()
    until = micros(scope.observed_until)
    return times[place] <= until, times[place + 1] <= until


def _people(booked: _Booked, frame: pd.DataFrame, row: Mapping[str, Any]) -> pa.Table:
    """Give who ordered in one cell, sorted; nobody where it is unknown."""
    cohort = frame["cohort"].drop_duplicates().tolist().index(pd.Timestamp(row["cohort"]))
    rows = booked.rows[booked.rows["order"] & (booked.rows["cohort"] == cohort)]
    chosen = np.unique(rows.loc[rows["period"] == int(row["period"]), "person"].to_numpy())
    people = booked.people.take(pa.array(chosen[: 0 if pd.isna(row["users"]) else None], pa.int64()))
    names = sorted(people.column_names, key=lambda name: name != "user_id")
    return people.select(names).sort_by([(name, "ascending") for name in names])


def _words(order: Step, refund: Step | None, amount: str, grain: str, zone: str) -> str:
    back = "" if refund is None else f" less that of {refund} in the {grain} in which it comes"
    return (
        f"Customers whose first {order} ever lies in the {grain} ({zone}). Revenue = {amount} of {order}{back}; "
        "per customer it is divided by all of the cohort. A period is mature when it has elapsed as a whole."
    )
