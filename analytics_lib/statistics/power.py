"""Size and power: how many users an experiment needs, and what it can see with them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from analytics_lib import checks
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Result
from analytics_lib.statistics.intervals import DEFAULT_TUNING, always_valid_reach

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

METHODS: Final = ("always_valid", "fixed")
_MOST_USERS: Final = 1e12


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PowerResult(Result):
    """One row: ``users_per_variant``, ``users``, ``difference``, ``standard_deviation``, ``power``, ``confidence``."""

    method: str = "always_valid"
    """``"always_valid"`` or ``"fixed"``."""
    tuning: float = DEFAULT_TUNING
    """Users in all at which the always-valid interval is tightest."""

    title: ClassVar[str] = "Power"

    def plot(self) -> Chart:
        """Show the chance to find the difference over the number of users."""
        from analytics_lib.charts.lines import draw_lines

        row = self.frame.iloc[0]
        middle = float(row["users_per_variant"])
        sizes = np.unique(np.geomspace(max(middle / 20, 4), middle * 4, 60).round())
        design = _Design(float(row["confidence"]), self.method, self.tuning)
        shift = float(row["difference"]) / float(row["standard_deviation"])
        frame = pd.DataFrame({"users_per_variant": sizes, "power": [design.power(size, shift) for size in sizes]})
        return draw_lines(frame, x="users_per_variant", y="power", title=self.title, value_format="percent")


@dataclass(frozen=True, slots=True)
class _Design:
    """A two-sided comparison of two equal groups, in units of the standard deviation."""

    confidence: float
    method: str
    tuning: float = DEFAULT_TUNING

    def __post_init__(self) -> None:
        """Refuse what can't be planned."""
        checks.number_between("confidence", self.confidence, 0, 1)
        checks.one_of("method", self.method, METHODS)

    def power(self, size: float, shift: float) -> float:
        """Chance that a difference of `shift` standard deviations is found at `size` users per variant."""
        if self.method == "fixed":
            return _student_power(size, shift, self.confidence)
        from scipy.special import ndtr

        reach = always_valid_reach(2 * size, self.confidence, tuning=self.tuning)
        centre = abs(shift) * math.sqrt(size / 2)
        return float(ndtr(centre - reach) + ndtr(-centre - reach))

    def size(self, shift: float, wanted: float) -> float:
        """Users per variant, not rounded, for the wanted power."""
        return _root(lambda size: self.power(size, shift) - wanted, 2.0, _MOST_USERS)

    def shift(self, size: float, wanted: float) -> float:
        """Smallest difference, in standard deviations, found with the wanted power."""
        return _root(lambda shift: self.power(size, shift) - wanted, 1e-9, 1e6)


def _student_power(size: float, shift: float, confidence: float) -> float:
    from scipy.special import nctdtr, ndtr, stdtrit

    freedom = 2 * (size - 1)
    reach = float(stdtrit(freedom, (1 + confidence) / 2))
    centre = abs(shift) * math.sqrt(size / 2)
    if freedom > 1e6 or centre > reach + 8:  # the noncentral t is the normal by then, and its code gives up
        return float(ndtr(centre - reach) + ndtr(-centre - reach))
    far_tail = nctdtr(freedom, centre, -reach) if centre < 5 else 0.0  # below 1e-11 there, and scipy gives NaN
    return float(1 - nctdtr(freedom, centre, reach) + far_tail)


