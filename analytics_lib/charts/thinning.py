"""Long series drawn from the points that make the picture: no screen shows a million, and no page should carry them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

MOST_POINTS: Final = 12_000
"""Points beyond which a line is drawn from some: several for each column of pixels of any screen."""


def telling(places: npt.NDArray[Any], *values: Floats, most: int | None = None) -> Places:
    """Give where the points lie that a line needs to look as if all were drawn, in order.

    Parameters
    ----------
    places
        Ascending times or numbers.
    *values
        One array per line that shares the places; NaN breaks a line.
    most
        About how many points to keep; ``MOST_POINTS`` unless given. So many, or fewer, are all kept.

    Returns
    -------
    array
        Of each of many equal stretches the lowest and the highest point, both ends of every gap at least half a
        stretch long and a blank between, and the ends of the whole.

    Examples
    --------
    >>> telling(np.arange(9.0), np.array([0, 5, 1, 1, 1, -7, 1, 1, 2.0]), most=5).tolist()
    [0, 1, 4, 5, 8]
    """
    most = MOST_POINTS if most is None else most
    if len(places) <= most:
        return np.arange(len(places))
    stretch = max(-(-len(places) * 2 * len(values) // most), 2)
    kept = [np.array([0, len(places) - 1])]
    for line in values:
        kept += [_extremes(line, stretch), _extremes(-line, stretch), _gaps(places, line, stretch)]
    return np.unique(np.concatenate(kept))


def thinning_words(drawn: int, whole: int) -> str:
    """Say that not all points are drawn, or nothing.

    Examples
    --------
    >>> thinning_words(10, 10), thinning_words(12_000, 5_000_000)
    ('', ' Drawn from the lowest and highest of each stretch (12,000 points).')
    """
    return f" Drawn from the lowest and highest of each stretch ({drawn:,} points)." if drawn < whole else ""


def _extremes(line: Floats, stretch: int) -> Places:
    """Give the place of the lowest known value of each stretch that has one."""
    padded = np.full(-(-len(line) // stretch) * stretch, np.inf)
    padded[: len(line)] = np.where(np.isnan(line), np.inf, line)
    table = padded.reshape(-1, stretch)
    lowest = table.argmin(axis=1)
    rows = np.flatnonzero(np.isfinite(table[np.arange(len(table)), lowest]))
    return rows * stretch + lowest[rows]


def _gaps(places: npt.NDArray[Any], line: Floats, stretch: int) -> Places:
    """Give both ends of each long gap and a blank inside."""
    known = np.flatnonzero(np.isfinite(line))
    steps = np.diff(places[known]).astype(float)
    usual = float(np.median(np.diff(places).astype(float)))
    broken = np.flatnonzero((np.diff(known) > 1) & (steps >= usual * stretch / 2))
    return np.concatenate([known[broken], known[broken] + 1, known[broken + 1]])
