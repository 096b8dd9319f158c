"""Events that exclude from a funnel: which, and between which steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from analytics_lib.behaviour.funnel_steps import Step, read_step, step
from analytics_lib.checks import whole_number
from analytics_lib.errors import ArgumentError

MOST_SPANS: Final = 10
"""Different pairs of steps: each has a bit in the number that tells what an event can be."""
_PLACES: Final = ("after", "before")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An event that may not lie strictly between two steps of a completion."""

    step: Step
    """What the event must be."""
    after: int = 1
    """Number (from 1) of the step behind which it excludes."""
    before: int | None = None
    """Number of the step up to which it excludes; None = the last one."""

    @property
    def span(self) -> tuple[int, int | None]:
        """Between which steps."""
        return self.after, self.before

    @property
    def everywhere(self) -> bool:
        """Whether it excludes between the first and the last step."""
        return self.span == (1, None)

    def __str__(self) -> str:
        """Its words, and between which steps where not all are meant."""
        last = "last" if self.before is None else self.before
        return str(self.step) if self.everywhere else f"{self.step} between steps {self.after} and {last}"


def exclusion(
    event: str | Iterable[str] | None = None,
    *,
    after: int = 1,
    before: int | None = None,
    where: Mapping[str, object] | None = None,
    label: str | None = None,
) -> Exclusion:
    """Give an event that may not lie strictly between two steps of a funnel.

    Parameters
    ----------
    event, where, label
        As for :func:`~analytics_lib.behaviour.funnel_steps.step`.
    after, before
        Numbers of the two steps, from 1; default: the first and the last one.

    Examples
    --------
    >>> str(exclusion("refund", after=1, before=2))
    'refund between steps 1 and 2'
    """
    return _checked(step(event, where=where, label=label), after, before)


def read_exclusions(given: object, steps: tuple[Step, ...]) -> tuple[Exclusion, ...]:
    """Read the events that exclude from a funnel of some steps: one, or several.

    Each is a name, a step, an :class:`Exclusion`, or a mapping like ``{"event": "refund", "after": 1, "before": 2}``.

    Raises
    ------
    ArgumentError
        One is none of these, or stands between steps that are not there, are optional, or have nothing between them.
    """
    several = isinstance(given, Iterable) and not isinstance(given, str | Mapping)
    asked: list[object] = list(given) if several else [given]  # type: ignore[call-overload]
    found = tuple(_placed(_read(one), steps) for one in asked)
    if len({one.span for one in found}) > MOST_SPANS:
        fact = f"exclude asks about {len({one.span for one in found})} different pairs of steps"
        raise ArgumentError(fact, f"Ask about at most {MOST_SPANS}.")
    return found


def _read(given: object) -> Exclusion:
    if isinstance(given, Exclusion):
        return given
    if isinstance(given, Mapping):
        rest = {name: one for name, one in given.items() if name not in _PLACES}
        return _checked(read_step(rest, role="exclude"), given.get("after", 1), given.get("before"))
    return _checked(read_step(given, role="exclude"), 1, None)


def _checked(excluding: Step, after: int, before: int | None) -> Exclusion:
    if excluding.optional or excluding.anchored:
        raise ArgumentError(f"exclude holds {excluding} as a step", "Leave optional= and anchored= out.")
    numbers = {"after": after, "before": after if before is None else before}
    for name, number in numbers.items():
        if not isinstance(number, int):
            raise ArgumentError(f"exclude has {name}={number!r}", "Give the number of a step, such as 1.")
        whole_number(name, number, at_least=1)
    return Exclusion(excluding, after, before)


def _placed(one: Exclusion, steps: tuple[Step, ...]) -> Exclusion:
    """Check between which steps an event excludes; the last one has no number, so that equal spans are equal."""
    last = len(steps) if one.before is None else one.before
    if not 1 <= one.after < last <= len(steps):
        fact = f"exclude={one.step} has after={one.after} and before={one.before}"
        raise ArgumentError(fact, f"Give two steps from 1 to {len(steps)}, the first before the second.")
    for number in {one.after, one.before} - {None}:
        if steps[number - 1].optional:  # type: ignore[operator]  # None is taken out
            raise ArgumentError(
                f"{one.step} excludes between steps {one.after} and {last}, and step {number} is optional",
                "Name two steps that are needed.",
            )
    final = max(number for number, step in enumerate(steps, start=1) if not step.optional)
    return replace(one, before=None if last >= final else last)


def exclusion_words(exclusions: Iterable[Exclusion], steps: tuple[Step, ...], effect: str) -> str:
    """Write what excluding events do."""
    does = "leaves all steps" if effect == "drop_entity" else "stops at the step before it"
    spans: dict[tuple[int, int | None], list[str]] = {}
    for one in exclusions:
        spans.setdefault(one.span, []).append(str(one.step))
    return "".join(f" With {', '.join(names)} strictly between {_span(span, steps)} it {does}."
                   for span, names in spans.items())  # fmt: skip


def _span(span: tuple[int, int | None], steps: tuple[Step, ...]) -> str:
    after, before = span
    if span == (1, None):
        return "entry and last step"
    begin = f"step {after} ({steps[after - 1]})"
    end = "the last step" if before is None else f"step {before} ({steps[before - 1]}), or its last one before that,"
    return f"{begin} and {end}"
