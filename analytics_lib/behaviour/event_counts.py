"""How many events happened in each bucket of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from analytics_lib.behaviour.grids import filled_grid
from analytics_lib.behaviour.scope import Scope, group_columns, open_scope
from analytics_lib.engine.tables import AnyTable, Table, to_frame
from analytics_lib.engine.times import with_bucket
from analytics_lib.periods import Moment, grain_name
from analytics_lib.results import Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EventCountsResult(Result):
    """Events per bucket: ``time``, the `by` columns, ``events``, ``complete``."""

    title: ClassVar[str] = "Events"

    by: tuple[str, ...] = ()
    """Columns the counts are split by."""

    @property
    def total(self) -> float:
        """All events of the range; buckets that are unknown count nothing."""
        total = self.frame["events"].sum()
        return int(total) if self.frame["events"].dtype == "Int64" else float(total)

    def plot(self) -> Chart:
        """Draw one line, or one per group."""
        from analytics_lib.charts.lines import draw_lines

        return draw_lines(self.frame, x="time", y="events", by=self.by[0] if self.by else None, title=self.title)


@remembered
def event_counts(
    events: AnyTable,
    *,
    grain: str = "day",
    by: str | Iterable[str] | None = None,
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
    week_start: str = "monday",
    weighted: bool = False,
) -> EventCountsResult:
    """Tell how many events happened in each bucket of time.

    Parameters
    ----------
    events
        A table with ``event_time`` and the `by` columns.
    grain
        Size of a bucket; buckets are half-open, DST-safe, and named by their start in UTC.
    by
        Columns to split by; a missing value is its own group.
    start, end
        Half-open range; every bucket that touches it gets a row, events outside are not counted.
    observed_until
        Moment up to which data is complete; default: the newest event.
    time_zone, week_start
        Calendar of the buckets.
    weighted
        Sum ``sample_weight`` (1 / sampling rate) instead of counting rows.

    Returns
    -------
    EventCountsResult
        ``time``, `by`, ``events`` (0 where nothing happened, null where nothing was observed),
        ``complete`` (false where the bucket was not observed, or not asked for, as a whole).

    Examples
    --------
    >>> import pandas as pd
    >>> times = pd.to_datetime(["2024-05-01 09:00", "2024-05-01 10:00", "2024-05-03 08:00"])
    >>> event_counts(pd.DataFrame({"event_time": times})).to_frame()["events"].tolist()
    [2, 0, 1]
    """
    split, word = group_columns(by), grain_name(grain)
    columns = ["event_time", *split, *(["sample_weight"] if weighted else [])]
    scope = open_scope(
        events,
        columns,
        analysis="event_counts",
        start=start,
        end=end,
        observed_until=observed_until,
        time_zone=time_zone,
    )
    edges = scope.edges(word, week_start=week_start)
    counts = to_frame(_counts(scope, edges, split, weighted=weighted)) if edges else _nothing(split)
    return EventCountsResult(
        frame=filled_grid(counts, scope, edges, by=split, value="events"),
        definition=_definition(word, split, time_zone, weighted=weighted),
        provenance=scope.provenance,
        notes=scope.notes,
        key_columns=("time", *split),
        by=split,
    )


def _counts(scope: Scope, edges: list[datetime], by: tuple[str, ...], *, weighted: bool) -> Table:
    rows = scope.inside()
    bucketed = with_bucket(rows, rows["_micros"], edges)
    value = bucketed.sample_weight.fill_null(1.0).sum() if weighted else bucketed.count()
    return bucketed.group_by(["bucket", *by]).aggregate(events=value)


def _nothing(by: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.array([], "Int64") for name in ("bucket", *by, "events")})


def _definition(grain: str, by: tuple[str, ...], time_zone: str, *, weighted: bool) -> str:
    what = "Sum of sampling weights of the events" if weighted else "Number of events"
    split = f", for each value of {', '.join(by)} (a missing value is its own group)" if by else ""
    return (
        f"{what} with event_time in each half-open {grain} of {time_zone}{split}. "
        "0 where data was complete and nothing happened, unknown where nothing was observed yet."
    )
