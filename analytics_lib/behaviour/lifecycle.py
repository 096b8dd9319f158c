"""Whether growth is new people, loyal ones or returning ones, and how many went quiet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pyarrow as pa

from analytics_lib import checks
from analytics_lib.behaviour.fields import column_of
from analytics_lib.behaviour.lifecycle_periods import ACTIVE, STATES, Periods, state_by_state
from analytics_lib.behaviour.scope import open_scope
from analytics_lib.engine.tables import AnyTable
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import Moment, grain_name
from analytics_lib.results import Additive, Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

BIRTHS: Final = ("first_event_in_store", "first_event_in_range", "entity_created")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LifecycleResult(Result):
    """People per period and state: ``time``, ``new``, ``returning``, ``resurrecting``, ``dormant``, ``complete``."""

    title: ClassVar[str] = "Lifecycle"
    people_columns: ClassVar[tuple[str, ...]] = STATES

    def plot(self) -> Chart:
        """Draw one line per state."""
        from analytics_lib.charts.lines import draw_lines

        return draw_lines(state_by_state(self.frame), x="time", y="users", by="state", title=self.title)

    def _behind(self, row: dict[str, object]) -> pa.Table:
        """Take ``state=`` beside ``time=``; without one, all who were active."""
        state = row.pop("state", row.pop("counted", None))
        if self.people_source is None:
            return super()._behind(row)
        if state is not None:
            checks.one_of("state", str(state), STATES)
        return self.people_source({**self._row(row), "state": state})


@remembered
def lifecycle(
    events: AnyTable,
    *,
    grain: str = "day",
    birth: str = "first_event_in_store",
    created: str | None = None,
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
    week_start: str = "monday",
) -> LifecycleResult:
    """Tell how many people are new, stay, come back, and go quiet in each period.

    Parameters
    ----------
    events
        A table with ``user_id`` and ``event_time``; with ``tenant_id`` a person is the pair of both.
    grain
        Length of a period; periods are half-open, calendar, DST-safe, and named by their start in UTC.
    birth
        When a person is new: in the period of their first event in the table (``first_event_in_store``) or
        of the first in the range (``first_event_in_range``: nothing before `start` counts, nor for the
        other states), or in the period in which they were created (``entity_created``, needs `created`).
    created
        Column, or ``properties.…``, with the moment a person was created; the earliest of a person counts.
    start, end
        The periods they touch are counted, each whole; earlier events are history, so that a person seen
        before `start` is not new.
    observed_until, time_zone, week_start
        As in :func:`~analytics_lib.behaviour.event_counts.event_counts`.

    Returns
    -------
    LifecycleResult
        ``new`` (born in this period, by default with the first event in the table), ``returning`` (active in
        the period before as well), ``resurrecting`` (active, neither of both), ``dormant`` (active in the
        period before, not in this one; null in the first period and in an unfinished one), ``complete``.
        Active people are ``new + returning + resurrecting``, those of the period before are ``returning +
        dormant``. So who was active before they were created is returning, not new; and who was created
        before they were first active is resurrecting, though nobody had seen them.

    Raises
    ------
    ArgumentError
        `birth` is unknown, or `created` is missing or not asked for.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-02", "2024-05-04"])
    >>> seen = pd.DataFrame({"user_id": ["a", "a", "b", "a"], "event_time": days})
    >>> lifecycle(seen, observed_until="2024-05-04").to_frame()[["new", "returning", "resurrecting"]].values.tolist()
    [[1, 0, 0], [1, 1, 0], [0, 0, 0], [0, 0, 1]]
    """
    word = grain_name(grain)
    _check_birth(birth, created)
    scope = open_scope(
        events,
        ["user_id", "event_time", *([column_of(created)] if created else [])],
        analysis="lifecycle",
        start=start,
        end=end,
        observed_until=observed_until,
        time_zone=time_zone,
    )
    periods = Periods.of(scope, word, week_start, birth, created)
    return LifecycleResult(
        frame=periods.frame(),
        definition=_definition(word, time_zone, birth, created),
        provenance=scope.provenance,
        notes=(*scope.notes, *periods.unborn()),
        key_columns=("time",),
        people_source=periods.people,
        structure=(Additive("sum", ACTIVE), Additive("sum", ("returning", "dormant"))),
    )


def _check_birth(birth: str, created: str | None) -> None:
    checks.one_of("birth", birth, BIRTHS)
    if (birth == "entity_created") != (created is not None):
        advice = 'Give both birth="entity_created" and the column with the moment, such as created="signed_up_at".'
        raise ArgumentError(f"birth={birth!r} with created={created!r}", advice)


def _definition(grain: str, time_zone: str, birth: str, created: str | None) -> str:
    new = {
        "first_event_in_store": f"their first event in the table falls in this {grain}",
        "first_event_in_range": f"their first event in the periods of the range falls in this {grain}",
        "entity_created": f"{created} lies in this {grain}, and they were not active in the {grain} before",
    }[birth]
    return (
        f"People per calendar {grain} ({time_zone}). New: {new}. "
        f"Returning: active in the {grain} before as well. Resurrecting: active now, not new, and not in the {grain} "
        f"before. Dormant: active in the {grain} before and not in this one; unknown in the first and in an "
        "unfinished one."
    )
