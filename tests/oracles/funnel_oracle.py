"""A funnel by brute force: try every choice of events, keep those the definition allows, take the best.

Slow and obvious on purpose. One unit at a time; the answer is one row per completion that counts: the time
of each step, None where it was not reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, permutations, product, takewhile
from typing import NamedTuple

NEVER = 10**9
Row = tuple[int | None, ...]


class Ban(NamedTuple):
    """An event that excludes: when, and between which required steps (None = the last)."""

    time: int
    after: int = 0
    before: int | None = None


class Event(NamedTuple):
    """One event of the unit."""

    time: int
    steps: frozenset[int]
    """Steps it can be."""
    held: str | None = ""
    """What must be equal on all events of a completion; None can't be."""
    begun: int = 0
    """Sessions of the unit that have begun by then."""
    entry: bool = True
    """Whether it may be the first of a completion (first ever)."""


@dataclass(frozen=True)
class Asked:
    """The rules; steps are numbered from 0."""

    steps: int
    within: int | None
    order: str = "ordered"
    window_from: str = "entry"
    entry: str = "best"
    grace: int = 0
    start: int = -NEVER
    end: int = NEVER
    exclude_effect: str = "drop_entity"
    sessions: int | None = None
    optional: tuple[int, ...] = ()
    anchored: tuple[int, ...] = ()
    """Steps that keep their place in any order."""

    @property
    def required(self) -> list[int]:
        return [step for step in range(self.steps) if step not in self.optional]


def counted(events: list[Event], asked: Asked, excluded: list[Ban]) -> list[Row]:
    """The completions that count, after exclusion."""
    found = set(completions(events, asked))
    if asked.entry == "every":
        chosen = [path for held in held_values(events) for path in attempts(events, found, asked, excluded, held)]
    else:
        if asked.entry == "first" and found:
            first = min(events[path[0]].time for path in found)
            found = {path for path in found if events[path[0]].time == first}
        one = best(events, found)
        chosen = [one] if one else []
    rows = [after_exclusion(events, path, asked, excluded) for path in chosen]
    return [row for row in rows if row]


def held_values(events: list[Event]) -> list[str]:
    """Attempts with different held values do not stand in each other's way."""
    return sorted({event.held for event in events if event.held is not None})


def completions(events: list[Event], asked: Asked) -> Iterator[tuple[int, ...]]:
    """Every choice of different events that completes some number of steps, entry in the range."""
    if asked.order == "any":
        yield from around_anchors(events, asked) if asked.anchored else any_order(events, asked)
        return
    orders = [tuple(range(len(events)))] if asked.order == "ordered" else orders_of_equal_times(events)
    for order in orders:
        yield from in_order(events, asked, order)


def around_anchors(events: list[Event], asked: Asked) -> Iterator[tuple[int, ...]]:
    """Ordered completions of every arrangement of the steps that leaves the anchored ones where they are."""
    for steps in permutations(range(asked.steps)):
        if all(
            all(one < anchor for one in steps[: steps.index(anchor)])
            and all(one > anchor for one in steps[steps.index(anchor) :][1:])
            for anchor in asked.anchored
        ):
            for path in in_order(events, asked, tuple(range(len(events))), steps):
                yield tuple(sorted(path))


