"""Why two numbers of people differ: named reasons with the people behind each, which add up exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.codes import Codes, encode
from analytics_lib.behaviour.difference_paths import bridge
from analytics_lib.behaviour.difference_rules import changes, view
from analytics_lib.behaviour.difference_words import UNNAMED, Reason, joined, row_words
from analytics_lib.behaviour.funnel import FunnelResult
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Additive, Result

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

Station = tuple[str, pa.Table]
"""What was changed last, and the people counted after it."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DifferenceResult(Result):
    """Reasons for a difference: ``reason``, ``users``, ``gained``, ``lost``, ``change``."""

    title: ClassVar[str] = "Why two numbers differ"
    people_columns: ClassVar[tuple[str, ...]] = ("users", "gained", "lost")
    people_fields: ClassVar[tuple[str, ...]] = ("before", "after")

    before: int
    """People the first result counts."""
    after: int
    """People the second result counts."""

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
        asked twice, or a path and a funnel. Other pairs have no rules in common, and are told so.
    row
        Keys of the row of `a` to explain, such as ``{"step": 2}``; default: the last step of a funnel,
        or the only row.
    other_row
        Keys of the row of `b`; default: those of `row`, else the last step, or the only row.

    Returns
    -------
    DifferenceResult
        One row per rule that differs, in the order in which they were changed: ``reason``, ``users``
        (whom it moved), ``gained`` (only the second counts them), ``lost`` (only the first), ``change``.
        ``.people(reason=…)`` also says who is ``gained`` and who ``lost``.

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
    first = dict(row if row is not None else _usual_row(a))
    second = dict(other_row if other_row is not None else row if row is not None else _usual_row(b))
    stations = list(_stations(a, first, b, second))
    people, counted = _membership([who for _, who in stations])
    reasons = pd.Series([words for words, _ in stations[1:]], dtype="str")
    moved, gains = _attributed(counted)
    if reasons.iloc[-1] == UNNAMED and not (moved == len(reasons) - 1).any():
        reasons = reasons.iloc[:-1]
    return DifferenceResult(
        frame=_frame(reasons, moved, gains),
        definition=_words(a, first, b, second, [int(one) for one in counted.sum(axis=1)[[0, -1]]]),
        provenance=b.provenance,
        notes=_notes(a, b, reasons),
        key_columns=("reason",),
        people_source=lambda asked: _people_of(people, reasons, moved, gains, asked),
        structure=(Additive("sum", ("gained", "lost")),),
        before=int(counted[0].sum()),
        after=int(counted[-1].sum()),
    )


def _usual_row(result: Result) -> dict[str, object]:
    if isinstance(result, FunnelResult) and not result.by:
        return {"step": len(result.rules.steps)}
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


def _membership(stations: Sequence[pa.Table]) -> tuple[pa.Table, Flags]:
    """Give everybody who is counted anywhere, and who of them is counted at each station."""
    names = [name for name in ("tenant_id", "user_id") if name in stations[0].column_names or name == "user_id"]
    kept = [_with_columns(one, names) for one in stations]
    coded = encode(pa.concat_tables(kept, promote_options="permissive"), names)
    counted = np.zeros((len(stations), coded.count), dtype=bool)
    place = np.repeat(np.arange(len(stations)), [one.num_rows for one in kept])
    counted[place, coded.codes] = True
    return coded.keys, counted


def _with_columns(table: pa.Table, names: Sequence[str]) -> pa.Table:
    missing = {name: pa.nulls(table.num_rows, pa.string()) for name in names if name not in table.column_names}
    for name, column in missing.items():
        table = table.append_column(name, column)
    return table.select(names)


def _attributed(counted: Flags) -> tuple[Codes, Flags]:
    """Give the number of the change that each person belongs to (−1 = none), and whether it brought them."""
    flips = counted[1:] != counted[:-1]
    steps = len(flips)
    last = steps - 1 - np.argmax(flips[::-1], axis=0) if steps else np.zeros(counted.shape[1], dtype=np.int64)
    differs = counted[0] != counted[-1]
    return np.where(differs, last, -1).astype(np.int64), counted[-1]


def _frame(reasons: pd.Series[Any], moved: Codes, gains: Flags) -> pd.DataFrame:
    gained = np.bincount(moved[(moved >= 0) & gains], minlength=len(reasons))
    lost = np.bincount(moved[(moved >= 0) & ~gains], minlength=len(reasons))
    numbers = {"users": gained + lost, "gained": gained, "lost": lost, "change": gained - lost}
    return pd.DataFrame({"reason": reasons, **{name: pd.array(one, "Int64") for name, one in numbers.items()}})


def _people_of(
    people: pa.Table, reasons: pd.Series[Any], moved: Codes, gains: Flags, asked: Mapping[str, Any]
) -> pa.Table:
    place = int(np.flatnonzero(reasons.to_numpy() == asked["reason"])[0])
    wanted = {"gained": gains, "lost": ~gains}.get(str(asked["counted"]), np.ones(len(gains), dtype=bool))
    chosen = np.flatnonzero((moved == place) & wanted)
    effect = pa.array(np.where(gains[chosen], "gained", "lost").tolist(), pa.string())
    found = people.take(pa.array(chosen)).append_column("effect", effect)
    names = sorted(people.column_names, key=lambda name: name != "user_id")
    return found.select([*names, "effect"]).sort_by([(name, "ascending") for name in names])


def _words(a: Result, row: Mapping[str, Any], b: Result, other_row: Mapping[str, Any], counts: list[int]) -> str:
    ends = [f"{one.title}, {row_words(keys)}" for one, keys in ((a, row), (b, other_row))]
    return (
        f"From {counts[0]:,} people ({ends[0]}) to {counts[1]:,} ({ends[1]}): rules are changed one at a time, in "
        "the order of the lines; a person only one of the two counts belongs to the last change that moved them. "
        f"First: {a.definition} Second: {b.definition}"
    )


def _notes(a: Result, b: Result, reasons: pd.Series[Any]) -> tuple[str, ...]:
    notes = list(dict.fromkeys((*a.notes, *b.notes)))
    if len(reasons) > 1:
        notes.append("Another order of the rules may give a person to another line; the sum stays.")
    return tuple(notes)
