"""How many people come back, cohort by cohort and period by period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.funnel_steps import unknown_names
from analytics_lib.behaviour.retention_average import averages, shares
from analytics_lib.behaviour.retention_events import RetentionEvents, fetch_retention, needed_columns
from analytics_lib.behaviour.retention_pass import returned
from analytics_lib.behaviour.retention_presence import fetch_retention_presence, fits_presence
from analytics_lib.behaviour.retention_rules import AVERAGES, RetentionRules, read_retention_rules, retention_words
from analytics_lib.behaviour.retention_table import RESERVED, retention_frame
from analytics_lib.behaviour.scope import bucket_times, group_columns, open_scope, unknown_people
from analytics_lib.checks import one_of
from analytics_lib.engine.tables import AnyTable
from analytics_lib.periods import Moment
from analytics_lib.results import Additive, PeopleSource, Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RetentionResult(Result):
    """Returned people per cohort and period."""

    title: ClassVar[str] = "Retention"
    people_columns: ClassVar[tuple[str, ...]] = ("cohort_users", "users")

    rules: RetentionRules
    """The arguments, checked."""
    lost_source: PeopleSource | None = None
    """Gives who did not come back; like the people it stays behind when a result is pickled."""
    by: tuple[str, ...] = ()
    """Columns the table is split by."""
    time_zone: str = "UTC"
    """Zone of the calendar."""

    def cohort_names(self) -> pd.Series[Any]:
        """Give what a reader calls the cohort of each row: its first day (and hour) on the clock of its zone."""
        pattern = {"hour": "%Y-%m-%d %H:%M", "month": "%Y-%m"}.get(self.rules.grain, "%Y-%m-%d")
        begun = pd.to_datetime(self.frame["cohort"], utc=True)  # without a cohort the column has no type
        return begun.dt.tz_convert(self.time_zone).dt.strftime(pattern)

    def average(self, kind: str | None = None) -> pd.DataFrame:
        """Give the average per period over mature cells only.

        Parameters
        ----------
        kind
            ``weighted`` (all who came back of all they are compared with) or ``simple`` (the mean of the
            rates of cohorts, however small); default: that of the definition.

        Returns
        -------
        pandas.DataFrame
            The `by` columns, ``period``, ``cohorts`` (with people and a mature cell), ``cohort_users``,
            ``users``, ``retention_rate``; NaN where no cell is mature. Compared with the period before
            also ``reference_users``: who came in it.
        """
        how = self.rules.average if kind is None else one_of("kind", kind, AVERAGES)
        return averages(self.frame, self.rules, by=self.by, how=how)

    def churn(self) -> pd.DataFrame:
        """Give the share of a cohort that did not come back, cell by cell: ``lost_users``, ``churn_rate``.

        Who is in ``lost_users`` says :meth:`lost_people`; when people leave, :func:`~analytics_lib.behaviour.survival`.
        """
        lost = self.frame["cohort_users"] - self.frame["users"]
        return self.frame.assign(lost_users=lost, churn_rate=shares(lost, self.frame["cohort_users"])).drop(
            columns=["users", "retention_rate"]
        )

    def lost_people(self, **row: Any) -> pa.Table:
        """Give the people of a cohort who did not come back in one cell; as many as ``lost_users`` says.

        Parameters
        ----------
        **row
            The row's key columns, such as ``cohort="2024-05-06", period=1``. Nobody where the cell is unknown.
        """
        return replace(self, people_source=self.lost_source).people(**row)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the people behind when a result crosses to another process."""
        return {**super().__getstate__(), "lost_source": None}

    def plot(self) -> Chart:
        """Draw the share that came back, cohort by period; periods that are not over are marked."""
        from analytics_lib.charts.heatmaps import draw_heatmap

        return draw_heatmap(
            self.frame.assign(cohort=self.cohort_names()),
            x="period",
            y="cohort",
            value="retention_rate",
            title=self.title + (", of the period before" if self.rules.reference == "previous_period" else ""),
            value_format="percent",
            finished="mature",
        )


