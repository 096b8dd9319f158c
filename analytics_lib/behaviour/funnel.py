"""How many people go through a series of steps, and where they stop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.dialect_rules import dialect_words, in_dialect
from analytics_lib.behaviour.dialects import Dialect
from analytics_lib.behaviour.funnel_exclusion import read_exclusions
from analytics_lib.behaviour.funnel_fetch import needed_columns
from analytics_lib.behaviour.funnel_outcome import Outcome
from analytics_lib.behaviour.funnel_rules import Rules, read_rules, words
from analytics_lib.behaviour.funnel_slices import counted
from analytics_lib.behaviour.funnel_steps import read_steps, unknown_names
from analytics_lib.behaviour.funnel_table import RESERVED, funnel_frame, group_of_row
from analytics_lib.behaviour.funnel_views import (
    QUANTILES,
    conversion_histogram,
    conversion_times,
    group_comparison,
    rate_intervals,
    step_comparison,
)
from analytics_lib.behaviour.scope import group_columns, open_scope, unknown_people
from analytics_lib.engine.tables import AnyTable
from analytics_lib.errors import ArgumentError, SmallGroupError
from analytics_lib.periods import Duration, Moment
from analytics_lib.results import Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FunnelResult(Result):
    """Users per step: the `by` columns, ``step``, ``event``, ``users``, rates, ``median_seconds``, ``immature``."""

    title: ClassVar[str] = "Funnel"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    outcome: Outcome
    """What each counted unit did; the views below read it."""
    rules: Rules
    """The arguments, checked."""
    by: tuple[str, ...] = ()
    """Columns the funnel is split by."""

    def intervals(self, *, confidence: float = 0.95) -> pd.DataFrame:
        """Give the frame with Wilson's bounds: ``step_rate_low``, ``…_high``, ``overall_rate_low``, ``…_high``."""
        bounds = rate_intervals(self.outcome, self.rules, self.by, confidence)
        for name in bounds:  # what is hidden in the frame is not shown by its bounds
            bounds[name] = bounds[name].where(self.frame[str(name).rsplit("_", 1)[0]].notna().to_numpy())
        return pd.concat([self.frame.reset_index(drop=True), bounds], axis=1)

    def time_to_convert(
        self, *, first: int = 1, last: int | None = None, quantiles: Iterable[float] = QUANTILES
    ) -> pd.DataFrame:
        """Give how long people take from one step to another (default: from the first to the last).

        Returns
        -------
        pandas.DataFrame
            The `by` columns, ``conversions``, ``mean_seconds``, ``minimum_seconds``,
            ``maximum_seconds``, and ``p…_seconds`` for each quantile (linear interpolation).
        """
        final = len(self.rules.steps) if last is None else last
        return conversion_times(self._open_outcome(), self.by, first=first, last=final, quantiles=quantiles)

    def time_histogram(self, *, first: int = 1, last: int | None = None, bins: int = 20) -> pd.DataFrame:
        """Give how many took how long: ``low``, ``high`` (seconds) and ``count``."""
        final = len(self.rules.steps) if last is None else last
        return conversion_histogram(self._open_outcome(), first=first, last=final, bins=bins)

    def compare(self, *, control: object = None, step: int | None = None, confidence: float = 0.95) -> pd.DataFrame:
        """Compare the groups of a split funnel with one of them (default: the largest).

        Returns
        -------
        pandas.DataFrame
            The `by` columns, ``control_entries``, ``entries``, ``control_rate``, ``overall_rate``, their
            ``difference`` with bounds ``low`` and ``high`` (Newcombe), ``p_value``, and
            ``adjusted_p_value`` (Benjamini–Hochberg over the groups).
        """
        final = len(self.rules.steps) if step is None else step
        return group_comparison(self._open_outcome(), self.by, step=final, control=control, confidence=confidence)

    def compare_with(self, other: FunnelResult, *, confidence: float = 0.95) -> pd.DataFrame:
        """Compare another funnel of the same steps with this one, step by step, corrected for all steps."""
        return step_comparison(self._open_outcome(), other._open_outcome(), confidence=confidence)

    def _open_outcome(self) -> Outcome:
        if self.frame["users"].isna().any():
            fact = "some numbers of this funnel are hidden, and this view would show them"
            raise SmallGroupError(fact, "Ask for larger groups, or look at the funnel before it is suppressed.")
        return self.outcome

    def plot(self) -> Chart:
        """Draw one bar per step, or one per step and group."""
        from analytics_lib.charts.funnels import draw_funnel

        counted = next((name for name in ("sessions", "entities", "entries") if name in self.frame), "users")
        return draw_funnel(
            self.frame,
            step="event",
            users=counted,  # what the rates are shares of
            rate="overall_rate",
            by=self.by[0] if self.by else None,
            title=self.title,
        )