def in_order(
    events: list[Event], asked: Asked, order: tuple[int, ...], steps: tuple[int, ...] | None = None
) -> Iterator[tuple[int, ...]]:
    required = asked.required if steps is None else steps

    def longer(chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if chosen:
            yield chosen
        if len(chosen) == len(required):
            return
        for at in order:
            fits = at not in chosen and required[len(chosen)] in events[at].steps
            if fits and allowed(events, asked, chosen, at, order):
                yield from longer((*chosen, at))

    yield from longer(())


def allowed(events: list[Event], asked: Asked, chosen: tuple[int, ...], at: int, order: tuple[int, ...]) -> bool:
    event = events[at]
    if event.held is None:
        return False
    if not chosen:
        return asked.start <= event.time < asked.end and event.entry
    if asked.order == "strict" and order.index(at) != order.index(chosen[-1]) + 1:
        return False
    if event.held != events[chosen[0]].held or event.time < events[chosen[-1]].time - asked.grace:
        return False
    return inside(asked, events[chosen[0] if asked.window_from == "entry" else chosen[-1]], event)


def inside(asked: Asked, origin: Event, event: Event) -> bool:
    """The window: a time, or how many sessions it may touch."""
    if asked.sessions is not None:
        return event.begun - origin.begun <= asked.sessions - 1
    return asked.within is None or event.time - origin.time <= asked.within


def orders_of_equal_times(events: list[Event]) -> Iterator[tuple[int, ...]]:
    moments = [list(group) for _, group in groupby(range(len(events)), key=lambda at: events[at].time)]
    for parts in product(*(permutations(moment) for moment in moments)):
        yield tuple(at for part in parts for at in part)


def any_order(events: list[Event], asked: Asked) -> Iterator[tuple[int, ...]]:
    def longer(step: int, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if step == asked.steps:
            path = tuple(sorted(chosen))
            if path and asked.start <= events[path[0]].time < asked.end and together(path):
                yield path
            return
        yield from longer(step + 1, chosen)
        for at in range(len(events)):
            if at not in chosen and step in events[at].steps:
                yield from longer(step + 1, (*chosen, at))

    def together(path: tuple[int, ...]) -> bool:
        held = {events[at].held for at in path}
        return len(held) == 1 and None not in held and inside(asked, events[path[0]], events[path[-1]])

    yield from longer(0, ())


def best(events: list[Event], found: set[tuple[int, ...]]) -> tuple[int, ...] | None:
    """The furthest; of these the latest entry; of these the earliest later steps."""

    def rank(path: tuple[int, ...]) -> tuple[object, ...]:
        times = [events[at].time for at in path]
        return (-len(times), -times[0], *times[1:], path)

    return min(found, key=rank, default=None)


def attempts(
    events: list[Event], possible: set[tuple[int, ...]], asked: Asked, excluded: list[Ban], held: str
) -> Iterator[tuple[int, ...]]:
    """Each entry that lies in no open attempt, with the best that can be made of it."""
    used: set[int] = set()
    closes = NEVER
    opened: Event | None = None  # where the window of the open attempt starts
    for at, event in enumerate(events):
        if at in used or event.held != held:
            continue
        if opened is not None and event.time < closes and inside(asked, opened, event):
            continue
        starting = {path for path in possible if not used & set(path) and starts(events, path, at, asked)}
        path = best(events, starting)
        if path is None:
            continue
        yield path
        times = [events[one].time for one in path]
        cut = excluded_at(events, path, asked, excluded)
        closes = min(cut, max(times) if len(path) == len(asked.required) else NEVER)
        opened = event if asked.window_from == "entry" else events[max(path)]
        used |= {one for one in path if events[one].time <= closes}


def starts(events: list[Event], path: tuple[int, ...], at: int, asked: Asked) -> bool:
    if asked.order == "any":
        return at in path and events[path[0]].time == events[at].time
    return path[0] == at


def excluded_at(events: list[Event], path: tuple[int, ...], asked: Asked, excluded: list[Ban]) -> int:
    """When the first event excludes: behind one of the steps of a ban, and not behind the other if it was reached."""
    times = [events[at].time for at in path]
    moments = []
    for ban in excluded:
        last = len(asked.required) - 1 if ban.before is None else ban.before
        begun = ban.after < len(times) and ban.time > times[ban.after]
        over = last < len(times) and ban.time >= times[last]
        if begun and not over:
            moments.append(ban.time)
    return min(moments, default=NEVER)


def after_exclusion(events: list[Event], path: tuple[int, ...], asked: Asked, excluded: list[Ban]) -> Row | None:
    """Strictly between entry (or another step) and last step: leave altogether, or stop there."""
    last = max(events[at].time for at in path)
    cut = excluded_at(events, path, asked, excluded)
    if cut < last and asked.exclude_effect == "drop_entity":
        return None
    kept = tuple(takewhile(lambda at: events[at].time <= cut, path))
    converted = len(kept) == len(asked.required)
    cut = excluded_at(events, kept, asked, excluded)
    row: list[int | None] = [None] * asked.steps
    for step, at in zip(asked.required, kept, strict=False):
        row[step] = at
    for step in asked.optional:
        row[step] = optional_step(events, row, step, asked, until=NEVER if converted else cut)
    return tuple(None if at is None else events[at].time for at in row)


def optional_step(events: list[Event], row: list[int | None], step: int, asked: Asked, *, until: int) -> int | None:
    """The earliest event no other step took, between the steps around it; it holds nothing up."""
    before = max(one for one in asked.required if one < step)
    after = min((one for one in asked.required if one > step and row[one] is not None), default=None)
    reached = [row[one] for one in range(before, step) if row[one] is not None]
    if row[before] is None:
        return None
    anchor = events[reached[-1]]  # type: ignore[index]
    latest = until if after is None else events[row[after]].time  # type: ignore[index]
    origin = events[row[0]] if asked.window_from == "entry" else anchor  # type: ignore[index]
    fits = [
        at
        for at, event in enumerate(events)
        if step in event.steps and at not in row and event.held == anchor.held
        and anchor.time - asked.grace <= event.time <= latest and inside(asked, origin, event)
    ]  # fmt: skip
    return min(fits, key=lambda at: events[at].time, default=None)
