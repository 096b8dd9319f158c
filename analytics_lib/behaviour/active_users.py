"""How many different people were active in each bucket of time, or in the stretch that ends with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

import ibis
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.grids import filled_grid
from analytics_lib.behaviour.presence import fetch_presence, has_presence
from analytics_lib.behaviour.scope import Scope, extended, group_columns, open_scope, within_range
from analytics_lib.engine.tables import AnyTable, Table, to_frame
from analytics_lib.engine.times import with_bucket
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import Duration, Moment, Range, duration, grain_name
from analytics_lib.results import Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

_GRAIN_SECONDS = {"minute": 60, "5min": 300, "15min": 900, "hour": 3600, "day": 86_400, "week": 604_800}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ActiveUsersResult(Result):
    """Distinct people per bucket: ``time``, the `by` columns, ``users``, ``complete``."""

    title: ClassVar[str] = "Active people"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    total: int = 0
    """Exact distinct people of the whole range; never the sum of the buckets."""
    by: tuple[str, ...] = ()
    """Columns the counts are split by."""

    def plot(self) -> Chart:
        """Draw one line, or one per group."""
        from analytics_lib.charts.lines import draw_lines

        return draw_lines(self.frame, x="time", y="users", by=self.by[0] if self.by else None, title=self.title)


@remembered
def active_users(
    events: AnyTable,
    *,
    grain: str = "day",
    trailing: Duration | None = None,
    by: str | Iterable[str] | None = None,
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
    week_start: str = "monday",
) -> ActiveUsersResult:
    """Tell how many different people were active in each bucket of time.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event_time`` and the `by` columns; with ``tenant_id`` a person is
        the pair of both.
    grain
        Size of a bucket; buckets are half-open, DST-safe, and named by their start in UTC.
    trailing
        Count the stretch of this length that ends with the bucket (``"7d"``, ``"30d"``) instead of the
        bucket alone; a whole number of buckets. Events before `start` serve as its history.
    by
        Columns to split by; a person counts in each value they had, so groups may sum to more.
    start, end, observed_until, time_zone, week_start
        As in :func:`~analytics_lib.behaviour.event_counts.event_counts`.

    Returns
    -------
    ActiveUsersResult
        ``time``, `by`, ``users`` (exact), ``complete``; ``.total`` people of the range.

    Raises
    ------
    ArgumentError
        `trailing` is not a whole number of buckets.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-02"])
    >>> result = active_users(pd.DataFrame({"user_id": ["a", "a", "b"], "event_time": days}))
    >>> result.to_frame()["users"].tolist(), result.total
    ([1, 2], 2)
    """
    split, word = group_columns(by), grain_name(grain)
    length = buckets_of(trailing, word)
    scope = open_scope(
        events,
        ["user_id", "event_time", *split],
        analysis="active_users",
        start=start,
        end=end,
        observed_until=observed_until,
        time_zone=time_zone,
    )
    edges = scope.edges(word, week_start=week_start)
    window = _Window(scope, edges, extended(edges, word, length - 1, time_zone=time_zone) if edges else [], length)
    counts, total = window.answer(split)
    return ActiveUsersResult(
        frame=filled_grid(counts, scope, edges, by=split, value="users"),
        definition=_definition(word, trailing, split, time_zone),
        provenance=scope.provenance,
        notes=scope.notes,
        key_columns=("time", *split),
        people_source=lambda row: window.people(row, split),
        total=total,
        by=split,
    )


@dataclass(frozen=True, slots=True)
class _Window:
    """Buckets, and how many of them each number looks back over."""

    scope: Scope
    edges: Sequence[datetime]
    history: Sequence[datetime]
    """The edges with ``length - 1`` more buckets before the first."""
    length: int

    def rows(self) -> Table:
        """Give the rows that any number of the result may count."""
        asked = self.scope.asked if self.length == 1 else replace(self.scope.asked, start=None)
        rows = within_range(self.scope.table, asked)
        return rows.filter(rows.user_id.notnull())

    def answer(self, by: Sequence[str]) -> tuple[pd.DataFrame, int]:
        """Give the distinct people per bucket and group where there are any, and those of the whole range."""
        if by or self.length > 1 or not has_presence(self.scope.table, self.edges):
            return self.counts(by), self.scope.people_count(self.scope.inside())
        found = fetch_presence(self.scope.inside(), self.scope.who, self.edges)
        users = found.counts(len(self.edges) - 1)
        return pd.DataFrame({"bucket": range(len(users)), "users": users})[users > 0], found.count

    def counts(self, by: Sequence[str]) -> pd.DataFrame:
        """Give the distinct people per bucket and group, only where there are any."""
        if not self.edges:
            return pd.DataFrame({name: pd.array([], "Int64") for name in ("bucket", *by, "users")})
        rows = self.rows()
        seen = with_bucket(rows, rows["_micros"], self.history).select("bucket", *self.scope.who, *by).distinct()
        if self.length == 1:
            return to_frame(seen.group_by(["bucket", *by]).aggregate(users=seen.count()))
        return self._running(to_frame(_changes(seen, self.scope.who, by, self.length)), by)

    def _running(self, changes: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
        grid = pd.DataFrame({"bucket": range(len(self.history) - 1)})
        groups = changes[list(by)].drop_duplicates() if by else pd.DataFrame({"_": [0]})
        full = grid.merge(groups, how="cross").merge(changes, on=["bucket", *by], how="left").sort_values("bucket")
        change = full["change"].fillna(0)
        parts = full.groupby(list(by), dropna=False, sort=False)["change"] if by else None
        running = (
            change.cumsum() if parts is None else change.groupby([full[name] for name in by], dropna=False).cumsum()
        )
        full["users"] = running.astype("Int64")
        full["bucket"] -= self.length - 1
        return full.loc[(full["bucket"] >= 0) & (full["users"] > 0), ["bucket", *by, "users"]]

    def people(self, row: Mapping[str, Any], by: Sequence[str]) -> pa.Table:
        """Give the people behind one row."""
        place = [pd.Timestamp(edge) for edge in self.edges].index(row["time"])
        stretch = Range(self.history[place], self.edges[place + 1])
        return self.scope.people(same_group(within_range(self.rows(), stretch), row, by))


def same_group(table: Table, row: Mapping[str, Any], by: Sequence[str]) -> Table:
    """Give the rows of one group; an unknown value is a group like any other."""
    for name in by:
        value = row[name]
        table = table.filter(table[name].isnull() if pd.isna(value) else table[name] == ibis.literal(value))
    return table


def _changes(seen: Table, who: Sequence[str], by: Sequence[str], length: int) -> Table:
    """Give +1 where a person's stretch of being counted begins, −1 where it ends."""
    window = ibis.window(group_by=[*who, *by], order_by="bucket")
    stretches = seen.mutate(_next=seen.bucket.lead().over(window))
    stop = ibis.least(stretches.bucket + length, stretches["_next"].fill_null(2**40))
    begins = stretches.select("bucket", *by, change=ibis.literal(1, "int64"))
    ends = stretches.select(*by, bucket=stop, change=ibis.literal(-1, "int64")).select("bucket", *by, "change")
    both = begins.union(ends)
    return both.group_by(["bucket", *by]).aggregate(change=both.change.sum())


def buckets_of(trailing: Duration | None, grain: str) -> int:
    """Give how many buckets each number looks back over, its own included."""
    if trailing is None:
        return 1
    seconds = duration("trailing", trailing).total_seconds()
    if grain not in _GRAIN_SECONDS or seconds < _GRAIN_SECONDS[grain] or seconds % _GRAIN_SECONDS[grain]:
        raise ArgumentError(
            f"trailing={trailing!r} is not a whole number of buckets of grain={grain!r}",
            'Use grain="day" with a trailing of whole days, such as "7d" or "30d".',
        )
    return int(seconds // _GRAIN_SECONDS[grain])


def _definition(grain: str, trailing: Duration | None, by: Sequence[str], time_zone: str) -> str:
    stretch = f"the {trailing} that end with each {grain}" if trailing else f"each half-open {grain}"
    split = f" A person counts in each value of {', '.join(by)} they had." if by else ""
    return (
        f"Exact number of different people with an event in {stretch} ({time_zone}).{split} "
        "The total counts each person of the range once; it is not the sum of the buckets."
    )
