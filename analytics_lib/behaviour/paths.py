"""Where people go from here, and where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.codes import Codes, distinct, numbered
from analytics_lib.behaviour.path_names import END, OTHER, START, cleaned_names
from analytics_lib.behaviour.paths_events import Walks, fetch_walks, walk_columns
from analytics_lib.behaviour.paths_pass import Layout, edge_keys, has_edge, laid_out, with_other
from analytics_lib.behaviour.scope import Scope, open_scope
from analytics_lib.checks import one_of, whole_number
from analytics_lib.engine.tables import AnyTable
from analytics_lib.engine.times import micros
from analytics_lib.errors import nearest
from analytics_lib.periods import Duration, Moment, duration
from analytics_lib.results import Additive, Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

DIRECTIONS: Final = ("after", "before")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PathsResult(Result):
    """Transitions: ``step``, ``source``, ``target``, ``users``, ``sessions``, ``transitions``."""

    title: ClassVar[str] = "Paths"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    total: int = 0
    """Exact distinct people who have a path."""
    backwards: bool = False
    """Whether step 1 is the last transition."""

    def flows(self) -> pd.DataFrame:
        """Give the frame with steps in order of time: backwards, the anchor is on the right."""
        if not self.backwards or self.frame.empty:
            return self.frame
        return self.frame.assign(step=self.frame["step"].max() + 1 - self.frame["step"])

    def plot(self) -> Chart:
        """Draw the flows step by step."""
        from analytics_lib.charts.sankey import draw_sankey

        return draw_sankey(self.flows(), value="transitions", title=self.title)


@remembered
def paths(  # noqa: PLR0913  # every argument is a rule of the definition, keyword-only
    events: AnyTable,
    *,
    anchor: str | None = None,
    direction: str = "after",
    occurrence: str | int = "first",
    length: int = 5,
    unit: str = "session",
    collapse: bool = True,
    top: int = 50,
    node: str = "event",
    include: Iterable[str] | None = None,
    exclude: Iterable[str] = (),
    rename: Mapping[str, str] | None = None,
    gap: Duration = "30min",
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
) -> PathsResult:
    """Tell where people go from here, or where they come from, step by step.

    Each unit has one path: the events from its first one (or from the anchor) on, in order of time,
    equal times in order of their name. Every unit that reaches a node leaves it again, to another
    node or to ``(end)``, so what flows into a node flows out of it, up to the last step shown.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event_time``, the column of `node`, and ``session_id`` where sent.
    anchor
        Node where paths begin (or end, before it); None: the begin (or end) of the unit.
    direction
        ``after`` or ``before`` the anchor; backwards, step 1 is the last transition.
    occurrence
        Which occurrence of the anchor in a unit: ``first``, ``last``, or its number from 1.
    length
        Number of transitions.
    unit
        ``session``, ``user`` or a column: whose path.
    collapse
        Repeats of one node in a row are one visit.
    top
        Most transitions in the answer; rarer nodes come together as ``(other)``, place by place.
    node
        Column, or value inside ``properties``, that names a node: ``event``, ``url``, …
    include, exclude
        Patterns of nodes to keep or to pass over: ``"product_*"`` or ``"/^page[.]/"``.
    rename
        New names by pattern.
    gap
        Gap rule of sessions that were not sent.
    start, end
        Range of the first event of a path.
    observed_until
        Moment up to which data is complete; default: the newest event.

    Returns
    -------
    PathsResult
        ``step`` (1…length), ``source``, ``target``, ``users``, ``sessions`` (in which the later
        event happened), ``transitions``; largest first within a step.

    Raises
    ------
    ArgumentError
        An argument is out of its range.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame({
    ...     "user_id": ["a", "a", "b"], "event": ["home", "shop", "home"],
    ...     "event_time": pd.to_datetime(["2024-05-01 09:00", "2024-05-01 09:01", "2024-05-01 09:00"]),
    ... })
    >>> paths(events, length=2).to_frame()[["source", "target", "users"]].to_numpy().tolist()
    [['(start)', 'home', 2], ['home', '(end)', 1], ['home', 'shop', 1]]
    """
    asked = _Asked(anchor, one_of("direction", direction, DIRECTIONS) == "before", _occurrence(occurrence))
    whole_number("length", length, at_least=1, at_most=100)
    whole_number("top", top, at_least=1)
    scope = open_scope(
        events,
        walk_columns(node, unit),
        analysis="paths",
        optional=["session_id"],
        start=start,
        end=end,
        observed_until=observed_until,
        time_zone=time_zone,
    )
    walks = fetch_walks(
        scope,
        node=node,
        unit=unit,
        clean=lambda names: cleaned_names(names, include=include, exclude=exclude, rename=rename),
        collapse=collapse,
        gap=duration("gap", gap),
        edge=None if anchor is not None else (-1 if asked.backwards else 1) * (length + 1),
    )
    entry = _entries(walks, asked, scope)
    whole = laid_out(walks, entry, length=length, backwards=asked.backwards, anchored=anchor is not None)
    layout = with_other(whole, top)
    return PathsResult(
        frame=_frame(walks, layout, backwards=asked.backwards),
        definition=_words(asked, length=length, unit=unit, collapse=collapse, node=node, top=top),
        provenance=scope.provenance,
        notes=(*scope.notes, *_notes(walks, unit, anchor, merged=layout is not whole)),
        key_columns=("step", "source", "target"),
        people_source=lambda row: _people(walks, layout, row, backwards=asked.backwards),
        structure=(Additive("groups", ("users",), ("target",)), Additive("groups", ("users",), ("source",))),
        total=len(distinct(walks.person[entry][walks.person[entry] >= 0])),
        backwards=asked.backwards,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where paths begin."""

    anchor: str | None
    backwards: bool
    occurrence: str | int


