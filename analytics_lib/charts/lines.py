"""Lines over time or over an ordered number; unknown values are gaps, incomplete ones are dotted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.axes import add_hover, figure_over, from_zero, hover_text, over_all, place_text
from analytics_lib.charts.chart import Chart, nothing_to_draw
from analytics_lib.charts.formats import texts
from analytics_lib.charts.theme import HEIGHT, series_style
from analytics_lib.charts.thinning import telling, thinning_words
from analytics_lib.charts.words import describe_series

_MOST_DOTS = 45


def draw_lines(
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    by: str | None = None,
    title: str,
    value_format: str = "number",
    time_zone: str = "UTC",
    x_label: str | None = None,
    y_label: str | None = None,
    height: int = HEIGHT,
    selectable: bool = False,
    on_top: str | None = None,
) -> Chart:
    """Draw how a value develops, one line per group.

    Parameters
    ----------
    frame
        One row per place on `x` (and group). A boolean column ``complete``, where there is one, marks
        buckets that were not observed as a whole: they are drawn dotted, not being comparable.
    x, y
        Columns: a time or a number, and the value. Unknown values and missing rows of a regular
        series are gaps in the line, never zeros.
    by
        Column with the group; the nine largest groups are drawn, the description counts the rest.
    title
        What the picture shows.
    value_format
        ``number``, ``percent`` (a share in [0, 1]), ``bytes`` or ``duration`` (seconds).
    time_zone
        Zone of the clock on the axis.
    selectable
        Offer box selection; the picked rows are ``chart.source.selected.indices``.
    on_top
        Group to draw over all others, whatever its size.

    Raises
    ------
    MissingColumnError
        The frame lacks a named column.

    Examples
    --------
    >>> frame = pd.DataFrame({"day": pd.to_datetime(["2024-05-01", "2024-05-02"]), "users": [3, 5]})
    >>> draw_lines(frame, x="day", y="users", title="Users per day").description
    '2 values from 2024-05-01 to 2024-05-02; lowest 3, highest 5.'
    """
    columns.require(frame, x, y, by, chart="draw_lines")
    rows = frame.dropna(subset=[x]).sort_values(x, kind="stable")
    if rows.empty or bool(rows[y].isna().all()):
        return nothing_to_draw(title, rows)
    split = columns.groups(rows, by, y, last=on_top)
    drawn = figure_over(
        rows[x], title=title, x_label=x_label, y_label=y_label or y, value_format=value_format,
        time_zone=time_zone, height=height, selectable=selectable,
    )  # fmt: skip
    from_zero(drawn.y_range, columns.numbers(rows[y]))
    if not columns.is_time(rows[x]):
        over_all(drawn, columns.places(rows[x], time_zone), columns.numbers(rows[y]))
    sources = [
        _draw_one(
            drawn, _data(part, x, y, name=name, value_format=value_format, time_zone=time_zone, picked=selectable),
            _Path.of(part, x, y, time_zone), index,
        )
        for index, (name, part) in enumerate(split)
    ]  # fmt: skip
    _hover(drawn, named=by is not None)
    said = describe_series(rows, x=x, y=y, value_format=value_format, left_out=split.left_out, time_zone=time_zone)
    said += thinning_words(len(sources[0].data["x"]), len(split.parts[0][1]))
    return Chart(drawn, title, said, split.legend(), sources[0])


@dataclass(frozen=True, slots=True)
class _Path:
    """All values of one line, and which of them are final."""

    places: Any
    values: columns.Floats
    finished: Any

    @classmethod
    def of(cls, part: pd.DataFrame, x: str, y: str, time_zone: str) -> _Path:
        return cls(columns.places(part[x], time_zone), columns.numbers(part[y]), columns.finished(part))


def _data(
    part: pd.DataFrame, x: str, y: str, *, name: str, value_format: str, time_zone: str, picked: bool
) -> dict[str, Any]:  # fmt: skip
    """Give what the pointer meets: every row where rows can be picked, else those that are seen."""
    path = _Path.of(part, x, y, time_zone)
    few = np.arange(len(part)) if picked else telling(path.places, path.values)
    return {
        "x": path.places[few],
        "y": path.values[few],
        "finished": path.finished[few],
        "dot": _dots(path.values)[few],
        "name": [name] * len(few),
        "place": place_text(part[x].iloc[few], time_zone),
        "shown": hover_text(texts(path.values[few], value_format), path.finished[few]),
    }


def _dots(values: columns.Floats) -> columns.Floats:
    """Show each point of a short series, and in a long one those that no line touches."""
    known = np.concatenate([[False], np.isfinite(values), [False]])
    alone = known[1:-1] & ~known[:-2] & ~known[2:]
    return np.where(alone | (len(values) <= _MOST_DOTS), 1.0, 0.0)


def _draw_one(drawn: Any, data: dict[str, Any], path: _Path, index: int) -> Any:
    from bokeh.models import ColumnDataSource

    style, near = series_style(index), columns.beside(~path.finished)
    source = ColumnDataSource(data, name=f"points-{index}")
    solid = ColumnDataSource(_path(path.places, np.where(path.finished, path.values, np.nan)), name=f"line-{index}")
    open_ends = np.where(near, path.values, np.nan)
    few = telling(path.places, open_ends)
    tail = ColumnDataSource({"x": path.places[few], "y": open_ends[few]}, name=f"tail-{index}")
    drawn.line("x", "y", source=solid, line_width=2, line_color=style.colour, line_dash=style.dash)
    drawn.line("x", "y", source=tail, line_width=2, line_color=style.colour, line_dash="dotted", line_alpha=0.8)
    points = drawn.scatter(
        "x", "y", source=source, size=6, color=style.colour, line_color=None, fill_alpha="dot", name=f"hover-{index}",
        nonselection_fill_alpha=0.15, selection_fill_alpha=1.0, hover_fill_alpha=1.0,
    )  # fmt: skip
    points.hover_glyph.size = 9
    return source


def _path(places: Any, values: columns.Floats) -> dict[str, Any]:
    broken_places, broken_values = columns.path(places, values)
    return {"x": broken_places, "y": broken_values}


def _hover(drawn: Any, *, named: bool) -> None:
    renderers = [one for one in drawn.renderers if (one.name or "").startswith("hover-")]
    lines = ("@name", "@place") if named else ("@place",)
    add_hover(drawn, "@shown", *lines, renderers=renderers, mode="mouse" if named else "vline")
