"""A chart in one sentence, for readers who can't see it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.formats import VALUE_FORMATS
from analytics_lib.display import format_moment, format_number


def describe_series(
    frame: pd.DataFrame, *, x: str, y: str, value_format: str, left_out: int = 0, time_zone: str = "UTC"
) -> str:
    """Say how many values there are, over which stretch, and how low and high they go."""
    values, write = columns.numbers(frame[y]), VALUE_FORMATS[value_format]
    known = values[np.isfinite(values)]
    first, last = _ends(frame, x, time_zone)
    unknown = len(values) - len(known)
    gaps = f", {unknown:,} of them unknown" if unknown else ""
    more = f" {left_out:,} more groups are not drawn." if left_out else ""
    ends = f"lowest {write(known.min())}, highest {write(known.max())}"
    return f"{len(values):,} values from {first} to {last}{gaps}; {ends}.{more}"


def describe_groups(names: list[str], values: columns.Floats, *, value_format: str, left_out: int = 0) -> str:
    """Name the largest and smallest of a few groups."""
    write, known = VALUE_FORMATS[value_format], np.isfinite(values)
    if not known.any():
        return f"{len(names):,} groups without a known value."
    top, low = int(np.nanargmax(values)), int(np.nanargmin(values))
    more = f" {left_out:,} more are not drawn." if left_out else ""
    ends = f"largest {names[top]} with {write(values[top])}, smallest {names[low]} with {write(values[low])}"
    return f"{len(names):,} groups: {ends}.{more}"


def _ends(frame: pd.DataFrame, x: str, time_zone: str) -> tuple[str, str]:
    if columns.is_time(frame[x]):
        clock = pd.Series(columns.wall_clock(frame[x], time_zone))
        return format_moment(clock.min()), format_moment(clock.max())
    places = columns.numbers(frame[x])
    return format_number(places.min()), format_number(places.max())
