"""Rows put in order of unit and time: by digits, which takes the same time on every processor."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics_lib.behaviour.codes import Codes

_DIGIT_BITS: Final = 16
"""numpy sorts numbers of 16 bits by counting them, several times faster than it compares wider ones."""


def sort_order(unit: Codes, time: Codes, *ties: Any) -> Codes:
    """Give the order of rows by unit, then time, then `ties`; rows that are equal in all keep theirs.

    Most tables come in the order of time, or of people and time: then the unit says it all.
    """
    found = _by_unit(unit, time, ties)
    return _by_stretches(unit, time, ties) if found is None else found[0]


def sorted_rows(unit: Codes, time: Codes, *ties: Any) -> tuple[Codes, Codes, Codes]:
    """Give the same order, and units and times in it."""
    found = _by_unit(unit, time, ties)
    if found is None:
        order = _by_stretches(unit, time, ties)
        return order, unit[order], time[order]
    return found


def assert_sorted(unit: Codes, time: Codes) -> None:
    """Make sure rows are ordered by unit and time; a pass over unsorted rows would be silently wrong."""
    later = (unit[1:] > unit[:-1]) | ((unit[1:] == unit[:-1]) & (time[1:] >= time[:-1]))
    if not later.all():
        raise AssertionError("rows are not in order of unit and time")


def _by_stretches(unit: Codes, time: Codes, ties: tuple[Codes, ...]) -> Codes:
    """Order rows by unit and by stretches of time, of which there are 65,536; then the few that share both."""
    since = _from_least(time)
    stretch = (since >> np.uint64(max(_bits(since) - _DIGIT_BITS, 0))).astype(np.int64)
    order = _ordered_by(unit, _ordered_by(stretch, None))
    unit, stretch = unit.take(order), stretch.take(order)
    together = (unit[1:] == unit[:-1]) & (stretch[1:] == stretch[:-1])
    sharing = np.flatnonzero(np.append(together, False) | np.append(False, together))
    rows = order[sharing]
    order[sharing] = rows[_by_digits(unit[sharing], time[rows], *(tie[rows] for tie in ties))]
    return order


def _by_digits(*columns: Codes) -> Codes:
    """Order rows by the first column, then the next, and so on: by the last digit of the last one first."""
    order = np.arange(len(columns[0]))
    for column in reversed(columns):
        order = _ordered_by(column, order)
    return order


def _ordered_by(column: Codes, order: Codes | None) -> Codes:
    """Give `order` (None = the rows as they are) sorted anew by one column, equal values as they were."""
    digits = _from_least(column)
    for low in range(0, _bits(digits), _DIGIT_BITS):
        digit = (digits >> np.uint64(low)).astype(np.uint16)
        place = np.argsort(digit if order is None else digit.take(order), kind="stable")
        order = place if order is None else order.take(place)
    return np.arange(len(column)) if order is None else order


def _from_least(column: Codes) -> NDArray[np.uint64]:
    """Give how far each number is above the least one; numbers without a sign can't overflow."""
    whole = column.astype(np.int64, copy=False).view(np.uint64)
    return whole - whole[column.argmin()] if len(whole) else whole


def _bits(digits: NDArray[np.uint64]) -> int:
    return int(digits.max(initial=0)).bit_length()


def _by_unit(unit: Codes, time: Codes, ties: tuple[Codes, ...]) -> tuple[Codes, Codes, Codes] | None:
    """Order rows by the unit alone; None where that is not the order of time and ties as well.

    Units and times in that order come along, since they are at hand.
    """
    order = _ordered_by(unit, None)
    unit, time = unit.take(order), time.take(order)
    together = unit[1:] == unit[:-1]
    if (together & (time[1:] < time[:-1])).any():
        return None
    equal = np.flatnonzero(together & (time[1:] == time[:-1]))
    return (order, unit, time) if _in_order(ties, order, equal) else None


def _in_order(ties: tuple[Codes, ...], order: Codes, equal: Codes) -> bool:
    """Tell whether rows of equal time (each place in `equal` and the next) are in the order of `ties`."""
    for tie in ties:
        if not len(equal):
            return True
        before, after = tie[order[equal]], tie[order[equal + 1]]
        if (before > after).any():
            return False
        equal = equal[before == after]
    return True