@remembered
def retention(  # noqa: PLR0913  # every argument is a rule of the definition, keyword-only
    events: AnyTable,
    *,
    start_event: object = None,
    return_event: object = None,
    grain: str = "day",
    periods: int = 8,
    kind: str = "on",
    cohort: str = "first_ever",
    brackets: Iterable[tuple[int, int]] | None = None,
    rolling: bool = False,
    by: str | Iterable[str] | None = None,
    value_from: str = "start",
    reference: str = "start",
    average: str = "weighted",
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
    week_start: str = "monday",
    strict_names: bool = False,
) -> RetentionResult:
    """Tell how many people come back, cohort by cohort and period by period.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event_time``, and ``event`` where events are named.
    start_event, return_event
        What starts, and what counts as coming back: a name, a
        :func:`~analytics_lib.behaviour.funnel_steps.step` with conditions, or None for any event.
    grain
        Length of a period, and of the cohorts.
    periods
        Number of periods; period 0 is that of the start.
    kind
        ``on`` (in this period), ``on_or_after`` (in this or any later one of the table),
        ``on_or_before`` (in any of 1…k), ``streak`` (in all of 1…k), ``bracket`` (in any of a bracket).
    cohort
        ``first_ever`` (the first event of that name in the table, which must also meet the conditions),
        ``first_matching`` (the first that meets them), ``first_in_range``, or ``recurring`` (every
        period with a start event; a person may be in many cohorts).
    brackets
        For ``kind="bracket"``: first and last period of each cell, inclusive.
    rolling
        Periods count from each person's own start (24 h, 7 days, 30 days) instead of the calendar.
    by
        Columns to split by; a missing value is its own group.
    value_from
        ``start``: the value of the start event; ``both``: the return event must have the same.
    reference
        What a rate is a share of: ``start`` (the cohort), or ``previous_period`` (who came in the period
        before; period 0 is a share of the cohort). With ``on`` and ``bracket`` the latter can exceed 1.
    average
        How ``.average()`` weighs cohorts: ``weighted`` by the people compared with, or ``simple``.
    start, end
        Range of the cohorts; every bucket that touches it gets a row, events outside are history and returns.
    observed_until
        Moment up to which data is complete; default: the newest event.
    time_zone, week_start
        Calendar of the periods.
    strict_names
        Refuse event names that neither the table nor the registry knows, instead of a note.

    Returns
    -------
    RetentionResult
        ``cohort`` (start of its bucket), ``period``, ``cohort_users`` (with the start event), ``users``
        (who came back; null where the period has not begun), ``retention_rate``, ``mature``
        (the whole period has elapsed); never a total row. ``.average()``, ``.churn()``.

    Raises
    ------
    ArgumentError
        An argument is out of its range, or two can't be combined.
    UnknownEventError
        `strict_names` is set and nothing knows a name.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame({
    ...     "user_id": ["a", "a", "b"],
    ...     "event_time": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-02"]),
    ... })
    >>> retention(events, periods=2).to_frame()["users"].tolist()
    [1, 1, 1, <NA>]
    """
    split = group_columns(by, reserved=RESERVED)
    rules = read_retention_rules(
        start_event=start_event,
        return_event=return_event,
        grain=grain,
        periods=periods,
        kind=kind,
        cohort=cohort,
        brackets=brackets,
        rolling=rolling,
        value_from=value_from,
        reference=reference,
        average=average,
    )
    scope = open_scope(
        events,
        needed_columns(rules, split),
        analysis="retention",
        count_unknown=False,
        start=start,
        end=end,
        observed_until=observed_until,
        time_zone=time_zone,
    )
    unknown = unknown_names(rules.steps, scope.table, strict=strict_names) if rules.steps else ()
    if fits_presence(scope, rules, by=split, week_start=week_start):
        found = fetch_retention_presence(scope, rules, week_start=week_start)
    else:
        found = fetch_retention(scope, rules, by=split, week_start=week_start)
    return RetentionResult(
        frame=retention_frame(found, rules, scope, by=split, week_start=week_start),
        definition=retention_words(rules, time_zone=time_zone, week_start=week_start, by=split),
        provenance=scope.provenance,
        notes=(*scope.notes, *unknown_people(found.unknown), *unknown),
        key_columns=(*split, "cohort", "period"),
        people_source=lambda row: people_at(found, rules, row, split),
        lost_source=lambda row: people_at(found, rules, row, split, lost=True),
        structure=(Additive("base", ("users",), ("period",)),) if reference == "previous_period" else (),
        rules=rules,
        by=split,
        time_zone=time_zone,
    )


def people_at(
    found: RetentionEvents, rules: RetentionRules, row: Mapping[str, Any], by: tuple[str, ...], *, lost: bool = False
) -> pa.Table:
    """Give the people of one cell, or who of its cohort is not in it, sorted; nobody where the cell is unknown."""
    from analytics_lib.behaviour.retention_table import cells_of, group_numbers

    place = bucket_times(found.edges).tolist().index(pd.Timestamp(row["cohort"]))
    chosen = found.members.cohort == place
    if by:
        chosen &= found.members.group == group_numbers(found.groups, row, by)
    members = found.members.take(np.flatnonzero(chosen))
    came = returned(members, found.returns, cells_of(rules))[:, int(row["period"])]
    asked = (~came if lost else came) & (not pd.isna(row["users"]))
    if row["counted"] == "cohort_users":
        asked = np.ones(len(asked), dtype=bool)
    people = found.people.take(pa.array(found.person_of(members)[asked]))
    names = sorted(people.column_names, key=lambda name: name != "user_id")
    return people.select(names).sort_by([(name, "ascending") for name in names])
