"""From one number to another, reason by reason: each bar begins where the one before it ended."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.axes import LIVE_TOOLS, add_hover, style_values
from analytics_lib.charts.chart import Chart, LegendEntry
from analytics_lib.charts.theme import BAD, GOOD, NEUTRAL, new_figure
from analytics_lib.display import format_number


def draw_waterfall(
    frame: pd.DataFrame,
    *,
    reason: str = "reason",
    change: str = "change",
    before: float,
    names: tuple[str, str] = ("before", "after"),
    title: str,
    height: int | None = None,
) -> Chart:
    """Draw how a number becomes another one, one bar for each reason between the two.

    The axis begins at zero, so that the length of the first and last bar can be compared.

    Parameters
    ----------
    frame
        One row per reason, in the order they are applied.
    reason, change
        Columns: the words, and what the reason adds (negative: takes away).
    before
        The number at the start; the one at the end is `before` and all changes.
    names
        What start and end are called.
    title
        What the picture shows.

    Examples
    --------
    >>> frame = pd.DataFrame({"reason": ["late events", "robots"], "change": [30, -80]})
    >>> draw_waterfall(frame, before=100, title="Users").description
    'From before 100 to after 50: late events +30, robots -80.'
    """
    columns.require(frame, reason, change, None, chart="draw_waterfall")
    changes = columns.numbers(frame[change])
    ends = before + np.cumsum(changes)
    after = float(ends[-1]) if len(ends) else float(before)
    words = _distinct([names[0], *columns.categories(frame[reason]), names[1]])
    low = np.concatenate([[0.0], np.minimum(ends, ends - changes), [0.0]])
    high = np.concatenate([[float(before)], np.maximum(ends, ends - changes), [after]])
    shown = [format_number(before), *(_signed(one) for one in changes), format_number(after)]
    colours = [NEUTRAL, *(GOOD if one >= 0 else BAD for one in changes), NEUTRAL]
    drawn = _figure(words, title=title, height=height)
    drawn.x_range.start, drawn.x_range.end = _range(low, high)
    source = _draw(drawn, {"name": words, "low": low, "high": high, "shown": shown, "colour": colours})
    said = ", ".join(f"{word} {text}" for word, text in zip(words[1:-1], shown[1:-1], strict=True)) or "no difference"
    description = f"From {words[0]} {shown[0]} to {words[-1]} {shown[-1]}: {said}."
    return Chart(drawn, title, description, (LegendEntry("more", GOOD), LegendEntry("fewer", BAD)), source)


def _distinct(words: list[str]) -> list[str]:
    """Tell equal words apart, since each is a place on the axis."""
    seen: dict[str, int] = {}
    answer = []
    for word in words:
        seen[word] = seen.get(word, 0) + 1
        answer.append(word if seen[word] == 1 else f"{word} ({seen[word]})")
    return answer


def _signed(value: float) -> str:
    return f"+{format_number(value)}" if value > 0 else format_number(value)


def _range(low: columns.Floats, high: columns.Floats) -> tuple[float, float]:
    first, last = float(min(low.min(), 0.0)), float(max(high.max(), 0.0))
    room = (last - first or 1.0) * 0.06
    return (first - room if first < 0 else 0.0), last + room


def _figure(words: list[str], *, title: str, height: int | None) -> Any:
    from bokeh.models import AllLabels, FactorRange

    places = FactorRange(factors=words[::-1], range_padding=0.02)
    drawn = new_figure(title=title, x_label="people", y_label="", y_range=places, tools=LIVE_TOOLS,
                       height=height or max(140, 30 * len(words) + 70))  # fmt: skip
    drawn.xgrid.visible, drawn.ygrid.visible = True, False
    drawn.yaxis.major_label_policy = AllLabels()
    style_values(drawn, "number", horizontal=True)
    return drawn


def _draw(drawn: Any, data: dict[str, Any]) -> Any:
    from bokeh.models import ColumnDataSource

    source = ColumnDataSource(data, name="bars-0")
    bars = drawn.hbar(y="name", left="low", right="high", height=0.74, source=source, color="colour",
                      line_color="colour", nonselection_fill_alpha=0.25)  # fmt: skip
    add_hover(drawn, "@shown", "@name", renderers=[bars])
    return source
