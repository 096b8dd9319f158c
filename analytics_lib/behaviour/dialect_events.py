"""The events of a funnel as a product sees them: copied for each step, rounded to the second, cut at the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.funnel_events import FunnelEvents
from analytics_lib.behaviour.funnel_pass import Flags, Histories
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.row_order import sort_order

_SECOND = 1_000_000


def as_seen(events: FunnelEvents, rules: Rules, *, end: int | None) -> FunnelEvents:
    """Give the events as the dialect of the rules sees them; `end` (microseconds) is that of the range."""
    dialect = rules.dialect
    if dialect is None:
        return events
    if dialect.inside_range and end is not None:
        events = _taken(events, np.flatnonzero(events.histories.time < end))
    if dialect.whole_seconds:
        events = _in_seconds(events)
    return _one_step_each(events) if dialect.reuse else events


def _taken(events: FunnelEvents, index: Codes, *, time: Codes | None = None, matches: Codes | None = None,
           candidate: Flags | None = None) -> FunnelEvents:  # fmt: skip
    """Give some of the events, in the order of `index`, with some of their facts changed."""
    old = events.histories
    histories = Histories(
        segment=old.segment[index],
        unit=old.unit[index],
        time=(old.time if time is None else time)[index],
        clock=(old.clock if time is None else time)[index],
        matches=old.matches[index] if matches is None else matches,
        candidate=old.candidate[index] if candidate is None else candidate,
        held=None if old.held is None else old.held[index],
    )
    return replace(events, histories=histories, person=events.person[index], value=events.value[index])


def _in_seconds(events: FunnelEvents) -> FunnelEvents:
    """Round times to the nearest second, half up; of events of one second that can be the same steps keep one."""
    histories = events.histories
    time = _rounded(histories.time)
    order = sort_order(histories.segment, time, _step_place(histories.matches), histories.matches,
                       (~histories.candidate).astype(np.int64))  # fmt: skip
    same = np.zeros(len(order), dtype=bool)
    facts = (histories.segment[order], time[order], histories.matches[order])
    same[1:] = np.logical_and.reduce([fact[1:] == fact[:-1] for fact in facts]) & (facts[2][1:] > 0)
    excluders = tuple(replace(one, time=_rounded(one.time)) for one in events.excluders)
    return replace(_taken(events, order[~same], time=time), excluders=excluders)


def _rounded(time: Codes) -> Codes:
    return (time + _SECOND // 2) // _SECOND * _SECOND


def _step_place(matches: Codes) -> Codes:
    """Give the number (from 1) of the first step an event can be; 0 = none."""
    lowest = matches & -matches
    return np.where(matches > 0, np.bitwise_count(np.maximum(lowest, 1) - 1) + 1, 0).astype(np.int64)


def _one_step_each(events: FunnelEvents) -> FunnelEvents:
    """Copy each event for every step it can be, so that one event may serve them all; what is no step stays."""
    histories = events.histories
    count = np.maximum(np.bitwise_count(histories.matches), 1).astype(np.int64)
    index = np.repeat(np.arange(histories.size), count)
    left = histories.matches[index]
    copy = np.arange(len(index)) - np.repeat(np.cumsum(count) - count, count)
    for _ in range(int(count.max(initial=1)) - 1):  # take away the lowest step as often as there are copies before
        left = np.where(copy > 0, left & (left - 1), left)
        copy -= 1
    bit = left & -left
    order = sort_order(histories.segment[index], histories.time[index], _step_place(bit), events.value[index])
    return _taken(events, index[order], matches=bit[order], candidate=(histories.candidate[index] & (bit == 1))[order])
