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
_OFTEN: Final = 5
_PLENTY: Final = 0.02
"""Other runs of the same value at least half as long, and the share of the series they cover, that make one usual."""
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

    A run must be unlikely given how often its value follows itself elsewhere, more than twice as long as the longest
    run that is likely, and not one of many alike, so that neither quiet nights nor rare events make flatlines.
    """
    return still_runs(values)[0]


def still_runs(values: Floats) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Give the flatlines, and the runs that are as unlikely but usual here, such as nights in which nothing happens."""
    same = np.concatenate([[False], np.diff(values) == 0])[: len(values)]
    found = np.array(runs(same), dtype=np.int64).reshape(-1, 2) - [1, 0]
    found = found[np.lexsort([found[:, 0], found[:, 1] - found[:, 0]])[::-1]]  # the longest first
    outside = _Outside(values, same)
    flat: list[tuple[int, int]] = []
    for first, last in [*found.tolist(), (0, 1)]:
        length = last - first
        if length < _SHORTEST_FLATLINE or len(values) * outside.stays(first, length) ** (length - 1) > _CHANCE:
            flat = [run for run in flat if run[1] - run[0] > 2 * length]
            break
        flat.append((first, last))
    return _apart(sorted(flat), values)


class _Outside:
    """What lies outside the runs looked at so far: how many values of each kind, and how many repeat the one before."""

    def __init__(self, values: Floats, same: Flags) -> None:
        self._values = values
        self._kinds, self._sizes = np.unique(values, return_counts=True)
        kinds = np.searchsorted(self._kinds, values[same])
        self._repeats = np.bincount(kinds, minlength=len(self._kinds))
        self._places, self._repeated = len(values), len(kinds)

    def stays(self, first: int, length: int) -> float:
        """Leave a run out; give how often its value follows itself outside, a rare one as often as any does."""
        kind = np.searchsorted(self._kinds, self._values[first])
        self._sizes[kind] -= length
        self._repeats[kind] -= length - 1
        self._places, self._repeated = self._places - length, self._repeated - length + 1
        weight = max(_PRIOR * self._places, 1.0)
        usual = (self._repeated + 1) / (self._places + 1)
        return float(min((self._repeats[kind] + usual * weight) / (self._sizes[kind] + weight), 1.0))


def _apart(still: list[tuple[int, int]], values: Floats) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Tell runs that have many alike from those that have not."""
    lengths: dict[float, list[int]] = {}
    for first, last in still:
        lengths.setdefault(float(values[first]), []).append(last - first)
    alike = {value: np.array(several, dtype=float) for value, several in lengths.items()}
    usual = [run for run in still if _usual(run[1] - run[0], alike[float(values[run[0]])], len(values))]
    return sorted(set(still) - set(usual)), usual


def _usual(length: int, lengths: Floats, whole: int) -> bool:
    alike = lengths[lengths * 2 >= length]
    return len(alike) > _OFTEN and float(alike.sum()) - length >= _PLENTY * whole


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
