"""Count, mean and variance that can be taken in parts: partials merged in any order give the same digits."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.exact import as_decimals, exact_product_sum, exact_sum, exact_weighted_squares

_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Moments:
    """Exact sums over some values; add two of them to merge.

    Examples
    --------
    >>> parts = moments([1.0, 2.0]) + moments([6.0])
    >>> parts.mean, parts.variance()
    (3.0, 4.666666666666667)
    """

    weight: Fraction = Fraction(0)
    """Number of values, or the sum of their weights."""
    total: Fraction = Fraction(0)
    """Sum of the values."""
    squares: Fraction = Fraction(0)
    """Sum of the squared values."""
    minimum: float = math.inf
    """Smallest value; infinite when there is none."""
    maximum: float = -math.inf
    """Largest value; minus infinite when there is none."""
    missing: int = 0
    """Number of values left out, since they were missing or infinite."""

    def __add__(self, other: Moments) -> Moments:
        """Merge two partials."""
        return Moments(
            self.weight + other.weight,
            self.total + other.total,
            self.squares + other.squares,
            min(self.minimum, other.minimum),
            max(self.maximum, other.maximum),
            self.missing + other.missing,
        )

    @property
    def sum(self) -> float:
        """Sum of the values, rounded once."""
        return _rounded(self.total)

    @property
    def mean(self) -> float:
        """Arithmetic mean, rounded once; NaN when there is no value."""
        return _rounded(self.total / self.weight) if self.weight else _NAN

    def variance(self, *, sample: bool = False) -> float:
        """Give the population's variance (the sample's divides by one less); NaN when there are too few."""
        divisor = self.weight - 1 if sample else self.weight
        return _rounded(self.deviation / divisor) if divisor > 0 else _NAN

    def standard_deviation(self, *, sample: bool = False) -> float:
        """Square root of the variance, also where that is beyond a float (values near 1e300) or below (1e-300)."""
        divisor = self.weight - 1 if sample else self.weight
        if divisor <= 0:
            return _NAN
        exact = self.deviation / divisor
        variance = _rounded(exact)
        if not exact or 1e-280 < variance < math.inf:
            return math.sqrt(variance)
        half = (exact.numerator.bit_length() - exact.denominator.bit_length()) // 2
        return math.ldexp(math.sqrt(exact / Fraction(4) ** half), half)

    @property
    def deviation(self) -> Fraction:
        """Sum of squared deviations from the mean, exactly."""
        return self.squares - self.total * self.total / self.weight if self.weight else Fraction(0)

    @classmethod
    def from_aggregates(
        cls, *, count: float, mean: float | None, variance: float | None, minimum: float | None = None,
        maximum: float | None = None, missing: int = 0,
    ) -> Moments:  # fmt: skip
        """Build a partial from what SQL gives: ``count(x)``, ``avg(x)``, ``var_pop(x)``, ``min(x)``, ``max(x)``.

        The mean and the population variance keep their digits better than a sum of squares does.
        """
        if not count or mean is None or variance is None:
            return cls(missing=missing)
        weight, centre = Fraction(count), Fraction(mean)
        squares = weight * (Fraction(variance) + centre * centre)
        low = math.inf if minimum is None else float(minimum)
        high = -math.inf if maximum is None else float(maximum)
        return cls(weight, weight * centre, squares, low, high, missing)


def _rounded(exact: Fraction) -> float:
    try:
        return float(exact)
    except OverflowError:  # beyond 1.8e308
        return math.inf if exact > 0 else -math.inf


def moments(values: ArrayLike, weights: ArrayLike | None = None) -> Moments:
    """Reduce values to mergeable exact moments.

    Parameters
    ----------
    values
        Numbers, shape (n,). Missing and infinite ones are counted as missing.
    weights
        How often each value counts, shape (n,), each at least 0; None = once.

    Raises
    ------
    ArgumentError
        Weights of another length, negative or missing.

    Examples
    --------
    >>> moments([1.0, 4.0], weights=[2, 1]).mean
    2.0
    """
    numbers = np.asarray(values, dtype=float).ravel()
    shares = None if weights is None else checked_weights(weights, len(numbers))
    known = np.isfinite(numbers)
    missing = int(len(numbers) - known.sum())
    numbers = numbers[known]
    if len(numbers) == 0:
        return Moments(missing=missing)
    if shares is None:
        sums = (Fraction(len(numbers)), exact_sum(numbers), exact_product_sum(numbers, numbers))
    else:
        shares = shares[known]
        sums = (exact_sum(shares), exact_product_sum(shares, numbers), exact_weighted_squares(numbers, shares))
        numbers = numbers[shares > 0] if (shares > 0).any() else numbers
    return Moments(*sums, float(numbers.min()), float(numbers.max()), missing)


def decimal_moments(values: ArrayLike) -> Moments:
    """Reduce values to moments, each value read as the shortest decimal that names it (0.1 is a tenth).

    For tables that people typed; it takes a few microseconds per value.
    """
    numbers = np.asarray(values, dtype=float).ravel()
    known = numbers[np.isfinite(numbers)]
    missing = len(numbers) - len(known)
    if len(known) == 0:
        return Moments(missing=missing)
    whole, scale = as_decimals(known)
    total, squares = Fraction(sum(whole), scale), Fraction(sum(one * one for one in whole), scale * scale)
    return Moments(Fraction(len(known)), total, squares, float(known.min()), float(known.max()), missing)


def checked_weights(weights: ArrayLike, length: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Give weights as floats, one per value and none negative or missing."""
    shares = np.asarray(weights, dtype=float).ravel()
    if len(shares) != length:
        raise ArgumentError(f"{len(shares)} weights for {length} values", "Give one weight per value.")
    if not (np.isfinite(shares) & (shares >= 0)).all():
        raise ArgumentError("a weight is negative, missing or infinite", "Give weights of at least 0.")
    return shares


def merge(parts: Iterable[Moments]) -> Moments:
    """Merge any number of partials; their order does not matter."""
    return sum(parts, start=Moments())
