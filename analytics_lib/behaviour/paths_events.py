"""Fetch whole histories as arrays of nodes, ordered by unit and time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import numpy as np
import pyarrow as pa

from analytics_lib.behaviour.codes import Coded, Codes, encode
from analytics_lib.behaviour.fields import column_of, field
from analytics_lib.behaviour.identities import fetch_parts, joined_names
from analytics_lib.behaviour.parts import joined_numbers
from analytics_lib.behaviour.row_order import sort_order
from analytics_lib.behaviour.scope import Scope
from analytics_lib.behaviour.sessions_pass import ordered_sessions, session_numbers

_MICROSECOND: Final = timedelta(microseconds=1)
_LONGEST: Final = timedelta(hours=24)
Cleaning = Callable[[Sequence[str | None]], list[str | None]]


@dataclass(frozen=True, slots=True)
class Walks:
    """Nodes that units visit, one after the other."""

    unit: Codes
    """Whose visit it is; ascending."""
    time: Codes
    """Microseconds since 1970; ascending within a unit."""
    node: Codes
    """Number of the node."""
    person: Codes
    """Who it was; −1 = unknown."""
    session: Codes
    """Number of the session; −1 = none."""
    names: tuple[str, ...]
    """Name of each node, in alphabetical order."""
    people: pa.Table
    """Who each person is."""
    left_out: int
    """Events that belong to no unit."""

    @property
    def size(self) -> int:
        """Number of visits."""
        return len(self.unit)

    @property
    def first(self) -> Codes:
        """Position of the first visit of each unit."""
        new = np.append(True, self.unit[1:] != self.unit[:-1]) if self.size else np.zeros(0, dtype=bool)
        return np.flatnonzero(new)


def walk_columns(node: str, unit: str) -> list[str]:
    """Give the table columns that walks need."""
    return list(dict.fromkeys(["user_id", "event_time", column_of(node), *_own_column(unit)]))


def fetch_walks(
    scope: Scope, *, node: str, unit: str, clean: Cleaning, collapse: bool, gap: timedelta, edge: int | None = None
) -> Walks:
    """Run the one query of paths, clean the names, put the visits in order.

    Parameters
    ----------
    edge
        Keep only so many visits of each unit, the first ones (negative: the last ones); None = all.
    """
    table = scope.table
    owner = [name for name in scope.who if name != "user_id"]
    named: dict[str, list[str]] = {"person": list(scope.who)}
    if "session_id" in table.columns:
        named["sent"] = [*owner, "session_id"]
    if _own_column(unit):
        named["unit"] = [*owner, unit]
    rule = {"gap": gap // _MICROSECOND, "maximum": _LONGEST // _MICROSECOND}
    parts = fetch_parts(
        table,
        named,
        lambda keys: table.select(**keys, _micros=table["_micros"], _node=field(table, node, analysis="paths")),
        lambda rows, numbers: _at_edge(
            _walks(rows, numbers, unit=unit, clean=clean, collapse=collapse, rule=rule), edge
        ),
        cut_by=None if _own_column(unit) else "person",
    )
    return parts[0] if len(parts) == 1 else _joined(parts, scope)


def _walks(
    rows: pa.Table, numbers: Mapping[str, Coded], *, unit: str, clean: Cleaning, collapse: bool, rule: Mapping[str, int]
) -> Walks:
    raw = encode(rows, ["_node"])
    names, number = _renumbered(clean([str(name) for name in raw.keys["_node"].to_pylist()]))
    node_of = np.append(number, -1)[raw.codes]
    people, time = numbers["person"], rows["_micros"].to_numpy()
    sent = numbers["sent"].codes if "sent" in numbers else np.full(len(time), -1, dtype=np.int64)
    own = numbers["unit"].codes if "unit" in numbers else None
    order, walker, session = _ordered(unit, _Who(people.codes, sent, own), time, node_of, rule)
    visited = node_of[order]
    kept = _kept(walker, visited, collapse=collapse)
    return Walks(
        unit=walker[kept],
        time=time[order[kept]],
        node=visited[kept],
        person=people.codes[order[kept]],
        session=session[kept],
        names=names,
        people=people.keys,
        left_out=len(time) - len(order),
    )


def _at_edge(walks: Walks, edge: int | None) -> Walks:
    """Keep some visits of each unit: nobody asks for the others, and most are others."""
    if edge is None or not walks.size:
        return walks
    first, sizes = walks.first, np.diff(np.append(walks.first, walks.size))
    place = np.arange(walks.size) - np.repeat(first, sizes)
    if edge < 0:
        place = np.repeat(sizes, sizes) - 1 - place
    kept = np.flatnonzero(place < abs(edge))
    return replace(
        walks,
        unit=walks.unit[kept],
        time=walks.time[kept],
        node=walks.node[kept],
        person=walks.person[kept],
        session=walks.session[kept],
    )


def _joined(parts: Sequence[Walks], scope: Scope) -> Walks:
    """Bring parts of the people together: units and sessions of one part follow those of the part before."""
    names, place = _renumbered([name for part in parts for name in part.names])
    nodes = np.split(place, np.cumsum([len(part.names) for part in parts])[:-1])
    return Walks(
        unit=joined_numbers([part.unit for part in parts], [_count(part.unit) for part in parts]),
        time=np.concatenate([part.time for part in parts]),
        node=np.concatenate([numbers[part.node] for part, numbers in zip(parts, nodes, strict=True)]),
        person=joined_numbers([part.person for part in parts], [part.people.num_rows for part in parts]),
        session=joined_numbers([part.session for part in parts], [_count(part.session) for part in parts]),
        names=names,
        people=joined_names([part.people for part in parts], scope.table),
        left_out=sum(part.left_out for part in parts),
    )


def _count(numbers: Codes) -> int:
    return int(numbers.max(initial=-1)) + 1


@dataclass(frozen=True, slots=True)
class _Who:
    """Whose each event is, as numbers; −1 = unknown."""

    person: Codes
    sent: Codes
    own: Codes | None


def _ordered(unit: str, who: _Who, time: Codes, node: Codes, rule: Mapping[str, int]) -> tuple[Codes, Codes, Codes]:
    """Give the order of the events by unit, time and node, and unit and session of each event in that order."""
    tie = node + 1  # ties are at least 0
    if unit in {"user", "session"} and not (who.sent >= 0).any():
        order, session = ordered_sessions(who.person, None, time, tie, **rule)
        return order, session if unit == "session" else who.person[order], session
    sessions = session_numbers(who.person, who.sent, time, **rule)
    units = who.own if who.own is not None else sessions if unit == "session" else who.person
    inside = np.flatnonzero(units >= 0)
    order = inside[sort_order(units[inside], time[inside], tie[inside])]
    return order, units[order], sessions[order]


def _kept(unit: Codes, node: Codes, *, collapse: bool) -> Codes | slice:
    """Leave out what is no node, and repeats where they are one visit."""
    if not collapse and (node >= 0).all():
        return slice(None)
    kept = np.flatnonzero(node >= 0)
    return kept[_changes(unit[kept], node[kept])] if collapse else kept


def _own_column(unit: str) -> list[str]:
    return [] if unit in {"user", "session"} else [unit]


def _renumbered(names: Sequence[str | None]) -> tuple[tuple[str, ...], Codes]:
    """Give the distinct new names in order, and the new number of each old one; −1 = passed over."""
    distinct = tuple(sorted({name for name in names if name is not None}))
    place = {name: number for number, name in enumerate(distinct)}
    return distinct, np.array([-1 if name is None else place[name] for name in names], dtype=np.int64)


def _changes(unit: Codes, node: Codes) -> Codes:
    """Keep the first of equal neighbours."""
    if not len(unit):
        return unit
    return np.flatnonzero(np.append(True, (unit[1:] != unit[:-1]) | (node[1:] != node[:-1])))
