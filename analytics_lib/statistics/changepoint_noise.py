"""Innovations: what of each observation its predecessor could not foretell, for every degree of autocorrelation.

All of changepoint detection rests on one idea: the noise is red (AR(1)), how red is unknown, and both "nothing changed"
and "something changed here" may choose the redness that suits them best. A slow wander of the noise is then no change,
and a true change can't hide by looking like slow noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

_COLOURS: Final = (
    (0.0, 0.0), (0.2, 0.0), (0.4, 0.0), (0.55, 0.0), (0.7, 0.0), (0.8, 0.0), (0.87, 0.0), (0.92, 0.0), (0.95, 0.0),
    (0.8, 0.4), (0.87, 0.3), (0.87, 0.55), (0.95, 0.3), (0.95, 0.5), (0.95, 0.7), (0.95, 0.85),
)  # fmt: skip

REDNESS: Final[Floats] = np.array([redness for redness, _ in _COLOURS])
"""Correlations of neighbouring noise values that are considered. Beyond 0.95 a wander counts as change."""

WHITENING: Final[Floats] = np.array([white for _, white in _COLOURS])
"""How much white noise lies over the red one (moving-average coefficient); 0 for none."""

_CLIP: Final = 3.0  # robust deviations up to which an innovation counts in full
_MOST: Final = 6.0  # and the most it ever counts
_WINDOW: Final = 11  # innovations whose middle says what is usual around here
_VISIBLE: Final = 0.01  # share of the range of the series below which no misfit matters


@dataclass(frozen=True, slots=True)
class Rows:
    """Running sums over the innovations of a series, for all degrees of redness at once."""

    size: int
    """Observations."""
    places: Floats
    """Place of each observation on the even grid, scaled to [0, 1], shape (size,)."""
    weights: Floats
    """1 where an observation follows its predecessor directly, else 0 (the first, and after gaps), shape (size,)."""
    innovations: Floats
    """Innovation of each observation, outliers drawn in, shape (redness, size)."""
    floor: Floats
    """Sum of squares that is too small to be seen, shape (redness,)."""
    skewness: Floats
    """How lopsided the innovations are (third standardised moment, absolute, beyond chance), shape (redness,)."""
    excess: Floats
    """How heavy their tails are (fourth standardised moment less 3, beyond chance), shape (redness,)."""
    sums: tuple[Floats, ...]
    """Running sums of 1, t, t², x, xt, x², each beginning with 0, shape ([redness,] size + 1)."""

    @property
    def effective(self) -> float:
        """Observations less the parameters that every fit spends."""
        return max(self.size - 6.0, 1.0)


def innovation_rows(values: Floats, positions: Integers) -> Rows:
    """Prepare a series for the search.

    Parameters
    ----------
    values
        Known values, oldest first, shape (n,), n at least 3.
    positions
        Place of each on the even grid, ascending, shape (n,). Neighbours with a gap between them are not compared.

    Returns
    -------
    Rows
        Innovations beyond 3 robust deviations count less (Huber), beyond 6 no more: heavy tails make no changes.
    """
    from scipy.signal import lfilter

    follows = np.diff(positions, prepend=positions[0] - 2) == 1
    if follows.sum() < len(values) / 2:  # mostly gaps: then what was seen in a row counts as a row
        follows = np.arange(len(values)) > 0
    weights = follows.astype(np.float64)
    steps = np.zeros((len(REDNESS), len(values)))
    steps[:, 1:] = (values[1:] - REDNESS[:, None] * values[:-1]) * follows[1:]
    for row in np.flatnonzero(WHITENING):
        steps[row] = lfilter([1.0], [1.0, -WHITENING[row]], steps[row])
    drawn = np.zeros_like(steps)
    usual, apart = _drawn_in(steps[:, follows], mostly_one=mostly_one_value(values))
    drawn[:, follows] = usual + apart
    places = (positions - positions[0]) / max(float(positions[-1] - positions[0]), 1.0)
    tails = _tails(apart)
    return Rows(len(values), places, weights, drawn, _floor(values), *tails, _running_sums(places, weights, drawn))


def mostly_one_value(values: Floats) -> bool:
    """Say whether half of the values or more are the same, as in counts of rare events.

    Examples
    --------
    >>> mostly_one_value(np.array([0.0, 0.0, 3.0, 0.0, 1.0])), mostly_one_value(np.array([1.0, 2.0, 3.0]))
    (True, False)
    """
    return bool((values == np.median(values)).mean() >= 0.5)


def _drawn_in(steps: Floats, *, mostly_one: bool) -> tuple[Floats, Floats]:
    """Give what is usual around each innovation, and how far it is apart from that, outliers drawn in.

    Among rare events a chance cluster would be "usual around here" and then count in full, while each single event is
    drawn in; so there the one value that is usual everywhere is taken.
    """
    usual = np.median(steps, axis=1, keepdims=True) if mostly_one else _running_median(steps, _WINDOW)
    apart = steps - usual
    height = np.abs(apart)
    middle = 1.4826 * np.median(height, axis=1, keepdims=True)
    spread = middle + 1e-300
    for most in (np.inf, _MOST):  # values that mostly repeat have no middle spread, but a mean one, outliers aside
        drawn = np.minimum(height, most * spread)
        spread = np.maximum(middle, drawn.mean(axis=1, keepdims=True))
    height /= np.where(spread > 0, spread, 1.0)
    far = height > _CLIP
    height[far] = np.minimum(np.sqrt(_CLIP * (2 * height[far] - _CLIP)), _MOST)
    return usual, np.sign(apart) * height * spread


def _running_median(rows: Floats, window: int) -> Floats:
    """Give the middle of each value and its neighbours; whole rows are compared at once, the extremes forgotten."""
    length, half = rows.shape[1], window // 2
    padded = np.pad(rows, ((0, 0), (half, half)), mode="reflect")
    waiting = [padded[:, place : place + length] for place in range(window)]
    held = [waiting.pop() for _ in range(half + 2)]
    while True:
        for place in range(1, len(held)):
            held[0], held[place] = np.minimum(held[0], held[place]), np.maximum(held[0], held[place])
        for place in range(1, len(held) - 1):
            held[-1], held[place] = np.maximum(held[-1], held[place]), np.minimum(held[-1], held[place])
        held = held[1:-1]
        if not waiting:
            return held[0]
        held.append(waiting.pop())


def _tails(apart: Floats) -> tuple[Floats, Floats]:
    count = apart.shape[1]
    centred = apart - apart.mean(axis=1, keepdims=True)
    squares = centred * centred
    variance = squares.mean(axis=1)
    variance = np.where(variance > 1e-200, variance, 1.0)  # no spread, no tails
    third = (squares * centred).mean(axis=1) / variance**1.5
    fourth = (squares * squares).mean(axis=1) / variance**2
    by_chance = np.sqrt(6.0 / count)  # standard errors in normal noise: once for the third, twice for the fourth
    return np.maximum(np.abs(third) - 2 * by_chance, 0.0), np.maximum(fourth - 3.0 - 4 * by_chance, 0.0)


def _floor(values: Floats) -> Floats:
    low, high = np.quantile(values, [0.005, 0.995])
    visible = max(_VISIBLE * float(high - low), 1e-7 * float(np.abs(values).max()))
    gain = 1 + (REDNESS - WHITENING) ** 2 / (1 - WHITENING**2)  # of white noise through the filter
    return len(values) * visible**2 * gain + 1e-300


def _running_sums(places: Floats, weights: Floats, rows: Floats) -> tuple[Floats, ...]:
    t, x = places * weights, rows * weights
    return tuple(_from_zero(part) for part in (weights, t, t * places, x, x * places, x * rows))


def _from_zero(part: Floats) -> Floats:
    sums = np.zeros((*part.shape[:-1], part.shape[-1] + 1))
    np.cumsum(part, axis=-1, out=sums[..., 1:])
    return sums


def misfit(rows: Rows, first: int, last: int, *, sloped: bool) -> Floats:
    """Give the squared innovations that a stretch with one level (and slope) leaves unexplained.

    Parameters
    ----------
    rows
        The series.
    first, last
        The stretch ``[first, last)``. Its first observation is taken as given.
    sloped
        Whether the stretch may have a slope.

    Returns
    -------
    array
        Shape (redness,).
    """
    return _left(tuple(part[..., last] - part[..., first + 1] for part in rows.sums), sloped=sloped)


def split_misfits(rows: Rows, first: int, last: int, margin: int, *, sloped: bool, stride: int = 1) -> Floats:
    """Give what both parts of a stretch together leave unexplained, for every split at least `margin` from its ends.

    Returns
    -------
    array
        Shape (redness, last − first − 2 margin + 1); fewer columns when only every so many splits are asked for.
    """
    low, high = first + margin, last - margin + 1
    sums = rows.sums
    early = tuple(part[..., low:high:stride] - part[..., first + 1, None] for part in sums)
    late = tuple(part[..., last, None] - part[..., low + 1 : high + 1 : stride] for part in sums)
    return _left(early, sloped=sloped) + _left(late, sloped=sloped)


def _left(sums: tuple[Floats, ...], *, sloped: bool) -> Floats:
    one, t, tt, x, xt, xx = sums
    count = np.maximum(one, 1.0)
    left = xx - x * x / count
    if sloped:
        spread = tt - t * t / count
        slant = xt - x * (t / count)
        left -= slant * slant * np.where(spread > 1e-12, 1.0 / np.where(spread > 1e-12, spread, 1.0), 0.0)
    return np.maximum(left, 0.0)


def single_misfits(rows: Rows, first: int, last: int, *, sloped: bool) -> Floats:
    """Give what leaving out each single innovation of a stretch would explain, shape (redness, last − first).

    A change is compared with "only this one innovation was unusual", so that an outlier or a jump of a wandering
    series is not taken for a lasting change.
    """
    weights, places = rows.weights[first:last].copy(), rows.places[first:last]
    weights[0] = 0.0
    count = max(weights.sum(), 1.0)
    t = (places - (weights * places).sum() / count) * weights
    x = rows.innovations[:, first:last]
    left = (x - (x @ weights)[:, None] / count) * weights
    leverage = weights / count
    spread = float(t @ t)
    if sloped and spread > 1e-12:
        left = left - (left @ t)[:, None] / spread * t
        leverage = leverage + t * t / spread
    return left * left / np.maximum(1.0 - leverage, 1e-9)
