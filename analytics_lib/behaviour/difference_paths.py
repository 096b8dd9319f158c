"""From a transition of a path to a step of a funnel: by way of the funnel that counts the same pair of events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from analytics_lib.behaviour.difference_rules import Change, View, changes, view
from analytics_lib.behaviour.difference_words import Reason
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_steps import Step, step
from analytics_lib.behaviour.path_names import END, OTHER, START
from analytics_lib.behaviour.paths import paths

_ALL: Final = 10**9
_SHARED: Final = ("events", "unit", "start", "end", "time_zone")
"""Arguments that a path and a funnel have in common."""


def bridge(start: View, goal: View) -> list[Change] | None:
    """Go from a path to a funnel, or back; None where the two have nothing in common."""
    if start.question.analysis is paths and goal.is_funnel and _between_events(start):
        return list(_way(start, goal))
    if start.is_funnel and goal.question.analysis is paths and _between_events(goal):
        return _turned(list(_way(goal, start)), end=goal)
    return None


def _between_events(path: View) -> bool:
    """Tell whether both ends of a transition are events, not the begin, the end or the rest."""
    row = path.rules["row"]
    return {"source", "target"} <= set(row) and not {START, END, OTHER} & {row["source"], row["target"]}


def _way(path: View, goal: View) -> Iterator[Change]:
    apart = replace(path, rules=path.rules | {"top": _ALL})
    yield Change((Reason("top", f"at most {path.rules['top']}", "all of them"),), apart, apart.result())
    answer = funnel(
        steps=[_step(path, "source"), _step(path, "target")],
        order="strict",
        within=None,
        **{name: path.rules[name] for name in _SHARED},
    )
    pair = view(answer, {"step": 2})
    place = Reason("place", f"transition {path.rules['row'].get('step', 1)} of a path", "anywhere, as a strict funnel")
    yield Change((place,), pair, answer)
    yield from changes(pair, goal)


def _step(path: View, end: str) -> Step | str:
    node, name = path.rules["node"], str(path.rules["row"][end])
    return name if node == "event" else step(where={node: name})


def _turned(way: list[Change], *, end: View) -> list[Change]:
    """Give the same way from its end to its beginning."""
    before = [Change((), end, end.result()), *way[:-1]]
    return [
        Change(tuple(reason.turned() for reason in change.reasons), earlier.now, earlier.answer)
        for change, earlier in zip(reversed(way), reversed(before), strict=True)
    ]
