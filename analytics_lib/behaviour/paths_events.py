"""Fetch whole histories as arrays of nodes, ordered by unit and time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa

from analytics_lib.behaviour.codes import Codes, encode, sort_order
from analytics_lib.behaviour.fields import column_of, field
from analytics_lib.behaviour.scope import Scope
from analytics_lib.behaviour.sessions_events import numbers_of
from analytics_lib.engine.tables import to_arrow

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


def fetch_walks(scope: Scope, *, node: str, unit: str, clean: Cleaning, collapse: bool, gap: timedelta) -> Walks:
    """Run the one query of paths, clean the names, put the visits in order."""
    table = scope.table
    kept = [name for name in dict.fromkeys([*scope.who, "session_id", *_own_column(unit)]) if name in table.columns]
    rows = to_arrow(table.mutate(_node=field(table, node, analysis="paths")).select(*kept, "_micros", "_node"))
    raw = encode(rows, ["_node"])
    names, number = _renumbered(clean([str(name) for name in raw.keys["_node"].to_pylist()]))
    node_of = np.append(number, -1)[raw.codes]
    sessions = numbers_of(rows, scope.who, gap=gap, maximum=timedelta(hours=24))
    people = encode(rows, list(scope.who))
    units = {"user": people.codes, "session": sessions}.get(unit)
    if units is None:
        units = encode(rows, [*(name for name in scope.who if name != "user_id"), unit]).codes
    time = rows["_micros"].to_numpy()
    inside = np.flatnonzero((units >= 0) & (node_of >= 0))
    order = inside[sort_order(units[inside], time[inside], node_of[inside])]
    if collapse:
        order = order[_changes(units[order], node_of[order])]
    return Walks(
        unit=units[order],
        time=time[order],
        node=node_of[order],
        person=people.codes[order],
        session=sessions[order],
        names=names,
        people=people.keys,
        left_out=int((units < 0).sum()),
    )


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
