"""Anomalies by name: spikes, dips, level shifts short and lasting, variance changes, flatlines, missing data."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.display import format_number
from analytics_lib.statistics.anomaly_breaks import Break

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

_SHORTEST_FLATLINE: Final = 4
_CHANCE: Final = 1e-4
"""Chance of so long a run among ordinary values, below which it is a flatline."""
_PRIOR: Final = 0.2
"""Share of the series that a value must make up to be judged by its own runs rather than by those of all values."""
_SHORT_SHIFT: Final = 3
"""Neighbouring anomalies on one side that are a shift rather than spikes."""


def runs(flags: Flags) -> list[tuple[int, int]]:
    """Give first and last (outside) of each run of True.

    Examples
    --------
    >>> runs(np.array([True, False, True, True]))
    [(0, 1), (2, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def flatlines(values: Floats) -> list[tuple[int, int]]:
    """Give first and last (outside) of each run of equal values that is too long to be chance.

    A run must be unlikely given how often its value follows itself elsewhere, and more than twice as long as the
    longest run that is likely, so that neither quiet nights nor rare events make flatlines.
    """
    same = np.concatenate([[False], np.diff(values) == 0])[: len(values)]
    found = sorted(((last - first + 1, first - 1) for first, last in runs(same)), reverse=True)
    outside = np.ones(len(values), bool)
    flat: list[tuple[int, int]] = []
    for length, first in [*found, (1, 0)]:
        outside[first : first + length] = False
        stays = _stays(values, same, outside, values[first : first + 1])
        if length < _SHORTEST_FLATLINE or len(values) * stays ** (length - 1) > _CHANCE:
            return sorted(run for run in flat if run[1] - run[0] > 2 * length)
        flat.append((first, first + length))
    return sorted(flat)


def _stays(values: Floats, same: Flags, outside: Flags, value: Floats) -> float:
    """Give how often a value follows itself outside the runs already looked at; a rare one as often as any does."""
    places = int(outside.sum())
    usual = (int((same & outside).sum()) + 1) / (places + 1)
    alike = outside & (values == value)
    weight = max(_PRIOR * places, 1.0)
    return min((int((same & alike).sum()) + usual * weight) / (int(alike.sum()) + weight), 1.0)


def shift_reason(values: Floats, shift: Break, window: int = 24) -> str:
    """Say in words how the level changed, in the units of the series."""
    before = values[max(shift.place - window, 0) : shift.place]
    after = values[shift.place : shift.place + window]
    way = "up" if shift.size > 0 else "down"
    return f"level shift {way}: from about {_middle(before)} to {_middle(after)}"


def spread_reason(change: Break) -> str:
    """Say in words how the spread changed."""
    way = "wider" if change.size > 1 else "narrower"
    ratio = max(change.size, 1 / max(change.size, 1e-9))
    return f"variance change: values spread {format_number(ratio, decimals=1)} times {way}"


def point_reasons(values: Floats, expected: Floats, flagged: Flags) -> list[str]:
    """Say in words how flagged points lie: spikes, dips, or short shifts of three and more neighbours on one side."""
    side = np.where(flagged, np.sign(values - expected), 0.0)
    reasons = [""] * len(values)
    for sign, single, several in ((1.0, "spike", "above"), (-1.0, "dip", "below")):
        for first, last in runs(side == sign):
            short = f"short level shift: {last - first} in a row {several}, "
            words = short if last - first >= _SHORT_SHIFT else f"{single}: "
            for place in range(first, last):
                against = f"{format_number(values[place])} where about {format_number(expected[place])} was expected"
                reasons[place] = words + against
    return reasons


def missing_reasons(missing: Flags) -> dict[int, str]:
    """Say in words where data is missing, and how much in a row."""
    reasons = {}
    for first, last in runs(missing):
        words = "missing" if last - first == 1 else f"missing data: {last - first:,} in a row"
        reasons.update(dict.fromkeys(range(first, last), words))
    return reasons


def _middle(values: Floats) -> str:
    return format_number(float(np.nanmedian(values))) if np.isfinite(values).any() else "unknown"
