"""When people are active: by hour and weekday of their clock, and how sure the busiest hours are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.scope import Scope, open_scope
from analytics_lib.checks import whole_number
from analytics_lib.engine.tables import AnyTable, Table, to_frame
from analytics_lib.engine.times import with_bucket
from analytics_lib.periods import Moment
from analytics_lib.results import Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_RESAMPLES: Final = 1_000


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ActivityResult(Result):
    """Events and people per weekday and hour: 168 rows, Monday 0 o'clock first."""

    title: ClassVar[str] = "Activity by hour and weekday"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    total: int = 0
    """Exact distinct people of the range; a person counts in each hour they were active in."""
    hours: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Every hour of the range: ``time`` (UTC), ``day``, ``hour`` (local), ``events``."""

    def plot(self) -> Chart:
        """Draw a heat map, hours across and weekdays down."""
        from analytics_lib.charts.heatmaps import draw_heatmap

        return draw_heatmap(self.frame, x="hour", y="weekday", value="events_per_hour", title=self.title)

    def peak_hours(self, *, top: int = 3, confidence: float = 0.95, seed: int = 0) -> pd.DataFrame:
        """Tell which hours of the day are busiest, and in how many repeats of the range they would be again.

        Whole days are drawn again with replacement, so that busy days stay whole; where days depend on each
        other (a sale) the ranges are too narrow.

        Returns
        -------
        pandas.DataFrame
            24 rows, busiest first: ``hour``, ``events_per_day`` with ``_low`` and ``_high``, and ``top_rate``,
            the share of repeats in which the hour is among the `top` busiest.
        """
        whole_number("top", top, at_least=1)
        days = self.hours.pivot_table(index="day", columns="hour", values="events", aggfunc="sum", fill_value=0)
        counts = days.reindex(columns=range(24), fill_value=0).to_numpy("float64")
        frame = pd.DataFrame({"hour": range(24), "events_per_day": counts.mean(axis=0) if len(counts) else np.nan})
        means = _repeated_means(counts, seed)
        places = (-means).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
        shares = [(1 - confidence) / 2, (1 + confidence) / 2]
        ends = np.quantile(means, shares, axis=0) if len(means) else np.full((2, 24), np.nan)
        frame["events_per_day_low"], frame["events_per_day_high"] = ends[0], ends[1]
        frame["top_rate"] = (places < top).mean(axis=0) if len(means) else np.nan
        return frame.sort_values("events_per_day", ascending=False, kind="stable", ignore_index=True)


def _repeated_means(counts: Any, seed: int) -> Any:
    """Give the mean day of each resample; none where there are fewer than two days."""
    if len(counts) < 2:
        return np.empty((0, 24))
    drawn = np.random.default_rng(seed).multinomial(len(counts), np.full(len(counts), 1 / len(counts)), _RESAMPLES)
    return drawn @ counts / len(counts)


@remembered
def activity(
    events: AnyTable,
    *,
    event: str | None = None,
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
) -> ActivityResult:
    """Tell at which hours of which weekdays people are active.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event_time`` (and ``event``, if one is asked for).
    event
        Only this event; default: all.
    start, end, observed_until, time_zone
        As in :func:`~analytics_lib.behaviour.event_counts.event_counts`; hours and weekdays are those of
        the zone's clock. An hour that a clock change repeats counts twice in ``hours``, one it leaves out
        not at all.

    Returns
    -------
    ActivityResult
        ``weekday``, ``hour``, ``events``, ``users``, ``hours`` (how often the hour occurs in the range),
        ``events_per_hour`` (NaN where it never occurs); ``.peak_hours()`` with their uncertainty.

    Examples
    --------
    >>> import pandas as pd
    >>> times = pd.to_datetime(["2024-05-06 09:10", "2024-05-06 09:50", "2024-05-13 09:00"])
    >>> result = activity(pd.DataFrame({"user_id": ["a", "b", "a"], "event_time": times}))
    >>> row = result.to_frame().query("weekday == 'Monday' and hour == 9").iloc[0]
    >>> int(row["events"]), int(row["users"]), int(row["hours"]), float(row["events_per_hour"])
    (3, 2, 2, 1.5)
    """
    columns = ["user_id", "event_time", *(["event"] if event is not None else [])]
    scope = open_scope(
        events, columns, analysis="activity", start=start, end=end, observed_until=observed_until, time_zone=time_zone
    )
    rows = scope.inside()
    rows = rows if event is None else rows.filter(rows["event"] == event)
    hours, placed = _hours(scope, rows)
    people = placed.filter(placed.user_id.notnull()).select("weekday", "hour", *scope.who).distinct()
    return ActivityResult(
        frame=_grid(hours, to_frame(people.group_by(["weekday", "hour"]).aggregate(users=people.count()))),
        definition=(
            f"{event or 'Events'} by weekday and hour of the clock in {time_zone}; people once per cell; "
            "events_per_hour divides by how often the hour occurs in the range."
        ),
        provenance=scope.provenance,
        notes=scope.notes,
        key_columns=("weekday", "hour"),
        people_source=lambda row: _people(scope, placed, row),
        total=scope.people_count(rows),
        hours=hours.drop(columns="bucket"),
    )


def _hours(scope: Scope, rows: Table) -> tuple[pd.DataFrame, Table]:
    """Give every hour of the range with its events, and the rows with the weekday and hour they fall into."""
    edges = scope.edges("hour")
    times = pd.DatetimeIndex(pd.to_datetime(edges[:-1], utc=True))
    local = times.tz_convert(scope.time_zone)
    hours = pd.DataFrame(
        {
            "bucket": np.arange(len(times)), "time": times, "day": local.date,
            "weekday": local.day_of_week.astype("int64"), "hour": local.hour.astype("int64"),
        }
    )  # fmt: skip
    if not len(times):
        empty = rows.mutate(bucket=ibis.literal(0), weekday=ibis.literal(0), hour=ibis.literal(0)).limit(0)
        return hours.assign(events=pd.Series(dtype="int64")), empty
    cells = ibis.memtable(hours[["bucket", "weekday", "hour"]])
    placed = with_bucket(rows, rows["_micros"], edges).inner_join(cells, "bucket")
    counted = to_frame(placed.group_by("bucket").aggregate(events=placed.count()))
    hours["events"] = hours["bucket"].map(counted.set_index("bucket")["events"]).fillna(0).astype("int64")
    return hours, placed


def _grid(hours: pd.DataFrame, users: pd.DataFrame) -> pd.DataFrame:
    grid = pd.MultiIndex.from_product([range(7), range(24)], names=["weekday", "hour"])
    counted = hours.groupby(["weekday", "hour"])["events"].agg(["sum", "size"]).reindex(grid, fill_value=0)
    people = users.set_index(["weekday", "hour"])["users"].reindex(grid, fill_value=0)
    frame = counted.rename(columns={"sum": "events", "size": "hours"}).assign(users=people).reset_index()
    frame["events_per_hour"] = frame["events"] / frame["hours"].where(frame["hours"] > 0)
    frame["weekday"] = pd.Series([WEEKDAYS[day] for day in frame["weekday"]], dtype="str")
    kept = ["weekday", "hour", "events", "users", "hours", "events_per_hour"]
    return frame[kept].astype({"events": "Int64", "users": "Int64", "hours": "Int64"})


def _people(scope: Scope, placed: Table, row: Mapping[str, Any]) -> pa.Table:
    day = WEEKDAYS.index(row["weekday"])
    return scope.people(placed.filter((placed["weekday"] == day) & (placed["hour"] == int(row["hour"]))))
