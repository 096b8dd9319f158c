"""Give a shown figure new data without drawing a new canvas."""

from __future__ import annotations

from typing import Any

from analytics_lib.charts.chart import Chart


def patch(shown: Chart, wanted: Chart) -> bool:
    """Give a shown figure the data of another one; False where their parts differ.

    Data are sent source by source, matched by name, with the names on category axes and the words on
    all axes; so a page that changes a thousand times keeps one canvas.
    """
    old, new = sources_of(shown.figure), sources_of(wanted.figure)
    if list(old) != list(new) or _outline(shown.figure) != _outline(wanted.figure):
        return False
    _copy_axes(shown.figure, wanted.figure)
    for name, source in old.items():
        if source.selected.indices:
            source.selected.indices = []
        source.data = dict(new[name].data)
    return True


def sources_of(figure: Any) -> dict[str, Any]:
    """Give the data sources of a figure by their names."""
    from bokeh.models import ColumnDataSource

    sources = {one.name: one for one in figure.select({"type": ColumnDataSource}) if one.name}
    return dict(sorted(sources.items()))


def _outline(figure: Any) -> list[Any]:
    kinds = [type(figure.x_range).__name__, type(figure.y_range).__name__, len(figure.renderers)]
    axes = [
        (
            type(one).__name__,
            type(one.ticker).__name__,
            getattr(one.ticker, "min_interval", None),
            one.visible,
            str(getattr(one.formatter, "code", "")),
        )
        for one in figure.axis
    ]
    return [*kinds, *axes, [str(type(one.glyph)) for one in figure.renderers if hasattr(one, "glyph")]]


def _copy_axes(shown: Any, wanted: Any) -> None:
    for old, new in zip(shown.axis, wanted.axis, strict=True):
        old.axis_label = new.axis_label
        if hasattr(new.ticker, "args"):  # another calendar: weeks that begin elsewhere, months instead of days
            old.ticker.args = dict(new.ticker.args)
    for old, new in ((shown.x_range, wanted.x_range), (shown.y_range, wanted.y_range)):
        if hasattr(new, "factors"):
            old.factors = list(new.factors)
        else:
            old.start, old.end = new.start, new.end
    shown.title.text = wanted.title.text
    shown.height = wanted.height
