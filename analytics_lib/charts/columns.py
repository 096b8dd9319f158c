"""Frame columns to plain arrays that a canvas can draw: gaps stay gaps, zones become wall clocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics_lib import checks
from analytics_lib.charts.theme import MOST_SERIES
from analytics_lib.charts.thinning import telling
from analytics_lib.display import UNKNOWN, format_number

if TYPE_CHECKING:
    from analytics_lib.charts.chart import LegendEntry

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Groups:
    """The parts of a frame that become the series of one chart."""

    parts: tuple[tuple[str, pd.DataFrame], ...]
    """Name and rows of each series, the largest first."""
    left_out: int
    """Series that were not drawn because there were too many."""

    def __iter__(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Go through the series."""
        return iter(self.parts)

    def legend(self) -> tuple[LegendEntry, ...]:
        """Give one entry per series; none when there is nothing to tell apart."""
        from analytics_lib.charts.chart import LegendEntry
        from analytics_lib.charts.theme import series_style

        if len(self.parts) < 2:
            return ()
        entries = []
        for index, (name, _) in enumerate(self.parts):
            style = series_style(index)
            entries.append(LegendEntry(name, style.colour, style.dash))
        return tuple(entries)


def numbers(column: pd.Series[Any]) -> Floats:
    """Give floats; everything unknown is NaN, which a line shows as a gap."""
    return np.asarray(pd.to_numeric(column).astype("Float64").to_numpy(dtype="float64", na_value=np.nan), np.float64)


def wall_clock(column: pd.Series[Any], time_zone: str = "UTC") -> npt.NDArray[np.datetime64]:
    """Give naive times as a clock in `time_zone` would show them; naive input is UTC.

    Examples
    --------
    >>> str(wall_clock(pd.Series(pd.to_datetime(["2024-06-30T23:00Z"])), "Europe/London")[0])
    '2024-07-01T00:00:00.000'
    """
    times = pd.to_datetime(column)
    aware = times.dt.tz_localize("UTC") if times.dt.tz is None else times
    local = aware.dt.tz_convert(time_zone).dt.tz_localize(None)
    return local.to_numpy().astype("datetime64[ms]")


def places(column: pd.Series[Any], time_zone: str = "UTC") -> npt.NDArray[Any]:
    """Give the x values of a column: a wall clock for times, else floats."""
    return wall_clock(column, time_zone) if is_time(column) else numbers(column)


def finished(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell which rows are final: all of them, unless a column ``complete`` says otherwise."""
    if "complete" not in frame:
        return np.ones(len(frame), dtype=bool)
    return frame["complete"].astype("boolean").fillna(value=True).to_numpy(dtype=bool)


def beside(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Mark flagged rows and their neighbours: what a line to a flagged point touches.

    Examples
    --------
    >>> beside(np.array([False, False, True])).tolist()
    [False, True, True]
    """
    padded = np.concatenate([[False], flags, [False]])
    return padded[1:-1] | padded[:-2] | padded[2:]


def is_time(column: pd.Series[Any]) -> bool:
    """Tell whether a column holds times."""
    return bool(pd.api.types.is_datetime64_any_dtype(column.dtype))


def categories(column: pd.Series[Any]) -> list[str]:
    """Give the names of a column's values, in their order; whole numbers and days without noise."""
    if is_time(column):
        whole = (column.dropna() == column.dropna().dt.normalize()).all()
        return [
            UNKNOWN if pd.isna(when) else when.strftime("%Y-%m-%d" if whole else "%Y-%m-%d %H:%M") for when in column
        ]
    return [category(value) for value in column]


def category(value: object) -> str:
    """Give the name of one group; a missing value is a group too.

    Examples
    --------
    >>> category("mobile"), category(None), category(3.0)
    ('mobile', '–', '3')
    """
    if pd.isna(value):  # type: ignore[call-overload]
        return UNKNOWN
    return format_number(float(value)) if isinstance(value, float | np.floating) else str(value)


def groups(
    frame: pd.DataFrame, by: str | None, value: str, *, most: int = MOST_SERIES, last: str | None = None
) -> Groups:
    """Split a frame into series, largest total first (but for `last`), so that colours stay when data is added.

    Categories that have an order keep it: each has its colour, whatever the numbers.
    """
    if by is None:
        return Groups((("", frame),), 0)
    named = frame.assign(_series=categories(frame[by]), _size=numbers(frame[value]))
    order = named.groupby("_series", sort=False)["_size"].sum().sort_values(ascending=False, kind="stable").index
    kind = frame[by].dtype
    if isinstance(kind, pd.CategoricalDtype) and kind.ordered:
        places = {category(value): place for place, value in enumerate(kind.categories)}
        order = pd.Index(sorted(order, key=lambda name: places.get(name, len(places))))
    kept = sorted((str(name) for name in order[:most]), key=lambda name: name == last)
    parts = tuple((name, named[named["_series"] == name].drop(columns=["_series", "_size"])) for name in kept)
    return Groups(parts, len(order) - len(kept))


def with_gaps(places: npt.NDArray[Any], values: Floats) -> tuple[npt.NDArray[Any], Floats]:
    """Break a regular series where observations are missing, so that no line is drawn across.

    A series counts as regular when four of five steps are within 15 % of the middle one (months are);
    a step of more than one and a half of them is a gap.
    """
    if len(places) < 4:
        return places, values
    steps = np.diff(places).astype("float64")
    middle = float(np.median(steps))
    if middle <= 0 or np.mean(np.abs(steps - middle) <= 0.15 * middle) < 0.8:
        return places, values
    after = np.flatnonzero(steps > 1.5 * middle) + 1
    between = places[after - 1] + (places[after] - places[after - 1]) // 2 if len(after) else places[:0]
    return np.insert(places, after, between), np.insert(values, after, np.nan)


def path(places: npt.NDArray[Any], values: Floats) -> tuple[npt.NDArray[Any], Floats]:
    """Give what a line is drawn through: broken at gaps, and of a long series the points that make the picture."""
    where, broken = with_gaps(places, values)
    few = telling(where, broken)
    return where[few], broken[few]


def require(frame: pd.DataFrame, *needed: str | None, chart: str) -> None:
    """Refuse a frame that lacks a column the chart needs."""
    checks.columns([str(name) for name in frame.columns], [name for name in needed if name], analysis=chart)
