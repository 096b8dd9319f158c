"""Where a series changes: stretches are split one by one, and as many splits are kept as the evidence pays for."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from analytics_lib.statistics.changepoint_noise import (
    REDNESS,
    WHITENING,
    Floats,
    Integers,
    Rows,
    misfit,
    single_misfits,
    split_misfits,
)

SHORTEST: Final = 4
"""Observations of the shortest stretch between two changes."""

_MOST_CHANGES: Final = 60
_ROUNDS: Final = 3
_CLOSE: Final = 3 * SHORTEST  # changes nearer than this may be one change seen twice
_PATIENCE: Final = 20.0  # how far the account may fall while waiting for the second change of a pair
_CROWDED: Final = 400  # splits of a stretch from which only every second, third … is tried, until it is shorter

_SLOPED_PRICE: Final = np.where(WHITENING > 0, 20.0, np.interp(REDNESS, [0.0, 0.87], [16.0, 20.0]))
_LEVEL_PRICE: Final = np.where(WHITENING > 0, 14.0, np.interp(REDNESS, [0.0, 0.87], [11.0, 14.0]))
_RARER: Final = {True: 2.6, False: 2.2}
_LEVERAGE: Final = {True: 2.0, False: 1.0}
_LOPSIDED: Final = 12.0
_HEAVY: Final = 12.0


@dataclass(frozen=True, slots=True)
class Price:
    """The evidence a change must bring so that chance alone rarely does, for every colour of the noise.

    From simulation (the calibration certificate repeats it): the evidence that the best split of unchanged noise of
    that colour reaches in 5 % of series, and how much more makes it e times rarer.
    """

    sloped: bool
    """Whether stretches have slopes, which chance bends more easily than levels."""
    error_rate: float
    """How often chance alone may show a change somewhere."""

    @property
    def per_colour(self) -> Floats:
        """Twice the log likelihood ratio to be paid, shape (redness,)."""
        base = _SLOPED_PRICE if self.sloped else _LEVEL_PRICE
        return base + _RARER[self.sloped] * math.log(0.05 / self.error_rate)

    def at(self, rows: Rows, shorter: Integers) -> Floats:
        """Give the price of splits whose shorter side has so many observations, shape (redness, splits).

        A few observations of lopsided or heavy-tailed noise look like a change more easily than normal ones: the
        first terms of the Edgeworth expansion of a mean's tail are added.
        """
        weight = _LEVERAGE[self.sloped] / shorter
        tails = _LOPSIDED * rows.skewness[:, None] * np.sqrt(weight) + _HEAVY * rows.excess[:, None] * weight
        return self.per_colour[:, None] + tails

    def rarity(self, surplus: float) -> float:
        """Give the p-value of a change whose evidence exceeds its price by `surplus`."""
        return min(1.0, self.error_rate * math.exp(min(-surplus / _RARER[self.sloped], 700.0)))


@dataclass(frozen=True, slots=True)
class Segmentation:
    """Stretches of a series, each with its own level, and slope if `sloped`."""

    starts: tuple[int, ...]
    """First observation of each stretch but the first, ascending."""
    sloped: bool
    """Whether stretches have slopes."""


def best_segmentation(rows: Rows, error_rate: float) -> Segmentation:
    """Give the stretches that the evidence pays for; none is an answer.

    Both kinds of stretches compete with one line through the whole series; level ones are cheaper, but must first
    make up for what a slope explains.
    """
    slopes, slope_starts = _account(rows, Price(sloped=True, error_rate=error_rate))
    levels, level_starts = _account(rows, Price(sloped=False, error_rate=error_rate))
    levels -= _debt(rows)
    if max(slopes, levels) <= 0:
        return Segmentation((), sloped=True)
    return Segmentation(tuple(sorted(slope_starts if slopes >= levels else level_starts)), sloped=slopes >= levels)


def level_segmentation(rows: Rows, error_rate: float) -> Segmentation:
    """Give level stretches that explain more than one line does."""
    levels, starts = _account(rows, Price(sloped=False, error_rate=error_rate))
    return Segmentation(tuple(sorted(starts)) if levels > _debt(rows) else (), sloped=False)


def _debt(rows: Rows) -> float:
    """Give what a slope explains of the whole series, which level stretches must first make up for."""
    level, sloped = (_surprise(rows, misfit(rows, 0, rows.size, sloped=sloped)) for sloped in (False, True))
    return max(level - sloped, 0.0)


def _surprise(rows: Rows, left: Floats) -> float:
    """Give −2 log likelihood with the colour that suits best."""
    return float((rows.effective * np.log(left + rows.floor)).min())


@dataclass(slots=True)
class _Stretch:
    """One stretch and what splitting it at each place would explain, for every colour of the noise."""

    first: int
    last: int
    places: Integers
    single: Floats
    """By leaving out the one innovation at the place, shape (redness, places)."""
    both: Floats
    """By that and by the change itself."""
    dearness: Floats
    """What the misfit is multiplied by to pay for the change."""


def _stretch(rows: Rows, first: int, last: int, price: Price, *, crowded: int = sys.maxsize) -> _Stretch:
    stride = 1 + (last - first) // crowded
    places = np.arange(first + SHORTEST, last - SHORTEST + 1, stride)
    if not len(places):
        empty = np.zeros((len(REDNESS), 0))
        return _Stretch(first, last, places, empty, empty, empty)
    single = single_misfits(rows, first, last, sloped=price.sloped)[:, places - first]
    both = split_misfits(rows, first, last, SHORTEST, sloped=price.sloped, stride=stride)
    np.subtract(misfit(rows, first, last, sloped=price.sloped)[:, None], both, out=both)
    np.maximum(both, single, out=both)
    dearness = price.at(rows, np.minimum(places - first, last - places))
    dearness /= rows.effective
    return _Stretch(first, last, places, single, both, np.exp(dearness, out=dearness))


def _account(rows: Rows, price: Price) -> tuple[float, list[int]]:
    """Split greedily; give the highest balance of evidence less price on the way, and the splits up to there."""
    stretches = [_stretch(rows, 0, rows.size, price, crowded=_CROWDED)]
    left = misfit(rows, 0, rows.size, sloped=price.sloped)
    balance = best = 0.0
    splits: list[int] = []
    kept = 0
    while len(splits) < _MOST_CHANGES and balance > best - _PATIENCE:
        surplus, column, number = max(
            (*_best_split(rows, left, stretch), number) for number, stretch in enumerate(stretches)
        )
        if column < 0:
            break
        stretch = stretches.pop(number)
        at = int(stretch.places[column])
        left = np.maximum(left - stretch.both[:, column], 0.0)
        halves = ((stretch.first, at), (at, stretch.last))
        stretches += [_stretch(rows, a, b, price, crowded=_CROWDED) for a, b in halves]
        splits.append(at)
        balance += surplus
        if balance > best:
            best, kept = balance, len(splits)
    return best, splits[:kept]


def _best_split(rows: Rows, left: Floats, stretch: _Stretch) -> tuple[float, int]:
    """Give the highest surplus of evidence over price in a stretch, and its place in `places`; −1 for none."""
    if not len(stretch.places):
        return -math.inf, -1
    without = _lowest(rows, left, stretch.single)
    paid = _lowest(rows, left, stretch.both, stretch.dearness)
    surplus = rows.effective * np.log(without / paid)
    at = int(surplus.argmax())
    return float(surplus[at]), at


def _lowest(rows: Rows, left: Floats, explained: Floats, dearness: Floats | float = 1.0) -> Floats:
    """Give the misfit that stays, with the colour that suits best, for every place."""
    stays = left[:, None] - explained
    np.maximum(stays, 0.0, out=stays)
    stays += rows.floor[:, None]
    stays *= dearness
    return np.asarray(stays.min(axis=0))


def settled(rows: Rows, found: Segmentation, error_rate: float) -> tuple[Segmentation, Floats]:
    """Move each change to where it is best given the others, and drop those that the others make needless.

    Returns
    -------
    tuple
        The changes that stay, and the p-value of each when all others are taken as given, shape (changes,).
    """
    price = Price(found.sloped, error_rate)
    starts, surplus = _moved(rows, _merged(rows, list(found.starts), price), price)
    while starts and min(surplus) <= 0:
        del starts[int(np.argmin(surplus))]
        starts, surplus = _moved(rows, starts, price)
    return Segmentation(tuple(starts), found.sloped), np.array([price.rarity(one) for one in surplus])


def _merged(rows: Rows, starts: list[int], price: Price) -> list[int]:
    """Put one change in place of two close ones where it explains nearly as much."""
    number = 0
    while number + 1 < len(starts):
        close = starts[number + 1] - starts[number] < _CLOSE
        single = _with_one_less(rows, starts, number, price) if close else None
        if single is not None and _cost(rows, single, price) <= _cost(rows, starts, price):
            starts = single
        else:
            number += 1
    return starts


def _with_one_less(rows: Rows, starts: list[int], number: int, price: Price) -> list[int] | None:
    edges = [0, *starts, rows.size]
    stretch = _stretch(rows, edges[number], edges[number + 3], price)
    left = _parts(rows, [0, *starts[:number], *starts[number + 2 :], rows.size], sloped=price.sloped).sum(axis=0)
    _, at = _best_split(rows, left, stretch)
    return None if at < 0 else [*starts[:number], int(stretch.places[at]), *starts[number + 2 :]]


def _cost(rows: Rows, starts: list[int], price: Price) -> float:
    left = _parts(rows, [0, *starts, rows.size], sloped=price.sloped).sum(axis=0) + rows.floor
    return float((rows.effective * np.log(left) + len(starts) * price.per_colour).min())


def _moved(rows: Rows, starts: list[int], price: Price) -> tuple[list[int], list[float]]:
    """Put each change where its surplus is highest, its neighbours staying; give all surpluses."""
    surplus = [0.0] * len(starts)
    for _ in range(_ROUNDS):
        before = list(starts)
        for number in range(len(starts)):
            edges = [0, *starts, rows.size]
            first, last = edges[number], edges[number + 2]
            parts = _parts(rows, edges, sloped=price.sloped)
            joined = misfit(rows, first, last, sloped=price.sloped)
            left = np.maximum(parts.sum(axis=0) - parts[number] - parts[number + 1], 0.0) + joined
            stretch = _stretch(rows, first, last, price)
            surplus[number], at = _best_split(rows, left, stretch)
            starts[number] = int(stretch.places[at]) if at >= 0 else starts[number]
        if starts == before:
            break
    return starts, surplus


def _parts(rows: Rows, edges: Sequence[int], *, sloped: bool) -> Floats:
    return np.array([misfit(rows, first, last, sloped=sloped) for first, last in pairwise(edges)])


def redness_of(rows: Rows, found: Segmentation) -> float:
    """Give the autocorrelation of the noise around the stretches, 0 to 0.95."""
    total = _parts(rows, [0, *found.starts, rows.size], sloped=found.sloped).sum(axis=0)
    plain = WHITENING == 0
    return float(REDNESS[plain][int(np.argmin((total + rows.floor)[plain]))])
