"""The one display object: a live widget where a kernel can show it, static forms always."""

from __future__ import annotations

from typing import Any

from analytics_lib.charts.chart import Chart


def display_bundle(chart: Chart, *, html: str, text: str) -> dict[str, Any]:
    """Give the mime bundle of a result: chart and number table as HTML, and plain text."""
    return {"text/html": f'<div class="analytics-result">{chart.to_html()}{html}</div>', "text/plain": text}
