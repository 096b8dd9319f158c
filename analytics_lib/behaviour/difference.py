"""Why two numbers of people differ: named reasons with the people behind each, which add up exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.difference_lines import Lines, Station, Way
from analytics_lib.behaviour.difference_paths import bridge
from analytics_lib.behaviour.difference_rules import changes, view
from analytics_lib.behaviour.difference_trends import TrendNumber, is_trend
from analytics_lib.behaviour.difference_two_trends import between_trends, told_apart
from analytics_lib.behaviour.difference_words import UNNAMED, Reason, joined, row_words
from analytics_lib.behaviour.funnel import FunnelResult
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Additive, Result

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DifferenceResult(Result):
    """Reasons for a difference: ``reason``, ``users``, ``gained``, ``lost``, ``change``."""

    title: ClassVar[str] = "Why two numbers differ"
    people_columns: ClassVar[tuple[str, ...]] = ("users", "gained", "lost")
    people_fields: ClassVar[tuple[str, ...]] = ("before", "after")

    before: int
    """People the first result counts; of a trend also its sum of people per day, or its events."""
    after: int
    """The same of the second."""

    @property
    def difference(self) -> int:
        """The second number less the first: what the ``change`` of all reasons adds up to."""
        return self.after - self.before

    def plot(self) -> Chart:
        """Draw the way from the first number to the second."""
        from analytics_lib.charts.waterfall import draw_waterfall

        return draw_waterfall(self.frame, before=self.before, names=("first", "second"), title=self.title)


def explain_difference(
    a: Result,
    b: Result,
    *,
    row: Mapping[str, object] | None = None,
    other_row: Mapping[str, object] | None = None,
) -> DifferenceResult:
    """Tell why two results count different people: which rule brings or takes whom.

    Starting from the first question its rules are changed to those of the second, one at a time and
    always in the same order; after each change the question is asked again. A person whom only one of
    the two counts belongs to exactly one reason: the last change that moved them. So the changes add
    up exactly to the difference, and a person both count (or neither) is in no line.

    Parameters
    ----------
    a, b
        Two results that count people: funnels with other arguments or in other dialects, any analysis
        asked twice, a path and a funnel, a trend (``active_users``, ``event_counts``) and a funnel, or two trends.
        Other pairs have no rules in common, and are told so.
    row
        Keys of the row of `a` to explain, such as ``{"step": 2}``; default: the last step of a funnel
        (beside a trend, the first), the sum of a trend, or the only row.
    other_row
        Keys of the row of `b`; default: those of `row`, where `b` has such, else as for `row`.

    Returns
    -------
    DifferenceResult
        One row per rule that differs, in the order in which they were changed: ``reason``, ``users``
        (whom it moved), ``gained`` (only the second counts them), ``lost`` (only the first), ``change``.
        ``.people(reason=…)`` also says who is ``gained`` and who ``lost``. What a trend counts beside each
        person once (further events and days, events of nobody) has lines of its own, in which ``users`` are
        ``counted again``, and ``change`` is what that makes of the number. Between two trends they say whose they
        are: "…, in the first". In sums over groups or trailing stretches a person counts in each of them.

    Raises
    ------
    ArgumentError
        A result does not count people, or does not remember its question.

    Examples
    --------
    >>> from analytics_lib.behaviour.funnel import funnel
    >>> events = pd.DataFrame({
    ...     "user_id": ["a", "a", "b", "b"], "event": ["view", "buy", "view", "buy"],
    ...     "event_time": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-01", "2024-06-01"]),
    ... })
    >>> steps = ["view", "buy"]
    >>> why = explain_difference(funnel(events, steps), funnel(events, steps, within="60d"))
    >>> why.to_frame()[["reason", "change"]].to_numpy().tolist()
    [['longest time: 14d → 60d', 1]]
    >>> why.people(reason="longest time: 14d → 60d")["user_id"].to_pylist()
    ['b']
    """
    _refuse_others(a, b, row, other_row)
    first = dict(row if row is not None else _usual_row(a, b))
    shared = row is not None and set(row) <= set(b.frame.columns)
    second = dict(other_row if other_row is not None else row if row is not None and shared else _usual_row(b, a))
    way = _way(a, first, b, second)
    lines = Lines.of(way)
    frame = lines.frame()
    return DifferenceResult(
        frame=frame,
        definition=_words(a, first, b, second, [lines.before, lines.after], trend=is_trend(a) or is_trend(b)),
        provenance=b.provenance,
        notes=_notes(a, b, lines.reasons),
        key_columns=("reason",),
        people_source=lines.people_of,
        structure=(Additive("sum", ("gained", "lost")),),
        before=lines.before,
        after=lines.after,
    )


def _refuse_others(*given: object) -> None:
    """Refuse what is no result, and rows that are not named by their keys."""
    for one in given[:2]:
        if not isinstance(one, Result):
            fact = f"explain_difference was handed a {type(one).__name__}"
            raise ArgumentError(fact, "Hand over two results, such as those of funnel(…) or active_users(…).")
    for one in given[2:]:
        if one is not None and not isinstance(one, Mapping):
            raise ArgumentError(f"row={one!r} does not name a row by its keys", 'Write it like {"step": 2}.')


def _way(a: Result, row: dict[str, Any], b: Result, other_row: dict[str, Any]) -> Way:
    if is_trend(a) and isinstance(b, FunnelResult):
        number = TrendNumber(a, row)
        stations = [(joined(reasons), people) for reasons, people in number.way(view(b, other_row))]
        return Way([*stations, (UNNAMED, b.people(**other_row))], first=number.surplus)
    if isinstance(a, FunnelResult) and is_trend(b):
        number = TrendNumber(b, other_row)
        places = list(number.way(view(a, row)))
        turned = [joined(one.turned() for one in reasons) for reasons, _ in places]
        back = zip(["", *turned[:0:-1]], [people for _, people in places[::-1]], strict=True)
        return Way([*back, (UNNAMED, number.people)], last=number.surplus)
    if is_trend(a) and is_trend(b):
        numbers = [TrendNumber(a, row), TrendNumber(b, other_row)]
        between = [(joined(reasons), people) for reasons, people in between_trends(a, row, b, other_row)]
        beside = told_apart(*(one.surplus for one in numbers))
        return Way([*between, (UNNAMED, numbers[1].people)], *beside)
    return Way(list(_stations(a, row, b, other_row)))


def _usual_row(result: Result, other: Result) -> dict[str, object]:
    if isinstance(result, FunnelResult) and not result.by:
        return {"step": 1 if is_trend(other) else len(result.rules.steps)}
    return {}


def _stations(a: Result, row: dict[str, Any], b: Result, other_row: dict[str, Any]) -> Iterator[Station]:
    """Go from the first count of people to the second."""
    yield "", a.people(**row)
    start, goal = view(a, row), view(b, other_row)
    same = start.question.analysis is goal.question.analysis
    way = list(changes(start, goal)) if same else bridge(start, goal)
    for change in way or ():
        yield joined(change.reasons), people_of_row(change.answer, change.now.rules["row"])
    names = [one.question.analysis.__name__ for one in (start, goal)]
    yield UNNAMED if way is not None else str(Reason("analysis", *names)), b.people(**other_row)


def people_of_row(result: Result, row: Mapping[str, Any]) -> pa.Table:
    """Give the people of a row of an answer on the way; nobody where it has no such row."""
    try:
        return result.people(**row)
    except ArgumentError:
        return pa.table({"user_id": pa.array([], pa.string())})


def _words(
    a: Result, row: Mapping[str, Any], b: Result, other_row: Mapping[str, Any], counts: list[int], *, trend: bool
) -> str:
    ends = [
        f"{one.title}, {'the sum of all' if is_trend(one) and not keys else row_words(keys)}"
        for one, keys in ((a, row), (b, other_row))
    ]
    beside = " What a trend counts beside each person once stands apart." if trend else ""
    return (
        f"From {counts[0]:,}{'' if trend else ' people'} ({ends[0]}) to {counts[1]:,} ({ends[1]}): "
        "rules are changed one at a time, in "
        "the order of the lines; a person only one of the two counts belongs to the last change that moved them."
        f"{beside} First: {a.definition} Second: {b.definition}"
    )


def _notes(a: Result, b: Result, reasons: pd.Series[Any]) -> tuple[str, ...]:
    notes = list(dict.fromkeys((*a.notes, *b.notes)))
    if len(reasons) > 1:
        notes.append("Another order of the rules may give a person to another line; the sum stays.")
    return tuple(notes)
