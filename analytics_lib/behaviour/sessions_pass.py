"""Cut histories into sessions: given ids are kept, the rest falls under the gap and length rules."""

from __future__ import annotations

import numpy as np

from analytics_lib.behaviour.codes import Codes, first_above, numbered
from analytics_lib.behaviour.row_order import sort_order


def session_numbers(person: Codes, given: Codes, time: Codes, *, gap: int, maximum: int) -> Codes:
    """Give each event the number of its session; −1 = it belongs to none.

    Parameters
    ----------
    person
        Number of the person; −1 = unknown.
    given
        Number of the sent session id; −1 = none was sent. Events of one person with one id are one
        session, never split.
    time
        Microseconds since 1970, in any order.
    gap, maximum
        Microseconds. A gap greater than `gap`, or a length greater than `maximum`, starts a new one.
    """
    numbers = np.full(len(time), -1, dtype=np.int64)
    sent = np.flatnonzero(given >= 0)
    if len(sent):
        keys = (person[sent] + 1) * (int(given.max()) + 1) + given[sent]
        _, numbers[sent] = numbered(keys)
    made = np.flatnonzero((given < 0) & (person >= 0))
    if len(made):
        order = made[sort_order(person[made], time[made])]
        numbers[order] = int(numbers.max()) + 1 + _by_gaps(person[order], time[order], gap, maximum)
    return numbers


def ordered_sessions(
    person: Codes, given: Codes | None, time: Codes, *ties: Codes, gap: int, maximum: int
) -> tuple[Codes, Codes]:
    """Give the order of the rows by session, time and `ties`, and the session of each row in that order.

    Rows that belong to no session are left out; sessions are numbered from 0 without gaps. `given` is None
    where no ids were sent; then the order of people and time is the order of sessions too.
    """
    if given is None or not (given >= 0).any():
        inside = np.flatnonzero(person >= 0)
        order = sort_order(person[inside], time[inside], *(tie[inside] for tie in ties))
        order = order if len(inside) == len(person) else inside[order]
        return order, _by_gaps(person[order], time[order], gap, maximum)
    numbers = session_numbers(person, given, time, gap=gap, maximum=maximum)
    inside = np.flatnonzero(numbers >= 0)
    order = inside[sort_order(numbers[inside], time[inside], *(tie[inside] for tie in ties))]
    return order, numbered(numbers[order])[1]


def _by_gaps(person: Codes, time: Codes, gap: int, maximum: int) -> Codes:
    """Give the session numbers of sorted events by the gap rule, then by the length rule."""
    begins = np.ones(len(time), dtype=bool)
    begins[1:] = (person[1:] != person[:-1]) | (np.diff(time) > gap)
    start = np.flatnonzero(begins)
    end = np.append(start[1:], len(time))
    while len(start):  # cut what is too long at the first event beyond, until nothing is
        long = time[end - 1] - time[start] > maximum
        start, end = start[long], end[long]
        start = first_above(time, start, end, time[start] + maximum)
        begins[start] = True
    return np.cumsum(begins) - 1
