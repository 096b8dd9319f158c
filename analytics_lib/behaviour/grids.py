"""Sparse counts in, one row for every bucket and group out: 0 where nothing happened, null where unknown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from analytics_lib.behaviour.scope import Scope, begun, bucket_times, completeness


def filled_grid(
    counts: pd.DataFrame, scope: Scope, edges: Sequence[datetime], *, by: Sequence[str], value: str
) -> pd.DataFrame:
    """Give ``time``, the `by` columns, `value` and ``complete``; every bucket for every group.

    Parameters
    ----------
    counts
        ``bucket`` (its number), the `by` columns and `value`, only where something happened.
    """
    buckets = pd.DataFrame(
        {
            "bucket": pd.array(range(len(edges) - 1 if edges else 0), "Int64"),
            "time": bucket_times(edges or []),
            "complete": pd.array(completeness(scope, edges), "boolean"),
            "_begun": begun(scope, edges),
        }
    )
    groups = sorted_groups(counts, by)
    grid = buckets.merge(groups, how="cross") if by else buckets
    found = counts.astype({"bucket": "Int64", value: "Float64" if counts[value].dtype.kind == "f" else "Int64"})
    grid = grid.merge(found, on=["bucket", *by], how="left")
    grid[value] = grid[value].fillna(0).mask(~grid["_begun"])
    return grid[["time", *by, value, "complete"]].sort_values(["time"], kind="stable", ignore_index=True)


def sorted_groups(counts: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Give the distinct groups in order, the unknown group last."""
    columns = list(by)
    return counts[columns].drop_duplicates().sort_values(columns, ignore_index=True) if columns else pd.DataFrame()
