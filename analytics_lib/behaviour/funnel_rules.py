"""The arguments of a funnel, checked once, and the words that say what they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final

from analytics_lib.behaviour.dialects import Dialect
from analytics_lib.behaviour.funnel_exclusion import Exclusion, exclusion_words
from analytics_lib.behaviour.funnel_steps import Step
from analytics_lib.checks import number_between, one_of
from analytics_lib.display import spell_duration
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import Duration, duration

ORDERS: Final = ("ordered", "strict", "any")
ENTRIES: Final = ("best", "first", "every")
_SESSIONS = re.compile(r"\s*(\d+)\s*sessions?\s*$")


@dataclass(frozen=True, slots=True)
class Rules:
    """How events become completions (DESIGN 8)."""

    steps: tuple[Step, ...]
    """Two to twenty."""
    within: timedelta | None = None
    """Longest time from entry to the last step, inclusive; None = no limit."""
    sessions: int | None = None
    """Most sessions a completion may touch, instead of a time."""
    window_from: str = "entry"
    """Where the window starts: at the entry, or again at each step."""
    order: str = "ordered"
    """Whether others may come between, or any order counts."""
    entry: str = "best"
    """Which entries of a unit count."""
    grace: int = 0
    """Microseconds by which a step may come before the one it follows."""
    hold_constant: tuple[str, ...] = ()
    """Fields that must be equal on all events of a completion."""
    exclude: tuple[Exclusion, ...] = ()
    """Events that may not lie strictly between entry and last step, or two other steps."""
    exclude_effect: str = "drop_entity"
    """What such an event does."""
    first_ever: str | None = None
    """Whether the entry must be the person's first."""
    dialect: Dialect | None = None
    """Whose rules these are; None = ours."""

    @property
    def required(self) -> tuple[int, ...]:
        """Numbers (from 0) of the steps that are not optional."""
        return tuple(number for number, step in enumerate(self.steps) if not step.optional)

    @property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        """Numbers of the required steps that may change places; all of a block come before those of the next one."""
        if self.order != "any":
            return tuple((number,) for number in self.required)
        apart = {number + more for number, step in enumerate(self.steps) if step.anchored for more in (0, 1)}
        edges = sorted({0, len(self.steps)} | apart)
        return tuple(tuple(range(begin, end)) for begin, end in pairwise(edges))

    @property
    def excluding(self) -> tuple[Step, ...]:
        """What the excluding events are."""
        return tuple(one.step for one in self.exclude)

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Between which required steps (numbered from 0; the last is -1) events exclude, each pair once."""
        return tuple((self._place(after), self._place(before)) for after, before in self._asked_spans)

    @property
    def _asked_spans(self) -> list[tuple[int, int | None]]:
        return list(dict.fromkeys(one.span for one in self.exclude))

    def span_number(self, exclusion: Exclusion) -> int:
        """Give which of the spans is that of an excluding event."""
        return self._asked_spans.index(exclusion.span)

    def _place(self, step: int | None) -> int:
        return -1 if step is None else self.required.index(step - 1)

    @property
    def limit(self) -> int | None:
        """Longest distance on the clock of the window: microseconds, or sessions."""
        if self.sessions is not None:
            return self.sessions - 1
        return None if self.within is None else self.within // timedelta(microseconds=1)


def read_rules(
    steps: tuple[Step, ...],
    *,
    within: Duration | int | None,
    grace_seconds: float,
    window_from: str,
    order: str,
    entry: str,
    hold_constant: tuple[str, ...],
    exclude: tuple[Exclusion, ...],
    exclude_effect: str,
    first_ever: str | bool | None,
) -> Rules:
    """Check the arguments of a funnel, alone and together.

    Raises
    ------
    ArgumentError
        One is out of its range, or two can't be combined.
    """
    time, sessions = _window(within)
    rules = Rules(
        steps=steps,
        within=time,
        sessions=sessions,
        window_from=one_of("window_from", window_from, ("entry", "previous_step")),
        order=one_of("order", order, ORDERS),
        entry=one_of("entry", entry, ENTRIES),
        grace=round(number_between("grace_seconds", grace_seconds, 0, 86_400, inclusive=True) * 1e6),
        hold_constant=hold_constant,
        exclude=exclude,
        exclude_effect=one_of("exclude_effect", exclude_effect, ("drop_entity", "stop_at_step")),
        first_ever=_first_ever(first_ever),
    )
    _refuse_contradictions(rules)
    return rules


def _window(within: Duration | int | None) -> tuple[timedelta | None, int | None]:
    if within is None:
        return None, None
    sessions = _SESSIONS.match(within) if isinstance(within, str) else None
    if sessions:
        number = int(sessions.group(1))
        if number < 1:
            raise ArgumentError(f"within={within!r} leaves no session", 'Give at least "1 session".')
        return None, number
    if within == 0 and not isinstance(within, bool):
        return timedelta(0), None  # the same microsecond; the one bare number that needs no unit
    if isinstance(within, int):
        raise ArgumentError(f"within={within!r} has no unit", 'Write "14d", "30min" or "3 sessions".')
    return duration("within", within), None


def _first_ever(given: str | bool | None) -> str | None:  # noqa: FBT001  # True reads well for the usual case
    if given is None or given is False:
        return None
    return one_of("first_ever", "filtered" if given is True else given, ("event", "filtered"))


def _refuse_contradictions(rules: Rules) -> None:
    optional = any(step.optional for step in rules.steps)
    anchored = any(step.anchored for step in rules.steps)
    pairs = [
        (
            rules.order != "any" and anchored,
            f"order={rules.order!r} has every step in its place; only order='any' lets some keep theirs",
        ),
        (rules.grace > 0 and anchored, "anchored steps have no grace: those before them come before them"),
        (rules.order == "any" and rules.window_from == "previous_step", "order='any' has one window from the entry"),
        (rules.order != "ordered" and optional, f"order={rules.order!r} has no optional steps"),
        (rules.order == "strict" and rules.grace > 0, "order='strict' has no grace: steps follow each other directly"),
        (rules.order == "any" and rules.first_ever is not None, "order='any' has no first step to be first ever"),
        (rules.first_ever == "event" and not rules.steps[0].events, "first_ever='event' needs an event in step 1"),
    ]
    for wrong, fact in pairs:
        if wrong:
            raise ArgumentError(fact, "Leave one of the two out.")
    _refuse_excluded_steps(rules)


def _refuse_excluded_steps(rules: Rules) -> None:
    """Refuse an event that would exclude by being the step it is."""
    for one in rules.exclude:
        if rules.order == "any" and not one.everywhere:
            fact = f"order='any' has no step {one.after} behind which {one.step} could exclude"
            raise ArgumentError(fact, "Exclude it everywhere, or use order='ordered'.")
        last = len(rules.steps) if one.before is None else one.before
        steps = rules.steps if one.everywhere else rules.steps[one.after : last - 1]
        plain = {name for step in steps if not step.where for name in step.events}
        both = [name for name in one.step.events if not one.step.where and name in plain]
        if both:
            raise ArgumentError(f"{both[0]!r} is a step and excluded at once", "Exclude another event.")


def words(rules: Rules, *, unit: str) -> str:
    """Write what a number of this funnel means."""
    limit = _limit_words(rules)
    how = {
        "ordered": "in this order, others may come between",
        "strict": "in this order with no other event between",
        "any": f"{_place_words(rules)}in any order, row k = at least k of them",
    }[rules.order]
    entries = {
        "best": "A unit counts once, with its furthest completion (the latest entry that attains it).",
        "first": "A unit counts once, from its first entry in the range.",
        "every": "Every entry not inside an open attempt counts; an attempt ends on conversion, time-out or exclusion.",
    }[rules.entry]
    steps = " > ".join(f"{step}{' (optional)' if step.optional else ''}" for step in rules.steps)
    extra = "".join(_extra_words(rules))
    served = "one event may serve several" if rules.dialect and rules.dialect.reuse else "by different events"
    whose = "person" if unit == "user" else unit
    return f"Funnel per {whose}: {steps}; {how}, {served}, {limit}. {entries}{extra}"


def _place_words(rules: Rules) -> str:
    anchored = ", ".join(f"{step} (step {number})" for number, step in enumerate(rules.steps, start=1) if step.anchored)
    return (
        f"{anchored} behind all steps before and before all steps behind, the steps between them " if anchored else ""
    )


def _limit_words(rules: Rules) -> str:
    start = "the entry" if rules.window_from == "entry" else "the previous step"
    if rules.sessions is not None:
        return f"within {rules.sessions} sessions from {start}"
    if rules.within is None:
        return "with no time limit"
    return f"at most {spell_duration(rules.within)} (inclusive) from {start}"


def _extra_words(rules: Rules) -> list[str]:
    extra = []
    if rules.grace:
        extra.append(f" A step may come up to {rules.grace / 1e6:g} s before the one it follows.")
    if rules.hold_constant:
        extra.append(f" All events of a completion share {', '.join(rules.hold_constant)}.")
    if rules.exclude:
        extra.append(exclusion_words(rules.exclude, rules.steps, rules.exclude_effect))
    if rules.first_ever:
        which = "of the event" if rules.first_ever == "event" else "that matches step 1"
        extra.append(f" The entry must be the person's first ever {which}.")
    return extra
