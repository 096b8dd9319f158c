"""What each person did on each day, and three documented scores from 0 to 100."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics_lib import checks
from analytics_lib.behaviour.scope import Scope, open_scope
from analytics_lib.behaviour.sessions import sessions
from analytics_lib.engine.properties import property_number
from analytics_lib.engine.tables import AnyTable, Table, to_frame
from analytics_lib.engine.times import from_micros, with_bucket
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import Moment, bucket_edges, zone
from analytics_lib.results import Additive, Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

COUNTED: Final = MappingProxyType({
    "content_views": "content.view", "content_completions": "content.complete", "searches_performed": "search.query",
    "shares_made": "content.share", "bookmarks_created": "content.bookmark", "comments_made": "content.comment",
})  # fmt: skip
"""Columns that count one event each."""

POINTS: Final = MappingProxyType({
    "page.view": 1.0, "content.view": 1.0, "search.query": 1.0, "user.action": 1.0, "content.like": 2.0,
    "content.complete": 3.0, "content.bookmark": 3.0, "form.submit": 3.0, "content.share": 5.0, "content.comment": 5.0,
})  # fmt: skip
"""What each event adds to the points of a day; others add nothing."""

MAPS: Final = MappingProxyType({
    "preferred_categories": "category", "preferred_languages": "language", "preferred_content_types": "resource_type",
    "device_types": "device_type", "browser_types": "browser",
})  # fmt: skip
"""What is counted by value, and the column that holds it."""

ACTIVITY_DAYS: Final = 7
LOYALTY_WEEKS: Final = 12
SCORES: Final = ("engagement_score", "loyalty_score", "activity_score")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class UserDaysResult(Result):
    """One row per person and day with an event."""

    title: ClassVar[str] = "People, day by day"

    def plot(self) -> Chart:
        """Draw the median of each score over the days."""
        from analytics_lib.charts.lines import draw_lines

        middle = self.frame.groupby("day")[list(SCORES)].median().reset_index()
        drawn = middle.melt(id_vars="day", var_name="score", value_name="median")
        drawn = drawn.assign(time=pd.to_datetime(drawn["day"]))
        return draw_lines(drawn, x="time", y="median", by="score", title="Median scores of the people of each day")

    def newest(self) -> pd.DataFrame:
        """Give the newest row of each person: how they were when last seen in the range."""
        who = [name for name in ("tenant_id", "user_id") if name in self.frame]
        return self.frame.drop_duplicates(who, keep="last", ignore_index=True)

    def bands(self, score: str = SCORES[0]) -> ScoreBandsResult:
        """Count people by tenths of a score, each with their newest row.

        Parameters
        ----------
        score
            ``engagement_score``, ``loyalty_score`` or ``activity_score``.

        Returns
        -------
        ScoreBandsResult
            ``band`` (in words), ``low``, ``high``, ``users``; bands are half-open, the last one holds 100, too.
        """
        checks.one_of("score", score, SCORES)
        rows = self.newest()
        place = np.minimum(rows[score].to_numpy("float64") // 10, 9).astype("int64")
        lows = np.arange(0, 100, 10)
        frame = pd.DataFrame({
            "band": [f"{low} to {low + 10}" for low in lows], "low": lows, "high": lows + 10,
            "users": pd.array(np.bincount(place, minlength=10), "Int64"),
        })  # fmt: skip
        who = [name for name in ("user_id", "tenant_id") if name in rows]
        return ScoreBandsResult(
            frame=frame,
            definition=f"People by {score} on their newest day in the range. {self.definition}",
            provenance=self.provenance,
            notes=self.notes,
            key_columns=("band",),
            people_source=lambda row: pa.Table.from_pandas(
                rows.loc[place == row["low"] // 10, who].sort_values(who), preserve_index=False
            ),
            structure=(Additive("groups", ("users",), ("band",)),),
            score=score,
        )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ScoreBandsResult(Result):
    """People by tenths of a score."""

    title: ClassVar[str] = "People by score"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    score: str = ""
    """Which score."""

    def plot(self) -> Chart:
        """Draw one bar per band."""
        from analytics_lib.charts.bars import draw_bars

        name = self.score.removesuffix("_score")
        return draw_bars(
            self.frame, x="band", y="users", title=f"People by {name}, each when last seen", horizontal=True,
            x_label=f"{name}, of 100", y_label="people", selectable=True,
        )  # fmt: skip


@remembered
def user_days(
    events: AnyTable,
    *,
    points: Mapping[str, float] = POINTS,
    half_points: float = 10.0,
    watch_time: str = "watch_seconds",
    start: Moment | None = None,
    end: Moment | None = None,
    time_zone: str = "UTC",
) -> UserDaysResult:
    """Tell what each person did on each day, and how engaged, active and loyal they were by then.

    A score looks at one person's own past only, so that it never changes because of others or of what
    happens later. The weights are a convention, not a finding: a score that has not been held against
    what people did afterwards ranks them, no more.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event``, ``event_time``; ``session_id``, ``url``, ``content_id`` and
        ``properties`` are used where they exist.
    points
        Points per event name.
    half_points
        Points of one day that make an engagement score of 50.
    watch_time
        Number inside ``properties`` with the seconds watched.
    start, end, time_zone
        The days to give; scores look further back where there are older events.

    Returns
    -------
    UserDaysResult
        ``user_id`` (and ``tenant_id``), ``day``, ``events``, ``sessions`` (that start on the day),
        ``total_session_duration`` and ``average_session_duration`` in seconds, ``bounce_rate``,
        ``return_visits`` (sessions but the person's first), ``pages_visited`` (different ``url``),
        ``content_views``, ``unique_content_views``, ``total_watch_time`` in seconds,
        ``content_completions``, ``searches_performed``, ``shares_made``, ``bookmarks_created``,
        ``comments_made``; ``preferred_categories``, ``preferred_languages``, ``preferred_content_types``,
        ``device_types``, ``browser_types``: what values the day's events had and how often, as a dictionary with the
        most frequent first (empty where none is known; only where the table has ``category``, ``language``,
        ``resource_type``, ``device_type``, ``browser``); and three scores from 0 to 100:

        - ``engagement_score`` = 100 × p / (p + `half_points`), p = the points of the day;
        - ``activity_score`` = the percentage of the last 7 days, this one included, with an event;
        - ``loyalty_score`` = the percentage of the last 12 stretches of 7 days, the newest ending with
          this day, with an event. Somebody new starts at 8.3, whatever they do.

    Raises
    ------
    ArgumentError
        `half_points` or a number of points is below 0, or `half_points` is 0.

    Examples
    --------
    >>> events = pd.DataFrame({
    ...     "user_id": ["a"] * 3, "event": ["page.view", "content.view", "content.share"],
    ...     "event_time": pd.to_datetime(["2024-05-01 09:00", "2024-05-02 09:00", "2024-05-02 09:20"]),
    ... })
    >>> user_days(events).to_frame()[["events", "engagement_score", "activity_score"]].round(1).values.tolist()
    [[1.0, 9.1, 14.3], [2.0, 37.5, 28.6]]
    """
    if not half_points > 0 or any(not value >= 0 for value in points.values()):
        raise ArgumentError("points below 0, or half_points that are not above 0", "Give weights from 0 upwards.")
    optional = ("session_id", "url", "content_id", "properties", *MAPS.values())
    scope = open_scope(
        events, ["user_id", "event", "event_time"], analysis="user_days", optional=optional, start=start, end=end,
        time_zone=time_zone,
    )  # fmt: skip
    named = {name: scope.table[name].cast("string") for name in scope.who}  # as in the table of sessions
    scope = replace(scope, table=scope.table.mutate(**named))
    frame = _counted(scope, points, watch_time)
    days = frame["_bucket"].to_numpy("int64")
    person = frame.groupby(list(scope.who), sort=False).ngroup().to_numpy("int64")
    earned = frame.pop("_points").to_numpy("float64")
    frame = _with_sessions(frame, scope)
    frame["engagement_score"] = 100 * earned / (earned + half_points)
    frame["loyalty_score"] = 100 * _active_stretches(person, days, LOYALTY_WEEKS, 7) / LOYALTY_WEEKS
    frame["activity_score"] = 100 * _active_stretches(person, days, ACTIVITY_DAYS, 1) / ACTIVITY_DAYS
    return UserDaysResult(
        frame=_in_range(frame, scope),
        definition=(
            f"One row per person and day ({time_zone}) with an event. Engagement = 100 p / (p + {half_points:g}), "
            f"p = the points of the day; activity = share of the last {ACTIVITY_DAYS} days with an event; loyalty = "
            f"share of the last {LOYALTY_WEEKS} stretches of 7 days with an event; both end with the day."
        ),
        provenance=scope.provenance,
        notes=scope.notes,
        key_columns=("day", *reversed(scope.who)),
    )


def _counted(scope: Scope, points: Mapping[str, float], watch_time: str) -> pd.DataFrame:
    """Count per person and local day, of all days before the end: scores look back beyond the start."""
    last = scope.asked.end or scope.newest
    edges = [] if scope.first is None or last is None else _day_edges(scope.first, last, scope.time_zone)
    known = scope.table.filter(scope.table.user_id.notnull())
    if scope.asked.end is not None:
        known = known.filter(known["event_time"] < scope.asked.end)
    if len(edges) < 2:
        edges, known = _day_edges(from_micros(0), from_micros(0), "UTC"), known.limit(0)
    rows = with_bucket(known, known["_micros"], edges, name="_bucket")
    viewed = rows["event"] == COUNTED["content_views"]
    earned = sum((rows["event"] == name).fill_null(False).cast("float64") * value for name, value in points.items())  # noqa: FBT003
    watched = property_number(rows, "properties", watch_time) if "properties" in rows.columns else None
    made = {
        "events": rows.count(),
        "pages_visited": rows["url"].nunique() if "url" in rows.columns else None,
        "unique_content_views": rows["content_id"].nunique(where=viewed) if "content_id" in rows.columns else None,
        "total_watch_time": watched.sum() if watched is not None else None,
        "_points": (rows["_micros"].cast("float64") * 0 + earned).sum(),
        **{column: (rows["event"] == name).fill_null(False).sum() for column, name in COUNTED.items()},  # noqa: FBT003
    }
    asked = {name: one for name, one in made.items() if one is not None}
    frame = to_frame(rows.group_by([*scope.who, "_bucket"]).aggregate(**asked))
    frame = frame.sort_values([*scope.who, "_bucket"], ignore_index=True)
    for name, column in MAPS.items():
        if column in rows.columns:
            frame[name] = pd.Series(_times_by_value(rows, column, scope.who, frame), dtype=object)
    dates = np.array([edge.astimezone(zone(scope.time_zone)).date() for edge in edges[:-1]], dtype=object)
    return frame.assign(day=dates[frame["_bucket"].to_numpy("int64")])


def _times_by_value(rows: Table, column: str, who: tuple[str, ...], frame: pd.DataFrame) -> list[dict[str, int]]:
    """Give for each person and day how many events had each value, the most frequent first, then by name."""
    keys = [*who, "_bucket"]
    known = rows.filter(rows[column].notnull())
    counted = to_frame(known.group_by([*keys, column]).aggregate(_times=known.count()))
    counted = counted.sort_values(["_times", column], ascending=[False, True])
    maps: dict[Any, dict[str, int]] = {}
    for *key, value, times in counted[[*keys, column, "_times"]].itertuples(index=False):
        maps.setdefault(tuple(key), {})[str(value)] = int(times)
    return [maps.get(tuple(key), {}) for key in frame[keys].itertuples(index=False)]


def _day_edges(first: Any, last: Any, time_zone: str) -> list[Any]:
    return bucket_edges(first, last + pd.Timedelta(microseconds=1).to_pytimedelta(), "day", time_zone=time_zone)


def _with_sessions(frame: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Add the sessions that start on each day; a day inside a longer session has none."""
    visits = sessions(scope.table, time_zone=scope.time_zone).to_frame().dropna(subset="user_id")
    keys = [*scope.who, "day"]
    visits = visits.assign(_again=visits.groupby(list(scope.who)).cumcount() > 0)
    each = visits.groupby(keys).agg(
        sessions=("start", "size"),
        total_session_duration=("duration_seconds", "sum"),
        average_session_duration=("duration_seconds", "mean"),
        bounce_rate=("bounced", "mean"),
        return_visits=("_again", "sum"),
    )
    joined = frame.merge(each.reset_index(), on=keys, how="left")
    counts = ["sessions", "return_visits"]
    joined[[*counts, "total_session_duration"]] = joined[[*counts, "total_session_duration"]].fillna(0)
    return joined.astype({**dict.fromkeys(counts, "Int64"), "bounce_rate": "float64"})


def _active_stretches(person: Any, days: Any, number: int, length: int) -> Any:
    """Count the stretches of `length` days, the newest ending with each row's day, in which its person was active."""
    span = int(days.max(initial=0)) + number * length + 1
    keys = person * span + days  # ascending: rows are sorted by person and day
    active = np.zeros(len(days), "int64")
    for place in range(number):
        newest = days - place * length
        oldest = np.maximum(newest - length + 1, 0)
        before = np.searchsorted(keys, person * span + oldest)
        until = np.searchsorted(keys, person * span + np.maximum(newest, -1), side="right")
        active += (newest >= 0) & (until > before)
    return active


def _in_range(frame: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    first = scope.asked.start
    if first is not None:
        day = first.astimezone(zone(scope.time_zone)).date()
        frame = frame[frame["day"] >= day]
    order = [*reversed(scope.who), "day"]
    kept = [name for name in frame.columns if name not in {*order, "_bucket"}]
    return frame.sort_values(["day", *order[:-1]], ignore_index=True)[[*order, *kept]]
