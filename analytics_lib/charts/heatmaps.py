"""Heat maps: one value per pair of names; stronger colour means more, on white paper and on a dark page."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib.charts import columns
from analytics_lib.charts.axes import add_hover
from analytics_lib.charts.chart import Chart, nothing_to_draw
from analytics_lib.charts.formats import axis_label, texts
from analytics_lib.charts.ink import PAGE_INK, in_page_ink
from analytics_lib.charts.theme import ACCENT, BAD, FONT, NEUTRAL, PRIMARY, new_figure
from analytics_lib.charts.words import describe_groups

_MOST_LABELS = 12
_MORE = PRIMARY
_LESS, _ABOVE = BAD, "#0B7A5E"
_PALE, _STRONG = (0.05, 0.74), (0.93, 1.0)
"""Strengths of a colour on which the page's ink is readable, and those that need white: 4.5 to 1 (WCAG 2.2, 1.4.3)."""
_WHITE = "#FFFFFF"
_HATCHES: dict[str, Any] = {
    "hatch_pattern": "hatch", "hatch_color": NEUTRAL, "hatch_alpha": 0.55, "hatch_scale": 7, "hatch_weight": 0.8,
}  # fmt: skip
_NARROWEST = 18
_LETTER = 6.8
"""Pixels of a digit; a cell is at least as wide as its value."""


def draw_heatmap(
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    value: str,
    title: str,
    value_format: str = "number",
    x_label: str | None = None,
    y_label: str | None = None,
    height: int | None = None,
    signed: bool = False,
    selectable: bool = False,
    finished: str | None = None,
) -> Chart:
    """Draw a value for each pair of names, the first row of the frame at the top.

    The colour goes from that of the page (0, or the lowest value below it) to deep blue (the highest), in
    light and dark alike. Unknown cells have neither colour nor words, so that they can't be mistaken for
    zero. Few cells carry their value, shares in percent without the sign, and are as wide as it needs.

    Parameters
    ----------
    frame
        One row per cell.
    x, y, value
        Columns: across, down, and the value.
    title
        What the picture shows.
    value_format
        ``number``, ``percent``, ``bytes`` or ``duration``.
    signed
        The values lie between −1 and 1 and their sign matters: from red over the page itself (0) to green.
    selectable
        Offer a tap on a cell; the picked rows of the frame are ``chart.source.selected.indices``.
    finished
        Column of flags: whether the time a cell is about is over. Where it is not, the value may still change:
        such cells are hatched, their value bears an asterisk, and the title says so.

    Examples
    --------
    >>> frame = pd.DataFrame({"weekday": ["Mon", "Tue"], "hour": [9, 9], "events": [5, 7]})
    >>> draw_heatmap(frame, x="hour", y="weekday", value="events", title="When").description
    '2 groups: largest Tue, 9 with 7, smallest Mon, 9 with 5.'
    """
    columns.require(frame, x, y, value, *([finished] if finished else []), chart="draw_heatmap")
    if frame.empty or bool(frame[value].isna().all()):
        return nothing_to_draw(title, frame)
    across, down = columns.categories(frame[x]), columns.categories(frame[y])
    values = columns.numbers(frame[value])
    order_across, order_down = list(dict.fromkeys(across)), list(dict.fromkeys(down))
    labelled = len(order_across) <= _MOST_LABELS
    title = f"{title} (%)" if labelled and value_format == "percent" else title
    going_on = _going_on(frame, finished) & np.isfinite(values)
    title = f"{title}, * not over yet" if going_on.any() else title
    source = _source(across, down, values, value_format, signed=signed, going_on=going_on)
    labels = (axis_label(x) if x_label is None else x_label, axis_label(y) if y_label is None else y_label)
    tools = "tap,save" if selectable else "save"
    drawn = _figure(order_across, order_down, title=title, labels=labels, height=height, tools=tools)
    cells = drawn.rect(
        "x", "y", 0.97, 0.94, source=source, color="colour", line_color=None, nonselection_fill_alpha=1.0,
        selection_line_color=ACCENT, selection_line_width=3, **_HATCHES,
    )  # fmt: skip
    if labelled:
        _write_values(drawn, source)
        longest = max(len(words) for words in source.data["written"])
        drawn.min_width = round(90 + max(_NARROWEST, _LETTER * longest + 6) * len(order_across))
    add_hover(drawn, "@shown", "@y", f"{axis_label(x)} @x", renderers=[cells])
    cell_names = [f"{b}, {a}" for a, b in zip(across, down, strict=True)]
    return Chart(drawn, title, describe_groups(cell_names, values, value_format=value_format), source=source)


