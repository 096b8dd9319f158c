"""The table of sessions: one row each."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from analytics_lib.behaviour.codes import Codes, numbered
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.behaviour.row_order import sort_order
from analytics_lib.behaviour.scope import Scope
from analytics_lib.behaviour.sessions_events import SessionEvents
from analytics_lib.engine.hashes import hash_text
from analytics_lib.engine.tables import to_arrow
from analytics_lib.engine.times import micros
from analytics_lib.periods import zone

_DAY: Final = 86_400_000_000


def session_frame(events: SessionEvents, scope: Scope, *, gap: timedelta) -> pd.DataFrame:
    """Give one row per session whose start lies in the range, ordered by start."""
    rows = _by_start(events, in_range(events.time[events.first], scope))
    first, last = events.first[rows], events.last[rows]
    begin, finish = events.time[first], events.time[last]
    owners, views = events.owners_of(rows), sums(events.view, first, last)
    frame = pd.DataFrame(
        {
            "user_id": _texts(owners["user_id"]),
            "session_id": session_ids(owners, begin),
            "start": _times(begin),
            "end": _times(finish),
            "duration_seconds": (finish - begin) / 1e6,
            "events": pd.array(last - first + 1, "Int64"),
            "day": _days(begin, scope.time_zone),
            "views": pd.array(views, "Int64"),
            "bounced": _bounced(events, views, sums(events.engagement, first, last)),
            "entry_url": _page(events, _edge_view(events, newest=False)[rows]),
            "exit_url": _page(events, _edge_view(events, newest=True)[rows]),
            "complete": pd.array(_over(finish, scope, gap), "boolean"),
        },
        copy=False,
    )
    if "tenant_id" in owners.column_names:
        frame["tenant_id"] = _texts(owners["tenant_id"])
    return frame


def in_range(begin: Codes, scope: Scope) -> Codes:
    """Give the sessions whose start lies in the range."""
    inside = np.ones(len(begin), dtype=bool)
    if scope.asked.start is not None:
        inside &= begin >= micros(scope.asked.start)
    if scope.asked.end is not None:
        inside &= begin < micros(scope.asked.end)
    return np.flatnonzero(inside)


def _by_start(events: SessionEvents, inside: Codes) -> Codes:
    """Order by start; only sessions that begin in the same microsecond are compared by their names."""
    begin = events.time[events.first]
    order = inside[sort_order(np.zeros_like(inside), begin[inside])]
    same = begin[order[1:]] == begin[order[:-1]]
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same)) if len(order) else order
    if len(tied):
        owners = events.owners_of(order[tied])
        ids = session_ids(owners, begin[order[tied]])
        named = pd.DataFrame({"start": begin[order[tied]], "user_id": _texts(owners["user_id"]), "session_id": ids})
        if "tenant_id" in owners.column_names:
            named["tenant_id"] = _texts(owners["tenant_id"])
        order[tied] = order[tied][named.sort_values(list(named.columns)).index.to_numpy()]
    return order


def sessions_per_day(frame: pd.DataFrame) -> pd.DataFrame:
    """Give counts, people, bounce rate and median duration by the day of the start."""
    who = [name for name in ("tenant_id", "user_id") if name in frame]
    people = frame.dropna(subset="user_id")[["day", *who]].drop_duplicates().groupby("day").size()
    days = frame.groupby("day").agg(
        sessions=("session_id", "size"), bounce_rate=("bounced", "mean"), median_seconds=("duration_seconds", "median")
    )
    days.insert(1, "users", people.reindex(days.index, fill_value=0).astype("Int64"))
    days["bounce_rate"] = days["bounce_rate"].astype("Float64").astype(float)
    return days.reset_index().astype({"sessions": "Int64"})


def session_ids(owners: pa.Table, begin: Codes) -> pd.Series:
    """Keep the sent ids; name the others by a hash of user and start."""
    if "session_id" not in owners.column_names:
        return _texts(_made_ids(owners, begin))
    ids, made = _texts(owners["session_id"]), owners["session_id"].is_null().to_numpy()
    if made.any():
        ids[made] = _made_ids(owners.filter(pa.array(made)), begin[made]).to_numpy(zero_copy_only=False)
    return ids


def _made_ids(owners: pa.Table, begin: Codes) -> pa.ChunkedArray:
    who = [name for name in ("tenant_id", "user_id") if name in owners.column_names]
    numbers = {"start": pa.array(begin), "row": pa.array(np.arange(len(begin)))}
    named = ibis.memtable(pa.table({**{name: owners[name] for name in who}, **numbers}))
    hashed = to_arrow(named.select("row", made=hash_text(named, *who, "start").substr(0, 16)))
    rows = hashed["row"].to_numpy()
    if (rows[1:] > rows[:-1]).all():
        return hashed["made"]
    place = np.empty(len(begin), dtype=np.int64)
    place[rows] = np.arange(len(begin))  # several threads return rows in any order
    return hashed["made"].take(pa.array(place))


def _texts(column: pa.ChunkedArray) -> pd.Series:
    return pd.Series(column.to_pandas(), dtype="str")


def _days(begin: Codes, time_zone: str) -> pd.Series:
    """Give the local day of each moment, making a date of each different day only once."""
    days, place = local_days(begin, time_zone)
    return pd.Series(dates(days)[place], dtype=object)


def local_days(begin: Codes, time_zone: str) -> tuple[Codes, Codes]:
    """Give the different local days as numbers since 1970, ascending, and the place of each moment's among them."""
    if time_zone != "UTC":
        begin = _times(begin).tz_convert(zone(time_zone)).tz_localize(None).as_unit("us").asi8
    numbers = begin // _DAY
    first = int(numbers.min()) if len(numbers) else 0
    days, place = numbered(numbers - first)
    return days + first, place