@remembered
def funnel(  # noqa: PLR0913  # every argument is a rule of the definition, keyword-only
    events: AnyTable,
    steps: Iterable[object],
    *,
    within: Duration | int | None = "14d",
    order: str = "ordered",
    window_from: str = "entry",
    entry: str = "best",
    unit: str = "user",
    by: str | Iterable[str] | None = None,
    attribution: str = "first",
    exclude: object = (),
    exclude_effect: str = "drop_entity",
    hold_constant: str | Iterable[str] = (),
    grace_seconds: float = 0,
    first_ever: str | bool | None = None,
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
    strict_names: bool = False,
    dialect: str | Dialect | None = None,
) -> FunnelResult:
    """Tell how many people go through a series of steps, and where they stop.

    Per unit, a completion up to step k is a choice of different events, one for each step, in order
    of time, the last at most `within` after the first. The unit's level is the largest k for which
    there is a completion whose first event lies in ``[start, end)``. Events of equal time are
    interchangeable; one event never serves two steps.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event``, ``event_time`` and the columns that are asked about.
    steps
        Two to twenty: event names, :func:`~analytics_lib.behaviour.funnel_steps.step` with conditions,
        or mappings with its arguments.
    within
        Longest time from the first to the last step, inclusive: ``"14d"`` is 14 × 86,400 s, None is no
        limit, 0 the same microsecond. ``"3 sessions"`` counts sessions instead.
    order
        ``ordered`` (others may come between), ``strict`` (none may), ``any`` (row k = at least k steps;
        steps with ``anchored=True`` keep their place, those between them come in any order).
    window_from
        ``entry``, or ``previous_step``: the window starts again at each step.
    entry
        ``best`` (furthest, then latest), ``first`` (only the first entry in the range), ``every``
        (each entry not inside an open attempt; the frame then counts ``entries``).
    unit
        ``user``, ``session``, or a column; ``users`` always counts people, rates use the unit.
    by
        Columns to split by, after levels are computed; groups sum to the total (but for ``all``).
    attribution
        Whose value of `by` counts: that of the ``first`` event of the completion, the ``last``,
        ``step:k``, or ``all`` of them.
    exclude
        Events that may not lie strictly between the first and the last step. ``{"event": "refund",
        "after": 1, "before": 2}`` (or :func:`~analytics_lib.behaviour.funnel_exclusion.exclusion`): between
        these two steps; of who stops between them, up to their last one.
    exclude_effect
        ``drop_entity`` (the unit leaves all steps) or ``stop_at_step``.
    hold_constant
        Columns that must be equal on all events of a completion; an event without a value can't be.
    grace_seconds
        A step may come by so much before the one it follows.
    first_ever
        The first event must be the person's first ``event`` of that name, or the first that also meets
        the conditions (``filtered``, or True).
    start, end
        Range of the first event; later steps may lie behind it, and earlier events are history.
    observed_until
        Moment up to which data is complete; default: the newest event.
    strict_names
        Refuse event names that neither the table nor the registry knows, instead of a note.
    dialect
        Count as another product does: ``clickhouse``, ``clickhouse_strict_increase``,
        ``clickhouse_strict_once``, ``posthog``, ``mixpanel``, ``amplitude`` or ``umami``. It decides the
        arguments in which it differs; None is the definition above.

    Returns
    -------
    FunnelResult
        ``step`` (1…n), ``event``, ``users``, ``step_rate`` (share of the step before; NaN after 0),
        ``overall_rate`` (share of step 1), ``median_seconds`` (from the step before, over all who
        reached this one), ``immature`` (entries younger than `within` that have not converted).

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
    ...     "user_id": ["a", "a", "b"], "event": ["view", "buy", "view"],
    ...     "event_time": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-01"]),
    ... })
    >>> funnel(events, ["view", "buy"]).to_frame()["users"].tolist()
    [2, 1]
    """
    split = group_columns(by, reserved=RESERVED)
    given = read_steps(steps)
    rules = read_rules(
        given,
        within=within,
        grace_seconds=grace_seconds,
        window_from=window_from,
        order=order,
        entry=entry,
        hold_constant=group_columns(hold_constant, reserved=()),
        exclude=read_exclusions(exclude, given),
        exclude_effect=exclude_effect,
        first_ever=first_ever,
    )
    rules = in_dialect(rules, dialect)
    _check_attribution(attribution, len(rules.steps))
    scope = open_scope(
        events,
        needed_columns(rules, unit, split),
        analysis="funnel",
        optional=["session_id"],
        count_unknown=False,
        start=start,
        end=end,
        observed_until=observed_until,
        time_zone=time_zone,
    )
    found = counted(scope, rules, unit=unit, by=split, attribution=attribution)
    unknown, outcome = unknown_names(found.doubtful, scope.table, strict=strict_names), found.outcome
    return FunnelResult(
        frame=funnel_frame(outcome, rules, unit=unit, by=split),
        definition=words(rules, unit=unit) + dialect_words(rules) + _split_words(split, attribution),
        provenance=scope.provenance,
        notes=(*scope.notes, *unknown, *_notes(found.left_out, unit, split, attribution)),
        key_columns=(*split, "step"),
        people_source=lambda row: people_at(outcome, row, split),
        outcome=outcome,
        rules=rules,
        by=split,
    )


