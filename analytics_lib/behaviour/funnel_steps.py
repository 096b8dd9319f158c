"""The steps of a funnel: an event name, or an event with conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from analytics_lib.behaviour.fields import checked_operation, column_of, condition, described
from analytics_lib.engine.tables import Table, to_arrow
from analytics_lib.errors import ArgumentError, UnknownEventError, nearest
from analytics_lib.schema import ALIASES

MOST_STEPS: Final = 20
_KEYS: Final = frozenset({"event", "where", "optional", "anchored", "label"})


@dataclass(frozen=True, slots=True)
class Step:
    """What an event must be to count as this step."""

    events: tuple[str, ...] = ()
    """Names of which the event must have one; empty = any event."""
    where: Mapping[str, object] = field(default_factory=dict)
    """Conditions on columns or ``properties.…``; all must hold."""
    optional: bool = False
    """Measured, but neither needed nor an anchor for what follows."""
    label: str = ""
    """What the result calls it."""
    anchored: bool = False
    """Keeps its place where the others come in any order."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Table columns the step looks at."""
        named = ("event",) if self.events else ()
        return (*named, *dict.fromkeys(column_of(name) for name in self.where))

    def matches(self, table: Table) -> Any:
        """Give the boolean expression over `table` that tells whether an event is the step."""
        found: Any = table.event.isin(self.events) if self.events else None
        for name, wanted in self.where.items():
            part = condition(table, name, wanted, analysis="the step")
            found = part if found is None else found & part
        return found.fill_null(False)  # noqa: FBT003  # an unknown event is no step

    def same_as(self, other: Step) -> bool:
        """Tell whether exactly the same events match, by the words of both."""
        return set(self.events) == set(other.events) and dict(self.where) == dict(other.where)

    def __str__(self) -> str:
        """Its label, else its words."""
        return self.label


def step(
    event: str | Iterable[str] | None = None,
    *,
    where: Mapping[str, object] | None = None,
    optional: bool = False,
    anchored: bool = False,
    label: str | None = None,
) -> Step:
    """Give one step of a funnel: an event with conditions.

    Parameters
    ----------
    event
        Its name, or several of which it must have one; None = any event that meets the conditions.
    where
        ``{"country": "GB", "properties.amount": (">=", 100), "plan": ["pro", "team"], "coupon": None}``:
        a value, any of a list, a comparison, or missing. All must hold; an unknown value meets none.
    optional
        Measure the step, but let people pass without it.
    anchored
        Where steps come in any order: all steps before this one come before it, all behind it later.
    label
        Name in the result; default: the event and its conditions in words.

    Raises
    ------
    ArgumentError
        Neither an event nor a condition is given.

    Examples
    --------
    >>> str(step("purchase", where={"country": "GB"}))
    "purchase (country = 'GB')"
    """
    names = (event,) if isinstance(event, str) else tuple(event or ())
    conditions = {name: checked_operation(wanted) for name, wanted in (where or {}).items()}
    if not names and not conditions:
        raise ArgumentError("a step has neither an event nor a condition", 'Write step("purchase").')
    if any(not isinstance(name, str) or not name for name in names):
        raise ArgumentError(f"a step has the event names {names!r}", "Give non-empty strings.")
    return Step(names, conditions, optional, label or _words(names, conditions), anchored)


def read_step(given: object, *, role: str = "steps") -> Step:
    """Read a step from a name, a mapping such as ``{"event": …, "where": …}``, or a :class:`Step`.

    Raises
    ------
    ArgumentError
        It is none of these.
    """
    if isinstance(given, Step):
        return given
    if isinstance(given, str):
        return step(given)
    if isinstance(given, Mapping):
        unknown = sorted(set(given) - _KEYS)
        if unknown:
            raise ArgumentError(f"{role} holds the unknown key {unknown[0]!r}", nearest(unknown[0], _KEYS))
        return step(**given)
    raise ArgumentError(f"{role} holds {given!r}, which is no step", 'Write a name or step("purchase", where={…}).')


def read_steps(given: Iterable[object], *, role: str = "steps", at_least: int = 2) -> tuple[Step, ...]:
    """Read the steps of a funnel, or the events that exclude.

    Raises
    ------
    ArgumentError
        One bare string, too few or too many steps, or an optional first step.
    """
    if isinstance(given, str):
        written = f"[{given!r}, …]" if at_least > 1 else f"[{given!r}]"
        raise ArgumentError(f"{role}={given!r} is one string, not a list", f"Write {written}.")
    if not isinstance(given, Iterable):
        raise ArgumentError(f"{role}={given!r} is no list", "Give names of events, such as ['view', 'buy'].")
    steps = tuple(read_step(one, role=role) for one in given)
    if not at_least <= len(steps) <= MOST_STEPS:
        raise ArgumentError(f"{role} has {len(steps)} entries", f"Give {at_least} to {MOST_STEPS}.")
    if at_least and (steps[0].optional or sum(not one.optional for one in steps) < at_least):
        raise ArgumentError("the first step is optional, or fewer than two are not", "Make two steps required.")
    return steps


def unknown_names(steps: Iterable[Step], table: Table, *, strict: bool) -> tuple[str, ...]:
    """Give a note for each event name that neither the whole table nor the registry knows.

    Raises
    ------
    UnknownEventError
        There is one, and `strict` is set.
    """
    asked = dict.fromkeys(name for one in steps for name in one.events)
    doubtful = [name for name in asked if name not in ALIASES]
    if not doubtful:
        return ()
    there = set(to_arrow(table.filter(table.event.isin(doubtful)).select("event").distinct())["event"].to_pylist())
    missing = [name for name in doubtful if name not in there]
    if not missing:
        return ()
    known = sorted({*to_arrow(table.select("event").distinct())["event"].drop_null().to_pylist(), *ALIASES})
    if strict:
        raise UnknownEventError.named(missing[0], known)
    return tuple(f"No event is named {name!r}. {nearest(name, known)}" for name in missing)


def _words(names: tuple[str, ...], conditions: Mapping[str, object]) -> str:
    asked = " and ".join(described(name, wanted) for name, wanted in conditions.items())
    name = " or ".join(names) or "any event"
    return f"{name} ({asked})" if asked else name