def _figure(across: list[str], down: list[str], *, title: str, labels: tuple[str, str], height: int | None,
            tools: str) -> Any:  # fmt: skip
    from bokeh.models import AllLabels

    drawn = new_figure(
        title=title, x_label=labels[0], y_label=labels[1], height=height or 26 * len(down) + 70, x_range=across,
        y_range=down[::-1], x_axis_location="above", tools=tools,
    )  # fmt: skip
    drawn.grid.visible = False
    drawn.yaxis.major_label_policy = AllLabels()
    return drawn


def _going_on(frame: pd.DataFrame, finished: str | None) -> NDArray[np.bool_]:
    if finished is None:
        return np.zeros(len(frame), dtype=bool)
    return ~frame[finished].astype("boolean").fillna(value=True).to_numpy(dtype=bool)


def _source(
    across: list[str],
    down: list[str],
    values: columns.Floats,
    value_format: str,
    *,
    signed: bool,
    going_on: NDArray[np.bool_],
) -> Any:
    from bokeh.models import ColumnDataSource

    strengths = _strengths(values, signed=signed)
    hues = np.where(values < 0, _LESS, _ABOVE) if signed else np.full(len(values), _MORE)
    shown, written = texts(values, value_format), [_short(one, value_format, signed=signed) for one in values]
    data: dict[str, Any] = {
        "x": across,
        "y": down,
        "colour": [_colour(str(hue), one) for hue, one in zip(hues, strengths, strict=True)],
        "ink": [_WHITE if one >= _STRONG[0] else PAGE_INK for one in strengths],
        "shown": [f"{words}, not over yet" if on else words for words, on in zip(shown, going_on, strict=True)],
        "written": [f"{words}*" if on else words for words, on in zip(written, going_on, strict=True)],
        "hatch": np.where(going_on, "right_diagonal_line", "blank").tolist(),
        "row": list(range(len(values))),
    }
    return ColumnDataSource(data, name="cells")


def _strengths(values: columns.Floats, *, signed: bool) -> columns.Floats:
    """Give how much of the colour lies on the page: more for more, and never where no ink is readable."""
    known = values[np.isfinite(values)]
    low, high = (0.0, 1.0) if signed else (min(float(known.min()), 0.0), float(known.max()))
    sizes = np.abs(values) if signed else values
    flat = np.where(np.isfinite(values), 0.5 if high else 0.0, np.nan)
    share = (sizes - low) / (high - low) if high > low else flat
    place = np.clip(share, 0, 1) * (_PALE[1] - _PALE[0] + _STRONG[1] - _STRONG[0])
    return _PALE[0] + place + np.where(place > _PALE[1] - _PALE[0], _STRONG[0] - _PALE[1], 0.0)


def _colour(hue: str, strength: float) -> str:
    """Give a colour that lets the page shine through; nothing for the unknown."""
    return f"{hue}{round(strength * 255):02X}" if np.isfinite(strength) else "#00000000"


def _short(value: float, value_format: str, *, signed: bool) -> str:
    if not np.isfinite(value):
        return ""
    if signed:
        return f"{value:.2f}".replace("-", "−")
    return f"{value * 100:.0f}" if value_format == "percent" else texts([value], value_format)[0]


def _write_values(drawn: Any, source: Any) -> None:
    from bokeh.core.properties import value

    written = drawn.text(
        "x", "y", text="written", source=source, text_align="center", text_baseline="middle",
        text_font=value(FONT), text_font_size="10.5px",
    )  # fmt: skip
    in_page_ink(written.glyph, "ink")
    written.nonselection_glyph = None
