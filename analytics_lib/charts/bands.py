"""A measured line, the band in which it was expected, and the points that left it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.axes import add_hover, figure_over, hover_text, place_text
from analytics_lib.charts.chart import Chart, LegendEntry, nothing_to_draw
from analytics_lib.charts.formats import texts
from analytics_lib.charts.theme import BAD, HEIGHT, NEUTRAL, SECONDARY
from analytics_lib.charts.thinning import MOST_POINTS, telling, thinning_words
from analytics_lib.charts.words import describe_series

OBSERVED: Final = SECONDARY
"""Colour of the line: stands out by 3:1 from the range, on light and on dark pages, as the first series' can't."""
RANGE: Final = NEUTRAL
"""Colour of the range; its edges are drawn in full, else so pale a shade could hardly be seen."""
RANGE_ALPHA: Final = 0.12
_MOST = 1.5
"""How far a range may go beyond the values, in times of their own reach."""


def draw_band(
    frame: pd.DataFrame,
    *,
    title: str,
    x: str = "time",
    value: str = "value",
    low: str = "low",
    high: str = "high",
    expected: str | None = None,
    flag: str | None = None,
    value_format: str = "number",
    time_zone: str = "UTC",
    y_label: str | None = None,
    selectable: bool = False,
) -> Chart:
    """Draw a series over its expected range; flagged points are marked by colour and by shape.

    Parameters
    ----------
    frame
        One row per observation. Unknown values and missing rows of a regular series are gaps in line
        and band. A boolean column ``complete``, where there is one, marks buckets that were not observed
        as a whole: they are drawn dotted, not being comparable.
    title
        What the picture shows.
    x, value, low, high
        Columns of time (or number), observed value and ends of the band.
    expected
        Column of the middle of the band, if it is to be drawn.
    flag
        Boolean column of the points to mark; unknown counts as not flagged.
    selectable
        Offer box selection; the picked rows are ``chart.source.selected.indices``.

    Examples
    --------
    >>> frame = pd.DataFrame({"time": pd.date_range("2024-05-01", periods=2, tz="UTC"), "value": [1.0, 9.0],
    ...                       "low": 0.0, "high": 2.0, "is_anomaly": [False, True]})
    >>> draw_band(frame, title="Errors", flag="is_anomaly").description
    '2 values from 2024-05-01 to 2024-05-02; lowest 1, highest 9. 1 of them flagged.'
    """
    columns.require(frame, x, value, low, high, expected, flag, chart="draw_band")
    rows = frame.dropna(subset=[x]).sort_values(x, kind="stable")
    if rows.empty or bool(rows[value].isna().all()):
        return nothing_to_draw(title, rows)
    drawn = figure_over(rows[x], title=title, x_label=None, y_label=y_label or value, value_format=value_format,
                        time_zone=time_zone, height=HEIGHT, selectable=selectable)  # fmt: skip
    places = columns.places(rows[x], time_zone)
    _draw_range(drawn, places, rows, low, high)
    _keep_in_view(drawn, rows, value, low, high)
    if expected:
        _draw_path(drawn, places, rows[expected], "expected", line_color=NEUTRAL, line_dash="dashed", line_width=1.5)
    finished = columns.finished(rows)
    done = rows[value].where(finished)
    _draw_path(drawn, places, done, "observed", line_color=OBSERVED, line_width=1.75)
    open_ends = rows[value].where(columns.beside(~finished))
    _draw_path(drawn, places, open_ends, "unfinished", line_color=OBSERVED, line_width=1.75, line_dash="dotted")
    flags = rows[flag].astype("boolean").fillna(value=False).to_numpy(dtype=bool) if flag else np.zeros(len(rows), bool)
    few = _touched(places, columns.numbers(rows[value]), flags, all_of_them=selectable)
    source = _draw_points(
        drawn, places[few], rows.iloc[few], flags[few], columns_used=(x, value, low, high),
        formats=(value_format, time_zone),
    )  # fmt: skip
    said = describe_series(rows, x=x, y=value, value_format=value_format, time_zone=time_zone)
    marked = f" {int(flags.sum()):,} of them flagged." if flag else ""
    said += marked + thinning_words(len(few), len(rows))
    return Chart(drawn, title, said, _legend(expected=bool(expected), flagged=bool(flag)), source)


def _touched(places: Any, observed: columns.Floats, flags: Any, *, all_of_them: bool) -> Any:
    """Give the points that answer to the pointer: all where rows can be picked, else those that are seen."""
    if all_of_them:
        return np.arange(len(places))
    seen = telling(places, observed)
    marked = np.flatnonzero(flags)
    return np.union1d(seen, marked) if len(marked) <= MOST_POINTS else seen


def _legend(*, expected: bool, flagged: bool) -> tuple[LegendEntry, ...]:
    entries = [LegendEntry("observed", OBSERVED), LegendEntry("expected range", RANGE)]
    if expected:
        entries.append(LegendEntry("expected", NEUTRAL, "dashed"))
    return (*entries, LegendEntry("anomaly", BAD, "dotted")) if flagged else tuple(entries)


def _draw_range(drawn: Any, places: Any, rows: pd.DataFrame, low: str, high: str) -> None:
    from bokeh.models import ColumnDataSource

    where, bottom = columns.with_gaps(places, columns.numbers(rows[low]))
    _, top = columns.with_gaps(places, columns.numbers(rows[high]))
    few = telling(where, bottom, top)
    source = ColumnDataSource({"x": where[few], "low": bottom[few], "high": top[few]}, name="range")
    drawn.varea("x", "low", "high", source=source, fill_color=RANGE, fill_alpha=RANGE_ALPHA)
    for edge in ("low", "high"):
        drawn.line("x", edge, source=source, line_color=RANGE, line_width=1)


def _keep_in_view(drawn: Any, rows: pd.DataFrame, value: str, low: str, high: str) -> None:
    """Cut the axis off where the range, as beside gaps, is so wide that the values would be a flat line.

    A range that leaves the values a quarter of the height is drawn whole: a band without its edge tells nothing.
    """
    observed = columns.numbers(rows[value])
    lowest, highest = float(np.nanmin(observed)), float(np.nanmax(observed))
    reach = highest - lowest
    ends = np.concatenate([columns.numbers(rows[low]), columns.numbers(rows[high])])
    ends = ends[np.isfinite(ends)]
    if reach > 0 and len(ends) and (ends.max() > highest + _MOST * reach or ends.min() < lowest - _MOST * reach):
        drawn.y_range.start = max(lowest - reach, min(lowest, float(ends.min()))) - reach / 20
        drawn.y_range.end = min(highest + reach, max(highest, float(ends.max()))) + reach / 20


def _draw_path(drawn: Any, places: Any, column: pd.Series[Any], name: str, **look: Any) -> None:
    from bokeh.models import ColumnDataSource

    where, values = columns.path(places, columns.numbers(column))
    drawn.line("x", "y", source=ColumnDataSource({"x": where, "y": values}, name=name), **look)


def _draw_points(
    drawn: Any, places: Any, rows: pd.DataFrame, flags: Any, *, columns_used: tuple[str, str, str, str],
    formats: tuple[str, str],
) -> Any:  # fmt: skip
    from bokeh.models import ColumnDataSource

    x, value, low, high = columns_used
    value_format, time_zone = formats
    written = {name: texts(columns.numbers(rows[name]), value_format) for name in (value, low, high)}
    observed = columns.numbers(rows[value])
    spans = [f"expected {a} to {b}" for a, b in zip(written[low], written[high], strict=True)]
    data = {
        "x": places,
        "y": observed,
        "shown": hover_text(written[value], columns.finished(rows)),
        "span": spans,
        "place": place_text(rows[x], time_zone),
    }
    every = ColumnDataSource(data, name="points")
    marked = ColumnDataSource({"x": places, "y": np.where(flags, observed, np.nan)}, name="flagged")
    touch = drawn.scatter("x", "y", source=every, size=7, color=OBSERVED, alpha=0, nonselection_alpha=0, hover_alpha=1)
    drawn.scatter("x", "y", source=marked, size=11, marker="diamond", color=BAD, line_color="white", line_width=1,
                  nonselection_alpha=1)  # fmt: skip
    add_hover(drawn, "@shown", "@span", "@place", renderers=[touch], mode="vline")
    return every
