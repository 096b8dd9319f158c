"""How rare is a residual? A distribution of any common shape, read from its middle and carried into both tails.

The middle of the residuals, first 84 to 96 % and then all that is not clearly out of line, says what the tails look
like, so that a few anomalies, however large, can't hide themselves by making the tail look heavy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.statistics.anomaly_letters import (
    CAREFUL,
    CLEANED,
    NORMAL,
    Manner,
    Weights,
    common_terms,
    normal_quantile,
    skew_terms,
    weights_for,
)
from analytics_lib.statistics.anomaly_shapes import EDGES, log_distances, trust_in_shapes

Floats: TypeAlias = NDArray[np.float64]

FEWEST: Final = 24
"""Residuals below which no tail is judged."""

_INNER: Final = 0.20
"""Level inside which rounded values may coincide with the median; outside they must not."""
_SET_ASIDE: Final = 1e-3
_ENOUGH: Final = 1000
"""Residuals of which half of that share is taken to be ordinary: of fewer, what was set aside is mostly anomalies."""
_GAP: Final = 4.0
"""Robust standard deviations without any value that end the ordinary part of a sample."""
_ROUNDS: Final = 4
_CLEARLY: Final = 10.0
"""A side gives its budget away where its own shape leaves less than a tenth of the chance it is judged by."""
_LEAST_GROWTH: Final = 0.7
"""No tail is taken to grow slower than this power of a normal one: blurred ends are longer than they look."""
_UPWARDS: Final = 0.25
"""Share by which a long tail grows faster beyond the sample than within it, as that of Student's t does."""


@dataclass(frozen=True, slots=True)
class Side:
    """One tail: the distance from the centre that each of the kept normal deviates corresponds to."""

    distances: Floats
    """Distance from the centre, ascending."""
    own: Floats
    """Deviate that the sample's own shape gives to the distance; larger where a short tail was taken to be longer."""


@dataclass(frozen=True, slots=True)
class Tails:
    """A fitted distribution; says how rare a residual is and where a given rarity begins."""

    centre: float
    """The median."""
    low: Side
    high: Side

    def surprise(self, residuals: Floats) -> Floats:
        """Give minus the decimal logarithm of the share of ordinary residuals as rare as each; NaN stays NaN.

        Both sides share one cutoff. A side that ends before it leaves its budget to the other.
        """
        away = residuals - self.centre
        low, high = _deviate(self.low, -away), _deviate(self.high, away)
        deviate = np.where(away >= 0, high, low)
        known = np.isfinite(deviate)
        return np.where(known, self._rarity(np.where(known, deviate, 0.0)), np.nan)

    def limits(self, chance: float) -> tuple[float, float]:
        """Give the residuals below and above which together a share of `chance` lies."""
        deviate = float(np.interp(-np.log10(chance), self._rarity(NORMAL), NORMAL))
        low, high = (float(np.interp(deviate, NORMAL, side.distances)) for side in (self.low, self.high))
        return self.centre - low, self.centre + high

    def _rarity(self, deviates: Floats) -> Floats:
        present = [np.exp(_log_chance(side.own) - _log_chance(NORMAL)) for side in (self.low, self.high)]
        sides = sum(np.minimum(_CLEARLY * one, 1.0) for one in present)  # a doubtful side keeps its budget
        shared = np.interp(deviates, NORMAL, np.log(np.maximum(sides, 1.0)))  # and one side is always there
        return np.maximum(-(_log_chance(deviates) + shared) / np.log(10.0), 0.0)


def _deviate(side: Side, distance: Floats) -> Floats:
    inside = np.interp(distance, side.distances, NORMAL, left=0.0)
    last, before = side.distances[-1], side.distances[-2]
    beyond = NORMAL[-1] + (distance - last) / (last - before) * (NORMAL[-1] - NORMAL[-2])
    return np.where(distance > last, np.minimum(beyond, 30.0), inside)


def fit_tails(residuals: Floats) -> Tails | None:
    """Fit both tails of residuals that may hold some anomalies; None when there are too few to say anything.

    Notes
    -----
    Letter values above and below the median are set against normal deviates (Tukey's g-and-h family: skewness g,
    elongation h) by generalised least squares with the covariance of normal order statistics; a further bend per
    side is allowed, but shrunk. Tails are widened by what the fit itself does not know. Below 1,500 values elongation
    is averaged with what common shapes make of all values, those below and those above
    (:mod:`~analytics_lib.statistics.anomaly_shapes`); up to 400 values shapes decide alone. In uniform noise nothing is
    flagged: no value of it is out of line. The realised rates are in the calibration certificate.

    References
    ----------
    Hoaglin, D. C. (1985). Summarizing shape numerically: the g-and-h distributions. In: Exploring data tables,
    trends, and shapes, 461-513.
    """
    known = np.sort(residuals[np.isfinite(residuals)])
    if len(known) < FEWEST or known[0] == known[-1]:
        return None
    kept, share = _within_gaps(known), 0.0
    for _ in range(_ROUNDS):
        tails = _fit(kept, share, CAREFUL, known)
        ordinary = known[tails.surprise(known) < -np.log10(_SET_ASIDE)]
        if len(ordinary) == len(kept) or len(ordinary) < FEWEST:
            break
        kept, share = ordinary, _SET_ASIDE
    return _fit(kept, share * len(known) / (len(known) + _ENOUGH), CLEANED, known)


