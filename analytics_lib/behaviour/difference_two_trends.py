"""From a number of a trend, of people or of events, to a number of another one, one rule at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from analytics_lib.behaviour.difference_rules import changes, view
from analytics_lib.behaviour.difference_trends import Place, Surplus, TrendNumber
from analytics_lib.behaviour.difference_words import Reason
from analytics_lib.behaviour.event_counts import event_counts
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Result


def between_trends(a: Result, row: Mapping[str, Any], b: Result, other_row: Mapping[str, Any]) -> Iterator[Place]:
    """Go from the people of one number of a trend to those of another, one rule at a time.

    Of a trend of people and one of events, the one of people is asked for its events: those of the same people.
    """
    yield (), TrendNumber(a, row).people
    start, goal = (_of_events(one) if _kind(a) is not _kind(b) else one for one in (a, b))
    if start is not a and _trailing(a):
        yield (Reason("trailing", _trailing(a), None),), _people_of(start, row)
    for change in changes(view(start, row), view(goal, other_row)):
        yield tuple(map(_with_sum, change.reasons)), _people_of(change.answer, change.now.rules["row"])
    if goal is not b and _trailing(b):
        yield (Reason("trailing", None, _trailing(b)),), TrendNumber(b, other_row).people


def _kind(trend: Result) -> Any:
    return trend.question.analysis if trend.question is not None else None


def _trailing(trend: Result) -> Any:
    return trend.question.arguments.get("trailing") if trend.question is not None else None


def _of_events(trend: Result) -> Result:
    """Give the trend of the events of a trend of people: the same rows; a trend of events as it is."""
    if _kind(trend) is event_counts or trend.question is None:
        return trend
    shared = {name: value for name, value in trend.question.arguments.items() if name != "trailing"}
    return event_counts(**shared)


def _people_of(answer: Result, row: Mapping[str, Any]) -> pa.Table:
    """Give the people of a number of an answer on the way; nobody where it has no such number."""
    try:
        return TrendNumber(answer, row).people
    except ArgumentError:
        return pa.table({"user_id": pa.array([], pa.string())})


def _with_sum(reason: Reason) -> Reason:
    if reason.subject != "row":
        return reason
    return Reason("row", reason.old or "the sum of all", reason.new or "the sum of all")


def told_apart(*beside: tuple[Surplus, ...]) -> list[tuple[Surplus, ...]]:
    """Say of what both numbers count beside their people which of them counts it."""
    named = zip(beside, ("the first", "the second"), strict=True)
    return [tuple(replace(one, words=f"{one.words}, in {whose}") for one in several) for several, whose in named]
