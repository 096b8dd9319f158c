"""Sums and products of floats without rounding, so that order and grouping can't change a digit."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

_HALF: Final = 2.0**27  # a float's 53 digits are summed as 26 high and 27 low ones
_CHUNK: Final = 2**25  # so many low halves add up below 2**53, where float addition is still exact


def exact_sum(values: ArrayLike) -> Fraction:
    """Give the sum of finite floats as an exact fraction, in any order the same.

    Parameters
    ----------
    values
        Finite floats, shape (n,).

    Examples
    --------
    >>> float(exact_sum([1e16, 1.0, -1e16]))
    1.0
    """
    mantissas, exponents = np.frexp(np.asarray(values, dtype=float))
    return _scaled_sum(mantissas, exponents)


def exact_product_sum(first: ArrayLike, second: ArrayLike) -> Fraction:
    """Give the sum of products of two arrays of finite floats as an exact fraction.

    References
    ----------
    T. J. Dekker (1971), A floating-point technique for extending the available precision.

    Examples
    --------
    >>> exact_product_sum([0.5, 3.0], [0.5, 2.0])
    Fraction(25, 4)
    """
    (products, errors), exponents = _products(np.asarray(first, dtype=float), np.asarray(second, dtype=float))
    return _scaled_sum(products, exponents) + _scaled_sum(errors, exponents)


def exact_weighted_squares(values: ArrayLike, weights: ArrayLike) -> Fraction:
    """Give the sum of ``weights * values ** 2`` as an exact fraction."""
    (products, errors), exponents = _products(np.asarray(values, dtype=float), np.asarray(weights, dtype=float))
    mantissas, more = np.frexp(np.asarray(values, dtype=float))
    parts = (*_two_product(products, mantissas), *_two_product(errors, mantissas))
    return sum((_scaled_sum(part, exponents + more) for part in parts), start=Fraction(0))


def as_decimals(values: ArrayLike) -> tuple[list[int], int]:
    """Give finite floats as whole numbers over one denominator, each read as the shortest decimal that names it.

    So 0.1 is a tenth, as whoever wrote it meant, and not the nearest binary fraction.

    Examples
    --------
    >>> as_decimals([0.1, 2.0])
    ([1, 20], 10)
    """
    exact = [Fraction(repr(value)) for value in np.asarray(values, dtype=float).tolist()]
    shared = math.lcm(*(value.denominator for value in exact)) if exact else 1
    return [value.numerator * (shared // value.denominator) for value in exact], shared


def _products(first: Floats, second: Floats) -> tuple[tuple[Floats, Floats], Integers]:
    left, left_exponents = np.frexp(first)
    right, right_exponents = np.frexp(second)
    return _two_product(left, right), left_exponents + right_exponents


def _two_product(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Split each product into its rounded value and the rounding error, both floats."""
    product = first * second
    first_high, first_low = _halves(first)
    second_high, second_low = _halves(second)
    error = first_high * second_high - product + first_high * second_low + first_low * second_high
    return product, error + first_low * second_low


def _halves(values: Floats) -> tuple[Floats, Floats]:
    spread = (_HALF + 1) * values
    high = spread - (spread - values)
    return high, values - high


def _scaled_sum(mantissas: Floats, exponents: Integers) -> Fraction:
    """Sum ``mantissas * 2 ** exponents``: whole numbers of equal exponent are added, then shifted together."""
    total = Fraction(0)
    for first in range(0, len(mantissas), _CHUNK):
        part, more = np.frexp(mantissas[first : first + _CHUNK])
        places = more + exponents[first : first + _CHUNK]
        lowest = int(places.min())
        whole = part * 2.0**53
        high = np.floor(whole / _HALF)
        highs = np.bincount(places - lowest, weights=high)
        lows = np.bincount(places - lowest, weights=whole - high * _HALF)
        shifted = 0
        for place in np.flatnonzero((highs != 0) | (lows != 0)):
            shifted += ((int(highs[place]) << 27) + int(lows[place])) << int(place)
        shift = lowest - 53
        total += Fraction(shifted << shift) if shift >= 0 else Fraction(shifted, 1 << -shift)
    return total
