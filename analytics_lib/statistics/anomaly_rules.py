"""The simple named detectors: threshold in a window, z-score, percent change, standard deviations, IQR.

They promise no rate of false alarms; they are what other systems do, exactly defined, behind the same interface.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.display import format_number
from analytics_lib.errors import ArgumentError

Floats: TypeAlias = NDArray[np.float64]
Levels: TypeAlias = NDArray[np.int64]

_FEWEST: Final = 3
"""Known values that a baseline needs before a mean and a spread of it are taken."""
_MAD: Final = 1.482602218505602
"""Standard deviation of a normal distribution over its median absolute deviation."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What any method says about each point."""

    expected: Floats
    low: Floats
    high: Floats
    score: Floats
    level: Levels
    """-1 = not judged, 0 = ordinary, 1 to 3 = severity."""
    words: list[str]
    """The reason in words, where there is one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a rule expects, where its band ends, and how far out each point is in units of the rule."""

    expected: Floats
    low: Floats
    high: Floats
    score: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A simple detector."""

    limits: Callable[[Floats, int, float], Limits]
    """From values, steps in the window and threshold."""
    words: str
    """The reason, with places for the score."""
    definition: str
    """What is flagged, with places for threshold and window."""
    threshold: float
    """Score from which a point is flagged, unless another is given."""
    severities: tuple[float, float] | None = None
    """Scores above which severity is medium and high; None = always low."""
    per_threshold: bool = False
    """True: `severities` are multiples of the threshold."""
    window: str | None = None
    """Length of the window, unless another is given; None = the whole series."""
    fewest: int = 1
    """Steps that a window must hold."""


def _threshold(values: Floats, window: int, threshold: float) -> Limits:
    total, count = _trailing(values, window - 1)
    mean = (total + values) / (count + 1)
    nothing = np.full(len(values), np.nan)
    return Limits(nothing, nothing, threshold * (count + 1) - total, mean)


def _z_score(values: Floats, window: int, threshold: float) -> Limits:
    total, count = _trailing(values - _middle(values), window)
    squares, _ = _trailing((values - _middle(values)) ** 2, window)
    mean = total / np.maximum(count, 1)
    deviation = np.sqrt(np.maximum(squares / np.maximum(count, 1) - mean**2, 0.0))
    deviation = np.where((count >= _FEWEST) & (deviation > 1e-9 * np.abs(mean)), deviation, np.nan)
    return _around(values, mean + _middle(values), deviation, threshold)


def _percent_change(values: Floats, window: int, threshold: float) -> Limits:
    total, count = _trailing(values, window)
    base = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return _around(values, base, np.where(base != 0, np.abs(base), np.nan), threshold)


def _standard_deviations(values: Floats, _: int, threshold: float) -> Limits:
    return _around(values, *_constant(values, np.mean, np.std), threshold)


def _robust_z(values: Floats, _: int, threshold: float) -> Limits:
    def spread(known: Floats) -> float:
        return float(np.median(np.abs(known - np.median(known)))) * _MAD

    return _around(values, *_constant(values, np.median, spread), threshold)


def _quartiles(values: Floats, _: int, threshold: float) -> Limits:
    known = values[np.isfinite(values)]
    if len(known) < _FEWEST:
        return Limits(*(np.full(len(values), np.nan) for _ in range(4)))
    first, median, third = (np.full(len(values), one) for one in np.quantile(known, [0.25, 0.5, 0.75]))
    spread = third - first
    beyond = np.maximum(np.maximum(first - values, values - third), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.where(beyond > 0, beyond / spread, beyond)
    return Limits(median, first - threshold * spread, third + threshold * spread, score)


RULES: Final[Mapping[str, Rule]] = {
    "threshold": Rule(
        limits=_threshold, threshold=0.1, window="5min", severities=(2.0, 3.0), per_threshold=True,
        words="mean of the window {score}, above the threshold",
        definition="the mean of the known values of the last {window}, the point included, is above {threshold}; "
        "medium = above twice, high = above three times of it",
    ),
    "z_score": Rule(
        limits=_z_score, threshold=3.0, window="1h", severities=(2.0, 3.0), fewest=_FEWEST,
        words="{score} standard deviations from the mean of the window before",
        definition="a point is more than {threshold} standard deviations from the mean of the {window} before it; "
        "low = up to 2, medium = up to 3, high = beyond",
    ),
    "percent_change": Rule(
        limits=_percent_change, threshold=5.0, window="1h", severities=(2.0, 3.0), per_threshold=True,
        words="changed by {score} times the mean of the window before",
        definition="a point differs by more than {threshold} times (5 = 500 %) the mean of the {window} before it; "
        "medium = more than twice, high = more than three times that change",
    ),
    "standard_deviations": Rule(
        limits=_standard_deviations, threshold=2.0, severities=(2.0, 3.0),
        words="statistical outlier: {score} standard deviations from the mean of the series",
        definition="a point is more than {threshold} standard deviations from the mean of the whole series; "
        "low = up to 2, medium = up to 3, high = beyond",
    ),
    "robust_z": Rule(
        limits=_robust_z, threshold=2.0, severities=(2.0, 3.0),
        words="statistical outlier: {score} robust standard deviations from the median of the series",
        definition="a point is more than {threshold} robust standard deviations (1.4826 times the median absolute "
        "deviation) from the median of the whole series; low = up to 2, medium = up to 3, high = beyond",
    ),
    "iqr": Rule(
        limits=_quartiles, threshold=1.5,
        words="{score} interquartile ranges outside the quartiles",
        definition="a point is more than {threshold} interquartile ranges outside the quartiles of the whole series; "
        "severity is always low",
    ),
}  # fmt: skip
"""By name; the thresholds and windows are those of the source systems."""


def steps_of(method: str, window: str | None, seconds: float, step_seconds: float) -> int:
    """Give how many steps a window holds, at least one.

    Raises
    ------
    ArgumentError
        The window is too short for the method.

    Examples
    --------
    >>> steps_of("z_score", "1h", 3600.0, 300.0)
    12
    """
    steps = max(int(seconds / step_seconds + 1e-9), 1) if step_seconds > 0 else 1
    fewest = RULES[method].fewest
    if steps < fewest and step_seconds > 0:
        fact = f"window={window!r} holds {steps} step of this series, method={method!r} needs {fewest}"
        raise ArgumentError(fact, f'Give at least window="{fewest * step_seconds:.0f}s".')
    return steps


def apply_rule(method: str, values: Floats, *, steps: int, threshold: float) -> Verdict:
    """Judge every point by a rule; unknown values and points without a baseline are not judged."""
    rule = RULES[method]
    limits = rule.limits(values, steps, threshold)
    level = np.where(np.isfinite(values) & ~np.isnan(limits.score), 0, -1)
    level[(level == 0) & (np.nan_to_num(limits.score, nan=-1.0) > threshold)] = 1
    if rule.severities is not None:
        for cut in rule.severities:
            level[(level > 0) & (limits.score > cut * (threshold if rule.per_threshold else 1.0))] += 1
    words = [""] * len(values)
    for place in np.flatnonzero(level > 0).tolist():
        words[place] = rule.words.format(score=format_number(limits.score[place], decimals=2))
    return Verdict(limits.expected, limits.low, limits.high, limits.score, level, words)


def _around(values: Floats, middle: Floats, unit: Floats, threshold: float) -> Limits:
    score = np.abs(values - middle) / unit
    return Limits(middle, middle - threshold * unit, middle + threshold * unit, score)


def _constant(
    values: Floats, middle: Callable[[Floats], float | np.float64], spread: Callable[[Floats], float | np.float64]
) -> tuple[Floats, Floats]:
    """Give middle and spread of all known values at every point; NaN where they say nothing."""
    known = values[np.isfinite(values)]
    if len(known) < _FEWEST:
        return np.full(len(values), np.nan), np.full(len(values), np.nan)
    unit = float(spread(known))
    return np.full(len(values), float(middle(known))), np.full(len(values), unit if unit > 0 else np.nan)


def _trailing(values: Floats, window: int) -> tuple[Floats, Floats]:
    """Give sum and number of the known values among the `window` before each point, the point left out."""
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0.0], np.cumsum(known)])
    places = np.arange(len(values))
    first = np.maximum(places - window, 0)
    return sums[places] - sums[first], counts[places] - counts[first]


def _middle(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else 0.0
