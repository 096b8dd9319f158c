"""The table of a funnel: counts, rates and medians per step and group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.funnel_outcome import Outcome, group_labels
from analytics_lib.behaviour.funnel_rules import Rules

RESERVED: Final = (
    "step", "event", "users", "sessions", "entities", "entries",
    "step_rate", "overall_rate", "median_seconds", "immature",
)  # fmt: skip
"""Names of result columns, which a split may not take."""


def funnel_frame(outcome: Outcome, rules: Rules, *, unit: str, by: Sequence[str]) -> pd.DataFrame:
    """Give one row per group and step."""
    counted = counted_column(rules, unit)
    if not by:
        return _one_table(outcome, rules, outcome.members(), counted)
    groups = np.unique(outcome.group_of)
    labels = group_labels(outcome.groups, int(groups.max(initial=-1)) + 1)
    tables = []
    for group in groups:
        table = _one_table(outcome, rules, outcome.members(int(group)), counted)
        for place, name in enumerate(by):
            table.insert(place, name, pd.Series([labels[name].iloc[group]] * len(table), dtype=labels[name].dtype))
        tables.append(table)
    if not tables:
        empty = _one_table(outcome, rules, outcome.members(), counted).iloc[:0]
        return pd.concat([labels.iloc[:0], empty], axis=1)
    return pd.concat(tables, ignore_index=True)


def counted_column(rules: Rules, unit: str) -> str | None:
    """Give the column that counts units where these are not people."""
    if rules.entry == "every":
        return "entries"
    return {"user": None, "session": "sessions"}.get(unit, "entities")


def group_of_row(outcome: Outcome, row: Mapping[str, Any], by: Sequence[str]) -> int:
    """Give the number of the group a frame row is about."""
    labels = group_labels(outcome.groups, int(outcome.group_of.max(initial=-1)) + 1)
    same = np.ones(len(labels), dtype=bool)
    for name in by:
        column, value = labels[name], row[name]
        same &= (column.isna() if pd.isna(value) else column == value).fillna(value=False).to_numpy(dtype=bool)
    return int(np.flatnonzero(same)[0])


def _one_table(outcome: Outcome, rules: Rules, members: Codes, counted: str | None) -> pd.DataFrame:
    everybody = len(members) == outcome.reached.shape[1]
    reached = outcome.reached if everybody else outcome.reached[:, members]
    units = reached.sum(axis=1)
    users = units if counted is None else np.array([len(outcome.people_of(members[row])) for row in reached])
    before = previous_required(rules)
    with np.errstate(divide="ignore", invalid="ignore"):
        step_rate = np.where(before >= 0, units / units[before], np.where(units > 0, 1.0, np.nan))
        step_rate[~np.isfinite(step_rate)] = np.nan
        overall = np.where(units[0] > 0, units / max(units[0], 1), np.nan)
    columns: dict[str, Any] = {
        "step": np.arange(1, len(units) + 1),
        "event": pd.Series(_labels(rules), dtype="str"),
        "users": pd.array(users, "Int64"),
    }
    if counted:
        columns[counted] = pd.array(units, "Int64")
    medians = [_median(outcome, members, before[number], number) for number in range(len(units))]
    immature = int(outcome.open[members].sum())
    return pd.DataFrame(
        columns
        | {
            "step_rate": step_rate,
            "overall_rate": overall,
            "median_seconds": medians,
            "immature": pd.array([immature] * len(units), "Int64"),
        }
    )


def previous_required(rules: Rules) -> Codes:
    """Give, for each step, the number (from 0) of the required step before it; −1 for the first."""
    return np.array(
        [max((one for one in rules.required if one < number), default=-1) for number in range(len(rules.steps))]
    )


def _labels(rules: Rules) -> list[str]:
    """Name the steps; where any order counts, how many of those that may change places."""
    if rules.order != "any":
        return [str(step) for step in rules.steps]
    if len(rules.blocks) == 1:
        return [f"any {number} of {len(rules.steps)}" for number in range(1, len(rules.steps) + 1)]
    return [name for block in rules.blocks for name in _block_labels([str(rules.steps[step]) for step in block])]


def _block_labels(names: list[str]) -> list[str]:
    if len(names) == 1:
        return names
    return [f"any {number} of {', '.join(names)}" for number in range(1, len(names) + 1)]


def _median(outcome: Outcome, members: Codes, before: int, step: int) -> float:
    if before < 0:
        return float("nan")
    there = members.compress(outcome.reached[step].take(members))
    seconds = (outcome.time[step].take(there) - outcome.time[before].take(there)) / 1e6
    return float(np.median(seconds)) if len(seconds) else float("nan")
