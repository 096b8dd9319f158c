"""The table of cohort revenue: what was booked, by whom, in which period since the first order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.codes import encode, ranked
from analytics_lib.behaviour.fields import field
from analytics_lib.behaviour.funnel_steps import Step
from analytics_lib.behaviour.retention_events import bucket_numbers
from analytics_lib.behaviour.retention_table import group_numbers
from analytics_lib.behaviour.scope import Scope, bucket_times
from analytics_lib.engine.tables import Table, to_arrow
from analytics_lib.engine.times import micros
from analytics_lib.periods import bucket_edges, next_bucket

RESERVED: Final = (
    "cohort", "period", "cohort_users", "users", "revenue", "cumulative_revenue", "lifetime_revenue_per_user", "mature",
)  # fmt: skip
"""Names of result columns, which a split may not take."""


@dataclass(frozen=True, slots=True)
class Money:
    """What brings money, what takes it, how much, and how periods are counted."""

    order: Step
    refund: Step | None
    amount: str
    grain: str
    periods: int
    rolling: int | None = None
    """Microseconds of a period from each customer's own first order; None = calendar periods."""
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Booked:
    """Orders and refunds of the people of all cohorts."""

    rows: pd.DataFrame
    """``person``, ``group``, ``cohort``, ``period``, ``amount`` (refunds below 0), ``order``."""
    edges: Sequence[datetime]
    people: pa.Table
    groups: pa.Table
    """The `by` values of each group, in order."""
    unknown: int
    notes: tuple[str, ...]


def book(scope: Scope, asked: Money, *, week_start: str) -> Booked:
    """Give each order and refund its cohort, period and group."""
    found = to_arrow(_reduced(scope.table, scope.who, asked))
    coded = encode(found, list(scope.who))
    groups = ranked(found, [f"_by_{place}" for place in range(len(asked.by))]) if asked.by else None
    kind, money = found["_kind"].to_numpy(), found["_amount"].to_pandas().to_numpy(dtype=np.float64)
    rows = pd.DataFrame({
        "person": coded.codes, "time": found["_micros"].to_numpy(), "order": kind == 1,
        "amount": np.where(kind == 1, np.nan_to_num(money), -np.abs(np.nan_to_num(money))),
        "group": 0 if groups is None else groups.codes,
    })  # fmt: skip
    missing, unknown = int(np.isnan(money).sum()), int((coded.codes < 0).sum())
    notes = (f"{missing:,} orders or refunds have no known {asked.amount}; they count as 0.",) if missing else ()
    edges = scope.edges(asked.grain, week_start=week_start)
    return Booked(
        rows=_placed(scope, rows[rows["person"] >= 0], _edges_of_all(scope, edges, asked.grain, week_start), asked),
        edges=edges,
        people=coded.keys,
        groups=pa.table({"_": [0]}) if groups is None else groups.keys.rename_columns(list(asked.by)),
        unknown=unknown,
        notes=notes,
    )


def _reduced(table: Table, who: Sequence[str], asked: Money) -> Table:
    kind = asked.order.matches(table).ifelse(1, 0)
    if asked.refund is not None:
        kind = kind + (asked.refund.matches(table) & ~asked.order.matches(table)).ifelse(2, 0)
    money = field(table, asked.amount, analysis="cohort_revenue").try_cast("float64")
    split = {f"_by_{place}": field(table, name, analysis="cohort_revenue") for place, name in enumerate(asked.by)}
    rows = table.select(*who, "_micros", _kind=kind.cast("int8"), _amount=money, **split)
    return rows.filter(rows["_kind"] > 0)


def _edges_of_all(scope: Scope, edges: Sequence[datetime], grain: str, week_start: str) -> list[datetime]:
    """Give the bucket edges from the first cohort to the newest event."""
    if not edges or scope.newest is None:
        return []
    last = max(edges[-1], scope.newest + timedelta(microseconds=1))
    return bucket_edges(edges[0], last, grain, time_zone=scope.time_zone, week_start=week_start)


