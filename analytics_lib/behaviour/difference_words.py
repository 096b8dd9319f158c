"""What differs between two questions, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

UNNAMED: Final = "what no rule explains"
"""The line that must never appear; it is there so that lines always add up."""

_SUBJECTS: Final = {
    "events": "table of events",
    "start": "range begins",
    "end": "range ends",
    "within": "longest time",
    "window_from": "time counts from",
    "entry": "entries that count",
    "order": "order of the steps",
    "unit": "whose steps",
    "grace_seconds": "seconds of grace",
    "hold_constant": "equal on all steps",
    "first_ever": "first time ever",
    "exclude": "excluding events",
    "exclude_effect": "an excluding event makes them",
    "steps": "steps",
    "by": "split by",
    "attribution": "group of",
    "row": "row",
    "reuse": "one event may serve several steps",
    "whole_seconds": "times rounded to the second, equal steps of a second once",
    "inside_range": "later steps must lie in the range",
    "walk": "pass over the events",
    "top": "rare nodes apart",
    "part": "part of the range",
    "asked": "events that count",
    "trailing": "stretch that ends with each number",
    "grain": "size of a bucket",
}
_VALUES: Final = {
    "drop_entity": "leave all steps",
    "stop_at_step": "stop where they are",
    "previous_step": "the step before",
    "strict_increase": "ClickHouse's, each step later than the newest of the step before",
    "strict_order": "ClickHouse's, until an event is out of turn",
    "posthog": "PostHog's",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that is different, and how."""

    subject: str
    """Name of the argument, or words."""
    old: object
    """What it was."""
    new: object
    """What it is."""

    def __str__(self) -> str:
        """Such as ``longest time: 14d → 7d``; a table of events is not written out."""
        subject = _SUBJECTS.get(self.subject, self.subject.replace("_", " "))
        if self.subject == UNNAMED:
            return UNNAMED
        if self.subject == "events":
            return f"{subject}: another one"
        return f"{subject}: {_written(self.old, self.subject)} → {_written(self.new, self.subject)}"

    def turned(self) -> Reason:
        """Give the same the other way round."""
        return Reason(self.subject, self.new, self.old)


def joined(reasons: Iterable[Reason]) -> str:
    """Give the words of rules that are changed together.

    Examples
    --------
    >>> joined([Reason("within", "14d", None), Reason("entry", "best", "first")])
    'longest time: 14d → no limit; entries that count: best → first'
    """
    return "; ".join(str(reason) for reason in reasons)


def row_words(row: Mapping[str, Any]) -> str:
    """Name a row by its keys.

    Examples
    --------
    >>> row_words({"step": 2}), row_words({})
    ('step 2', 'the only one')
    """
    return _written(row, "")


def _written(value: Any, subject: str) -> str:
    if value is None:
        return {"walk": "ours", "within": "no limit"}.get(subject, "none")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_written(one, '')}" for name, one in value.items()) or "the only one"
    if isinstance(value, list | tuple | set | frozenset):
        return " > ".join(_written(one, "") for one in value) or "none"
    return _VALUES.get(value, value) if isinstance(value, str) else str(value)