def people_at(outcome: Outcome, row: Mapping[str, Any], by: Sequence[str]) -> pa.Table:
    """Give the people behind one row of a funnel, sorted."""
    members = outcome.members(group_of_row(outcome, row, by) if by else None)
    reached = members[outcome.reached[int(row["step"]) - 1, members]]
    return outcome.people_table(reached)


def _check_attribution(attribution: str, steps: int) -> None:
    allowed = ["first", "last", "all", *(f"step:{number}" for number in range(1, steps + 1))]
    if attribution not in allowed:
        raise ArgumentError(f"attribution={attribution!r} is not one of {', '.join(allowed)}", 'Use "first".')


def _split_words(by: Sequence[str], attribution: str) -> str:
    if not by:
        return ""
    whose = {"first": "on the first event", "last": "on the last reached step", "all": "on any event"}
    where = whose.get(attribution, f"on {attribution.replace(':', ' ')}")
    more = (
        " One unit may count in several groups, so groups sum to more than the total." if attribution == "all" else ""
    )
    return f" Split by {', '.join(by)} {where} of the completion.{more}"


def _notes(left_out: int, unit: str, by: Sequence[str], attribution: str) -> tuple[str, ...]:
    notes = [*unknown_people(left_out)] if unit == "user" else []
    if left_out and unit != "user":
        notes.append(f"{left_out:,} matching events belong to no {unit} and are left out.")
    if by and attribution == "all":
        notes.append("Groups overlap under attribution='all': they sum to more than the total.")
    return tuple(notes)