def dates(days: Codes) -> NDArray[np.object_]:
    """Give dates for days since 1970."""
    return np.asarray(pd.DatetimeIndex((days * _DAY).astype("datetime64[us]")).date, dtype=object)


def _times(values: Codes) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(values.astype("datetime64[us]"), tz="UTC")


def sums(flags: Flags, first: Codes, last: Codes) -> Codes:
    """Count the flags from one position to another, both included."""
    running: Codes = np.cumsum(flags, dtype=np.int64)
    return running[last] - running[first] + flags[first].astype(np.int64)


def _bounced(events: SessionEvents, views: Codes, engaged: Codes) -> pd.array:  # type: ignore[valid-type]
    bounced = pd.array((views == 1) & (engaged == 0), "boolean")
    if not events.views_known:
        bounced[:] = pd.NA
    return bounced


def _edge_view(events: SessionEvents, *, newest: bool) -> Codes:
    """Give the position of the first or last view of each session; −1 = it has none."""
    first = events.first
    if not len(first):
        return first
    places = np.arange(len(events.session))
    if newest:
        edge = np.maximum.reduceat(np.where(events.view, places, -1), first)
    else:
        edge = np.minimum.reduceat(np.where(events.view, places, len(places)), first)
        edge = np.where(edge < len(places), edge, -1)
    return _by_address(events, edge, newest=newest) if len(events.url) else edge


def _by_address(events: SessionEvents, edge: Codes, *, newest: bool) -> Codes:
    """Of views in one moment give the first (or last) in order of address, since their rows come in any order."""
    moment = events.time.take(edge)
    same = np.flatnonzero(events.view & (events.time == moment.take(events.session)))
    several = np.bincount(events.session.take(same), minlength=len(edge)) > 1
    tied = same.compress(several.take(events.session.take(same)) & (events.url.take(same) >= 0))
    if not len(tied):
        return edge
    address, owner = _texts(events.urls.take(pa.array(events.url.take(tied)))["url"]), events.session.take(tied)
    order = np.lexsort((address.rank(method="first").to_numpy(), owner))
    order = order if newest else order[::-1]
    edge = edge.copy()
    edge[owner[order]] = tied[order]  # the last assignment wins
    return edge


def _page(events: SessionEvents, place: Codes) -> pd.Series:
    code = np.where(place >= 0, events.url[place], -1) if len(events.url) else place
    return _texts(events.urls.take(pa.array(code, mask=code < 0))["url"])


def _over(finish: Codes, scope: Scope, gap: timedelta) -> Flags:
    if scope.observed_until is None:
        return np.zeros(len(finish), dtype=bool)
    return finish + gap // timedelta(microseconds=1) < micros(scope.observed_until)
