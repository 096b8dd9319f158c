"""From one question to another, one rule at a time: which rules differ, in which order they are changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from analytics_lib.behaviour.dialect_rules import DEFAULTS
from analytics_lib.behaviour.dialects import Dialect, read_dialect
from analytics_lib.behaviour.difference_words import Reason
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Question, Result

Rules = dict[str, Any]

FLAGS: Final = ("reuse", "whole_seconds", "inside_range", "walk")
"""Rules that only dialects have."""
FUNNEL_ORDER: Final = (
    "events", "start", "end", "time_zone", "unit", "hold_constant", "first_ever", "order", "window_from", "within",
    "entry", "grace_seconds", "exclude", "exclude_effect",
)  # fmt: skip
"""Order in which the rules of two funnels are changed; rules only a dialect has go first, or come last."""
_COUNTED: Final = ("steps", "by", "attribution", "row")
"""What is counted: changed together, at the very end, since each decides which rows there are."""
_NO_MATTER: Final = ("strict_names", "dialect")
"""Arguments that move nobody; the dialect is taken apart into its rules."""


@dataclass(frozen=True, slots=True)
class View:
    """A question and the row of its answer that is looked at."""

    question: Question
    rules: Rules
    """The arguments, with a dialect taken apart, and ``row``."""

    @property
    def is_funnel(self) -> bool:
        """Whether the question is a funnel's."""
        return self.question.analysis is funnel

    def result(self) -> Result:
        """Ask the question.

        Raises
        ------
        ArgumentError
            These rules can't be combined.
        """
        asked = {name: value for name, value in self.rules.items() if name not in (*FLAGS, "row")}
        if self.is_funnel:
            asked["dialect"] = _dialect(self.rules)
        answer: Result = self.question.again(**asked)
        return answer


@dataclass(frozen=True, slots=True)
class Change:
    """Rules that were changed together, and what is asked and answered after it."""

    reasons: tuple[Reason, ...]
    now: View
    answer: Result


def view(result: Result, row: Mapping[str, object]) -> View:
    """Give the question of a result and a row, with the dialect of a funnel taken apart into its rules.

    Raises
    ------
    ArgumentError
        The result does not remember its question.
    """
    question = result.question
    if question is None:
        raise ArgumentError(
            f"{result.title} does not remember what was asked", "Hand over results as an analysis gave them."
        )
    rules = {name: value for name, value in question.arguments.items() if name not in _NO_MATTER}
    rules["row"] = dict(row)
    if question.analysis is funnel:
        del rules["observed_until"]  # who may still get through is in the funnel already
        rules |= _apart(question.arguments)
    return View(question, rules)


def changes(before: View, after: View) -> Iterator[Change]:
    """Go from one question to another of the same analysis.

    A change that can't stand alone is made together with those after it.
    """
    waiting = _switches(before, after)
    now = before
    while waiting:
        group, now, answer = _next(now, waiting)
        waiting = [one for one in waiting if one not in group]
        yield Change(tuple(reason for switch in group for reason in switch), now, answer)


def _switches(before: View, after: View) -> list[tuple[Reason, ...]]:
    """Give the rules that differ, in the order in which they are changed."""
    reasons = {
        name: Reason(name, old, after.rules[name])
        for name, old in before.rules.items()
        if not same(old, after.rules[name])
    }
    order: tuple[str, ...] = tuple(before.rules)
    if before.is_funnel:
        going = [name for name in FLAGS if name in reasons and not after.rules[name]]
        order = (*going, *FUNNEL_ORDER, *FLAGS)
    counted = [reasons[name] for name in _COUNTED if name in reasons]
    single = dict.fromkeys(name for name in order if name in reasons and name not in _COUNTED)
    return [*((reasons[name],) for name in single), *([tuple(counted)] if counted else [])]


def _next(now: View, waiting: list[tuple[Reason, ...]]) -> tuple[list[tuple[Reason, ...]], View, Result]:
    """Make the first change that can stand alone, else the shortest beginning of the list that can."""
    groups = [[one] for one in waiting] + [waiting[:size] for size in range(2, len(waiting) + 1)]
    for group in groups:
        changed = replace(now, rules=now.rules | {one.subject: one.new for switch in group for one in switch})
        try:
            answer = changed.result()
        except ArgumentError:
            continue
        return group, changed, answer
    raise AssertionError("all rules together are those of the other question, which has an answer")


def same(one: object, other: object) -> bool:
    """Tell whether two arguments ask the same; of frames only if they are one."""
    import ibis

    if one is other:
        return True
    if isinstance(one, ibis.Table) and isinstance(other, ibis.Table):
        return bool(one.equals(other))
    if hasattr(one, "columns") or hasattr(other, "columns"):
        return False  # frames: comparing all values costs more than asking again
    if isinstance(one, list | tuple | str) and isinstance(other, list | tuple | str):
        return _listed(one) == _listed(other)
    return type(one) is type(other) and bool(one == other)


def _listed(given: list[Any] | tuple[Any, ...] | str) -> list[Any]:
    """Give a column by its name as a list of one, which asks the same."""
    return [given] if isinstance(given, str) else list(given)


def _apart(arguments: Mapping[str, Any]) -> Rules:
    """Give what a dialect decides as arguments, and the rules only dialects have."""
    dialect, order = read_dialect(arguments["dialect"]), arguments["order"]
    if dialect is None:
        return dict.fromkeys(FLAGS, False) | {"walk": None}
    decided = {name: dialect.settings.get(name, default) for name, default in DEFAULTS.items()}
    if order == "strict":
        decided["grace_seconds"] = 0
    flags = {name: getattr(dialect, name) for name in FLAGS if name != "walk"}
    return decided | flags | {"walk": dialect.walk(order)}


def _dialect(rules: Rules) -> Dialect | None:
    """Give the dialect that has exactly these rules; None where none needs one."""
    if not any(rules[name] for name in FLAGS):
        return None
    order, walk = str(rules["order"]), rules["walk"]
    return Dialect(
        name="an intermediate",
        rule="",
        settings={name: rules[name] for name in DEFAULTS},
        orders=("ordered", "strict", "any"),
        excludes=True,
        sessions=True,
        walks={order: walk} if walk else {},
        **{name: bool(rules[name]) for name in FLAGS if name != "walk"},
    )
