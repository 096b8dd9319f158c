"""What a customer brings over time, cohort by cohort: revenue less what was taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from analytics_lib.behaviour.cohort_revenue_table import RESERVED, Money, book, customers, revenue_frame
from analytics_lib.behaviour.fields import column_of
from analytics_lib.behaviour.funnel_steps import read_step, unknown_names
from analytics_lib.behaviour.retention_rules import rolling_micros
from analytics_lib.behaviour.scope import group_columns, open_scope, unknown_people
from analytics_lib.checks import whole_number
from analytics_lib.engine.tables import AnyTable
from analytics_lib.periods import Moment, grain_name
from analytics_lib.results import Additive, Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CohortRevenueResult(Result):
    """Revenue per cohort of first orders and period since."""

    title: ClassVar[str] = "Cohort revenue"
    people_columns: ClassVar[tuple[str, ...]] = ("cohort_users", "users")

    by: tuple[str, ...] = ()
    """Columns the cohorts are split by."""

    def average(self) -> pd.DataFrame:
        """Give what a customer has brought by each period, over all cohorts old enough, per group.

        Returns
        -------
        pandas.DataFrame
            The `by` columns, ``period``, ``cohorts`` (with customers, and mature in this period), ``cohort_users``,
            ``revenue`` (in it), ``revenue_per_user``, ``lifetime_revenue_per_user`` (the sum of the periods so far).
        """
        counted = self.frame["mature"].fillna(value=False).astype(bool) & (self.frame["cohort_users"] > 0)
        cells = self.frame.assign(
            cohorts=counted.astype("Int64"),
            cohort_users=self.frame["cohort_users"].where(counted, 0),
            revenue=self.frame["revenue"].where(counted, 0.0),
        )
        keys = [*self.by, "period"]
        sums = cells.groupby(keys, sort=False, dropna=False)[["cohorts", "cohort_users", "revenue"]].sum().reset_index()
        sums["revenue_per_user"] = sums["revenue"] / sums["cohort_users"].replace(0, pd.NA).astype("float64")
        each = sums.groupby(list(self.by), sort=False, dropna=False) if self.by else sums
        sums["lifetime_revenue_per_user"] = each["revenue_per_user"].cumsum(skipna=False)
        return sums

    def plot(self) -> Chart:
        """Draw what a customer of each cohort has brought so far, period by period; a split as one line per group."""
        from analytics_lib.charts.heatmaps import draw_heatmap
        from analytics_lib.charts.lines import draw_lines

        value, title = "lifetime_revenue_per_user", "Revenue per customer so far"
        if self.by:
            return draw_lines(self.average(), x="period", y=value, by=self.by[0], title=title)
        return draw_heatmap(self.frame, x="period", y="cohort", value=value, title=title, finished="mature")


@remembered
def cohort_revenue(  # noqa: PLR0913  # every argument is a rule of the definition, keyword-only
    events: AnyTable,
    *,
    order_event: object = "order.placed",
    refund_event: object = "order.cancelled",
    amount: str = "properties.revenue",
    grain: str = "month",
    periods: int = 12,
    rolling: bool = False,
    by: str | Iterable[str] | None = None,
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
    week_start: str = "monday",
    strict_names: bool = False,
) -> CohortRevenueResult:
    """Tell what a customer brings over time, cohort by cohort of their first order.

    What is taken back is subtracted in the period in which that happens, with its amount's size whatever its
    sign, so revenue of a period may be negative; nothing booked is rewritten later. A refund makes no cohort.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event``, ``event_time`` and what `amount` names.
    order_event, refund_event
        What brings and what takes money: a name, or a :func:`~analytics_lib.behaviour.funnel_steps.step`; a refund
        may be None.
    amount
        Column, or value inside ``properties``: money, in one currency. Unknown amounts count 0 and are noted.
    grain, periods
        Length of a calendar period and of the cohorts, and how many; period 0 is that of the first order.
    rolling
        Count periods of equal length (a month is 30 days) from each customer's own first order instead of by the
        calendar; cohorts stay those of the calendar.
    by
        Columns to split customers by: the value of their first order. Of equal times the smallest value counts.
    start, end
        Range of first orders; every bucket that touches it gets a row. Earlier orders are history.
    observed_until
        Moment up to which data is complete; default: the newest event.
    time_zone, week_start
        Calendar of the periods.
    strict_names
        Refuse event names that neither the table nor the registry knows, instead of a note.

    Returns
    -------
    CohortRevenueResult
        The `by` columns, ``cohort`` (start of its bucket), ``period``, ``cohort_users``, ``users`` (who ordered in it),
        ``revenue`` (of the period, in the amounts' unit), ``cumulative_revenue``, ``lifetime_revenue_per_user``
        (cumulative revenue by the whole cohort, those who never came again included), ``mature``. A period that has not
        begun is unknown. ``.people(…)`` are those who ordered; ``.average()`` weighs mature cohorts by their size.

    Raises
    ------
    ArgumentError
        An argument is out of its range.

    Examples
    --------
    >>> events = pd.DataFrame({"user_id": ["a", "b", "a"], "event": ["order.placed", "order.placed", "order.cancelled"],
    ...                        "event_time": pd.to_datetime(["2024-05-01", "2024-05-03", "2024-06-01"]),
    ...                        "amount": [10.0, 20.0, 10.0]})
    >>> cohort_revenue(events, amount="amount", periods=2).to_frame()["lifetime_revenue_per_user"].tolist()[:2]
    [15.0, 10.0]
    """
    split = group_columns(by, reserved=RESERVED)
    asked = Money(
        order=read_step(order_event, role="order_event"),
        refund=None if refund_event is None else read_step(refund_event, role="refund_event"),
        amount=amount,
        grain=grain_name(grain),
        periods=whole_number("periods", periods, at_least=1, at_most=1000),
        rolling=rolling_micros(grain) if rolling else None,
        by=split,
    )
    steps = [one for one in (asked.order, asked.refund) if one is not None]
    looked_at = [column for one in steps for column in one.columns]
    fields = [column_of(name) for name in (amount, *split)]
    scope = open_scope(
        events,
        list(dict.fromkeys(["user_id", "event_time", *fields, *looked_at])),
        analysis="cohort_revenue",
        count_unknown=False,
        start=start,
        end=end,
        observed_until=observed_until,
        time_zone=time_zone,
    )
    unknown = unknown_names(steps, scope.table, strict=strict_names)
    booked = book(scope, asked, week_start=week_start)
    frame = revenue_frame(booked, scope, asked)
    return CohortRevenueResult(
        frame=frame,
        definition=_words(asked, time_zone),
        provenance=scope.provenance,
        notes=(*scope.notes, *unknown_people(booked.unknown), *unknown, *booked.notes),
        key_columns=(*split, "cohort", "period"),
        people_source=lambda row: customers(booked, frame, row, split),
        structure=(Additive("share", ("users", "cohort_users")),),
        by=split,
    )


def _words(asked: Money, zone: str) -> str:
    grain = asked.grain
    back = "" if asked.refund is None else f" less that of {asked.refund} in the period in which it comes"
    length = (
        f"{asked.rolling / 3.6e9:g} h from each customer's own first order" if asked.rolling else f"a calendar {grain}"
    )
    split = f" Split by the {', '.join(asked.by)} of the first order." if asked.by else ""
    return (
        f"Customers whose first {asked.order} ever lies in the {grain} ({zone}). Revenue = {asked.amount} of "
        f"{asked.order}{back}; per customer it is divided by all of the cohort. A period is {length}, and mature when "
        f"it has elapsed as a whole for everybody.{split}"
    )
