"""The passes of ClickHouse's ``windowFunnel`` whose answers no rule of ours describes, level by level.

The function goes through the events of a unit in order of time and step, each standing for one step. It
keeps, per step, the newest event that continued a chain, and the time that chain began. An event
continues the chain of the step before if that chain began within the window. Here all units take the
same step at once.
"""

from __future__ import annotations

import numpy as np

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.funnel_choice import best_per_unit
from analytics_lib.behaviour.funnel_pass import Histories
from analytics_lib.behaviour.funnel_rules import Rules

Level = tuple[Codes, Codes, Codes]
"""Of one step: events that continue a chain, the event before each, and the event each chain began with."""


def strict_increase(histories: Histories, rules: Rules) -> Codes:
    """Give the completion of each unit where a step must be strictly later than the newest of the step before."""
    return _furthest(histories, _levels(histories, rules, increasing=True), len(rules.steps))


def strict_order(histories: Histories, rules: Rules) -> Codes:
    """Give the completion of each unit up to the first event out of turn after its first entry."""
    levels = _levels(histories, rules, increasing=False)
    stop = _out_of_turn(histories, levels)
    cut = [tuple(part[level[0] < stop[histories.segment[level[0]]]] for part in level) for level in levels]
    return _furthest(histories, cut, len(rules.steps))  # type: ignore[arg-type]


def _levels(histories: Histories, rules: Rules, *, increasing: bool) -> list[Level]:
    first = histories.positions(0)
    first = first[histories.candidate[first]]
    found: list[Level] = [(first, first, first)]
    for step in range(1, len(rules.steps)):
        found.append(_continued(histories, found[-1], step, rules, increasing=increasing))
    return found


def _continued(histories: Histories, before: Level, step: int, rules: Rules, *, increasing: bool) -> Level:
    """Give the events of a step that continue a chain: that of the newest event of the step before."""
    events, _, began = before
    here = histories.positions(step)
    place = np.searchsorted(events, here) - 1
    here, place = here[place >= 0], place[place >= 0]
    fits = histories.reaches(began[place], here, rules.limit)
    if increasing:
        fits &= histories.time[events[place]] < histories.time[here]
    return here[fits], events[place[fits]], began[place[fits]]


def _out_of_turn(histories: Histories, levels: list[Level]) -> Codes:
    """Give, per segment, the first event after the first entry that is no step, or one whose turn has not come."""
    segments = int(histories.segment.max(initial=-1)) + 1
    entered = _first_per_segment(histories, levels[0][0], segments)
    wrong = [np.flatnonzero(histories.matches == 0)]
    for step in range(1, len(levels)):
        here = histories.positions(step)
        reached = _first_per_segment(histories, levels[step - 1][0], segments)
        wrong.append(here[here < reached[histories.segment[here]]])
    events = np.sort(np.concatenate(wrong))
    return _first_per_segment(histories, events[events > entered[histories.segment[events]]], segments)


def _first_per_segment(histories: Histories, events: Codes, segments: int) -> Codes:
    first = np.full(segments, histories.size, dtype=np.int64)
    np.minimum.at(first, histories.segment[events], events)
    return first


def _furthest(histories: Histories, levels: list[Level], steps: int) -> Codes:
    """Give the longest chain of each unit: of these the one that began last, and then ended first."""
    chains = [_chains(levels, step, steps) for step in range(len(levels))]
    found = np.concatenate(chains, axis=1)
    return found[:, best_per_unit(histories, found, first=False)] if found.shape[1] else found


def _chains(levels: list[Level], step: int, steps: int) -> Codes:
    """Give the chains that end with the events of a step, one column each."""
    path = np.full((steps, len(levels[step][0])), -1, dtype=np.int64)
    path[step] = levels[step][0]
    for earlier in range(step, 0, -1):
        events, before, _ = levels[earlier]
        path[earlier - 1] = before[np.searchsorted(events, path[earlier])]
    return path
