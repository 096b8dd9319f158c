"""The table of retention: counts, rates and maturity per cohort and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.behaviour.retention_average import reference_users, shares
from analytics_lib.behaviour.retention_events import RetentionEvents
from analytics_lib.behaviour.retention_pass import Cells, counts
from analytics_lib.behaviour.retention_rules import RetentionRules
from analytics_lib.behaviour.scope import Scope, bucket_times
from analytics_lib.engine.times import micros
from analytics_lib.periods import next_bucket

RESERVED: Final = ("cohort", "period", "cohort_users", "users", "retention_rate", "mature")
"""Names of result columns, which a split may not take."""


def cells_of(rules: RetentionRules) -> Cells:
    """Give the question of the cells, on the clock of the moments."""
    return Cells(rules.kind, rules.spans, rules.period_micros if rules.rolling else 1)


def retention_frame(
    found: RetentionEvents, rules: RetentionRules, scope: Scope, *, by: Sequence[str], week_start: str
) -> pd.DataFrame:
    """Give one row per group, cohort and period; empty cohorts included."""
    cohorts, periods = max(len(found.edges) - 1, 0), len(rules.spans)
    groups = np.unique(found.members.group) if by else np.zeros(1, dtype=np.int64)
    place = np.searchsorted(groups, found.members.group)
    row_of = place * cohorts + found.members.cohort
    rows = len(groups) * cohorts
    sizes = np.bincount(row_of, minlength=rows)[:rows]
    if found.counted is not None and rules.kind == "on":
        users = found.counted(cohorts, periods)
    else:
        users = counts(found.members, found.returns, cells_of(rules), rows=rows, row_of=row_of)
    begun, mature = _states(found.edges, rules, scope)
    frame = pd.DataFrame(
        {
            "cohort": np.tile(np.repeat(bucket_times(found.edges), periods), len(groups)),
            "period": np.tile(np.arange(periods), rows),
            "cohort_users": pd.array(np.repeat(sizes, periods), "Int64"),
            "users": pd.array(users.ravel(), "Int64"),
        }
    )
    frame["users"] = frame["users"].mask(~np.tile(begun.ravel(), len(groups)))
    frame["mature"] = pd.array(np.tile(mature.ravel(), len(groups)), "boolean")
    if rules.kind == "bracket":
        for name, side in (("to_period", 1), ("from_period", 0)):
            frame.insert(2, name, np.tile([span[side] for span in rules.spans], rows))
    frame = _with_groups(frame, found.groups, groups, by, cohorts * periods)
    rates = shares(frame["users"], reference_users(frame, rules, by))
    frame.insert(len(frame.columns) - 1, "retention_rate", rates)
    return frame


def group_numbers(groups: pa.Table, row: Mapping[str, Any], by: Sequence[str]) -> int:
    """Give the number of the group a frame row is about."""
    labels = groups.to_pandas()
    same = np.ones(len(labels), dtype=bool)
    for name in by:
        column, value = labels[name], row[name]
        same &= (column.isna() if pd.isna(value) else column == value).fillna(value=False).to_numpy(dtype=bool)
    return int(np.flatnonzero(same)[0])


def _with_groups(
    frame: pd.DataFrame, groups: pa.Table, numbers: Codes, by: Sequence[str], repeats: int
) -> pd.DataFrame:
    labels = groups.to_pandas().iloc[np.repeat(numbers, repeats)].reset_index(drop=True) if by else pd.DataFrame()
    return pd.concat([labels[list(by)], frame], axis=1) if by else frame


def _states(edges: Sequence[datetime], rules: RetentionRules, scope: Scope) -> tuple[Flags, Flags]:
    """Tell for each cohort and cell whether it has begun, and whether it is over."""
    cohorts, spans = max(len(edges) - 1, 0), np.array(rules.spans)
    if scope.observed_until is None or not cohorts:
        nothing = np.zeros((cohorts, len(spans)), dtype=bool)
        return nothing, nothing
    begin, end = _rolling_times(edges, rules) if rules.rolling else _calendar_times(edges, rules, scope)
    until = micros(scope.observed_until)
    return begin <= until, end <= until


def _calendar_times(edges: Sequence[datetime], rules: RetentionRules, scope: Scope) -> tuple[Codes, Codes]:
    """Give when each cell begins and ends by the calendar."""
    marks = list(edges)
    while len(marks) < len(edges) + max(high for _, high in rules.spans) + 1:
        marks.append(next_bucket(marks[-1], rules.grain, time_zone=scope.time_zone))
    times, spans = np.array([micros(mark) for mark in marks]), np.array(rules.spans)
    cohort = np.arange(len(edges) - 1)[:, None]
    return times[cohort + spans[:, 0]], times[cohort + spans[:, 1] + 1]


def _rolling_times(edges: Sequence[datetime], rules: RetentionRules) -> tuple[Codes, Codes]:
    """Give when each cell begins for the first member, and ends for the last one there could be."""
    times, spans = np.array([micros(edge) for edge in edges]), np.array(rules.spans) * rules.period_micros
    return times[:-1, None] + spans[:, 0], times[1:, None] + spans[:, 1] + rules.period_micros
