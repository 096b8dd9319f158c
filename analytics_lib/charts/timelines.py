"""A timeline: what happened when, one lane for each kind of event, with pauses that were shortened."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.axes import LIVE_TOOLS, add_hover, style_values
from analytics_lib.charts.chart import Chart, nothing_to_draw
from analytics_lib.charts.theme import BAD, LIGHT_INK, new_figure, series_style

_LANE_HEIGHT = 46
_PALE = 0.4


def draw_timeline(
    frame: pd.DataFrame,
    *,
    x: str,
    lane: str,
    text: str,
    pause: str | None = None,
    at: float | None = None,
    title: str,
    x_label: str = "seconds",
) -> Chart:
    """Draw one mark per event in the lane of its kind; a dashed line stands where a pause was shortened.

    Parameters
    ----------
    frame
        One row per event.
    x, lane, text
        Columns: the second, the kind, and what a pointer over the mark says.
    pause
        Column with the seconds that were left out just before an event; 0 = none.
    at
        The present second of a player: later events are pale, and a line stands there. None = all are past.
    title
        What the picture shows.
    x_label
        Words of the axis.

    Raises
    ------
    MissingColumnError
        The frame lacks a named column.

    Examples
    --------
    >>> frame = pd.DataFrame({"second": [0, 4], "kind": ["page", "click"], "what": ["/offer", "button"]})
    >>> draw_timeline(frame, x="second", lane="kind", text="what", title="A visit").description
    '2 events in 4 seconds: 1 page, 1 click; no pause left out.'
    """
    columns.require(frame, x, lane, text, pause, chart="draw_timeline")
    if frame.empty:
        return nothing_to_draw(title, frame)
    lanes = list(dict.fromkeys(frame[lane]))
    drawn = new_figure(
        title=title, x_label=x_label, y_label="", height=90 + _LANE_HEIGHT * len(lanes), tools=LIVE_TOOLS,
        y_range=list(reversed(lanes)),
    )  # fmt: skip
    style_values(drawn, "number", horizontal=True)
    _draw_pauses(drawn, frame, x, pause, lanes)
    _draw_now(drawn, at, lanes)
    source = _draw_events(drawn, frame, (x, lane, text), at)
    return Chart(drawn, title, _described(frame, x, lane, pause), source=source)


def _draw_pauses(drawn: Any, frame: pd.DataFrame, x: str, pause: str | None, lanes: list[str]) -> None:
    from bokeh.models import ColumnDataSource

    rows = frame[frame[pause] > 0] if pause else frame.iloc[:0]
    data: dict[str, Any] = {
        "x": columns.numbers(rows[x]), "y0": [lanes[-1]] * len(rows), "y1": [lanes[0]] * len(rows),
        "left": [f"{seconds:,.0f} s without an event, shortened" for seconds in (rows[pause] if pause else [])],
    }  # fmt: skip
    source = ColumnDataSource(data, name="pauses")
    lines = drawn.segment("x", "y0", "x", "y1", source=source, line_color=LIGHT_INK, line_dash="dashed", line_width=2)
    add_hover(drawn, "pause", "@left", renderers=[lines])


def _draw_now(drawn: Any, at: float | None, lanes: list[str]) -> None:
    from bokeh.models import ColumnDataSource

    data: dict[str, Any] = (
        {"x": [], "y0": [], "y1": []} if at is None else {"x": [at], "y0": lanes[-1:], "y1": lanes[:1]}
    )
    drawn.segment("x", "y0", "x", "y1", source=ColumnDataSource(data, name="now"), line_color=BAD, line_width=2)


def _draw_events(drawn: Any, frame: pd.DataFrame, names: tuple[str, str, str], at: float | None) -> Any:
    from bokeh.models import ColumnDataSource

    x, lane, text = names
    seconds, kinds = columns.numbers(frame[x]), list(dict.fromkeys(frame[lane]))
    data: dict[str, Any] = {
        "x": seconds,
        "lane": frame[lane].to_list(),
        "text": frame[text].to_list(),
        "when": [f"second {second:,.1f}" for second in seconds],
        "colour": [series_style(kinds.index(kind)).colour for kind in frame[lane]],
        "alpha": [1.0 if at is None or second <= at else _PALE for second in seconds],
    }
    source = ColumnDataSource(data, name="events")
    marks = drawn.scatter("x", "lane", source=source, size=12, color="colour", alpha="alpha", line_color=None)
    add_hover(drawn, "@lane", "@text", "@when", renderers=[marks])
    return source


def _described(frame: pd.DataFrame, x: str, lane: str, pause: str | None) -> str:
    counts = ", ".join(f"{count:,} {kind}" for kind, count in frame[lane].value_counts(sort=False).items())
    left = int((frame[pause] > 0).sum()) if pause else 0
    pauses = f"{left:,} {'pause' if left == 1 else 'pauses'} shortened" if left else "no pause left out"
    seconds = float(frame[x].max() - frame[x].min())
    return f"{len(frame):,} events in {seconds:,.0f} seconds: {counts}; {pauses}."
