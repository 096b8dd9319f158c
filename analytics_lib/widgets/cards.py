"""One number large, with its change against the period before and its recent course."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
from ipywidgets import HTML

from analytics_lib.charts.formats import VALUE_FORMATS
from analytics_lib.charts.theme import PRIMARY
from analytics_lib.display import UNKNOWN, format_change, format_points


@dataclass(frozen=True, slots=True)
class Kpi:
    """What a card shows."""

    title: str
    """What is counted."""
    value: float | None
    """The number; None = unknown or hidden."""
    before: float | None = None
    """The number of the period before; None = unknown or hidden."""
    value_format: str = "number"
    """``number``, ``percent``, ``bytes`` or ``duration``."""
    course: Sequence[float | None] = ()
    """The value per bucket, drawn small; unknown ones are gaps."""
    up_is_good: bool = True
    """Whether a rise is good news."""
    compared: bool = True
    """Whether there is a period before that it could be compared with."""
    note: str = ""
    """How to read the number, where its name does not say it all."""

    @property
    def change(self) -> float | None:
        """Change against the period before: of a share its difference, of all else relative; None = can't be told.

        Examples
        --------
        >>> Kpi("Events", 110, 100).change, Kpi("Events", 110, 0).change, Kpi("Rate", 0.5, 0.0, "percent").change
        (0.1, None, 0.5)
        """
        if self.value is None or self.before is None or math.isnan(self.value) or math.isnan(self.before):
            return None
        if self.is_share:
            return self.value - self.before
        return (self.value - self.before) / self.before if self.before else None

    @property
    def is_share(self) -> bool:
        """Whether it is a share: "+48 %" of 7.8 % would be read as 55.8 %, so its change is told in points."""
        return self.value_format == "percent"


class KpiCard(HTML):  # type: ignore[misc]
    """A card with one number."""

    def __init__(self, kpi: Kpi) -> None:
        super().__init__()
        self.add_class("analytics-card")
        self.add_class("analytics-kpi")
        self.show(kpi)

    def show(self, kpi: Kpi) -> None:
        """Show another number."""
        self.kpi = kpi
        self.value = card_html(kpi)


def card_html(kpi: Kpi) -> str:
    """Give a card as HTML; an arrow and a sign tell the direction as well as the colour."""
    write = _alone if kpi.value_format == "number" else VALUE_FORMATS[kpi.value_format]
    change = kpi.change
    mood = "" if not change else ("good" if (change > 0) == kpi.up_is_good else "bad")
    before = write(kpi.before) if kpi.before is not None else UNKNOWN
    told = f'<span class="before"> from {before}</span>' if change is not None else ""
    tell = format_points if kpi.is_share else format_change
    words = tell(change) if change is not None else '<span class="before">no comparison</span>'
    line = f'<div class="change {mood}">{words}{told}</div>' if kpi.compared else ""
    note = f'<div class="note">{escape(kpi.note)}</div>' if kpi.note else ""
    value = f'<div class="value">{write(kpi.value)}</div>'
    return f"<h3>{escape(kpi.title)}</h3>{value}{line}{note}{sparkline(kpi.course)}"


def _alone(value: float | None) -> str:
    """Write a number that stands in no column: without the zeros that would keep its decimals under others."""
    small = value is not None and 0.001 <= abs(value) < 1
    return f"{value:.3g}" if small else VALUE_FORMATS["number"](value)


def known_number(value: Any) -> float | None:
    """Give a number of a frame as a card takes it; None where it is unknown or hidden.

    Examples
    --------
    >>> known_number(3), known_number(float("nan"))
    (3.0, None)
    """
    return None if value is None or pd.isna(value) else float(value)


def sparkline(course: Sequence[float | None]) -> str:
    """Give a small line as inline SVG, with gaps where values are unknown; empty for fewer than two.

    Examples
    --------
    >>> sparkline([1.0]), sparkline([1, 3, 2]).count("<polyline")
    ('', 1)
    """
    known = [float(value) for value in course if value is not None and value == value]  # NaN is not itself
    if len(known) < 2:
        return ""
    low, high = min(0.0, *known), max(known)
    height = (high - low) or 1.0
    pieces, piece = [], []
    for index, value in enumerate(course):
        if _known(value):
            piece.append(f"{index * 100 / (len(course) - 1):.1f},{28 - 26 * (float(value or 0) - low) / height:.1f}")
        elif piece:
            pieces.append(piece)
            piece = []
    lines = "".join(
        f'<polyline points="{" ".join(one)}" fill="none" stroke="{PRIMARY}" stroke-width="1.5" '
        'vector-effect="non-scaling-stroke" stroke-linejoin="round"/>'
        for one in [*pieces, piece]
        if one
    )
    return f'<svg viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true">{lines}</svg>'


def _known(value: Any) -> bool:
    return value is not None and value == value  # NaN is not itself
