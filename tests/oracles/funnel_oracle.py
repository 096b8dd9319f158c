"""A funnel by brute force: try every choice of events, keep those the definition allows, take the best.

Slow and obvious on purpose. One unit at a time; an event is (time, the set of steps it can be).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, permutations, product

Event = tuple[int, frozenset[int]]


@dataclass(frozen=True)
class Asked:
    steps: int
    within: int | None
    order: str = "ordered"
    window_from: str = "entry"
    entry: str = "best"
    grace: int = 0
    start: int = -(10**9)
    end: int = 10**9
    exclude_effect: str = "drop_entity"


def completions(events: list[Event], asked: Asked, *, used: frozenset[int] = frozenset()) -> Iterator[tuple[int, ...]]:
    """Every choice of different events that completes some number of steps, entry in the range."""
    if asked.order == "any":
        yield from any_order(events, asked, used)
        return
    orders = [range(len(events))] if asked.order == "ordered" else orders_of_equal_times(events)
    for order in orders:
        yield from in_order(events, asked, used, list(order))


def in_order(events: list[Event], asked: Asked, used: frozenset[int], order: list[int]) -> Iterator[tuple[int, ...]]:
    def longer(chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if chosen:
            yield chosen
        if len(chosen) == asked.steps:
            return
        for at in order:
            if at in chosen or at in used or len(chosen) not in events[at][1]:
                continue
            if allowed(events, asked, chosen, at, order):
                yield from longer((*chosen, at))

    yield from longer(())


def allowed(events: list[Event], asked: Asked, chosen: tuple[int, ...], at: int, order: list[int]) -> bool:
    time = events[at][0]
    if not chosen:
        return asked.start <= time < asked.end
    if asked.order == "strict" and order.index(at) != order.index(chosen[-1]) + 1:
        return False
    if time < events[chosen[-1]][0] - asked.grace:
        return False
    origin = chosen[0] if asked.window_from == "entry" else chosen[-1]
    return asked.within is None or time - events[origin][0] <= asked.within


def orders_of_equal_times(events: list[Event]) -> Iterator[tuple[int, ...]]:
    moments = [list(group) for _, group in groupby(range(len(events)), key=lambda at: events[at][0])]
    for parts in product(*(permutations(moment) for moment in moments)):
        yield tuple(at for part in parts for at in part)


def any_order(events: list[Event], asked: Asked, used: frozenset[int]) -> Iterator[tuple[int, ...]]:
    def longer(step: int, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if step == asked.steps:
            times = [events[at][0] for at in chosen]
            inside = asked.within is None or not chosen or max(times) - min(times) <= asked.within
            if chosen and inside and asked.start <= min(times) < asked.end:
                yield tuple(sorted(chosen))
            return
        yield from longer(step + 1, chosen)
        for at in range(len(events)):
            if at not in chosen and at not in used and step in events[at][1]:
                yield from longer(step + 1, (*chosen, at))

    yield from longer(0, ())


def best(events: list[Event], found: list[tuple[int, ...]]) -> tuple[int, ...] | None:
    """The furthest; of these the latest entry; of these the earliest later steps."""

    def rank(chosen: tuple[int, ...]) -> tuple[object, ...]:
        times = [events[at][0] for at in chosen]
        return (-len(times), -times[0], *times[1:])

    return min(found, key=rank, default=None)


def counted(events: list[Event], asked: Asked, excluded: list[int]) -> list[list[int]]:
    """The times of each completion that counts, after exclusion."""
    if asked.entry == "every":
        chosen = attempts(events, asked, excluded)
    else:
        found = list(completions(events, asked))
        if asked.entry == "first" and found:
            first = min(events[chosen[0]][0] for chosen in found)
            found = [chosen for chosen in found if events[chosen[0]][0] == first]
        one = best(events, found)
        chosen = [one] if one else []
    results = [after_exclusion([events[at][0] for at in path], asked, excluded) for path in chosen]
    return [times for times in results if times]


def attempts(events: list[Event], asked: Asked, excluded: list[int]) -> list[tuple[int, ...]]:
    """Each entry that lies in no open attempt, with the best that can be made of it."""
    found: list[tuple[int, ...]] = []
    used: frozenset[int] = frozenset()
    closes, expires = -(10**9), -(10**9)
    for at in range(len(events)):
        time = events[at][0]
        if at in used or (time < closes and time <= expires):
            continue
        possible = [
            path
            for path in completions(events, asked, used=used)
            if path[0] == at or (asked.order == "any" and at in path and events[path[0]][0] == time)
        ]
        path = best(events, possible)
        if path is None:
            continue
        found.append(path)
        times = [events[one][0] for one in path]
        cut = min((moment for moment in excluded if moment > time), default=10**9)
        closes = min(cut, max(times) if len(path) == asked.steps else 10**9)
        last = time if asked.window_from == "entry" else max(times)
        expires = 10**9 if asked.within is None else last + asked.within
        used |= {one for one in path if events[one][0] <= closes}
    return found


def after_exclusion(times: list[int], asked: Asked, excluded: list[int]) -> list[int]:
    """Strictly between entry and last step: leave altogether, or stop there."""
    hits = [moment for moment in excluded if times[0] < moment < max(times)]
    if not hits:
        return times
    return [] if asked.exclude_effect == "drop_entity" else [time for time in times if time <= min(hits)]