def _root(gap: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    # on a logarithmic scale, since sizes span twelve orders of magnitude
    def logged(place: float) -> float:
        return float(gap(math.exp(place)))

    first, last = math.log(low), math.log(high)
    if logged(first) >= 0:
        return low
    if logged(last) < 0:
        return math.inf
    return math.exp(float(brentq(logged, first, last, xtol=1e-12)))


def sample_size(
    *,
    difference: float,
    standard_deviation: float | None = None,
    baseline_rate: float | None = None,
    power: float = 0.8,
    confidence: float = 0.95,
    method: str = "always_valid",
) -> PowerResult:
    """Give the users per variant that find a difference with a wanted chance.

    Parameters
    ----------
    difference
        The smallest absolute difference worth finding, in the metric's unit (0.01 = one percentage point).
    standard_deviation
        Of the metric per user; or
    baseline_rate
        share of users of the control who have it, in (0, 1), when the metric is a proportion.
    power
        Wanted chance to find the difference.
    confidence
        Of the two-sided comparison.
    method
        ``"always_valid"`` counts only a verdict at that very size, so it is a little pessimistic for an experiment
        that is watched; ``"fixed"`` is one look (exact noncentral t; normal for proportions).

    Returns
    -------
    PowerResult
        One row; ``users_per_variant`` rounded up, ``users`` for control and one variant together.

    References
    ----------
    Cohen (1988), "Statistical power analysis for the behavioral sciences", chapter 2; Fleiss, Levin, Paik (2003),
    "Statistical methods for rates and proportions", chapter 4.

    Examples
    --------
    >>> int(sample_size(difference=0.5, standard_deviation=1.0, method="fixed").users_per_variant)
    64
    """
    wanted = checks.number_between("power", power, 0, 1)
    design = _Design(confidence, method)
    if difference == 0 or not math.isfinite(difference):
        raise ArgumentError(f"difference={difference!r} can't be found", "Give the smallest difference that matters.")
    deviation = _deviation(standard_deviation, baseline_rate, difference)
    if baseline_rate is not None and method == "fixed":
        size = _proportion_size(baseline_rate, difference, wanted, confidence)
    else:
        size = design.size(abs(difference) / deviation, wanted)
    return _row(design, size, difference, deviation, wanted)


def detectable_difference(
    users_per_variant: int,
    *,
    standard_deviation: float | None = None,
    baseline_rate: float | None = None,
    power: float = 0.8,
    confidence: float = 0.95,
    method: str = "always_valid",
) -> PowerResult:
    """Give the smallest difference that so many users per variant find with a wanted chance.

    The arguments are those of :func:`sample_size`; a proportion's variance is taken at the baseline.

    Examples
    --------
    >>> round(float(detectable_difference(64, standard_deviation=1.0, method="fixed").difference), 2)
    0.5
    """
    size = checks.whole_number("users_per_variant", users_per_variant, at_least=2)
    wanted = checks.number_between("power", power, 0, 1)
    design = _Design(confidence, method)
    deviation = _deviation(standard_deviation, baseline_rate, 0.0)
    return _row(design, size, design.shift(size, wanted) * deviation, deviation, wanted)


def achieved_power(
    users_per_variant: int,
    *,
    difference: float,
    standard_deviation: float | None = None,
    baseline_rate: float | None = None,
    confidence: float = 0.95,
    method: str = "always_valid",
) -> PowerResult:
    """Give the chance that so many users per variant find a difference. For planning, never after the fact.

    The arguments are those of :func:`sample_size`.

    Examples
    --------
    >>> found = achieved_power(20, difference=1.0, standard_deviation=1.0, method="fixed")
    >>> round(float(found.power), 6)  # R: power.t.test(n = 20, delta = 1)
    0.868953
    """
    size = checks.whole_number("users_per_variant", users_per_variant, at_least=2)
    design = _Design(confidence, method)
    deviation = _deviation(standard_deviation, baseline_rate, difference)
    return _row(design, size, difference, deviation, design.power(size, difference / deviation))


def _deviation(standard_deviation: float | None, baseline_rate: float | None, difference: float) -> float:
    if (standard_deviation is None) == (baseline_rate is None):
        raise ArgumentError("the spread of the metric is not clear", "Give standard_deviation or baseline_rate.")
    if standard_deviation is not None:
        return checks.number_between("standard_deviation", standard_deviation, 0, 1e300)
    first = checks.number_between("baseline_rate", float(baseline_rate or 0), 0, 1)
    second = checks.number_between("baseline_rate + difference", first + difference, 0, 1)
    return math.sqrt((first * (1 - first) + second * (1 - second)) / 2)


def _proportion_size(baseline_rate: float, difference: float, power: float, confidence: float) -> float:
    """Users per variant for the pooled test of two shares, as Fleiss gives it."""
    from scipy.special import ndtri

    apart = _deviation(None, baseline_rate, difference) * math.sqrt(2)
    middle = baseline_rate + difference / 2
    together = math.sqrt(2 * middle * (1 - middle))
    reach, wanted = float(ndtri((1 + confidence) / 2)), float(ndtri(power))
    return ((reach * together + wanted * apart) / difference) ** 2


def _row(design: _Design, size: float, difference: float, deviation: float, power: float) -> PowerResult:
    known = math.isfinite(size)
    per_variant = math.ceil(size - 1e-9) if known else pd.NA
    frame = pd.DataFrame(
        {
            "users_per_variant": pd.array([per_variant], dtype="Int64"),
            "users": pd.array([per_variant * 2], dtype="Int64"),
            "difference": [difference], "standard_deviation": [deviation], "power": [power],
            "confidence": [design.confidence],
        }
    )  # fmt: skip
    looks = "at one look" if design.method == "fixed" else "with always-valid intervals"
    return PowerResult(
        frame=frame, method=design.method, tuning=design.tuning,
        definition=f"Two-sided comparison of a variant and a control of equal size, {design.confidence:.0%}, {looks}.",
        notes=() if known else ("No feasible number of users finds this difference.",),
    )  # fmt: skip