def _within_gaps(known: Floats) -> Floats:
    """Cut off what lies behind a wide gap, up to a sixth of ascending values at each end: no common shape has it."""
    count = len(known)
    low, high = np.quantile(known, [0.16, 0.84])
    usual = float(high - low) / 2
    wide = np.flatnonzero(np.diff(known) > _GAP * usual) if usual > 0 else np.empty(0, np.int64)
    below, above = wide[wide + 1 <= count / 6], wide[count - 1 - wide <= count / 6]
    first = int(below[-1]) + 1 if len(below) else 0
    last = int(above[0]) + 1 if len(above) else count
    return known[first:last] if known[first] < known[last - 1] else known


def _fit(known: Floats, share: float, manner: Manner, everything: Floats) -> Tails:
    """Fit ascending values of which a share was cut off, half on each side; `everything` has what was cut off, too."""
    weights = weights_for(len(known), manner)
    centre = float(_quantiles(known, np.array([0.5]), share)[0])
    above = _quantiles(known, 1.0 - weights.levels, share) - centre
    below = centre - _quantiles(known, weights.levels, share)
    at = int(np.argmin(np.abs(weights.levels - _INNER)))
    if min(above[at], below[at]) <= 0:
        return _stepped(known, centre)
    least = np.where(weights.levels > _INNER, 0.5 * weights.deviates / weights.deviates[at], 1e-3)
    above, below = np.maximum(above, above[at] * least), np.maximum(below, below[at] * least)
    shape = _shape(weights, np.log(above), np.log(below))
    trust = trust_in_shapes(len(everything))
    common = np.tile(_common(shape, weights), (2, 1))
    if trust > 0.0:
        likely = _plain(shape, NORMAL) + log_distances(_binned(shape, _unrounded(everything) - centre)) - np.log(NORMAL)
        common = (1.0 - trust) * common + trust * likely
    skew = skew_terms(NORMAL) @ shape.skews
    spread = (1.0 - trust) * weights.spread + trust * shape.skewed * weights.skew_spread
    return Tails(centre, _side(common[0] - skew, weights, spread), _side(common[1] + skew, weights, spread))


@dataclass(frozen=True, slots=True)
class _Shape:
    """What letter values say about a sample."""

    skews: Floats
    """Skewness and its bend."""
    common: Floats
    """Logarithm of the size, elongation and its bend."""
    size: float
    """Logarithm of the size if tails are normal ones."""
    skewed: float
    """How far the skewness is believed, 0 to 1."""


def _shape(weights: Weights, above: Floats, below: Floats) -> _Shape:
    skews = weights.skew @ ((above - below) / 2)
    skewed = max(1.0 - weights.skew_variance / max(float(skews[0]) ** 2, 1e-300), 0.0)
    skews = skews * skewed
    lengths = (above + below) / 2 - np.log(weights.deviates) - _skew_length(abs(float(skews[0])), weights.deviates)
    common = weights.common @ lengths
    return _Shape(skews, _plainer(common, weights), float(common[0] - weights.follow[0] * common[1]), skewed)


def _common(shape: _Shape, weights: Weights) -> Floats:
    """Give the logarithm of what both tails have in common at each kept deviate, as letter values say."""
    upwards = _UPWARDS * max(float(shape.common[1]), 0.0) * np.maximum(NORMAL**2 - weights.deviates[-1] ** 2, 0.0) / 2
    lengths = _skew_length(abs(float(shape.skews[0])), NORMAL)
    return np.asarray(common_terms(NORMAL) @ shape.common + upwards + np.log(NORMAL) + lengths)


def _plain(shape: _Shape, deviates: Floats) -> Floats:
    """Give the same if tails are normal ones but for skewness, whose bend must not fold the shorter tail back."""
    bent = np.abs(skew_terms(deviates) @ shape.skews) * 2 / deviates
    return shape.size + np.log(deviates) + _skew_length(bent, deviates)


def _binned(shape: _Shape, away: Floats) -> NDArray[np.int64]:
    """Count ascending deviations from the centre, below and above, by the normal deviates they are if tails are."""
    deviates = np.clip(EDGES[1:], None, NORMAL[-1])
    common, skew = _plain(shape, deviates), skew_terms(deviates) @ shape.skews
    low, high = (
        np.exp(np.clip(np.maximum.accumulate(one), -600.0, 600.0)) * EDGES[1:] / deviates
        for one in (common - skew, common + skew)
    )
    inside = np.searchsorted(away, 0.0)
    below, above = inside - np.searchsorted(away, -low, side="right"), np.searchsorted(away, high) - inside
    return np.array([np.diff([0, *below, inside]), np.diff([0, *above, len(away) - inside])])


