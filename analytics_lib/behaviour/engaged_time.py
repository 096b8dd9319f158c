"""How long people really attended to a page or a piece of content, told by the pings of its tab."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.codes import Codes, encode
from analytics_lib.behaviour.fields import column_of, field
from analytics_lib.behaviour.scope import Scope, open_scope
from analytics_lib.behaviour.sessions_events import numbers_of
from analytics_lib.behaviour.sessions_table import session_ids
from analytics_lib.checks import names
from analytics_lib.checks import one_of as chosen
from analytics_lib.display import spell_duration
from analytics_lib.engine.tables import AnyTable, Table, to_arrow
from analytics_lib.engine.times import epoch_micros, micros
from analytics_lib.periods import Duration, Moment, duration, positive_duration
from analytics_lib.results import Result
from analytics_lib.schema import flagged

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

_MOST_PAGES: Final = 20
_VIEW, _PING = 1, 2


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EngagedTimeResult(Result):
    """One row per session and thing that was looked at."""

    title: ClassVar[str] = "Engaged time"

    thing: str = ""
    """Column that names what was looked at."""

    def per(self, column: str = "") -> pd.DataFrame:
        """Sum up per page, piece of content, session …: any column of the frame; default: the thing itself.

        Returns
        -------
        pandas.DataFrame
            The column, ``users``, ``views``, ``engaged_visits`` (with a ping), ``engaged_seconds`` (sum) and
            ``median_engaged_seconds`` over the rows that were viewed; the longest attention first.

        Raises
        ------
        ArgumentError
            The frame has no such column.
        """
        name = chosen("column", column or self.thing, tuple(self.frame.columns))
        who = [one for one in ("tenant_id", "user_id") if one in self.frame]
        rows = self.frame.assign(_engaged=self.frame["pings"] > 0)
        rows["_viewed"] = rows["engaged_seconds"].where(rows["views"] > 0)
        found = rows.groupby(name, dropna=False, sort=False).agg(
            views=("views", "sum"), engaged_visits=("_engaged", "sum"), engaged_seconds=("engaged_seconds", "sum"),
            median_engaged_seconds=("_viewed", "median"),
        )  # fmt: skip
        known = rows.dropna(subset="user_id").drop_duplicates([name, *who])
        found.insert(0, "users", known.groupby(name, dropna=False).size().reindex(found.index, fill_value=0))
        counts = ["users", "views", "engaged_visits"]
        found = found.astype(dict.fromkeys(counts, "Int64")).reset_index()
        return found.sort_values(["engaged_seconds", name], ascending=[False, True], ignore_index=True)

    def plot(self) -> Chart:
        """Draw the pages (or things) that held attention longest."""
        from analytics_lib.charts.bars import draw_bars

        name = "url" if "url" in self.frame else self.thing
        top = self.per(name).head(_MOST_PAGES)
        title = f"Engaged time per {name.removesuffix('_id').replace('_', ' ')}"
        return draw_bars(top, x=name, y="engaged_seconds", title=title, value_format="duration", horizontal=True)


def engaged_time(
    events: AnyTable,
    *,
    per: str = "properties.page_view_id",
    view: Iterable[str] | None = None,
    ping: Iterable[str] = ("page.ping",),
    heartbeat: Duration = "10s",
    minimum_visit: Duration = "5s",
    gap: Duration = "30min",
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
) -> EngagedTimeResult:
    """Tell how long people attended to each page view or piece of content, not how long its tab was open.

    A tracker sends a ping while somebody scrolls, types or moves, and none while the tab lies behind. Time
    is cut into windows of one `heartbeat`; two pings of one window are one. The first window counts
    as `minimum_visit`, each further one as a heartbeat, so engaged time = (windows − 1) × heartbeat + minimum;
    a view without a ping has 0. Windows are cut by the sender's own clock (``client_time``) where the table has it.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event``, ``event_time`` and what `per` names; ``session_id``, ``url`` and
        ``client_time`` are used where they exist.
    per
        Column, or value inside ``properties``, that names what was looked at, such as ``"content_id"``.
    view, ping
        Names of events that open it (default: those the registry flags), and of pings.
    heartbeat, minimum_visit
        What the tracker was set to: seconds between pings, and before the first.
    gap
        Gap rule of sessions that were not sent.
    start, end
        Range of the first event of a row; pings outside still count.
    observed_until
        Moment up to which data is complete; default: the newest event.

    Returns
    -------
    EngagedTimeResult
        One row per session and thing: ``user_id``, ``session_id`` (as in
        :func:`~analytics_lib.behaviour.sessions.sessions`), the thing under the last part of its name,
        ``url`` of its first event, ``start``, ``end`` (UTC), ``views`` (0 = stray pings, whose view is in
        no such session), ``pings``, ``engaged_seconds``. ``.per(column)`` sums up.

    Raises
    ------
    ArgumentError
        A heartbeat of zero.

    References
    ----------
    The rule of Snowplow's web model (github.com/snowplow/dbt-snowplow-web, ``engaged_time_in_s``; its page
    pings: docs.snowplow.io, *Track activity with page pings*).

    Examples
    --------
    >>> times = pd.to_datetime(["2024-05-01 09:00:00", "2024-05-01 09:00:05", "2024-05-01 09:00:15"])
    >>> events = pd.DataFrame({"user_id": "a", "event": ["page.view", "page.ping", "page.ping"],
    ...                        "event_time": times, "content_id": "c"})
    >>> engaged_time(events, per="content_id").to_frame()["engaged_seconds"].tolist()
    [15.0]
    """
    beat, first = positive_duration("heartbeat", heartbeat), duration("minimum_visit", minimum_visit)
    kinds = (flagged("view") if view is None else names("view", view), names("ping", ping))
    scope = open_scope(
        events,
        ["user_id", "event", "event_time", column_of(per)],
        analysis="engaged_time",
        optional=["session_id", "url", "client_time"],
        count_unknown=False,
        start=start,
        end=end,
        observed_until=observed_until,
    )
    rows = to_arrow(_reduced(scope.table, scope.who, kinds, per))
    session = numbers_of(rows, scope.who, gap=positive_duration("gap", gap), maximum=timedelta(hours=24))
    thing = per.rsplit(".", maxsplit=1)[-1]
    frame, left_out = _frame(rows, session, scope, thing, beat=beat, first=first)
    note = f"{left_out:,} views and pings without {thing}, or of nobody's session, are left out."
    return EngagedTimeResult(
        frame=frame,
        definition=(
            f"Per session and {thing}: pings ({', '.join(kinds[1])}) fall into windows of {spell_duration(beat)}; "
            f"engaged time = (distinct windows − 1) × {spell_duration(beat)} + {spell_duration(first)}; none = 0."
        ),
        provenance=scope.provenance,
        notes=(*scope.notes, *((note,) if left_out else ())),
        key_columns=("user_id", "session_id", thing),
        thing=thing,
    )


def _reduced(table: Table, who: Sequence[str], kinds: tuple[tuple[str, ...], tuple[str, ...]], per: str) -> Table:
    """Give the query: all events, since they make the sessions; the thing only of views and pings."""
    import ibis

    looks, pings = (table.event.isin(list(kind)).fill_null(False) for kind in kinds)  # noqa: FBT003
    clock = epoch_micros(table, "client_time") if "client_time" in table.columns else ibis.null("int64")
    thing = field(table, per, analysis="engaged_time").cast("string")
    kept = [name for name in (*who, "session_id", "url") if name in table.columns]
    columns: dict[str, Any] = {
        "_flags": (looks.ifelse(_VIEW, 0) + pings.ifelse(_PING, 0)).cast("int8"),
        "_clock": clock.fill_null(table["_micros"]),
        "_thing": (looks | pings).ifelse(thing, None),
    }
    return table.select(*kept, "_micros", **columns)


def _frame(
    rows: pa.Table, session: Codes, scope: Scope, thing: str, *, beat: timedelta, first: timedelta
) -> tuple[pd.DataFrame, int]:
    """Give one row per session and thing, in order of their start; and how many events belong to none."""
    flags, time = rows["_flags"].to_numpy(), rows["_micros"].to_numpy()
    things = encode(rows, ["_thing"]).codes
    found = pd.DataFrame({
        "session": session, "thing": things, "time": time, "row": np.arange(len(time)), "views": flags & _VIEW,
        "pings": (flags & _PING) // _PING, "window": rows["_clock"].to_numpy() // (beat // timedelta(microseconds=1)),
    })  # fmt: skip
    begins = found.groupby("session")["time"].min()
    asked = flags > 0
    inside = asked & (session >= 0) & (things >= 0)
    found = found[inside].sort_values(["time", "row"])
    visits = found.groupby(["session", "thing"], sort=False)
    table = visits.agg(row=("row", "first"), start=("time", "min"), end=("time", "max"), views=("views", "sum"),
                       pings=("pings", "sum"))  # fmt: skip
    pings = found[found["pings"] > 0].groupby(["session", "thing"])["window"].nunique()
    windows = pings.reindex(table.index, fill_value=0).to_numpy()
    table["engaged_seconds"] = np.where(windows > 0, (windows - 1) * beat.total_seconds() + first.total_seconds(), 0.0)
    table = _asked(table.reset_index(), scope)
    asking = rows.take(pa.array(table["row"].to_numpy()))
    owners = asking.to_pandas()
    owners["session_id"] = session_ids(asking, begins.loc[table["session"]].to_numpy())
    keys = [name for name in (*scope.who, "session_id", "url") if name in owners]
    named = owners[keys].assign(**{thing: owners["_thing"]})
    counts = table[["views", "pings"]].astype("Int64")
    times = {name: pd.DatetimeIndex(table[name].to_numpy("datetime64[us]"), tz="UTC") for name in ("start", "end")}
    return pd.concat([named.assign(**times), counts, table["engaged_seconds"]], axis=1), int((asked & ~inside).sum())


def _asked(table: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    inside = np.ones(len(table), dtype=bool)
    if scope.asked.start is not None:
        inside &= (table["start"] >= micros(scope.asked.start)).to_numpy()
    if scope.asked.end is not None:
        inside &= (table["start"] < micros(scope.asked.end)).to_numpy()
    return table[inside].sort_values(["start", "row"], ignore_index=True)
