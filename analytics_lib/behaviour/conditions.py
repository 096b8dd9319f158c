"""What can be asked of a person as of a moment: what they did, what they are, where they went, who they belong to.

Conditions combine with ``&``, ``|`` and ``~``.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol, runtime_checkable

import ibis

from analytics_lib.behaviour.fields import column_of, condition, described, field
from analytics_lib.behaviour.funnel_steps import Step, read_step
from analytics_lib.behaviour.past import Past
from analytics_lib.checks import one_of, whole_number
from analytics_lib.display import spell_duration
from analytics_lib.engine.tables import Table, to_arrow
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import Duration, duration

LIFECYCLE_STATES: Final = ("new", "returning", "resurrecting", "dormant")


@dataclass(frozen=True)
class Condition:
    """Something that is true of a person or not."""

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """Table columns it looks at."""

    @abstractmethod
    def people(self, past: Past) -> Table:
        """Give the distinct people it is true of."""

    @abstractmethod
    def __str__(self) -> str:
        """Say it in words."""

    def __and__(self, other: Condition) -> Condition:
        return Both(self, other)

    def __or__(self, other: Condition) -> Condition:
        return Either(self, other)

    def __invert__(self) -> Condition:
        return Not(self)


@dataclass(frozen=True)
class Both(Condition):
    """Both are true."""

    left: Condition
    right: Condition

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of both."""
        return (*self.left.columns, *self.right.columns)

    def people(self, past: Past) -> Table:
        """Give the people of both."""
        return self.left.people(past).semi_join(self.right.people(past), _same(past))

    def __str__(self) -> str:
        return f"({self.left} and {self.right})"


@dataclass(frozen=True)
class Either(Condition):
    """At least one is true."""

    left: Condition
    right: Condition

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of both."""
        return (*self.left.columns, *self.right.columns)

    def people(self, past: Past) -> Table:
        """Give the people of either."""
        return self.left.people(past).union(self.right.people(past), distinct=True)

    def __str__(self) -> str:
        return f"({self.left} or {self.right})"


@dataclass(frozen=True)
class Not(Condition):
    """It is not true of a person who has any event."""

    condition: Condition

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of what is denied."""
        return self.condition.columns

    def people(self, past: Past) -> Table:
        """Give everyone else."""
        return past.everyone().anti_join(self.condition.people(past), _same(past))

    def __str__(self) -> str:
        return f"not {self.condition}"


@dataclass(frozen=True)
class Did(Condition):
    """Did an event so often within a stretch."""

    step: Step
    at_least: int
    at_most: int | None
    within: timedelta | None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the event."""
        return self.step.columns

    def people(self, past: Past) -> Table:
        """Count per person; nobody's count is 0 unless that is asked for."""
        rows = past.since(self.within)
        counted = rows.filter(self.step.matches(rows)).group_by(list(past.who)).aggregate(_times=ibis._.count())
        if self.at_least == 0 and self.at_most is not None:
            too_often = counted.filter(counted["_times"] > self.at_most).select(*past.who)
            return past.everyone().anti_join(too_often, _same(past))
        enough = counted["_times"] >= self.at_least
        if self.at_most is not None:
            enough &= counted["_times"] <= self.at_most
        return counted.filter(enough).select(*past.who)

    def __str__(self) -> str:
        often = f"{self.at_least} to {self.at_most} times" if self.at_most is not None else f"at least {self.at_least}×"
        stretch = f" within {spell_duration(self.within)}" if self.within is not None else ""
        return f"did {self.step} {often}{stretch}"


@dataclass(frozen=True)
class Has(Condition):
    """Has a value in a column or property."""

    name: str
    wanted: object
    which: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (column_of(self.name),)

    def people(self, past: Past) -> Table:
        """Look at any, the first or the last known value of each person."""
        rows = past.table
        if self.which != "any":
            value = field(rows, self.name)
            known = rows.mutate(_value=value).filter(value.notnull())
            newest = [known["_micros"].desc(), known["_value"].desc()]
            oldest = [known["_micros"], known["_value"]]
            order = newest if self.which == "last" else oldest
            place = ibis.row_number().over(ibis.window(group_by=list(past.who), order_by=order))
            known = known.mutate(_place=place)
            rows = known.filter(known["_place"] == 0)
        return rows.filter(condition(rows, self.name, self.wanted)).select(*past.who).distinct()

    def __str__(self) -> str:
        return f"{self.which} {described(self.name, self.wanted)}"