def _unrounded(ordered: Floats) -> Floats:
    """Strew ascending values that are equal evenly about their place, as they may have been before they were rounded.

    Else the rarest whole numbers stand alone, all at one distance, as anomalies of one cause do.
    """
    places, first, times = np.unique(ordered, return_index=True, return_counts=True)
    if len(places) == len(ordered):
        return ordered
    gaps = np.diff(places)
    widths = np.minimum(np.append(gaps[0], gaps), np.append(gaps, gaps[-1]))
    within = (np.arange(len(ordered)) - np.repeat(first, times) + 0.5) / np.repeat(times, times) - 0.5
    return ordered + within * np.repeat(widths, times)


def _plainer(shape: Floats, weights: Weights) -> Floats:
    """Shrink the elongation towards that of normal tails by what chance explains of it; size and bend follow."""
    elongation = float(shape[1])
    share = min(weights.plain_variance / max(elongation**2, 1e-300), 1.0)
    return shape - weights.follow * elongation * share


def _skew_length(skewness: float | Floats, deviates: Floats) -> Floats:
    """Give the logarithm of how much skewness lengthens both tails together: 2 sinh(gz/2) / gz."""
    product = skewness * deviates + 1e-9
    return product / 2 + np.log(-np.expm1(-product) / product)


def _side(logarithms: Floats, weights: Weights, spread: Floats) -> Side:
    """Turn the fitted logarithm of one tail into ascending distances, widened by the doubt about them."""
    seen = int(np.searchsorted(NORMAL, weights.deviates[-1]))
    later = np.arange(len(NORMAL)) > seen
    own_slopes = np.gradient(logarithms, NORMAL)
    slopes = np.maximum(own_slopes, _LEAST_GROWTH / NORMAL)
    grown, own = (_accumulated(logarithms, one, seen) for one in (slopes, np.maximum(own_slopes, 0.0)))
    sensitivity = np.gradient(-_log_chance(NORMAL), NORMAL) / slopes
    widening = np.minimum(sensitivity * spread, 0.6)
    rising = np.maximum.accumulate(grown + widening) + np.arange(len(NORMAL)) * 1e-9
    reached = np.interp(
        rising - widening, np.maximum.accumulate(own) + np.arange(len(NORMAL)) * 1e-9, NORMAL, right=30.0
    )
    return Side(np.exp(np.clip(rising, -600.0, 600.0)), np.where(later, np.maximum(reached, NORMAL), NORMAL))


def _accumulated(logarithms: Floats, slopes: Floats, seen: int) -> Floats:
    """Follow the fitted logarithm as far as the sample was seen, then the slopes."""
    steps = np.concatenate([[0.0], (slopes[1:] + slopes[:-1]) / 2 * np.diff(NORMAL)])
    later = np.arange(len(steps)) > seen
    return np.where(later, logarithms[seen] + np.cumsum(np.where(later, steps, 0.0)), logarithms)


def _stepped(known: Floats, centre: float) -> Tails:
    """Judge values that are mostly one and the same by their ranks alone."""
    sides = []
    for distance in (centre - known, known - centre):
        beyond = np.sort(distance[distance > 0])
        chance = (len(beyond) - np.arange(len(beyond)) + 0.5) / (len(known) + 1.0)
        deviates = -normal_quantile(chance)
        floor = max(float(np.ptp(known)), 1e-300) * 1e-9
        top = float(beyond[-1]) if len(beyond) else 0.0
        curve = np.interp(NORMAL, deviates, beyond, right=top) if len(beyond) else np.zeros_like(NORMAL)
        extra = np.maximum(NORMAL - (deviates[-1] if len(beyond) else 0.0), 0.0) * max(top, floor)
        sides.append(Side(np.maximum.accumulate(curve + extra) + np.arange(len(NORMAL)) * floor, NORMAL))
    return Tails(centre, sides[0], sides[1])


def _quantiles(ordered: Floats, levels: Floats, share: float = 0.0) -> Floats:
    """Give median-unbiased quantiles of the sample from which `share` was cut off, half at each end."""
    whole = len(ordered) / (1.0 - share)
    places = whole * levels + (levels + 1) / 3 - 1 - whole * share / 2
    places = np.clip(places, 0, len(ordered) - 1)
    below = np.minimum(places.astype(np.int64), len(ordered) - 2)
    return ordered[below] + (places - below) * (ordered[below + 1] - ordered[below])


def _log_chance(deviates: Floats) -> Floats:
    from scipy.special import log_ndtr

    return np.asarray(log_ndtr(-deviates), dtype=float)