def _occurrence(given: str | int) -> str | int:
    if isinstance(given, str):
        return one_of("occurrence", given, ("first", "last"))
    return whole_number("occurrence", given, at_least=1)


def _entries(walks: Walks, asked: _Asked, scope: Scope) -> Codes:
    """Give the visit where the path of each unit begins, where that lies in the range."""
    entry = _unit_edges(walks, last=asked.backwards) if asked.anchor is None else _anchors(walks, asked)
    moment = walks.time[entry]
    inside = np.ones(len(entry), dtype=bool)
    if scope.asked.start is not None:
        inside &= moment >= micros(scope.asked.start)
    if scope.asked.end is not None:
        inside &= moment < micros(scope.asked.end)
    return entry[inside]


def _unit_edges(walks: Walks, *, last: bool) -> Codes:
    first = walks.first
    return np.append(first[1:], walks.size) - 1 if last and len(first) else first


def _anchors(walks: Walks, asked: _Asked) -> Codes:
    """Give the first, last or n-th visit to the anchor in each unit."""
    if asked.anchor not in walks.names:
        return np.zeros(0, dtype=np.int64)
    visits = np.flatnonzero(walks.node == walks.names.index(asked.anchor))
    unit = walks.unit[visits]
    begin, back = np.searchsorted(unit, unit, "left"), np.searchsorted(unit, unit, "right")
    place = np.arange(len(visits))
    if asked.occurrence == "last":
        return visits[place == back - 1]
    return visits[place - begin == (0 if asked.occurrence == "first" else int(asked.occurrence) - 1)]


def _frame(walks: Walks, layout: Layout, *, backwards: bool) -> pd.DataFrame:
    """Count transitions, people and sessions of each edge."""
    there = has_edge(layout.node)
    keys = edge_keys(layout.node, layout.other)[there]
    later = _later_visit(layout, backwards=backwards)[there]
    edges, edge = numbered(keys)
    width = layout.other + 1
    names = np.array([*walks.names, START, END, OTHER], dtype=object)
    near, far = names[edges // width % width], names[edges % width]
    frame = pd.DataFrame(
        {
            "step": edges // (width * width) + 1,
            "source": pd.Series(far if backwards else near, dtype="str"),
            "target": pd.Series(near if backwards else far, dtype="str"),
            "users": pd.array(_distinct(edge, walks.person[later], len(edges)), "Int64"),
            "sessions": pd.array(_distinct(edge, walks.session[later], len(edges)), "Int64"),
            "transitions": pd.array(np.bincount(edge, minlength=len(edges)), "Int64"),
        }
    )
    order = ["step", "transitions", "source", "target"]
    return frame.sort_values(order, ascending=[True, False, True, True], ignore_index=True)


def _later_visit(layout: Layout, *, backwards: bool) -> Codes:
    """Give the visit of the later event of each transition; before an end that of the earlier one."""
    later = layout.visit[:-1] if backwards else layout.visit[1:]
    earlier = layout.visit[1:] if backwards else layout.visit[:-1]
    return np.where(later >= 0, later, earlier)


def _distinct(edge: Codes, thing: Codes, edges: int) -> Codes:
    known = thing >= 0
    pairs = distinct(edge[known] * (int(thing.max(initial=0)) + 1) + thing[known])
    return np.bincount(pairs // (int(thing.max(initial=0)) + 1), minlength=edges)


def _people(walks: Walks, layout: Layout, row: Mapping[str, Any], *, backwards: bool) -> pa.Table:
    number = {name: place for place, name in enumerate([*walks.names, START, END, OTHER])}
    near, far = number[row["target" if backwards else "source"]], number[row["source" if backwards else "target"]]
    step = int(row["step"]) - 1
    chosen = (layout.node[step] == near) & (layout.node[step + 1] == far)
    later = _later_visit(layout, backwards=backwards)[step, chosen]
    people = np.unique(walks.person[later])
    found = walks.people.take(pa.array(people[people >= 0]))
    names = sorted(found.column_names, key=lambda name: name != "user_id")
    return found.select(names).sort_by([(name, "ascending") for name in names])


def _notes(walks: Walks, unit: str, anchor: str | None, *, merged: bool) -> tuple[str, ...]:
    notes = []
    if walks.left_out and unit != "user":
        notes.append(f"{walks.left_out:,} events belong to no {unit} and are left out.")
    if anchor is not None and anchor not in walks.names:
        notes.append(f"No node is named {anchor!r}. {nearest(anchor, walks.names)}")
    if merged:
        notes.append(f"Rare nodes are shown as {OTHER}; their counts are exact, and what flows in flows out.")
    return tuple(notes)


def _words(asked: _Asked, *, length: int, unit: str, collapse: bool, node: str, top: int) -> str:
    where = "the last event" if asked.backwards else "the first event"
    if asked.anchor is not None:
        which = asked.occurrence if isinstance(asked.occurrence, str) else f"number {asked.occurrence}"
        where = f"the {which} {asked.anchor}"
    way = "backwards" if asked.backwards else "on"
    whose = "person" if unit == "user" else unit
    repeats = "; repeats in a row are one visit" if collapse else ""
    return (
        f"One path per {whose}: up to {length} transitions between values of {node}, from {where} {way}, in order of "
        f"time{repeats}. At most {top} transitions are told apart; people and sessions are distinct per row."
    )