@dataclass(frozen=True)
class Went(Condition):
    """Went through the steps of a funnel."""

    steps: tuple[object, ...]
    arguments: Mapping[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the steps."""
        return tuple(column for one in self.steps for column in read_step(one).columns)

    def people(self, past: Past) -> Table:
        """Ask the funnel itself, so that both give the same people."""
        from analytics_lib.behaviour.funnel import funnel

        result = funnel(past.table, self.steps, **self.arguments)
        return ibis.memtable(result.people(step=len(self.steps)).select(list(past.who)))

    def __str__(self) -> str:
        more = "".join(f", {name}={value!r}" for name, value in self.arguments.items())
        return f"went {' > '.join(str(read_step(one)) for one in self.steps)}{more}"


@dataclass(frozen=True)
class Is(Condition):
    """Is in a state of the lifecycle in the period before the moment."""

    state: str
    grain: str
    time_zone: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Nothing but user and time."""
        return ()

    def people(self, past: Past) -> Table:
        """Ask the lifecycle itself, for the last whole period."""
        from analytics_lib.behaviour.lifecycle import lifecycle
        from analytics_lib.periods import floor, next_bucket

        now = floor(past.as_of, self.grain, time_zone=self.time_zone)
        before = next_bucket(now, self.grain, time_zone=self.time_zone, steps=-1)
        result = lifecycle(
            past.table, grain=self.grain, start=before, end=now, observed_until=now, time_zone=self.time_zone
        )
        if not len(result.to_frame()):
            return past.everyone().filter(ibis.literal(False))  # noqa: FBT003
        people = result.people(time=before, state=self.state)
        return ibis.memtable(people.select(list(past.who)))

    def __str__(self) -> str:
        return f"{self.state} in the last whole {self.grain} ({self.time_zone})"


@runtime_checkable
class Membership(Protocol):
    """Anything that names people: a saved cohort."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def people(self) -> Any:
        """Its members, as an Arrow table with ``user_id``."""


@dataclass(frozen=True)
class Belongs(Condition):
    """Belongs to a cohort: on its list, or as its rule says as of the moment that is asked for."""

    cohort: Membership

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the cohort's rule, if it has one."""
        return () if self.rule is None else self.rule.columns

    @property
    def rule(self) -> Condition | None:
        """The cohort's own condition; None = a list."""
        return getattr(self.cohort, "condition", None)

    def people(self, past: Past) -> Table:
        """Ask the rule again; of a list, give the members who have an event."""
        if self.rule is not None:
            return self.rule.people(past)
        same = [name for name in past.who if name in self.cohort.people.column_names]
        return past.everyone().semi_join(ibis.memtable(self.cohort.people), same)

    def __str__(self) -> str:
        return f"in cohort {self.cohort.name}"


def did(event: object, *, at_least: int = 1, at_most: int | None = None, within: Duration | None = None) -> Condition:
    """Give the condition of having done an event so often, within the last stretch before the moment.

    Parameters
    ----------
    event
        A name, or a :func:`~analytics_lib.behaviour.funnel_steps.step` with conditions.
    at_least, at_most
        How often, inclusive; ``at_least=0, at_most=0`` means never.
    within
        Length such as ``"30d"``; None = ever.

    Examples
    --------
    >>> str(did("purchase", at_least=2))
    'did purchase at least 2×'
    """
    whole_number("at_least", at_least)
    if at_most is not None and at_most < at_least:
        raise ArgumentError(f"at_most={at_most} is below at_least={at_least}", "Swap the two.")
    if at_least == 0 and at_most is None:
        raise ArgumentError("at_least=0 without at_most is true of everyone", "Write at_most=0 for never.")
    stretch = None if within is None else duration("within", within)
    return Did(read_step(event, role="event"), at_least, at_most, stretch)


def has(name: str, wanted: object, *, which: str = "last") -> Condition:
    """Give the condition of having a value: the ``last`` known one, the ``first``, or ``any`` one ever.

    Examples
    --------
    >>> str(has("country", "GB"))
    "last country = 'GB'"
    """
    return Has(name, wanted, one_of("which", which, ("last", "first", "any")))


def went(steps: Iterable[object], **arguments: Any) -> Condition:
    """Give the condition of having gone through the steps of a funnel, with the funnel's own arguments.

    Examples
    --------
    >>> str(went(["view", "buy"], within="7d"))
    "went view > buy, within='7d'"
    """
    return Went(tuple(steps), arguments)


def is_in_state(state: str, *, grain: str = "week", time_zone: str = "UTC") -> Condition:
    """Give the condition of a lifecycle state in the last whole period before the moment.

    Examples
    --------
    >>> str(is_in_state("dormant"))
    'dormant in the last whole week (UTC)'
    """
    return Is(one_of("state", state, LIFECYCLE_STATES), grain, time_zone)


def belongs_to(cohort: Membership) -> Condition:
    """Give the condition of being a member of a cohort.

    A cohort that was made with a condition is dynamic: it is asked again as of the moment in question.
    A list stays the same: ``belongs_to(cohort_of(dynamic.people, name=…))`` pins today's members.
    """
    return Belongs(cohort)


def read_condition(given: object) -> Condition:
    """Read a condition; a name, a mapping or a step alone means having done it.

    Raises
    ------
    ArgumentError
        It is nothing that can be asked.
    """
    if isinstance(given, Condition):
        return given
    if isinstance(given, Membership):
        return Belongs(given)
    if isinstance(given, Mapping) and set(given) & {"at_least", "at_most", "within"}:
        step = {name: value for name, value in given.items() if name in {"event", "where"}}
        return did(step, **{name: value for name, value in given.items() if name not in step})
    return did(given)


def _same(past: Past) -> list[str]:
    return list(past.who)


def people_table(found: Table, who: tuple[str, ...]) -> Any:
    """Run a condition's table; the people sorted, as Arrow."""
    names = sorted(who, key=lambda name: name != "user_id")
    return to_arrow(found.select(*names).distinct().order_by(names))
