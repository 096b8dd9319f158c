"""Sessions and paths by brute force: one person at a time, one event after the other, with lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import NamedTuple

MINUTE, DAY = 60, 86_400
Edge = tuple[int, str, str]


class Event(NamedTuple):
    """One row of the table."""

    second: int
    name: str
    user: str | None
    sent: str | None
    tenant: str
    url: str | None
    account: str | None


Key = tuple[str, str | None, str | int]
"""Tenant, user, and the id that was sent or the second a session begins."""


def sessions(events: Iterable[Event], *, gap: int, longest: int) -> dict[Key, list[Event]]:
    """A sent id of a person is one session; else more than `gap` of silence, or more than `longest`, begins another."""
    found: dict[Key, list[Event]] = defaultdict(list)
    begun: dict[tuple[str, str | None], tuple[int, int]] = {}
    for event in sorted(events, key=lambda event: event.second):
        who = (event.tenant, event.user)
        if event.sent is not None:
            found[*who, event.sent].append(event)
        elif event.user is not None:
            start, last = begun.get(who, (event.second, event.second))
            start = event.second if event.second - last > gap or event.second - start > longest else start
            begun[who] = (start, event.second)
            found[*who, start].append(event)
    return found


def walks(events: Iterable[Event], unit: str, *, gap: int, clean: Callable[[str], str | None], collapse: bool) -> list[
    list[tuple[Event, str, Key | None]]
]:  # fmt: skip
    """Give the visits of each unit in order of time and name: the event, its clean name, its session."""
    found: dict[object, list[tuple[Event, str, Key | None]]] = defaultdict(list)
    events = list(events)
    nobody = [event for event in events if event.user is None and event.sent is None]
    for session, members in [*sessions(events, gap=gap, longest=DAY).items(), (None, nobody)]:
        for event in members:
            person = (event.tenant, event.user) if event.user is not None else None
            account = (event.tenant, event.account) if event.account is not None else None
            owner = {"session": session, "user": person, "account": account}[unit]
            name = clean(event.name)
            if owner is not None and name is not None:
                found[owner].append((event, name, session))
    ordered = [sorted(visits, key=lambda visit: (visit[0].second, visit[1])) for visits in found.values()]
    if not collapse:
        return ordered
    return [[visit for at, visit in enumerate(one) if not at or visit[1] != one[at - 1][1]] for one in ordered]


def transitions(
    ways: Iterable[list[tuple[Event, str, Key | None]]],
    *,
    anchor: str | None,
    backwards: bool,
    occurrence: str | int,
    length: int,
    start: int,
    end: int,
) -> dict[Edge, list[tuple[Event, Key | None]]]:
    """Follow each way from its anchor, event by event, and list the later event of each transition."""
    found: dict[Edge, list[tuple[Event, Key | None]]] = defaultdict(list)
    for way in ways:
        names = [name for _, name, _ in way]
        places = [at for at, name in enumerate(names) if anchor is None or name == anchor]
        number = {"first": 0, "last": len(places) - 1}.get(str(occurrence))
        number = int(occurrence) - 1 if number is None else number
        if anchor is None:
            number = len(places) - 1 if backwards else 0
        if number >= len(places) or number < 0 or not start <= way[places[number]][0].second < end:
            continue
        at = places[number]
        along = list(range(at, -1, -1) if backwards else range(at, len(way)))
        last = "(start)" if backwards else "(end)"
        stops: list[tuple[str, int]] = [(names[place], place) for place in along] + [(last, along[-1])]
        if anchor is None:
            stops.insert(0, ("(end)" if backwards else "(start)", at))
        for step, ((near, here), (far, there)) in enumerate(pairwise(stops), 1):
            if step > length:
                break
            edge = (step, far, near) if backwards else (step, near, far)
            event, _, session = way[here if backwards else there]
            found[edge].append((event, session))
    return found