def _placed(scope: Scope, rows: pd.DataFrame, edges: Sequence[datetime], asked: Money) -> pd.DataFrame:
    """Give the rows of the asked customers their cohort, their period, and the group of their first order."""
    orders = rows[rows["order"]].sort_values(["person", "time", "group"], kind="stable").groupby("person").first()
    rows = rows.assign(first=orders["time"].reindex(rows["person"]).to_numpy(),
                       group=orders["group"].reindex(rows["person"]).to_numpy())  # fmt: skip
    rows = rows[(rows["time"] >= rows["first"]) & _asked(scope, rows["first"])]
    if not edges:
        return rows.assign(cohort=0, period=0).iloc[:0]
    cohort, bucket = (bucket_numbers(rows[name].to_numpy("int64"), edges) for name in ("first", "time"))
    since = (rows["time"] - rows["first"]).to_numpy("int64")
    return rows.assign(cohort=cohort, period=since // asked.rolling if asked.rolling else bucket - cohort)


def _asked(scope: Scope, first: pd.Series[Any]) -> pd.Series[bool]:
    inside = first.notna()
    if scope.asked.start is not None:
        inside &= first >= micros(scope.asked.start)
    if scope.asked.end is not None:
        inside &= first < micros(scope.asked.end)
    return inside


def revenue_frame(booked: Booked, scope: Scope, asked: Money) -> pd.DataFrame:
    """Give one row per group, cohort and period; empty cohorts included."""
    begun, mature = _states(scope, booked.edges, asked)
    groups = sorted(booked.rows["group"].unique()) if asked.by else [0]
    labels, parts = booked.groups.to_pandas(), []
    for group in groups:
        rows = booked.rows[booked.rows["group"] == group] if asked.by else booked.rows
        part = _one_table(rows, booked.edges, asked.periods, begun).assign(mature=pd.array(mature, "boolean"))
        for place, name in enumerate(asked.by):
            part.insert(place, name, pd.Series([labels[name].iloc[int(group)]] * len(part), dtype=labels[name].dtype))
        parts.append(part)
    if not parts:
        return _one_table(booked.rows, [], asked.periods, begun[:0]).assign(**dict.fromkeys(asked.by), mature=None)
    return pd.concat(parts, ignore_index=True)


def _one_table(rows: pd.DataFrame, edges: Sequence[datetime], periods: int, begun: Any) -> pd.DataFrame:
    cohorts = max(len(edges) - 1, 0)
    grid = pd.MultiIndex.from_product([range(cohorts), range(periods)], names=["cohort", "period"])
    money = rows.groupby(["cohort", "period"])["amount"].sum().reindex(grid, fill_value=0.0)
    ordered = rows[rows["order"]].groupby(["cohort", "period"])["person"].nunique().reindex(grid, fill_value=0)
    sizes = rows.groupby("cohort")["person"].nunique().reindex(range(cohorts), fill_value=0)
    frame = pd.DataFrame({
        "cohort": bucket_times(edges or []).repeat(periods).reset_index(drop=True),
        "period": np.tile(np.arange(periods), cohorts),
        "cohort_users": pd.array(np.repeat(sizes.to_numpy(), periods), "Int64"),
        "users": pd.array(ordered.to_numpy(), "Int64"),
        "revenue": money.to_numpy(),
        "cumulative_revenue": money.groupby("cohort").cumsum().to_numpy(),
    })  # fmt: skip
    size = frame["cohort_users"].replace(0, pd.NA).astype("float64")
    frame["lifetime_revenue_per_user"] = frame["cumulative_revenue"] / size
    for name in ("users", "revenue", "cumulative_revenue", "lifetime_revenue_per_user"):
        frame[name] = frame[name].mask(~begun)
    return frame


def _states(scope: Scope, edges: Sequence[datetime], asked: Money) -> tuple[Any, Any]:
    """Tell for each cell whether it has begun for the first member, and is over for the last there could be."""
    cohorts, periods = max(len(edges) - 1, 0), np.arange(asked.periods)
    if scope.observed_until is None or not cohorts:
        nothing = np.zeros(cohorts * asked.periods, dtype=bool)
        return nothing, nothing
    until = micros(scope.observed_until)
    if asked.rolling:
        times = np.array([micros(edge) for edge in edges])
        begin = times[:-1, None] + periods * asked.rolling
        end = times[1:, None] + (periods + 1) * asked.rolling
        return (begin <= until).ravel(), (end <= until).ravel()
    marks = list(edges)
    while len(marks) < len(edges) + asked.periods:
        marks.append(next_bucket(marks[-1], asked.grain, time_zone=scope.time_zone))
    times = np.array([micros(mark) for mark in marks])
    place = (np.arange(cohorts)[:, None] + periods).ravel()
    return times[place] <= until, times[place + 1] <= until


def customers(booked: Booked, frame: pd.DataFrame, row: Mapping[str, Any], by: Sequence[str]) -> pa.Table:
    """Give who ordered in one cell (or all of its cohort), sorted; nobody where it is unknown."""
    cohort = frame["cohort"].drop_duplicates().tolist().index(pd.Timestamp(row["cohort"]))
    rows = booked.rows[booked.rows["order"] & (booked.rows["cohort"] == cohort)]
    if by:
        rows = rows[rows["group"] == group_numbers(booked.groups, row, by)]
    if row["counted"] != "cohort_users":
        rows = rows[(rows["period"] == int(row["period"])) & (not pd.isna(row["users"]))]
    people = booked.people.take(pa.array(np.unique(rows["person"].to_numpy()), pa.int64()))
    names = sorted(people.column_names, key=lambda name: name != "user_id")
    return people.select(names).sort_by([(name, "ascending") for name in names])
