"""What a rate of retention is a share of, and the average over cohorts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analytics_lib.behaviour.retention_rules import RetentionRules

_NUMBERS = ["cohort_users", "reference_users", "users"]


def reference_users(frame: pd.DataFrame, rules: RetentionRules, by: Sequence[str]) -> pd.Series[Any]:
    """Give for each cell the people its rate is a share of: those of the cohort, or who came in the period before.

    The first period is a share of the cohort in either case. Where the period before is not known, neither is this.
    """
    if rules.reference == "start":
        return frame["cohort_users"]
    keys = [*by, "cohort", "period"]
    before = frame[[*keys, "users"]].assign(period=frame["period"] + 1)
    found = frame[keys].merge(before, on=keys, how="left")["users"].set_axis(frame.index).astype("Int64")
    return found.where(frame["period"] > 0, frame["cohort_users"])


def shares(users: pd.Series[Any], of: pd.Series[Any]) -> pd.Series[float]:
    """Give rates; NaN where either side is unknown, or nobody is there to compare with."""
    return (users.astype("Float64") / of.replace(0, pd.NA)).astype("Float64").astype(float)


def averages(
    frame: pd.DataFrame, rules: RetentionRules, *, by: Sequence[str], across: Sequence[str] = (), how: str
) -> pd.DataFrame:
    """Give the average per group and period over mature cells of cohorts that have people to compare with.

    Cohorts whose size is hidden are left out. Where a cell of another is hidden, since few came back, the
    average is not known: that of the rest would leave these few out, and not the cohorts of which nobody did.

    Parameters
    ----------
    by
        Columns the table is split by.
    across
        Those of them whose groups are put together, cohort by cohort.
    how
        ``weighted`` by the people compared with, or ``simple``: every cohort counts the same.
    """
    groups = [name for name in by if name not in across]
    cells = _per_cohort(frame, rules, by, groups)
    grouped = cells.groupby([*groups, "period"], dropna=False, sort=False)
    sums = grouped[["cohorts", *_NUMBERS]].sum().reset_index()
    hidden = grouped["hidden"].any().to_numpy()
    if how == "simple":
        rates = grouped["retention_rate"].mean().reset_index()["retention_rate"]
    else:
        rates = shares(sums["users"], sums["reference_users"])
    sums.loc[hidden, ["cohorts", *_NUMBERS]] = pd.NA
    rates = rates.mask(hidden)
    kept = sums if rules.reference == "previous_period" else sums.drop(columns="reference_users")
    return kept.assign(retention_rate=rates)


def _per_cohort(frame: pd.DataFrame, rules: RetentionRules, by: Sequence[str], groups: Sequence[str]) -> pd.DataFrame:
    """Give the numbers of each cohort and period that enter an average; zero where they do not."""
    of = reference_users(frame, rules, by)
    mature = frame["mature"].fillna(value=False).astype(bool)
    known = mature & frame["users"].notna() & of.notna()
    cells = frame[[*groups, "cohort", "period", "cohort_users", "users"]].assign(reference_users=of)
    cells[_NUMBERS] = cells[_NUMBERS].where(known, 0)
    cells["hidden"] = mature & ~known & frame["cohort_users"].notna()
    grouped = cells.groupby([*groups, "cohort", "period"], dropna=False, sort=False)
    sums = grouped[_NUMBERS].sum().reset_index().assign(hidden=grouped["hidden"].any().to_numpy())
    counted = sums["reference_users"] > 0
    sums[_NUMBERS] = sums[_NUMBERS].where(counted, 0)
    rates = shares(sums["users"], sums["reference_users"])
    return sums.assign(cohorts=counted.astype("Int64"), retention_rate=rates)
