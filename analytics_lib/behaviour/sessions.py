"""Visits: which events belong together in time, how long a visit lasted, where it began and ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pandas as pd

from analytics_lib.behaviour.scope import Scope, open_scope
from analytics_lib.behaviour.sessions_days import days_of_sessions
from analytics_lib.behaviour.sessions_events import SessionParts, fetch_sessions
from analytics_lib.behaviour.sessions_table import session_frame, sessions_per_day
from analytics_lib.checks import names
from analytics_lib.display import spell_duration
from analytics_lib.engine.tables import AnyTable
from analytics_lib.periods import Duration, Moment, positive_duration
from analytics_lib.results import Result
from analytics_lib.schema import flagged

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

OPTIONAL: Final = ("tenant_id", "session_id", "event", "url")
"""Columns that are used where the table has them."""


_LATER: Final = pd.DataFrame()
"""Stands for the frame that is not made yet."""


@dataclass(frozen=True, slots=True)
class Visits:
    """What the table of sessions is made from."""

    events: SessionParts
    scope: Scope
    gap: timedelta


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SessionsResult(Result):
    """One row per session."""

    title: ClassVar[str] = "Sessions"

    frame: pd.DataFrame = field(default_factory=lambda: _LATER)
    """One row per session; made when it is first asked for, since days need neither rows nor names."""
    visits: Visits | None = None
    """What the frame is made from; None where a frame was given."""
    time_zone: str = "UTC"
    """Zone of the column ``day``."""

    def __post_init__(self) -> None:
        """Keep either what a frame can be made from, or a frame: a suppressed one must not be gone round."""
        if self.frame is _LATER:
            object.__delattr__(self, "frame")
        else:
            object.__setattr__(self, "visits", None)

    def __getattr__(self, name: str) -> Any:
        """Make the frame when it is first asked for."""
        visits = self.__dict__.get("visits")
        if name != "frame" or visits is None:
            return super().__getattr__(name)
        frame = session_frame(visits.events.whole, visits.scope, gap=visits.gap)
        object.__setattr__(self, "frame", frame)
        return frame

    def __getstate__(self) -> dict[str, Any]:
        """Take the frame along when a result crosses to another process, and leave behind what it is made from."""
        return {**super().__getstate__(), "frame": self.frame, "visits": None}

    def per_day(self) -> pd.DataFrame:
        """Give the sessions of each day: count, people, bounce rate and median duration.

        Returns
        -------
        pandas.DataFrame
            ``day`` (a session counts in the day it starts, once), ``sessions``, ``users``,
            ``bounce_rate`` (NaN where no bounce is known), ``median_seconds``.
        """
        if self.visits is None:
            return sessions_per_day(self.frame)
        return days_of_sessions(self.visits.events, self.visits.scope)

    def plot(self) -> Chart:
        """Draw the number of sessions per day."""
        from analytics_lib.charts.lines import draw_lines

        days = self.per_day().assign(time=lambda frame: pd.to_datetime(frame["day"]))
        return draw_lines(days, x="time", y="sessions", title="Sessions per day")


def sessions(
    events: AnyTable,
    *,
    gap: Duration = "30min",
    maximum: Duration = "24h",
    time_zone: str = "UTC",
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    view: Iterable[str] | None = None,
    engagement: Iterable[str] | None = None,
) -> SessionsResult:
    """Tell which events belong to one visit, and what each visit was like.

    Events with a session id are one session per (user_id, session_id), never split. Other events
    fall under the gap rule: a gap *greater* than `gap`, or a length *greater* than `maximum`, starts
    a new session, whose id is a hash of user and start. Sessions are computed from the table as it
    is, so an event that arrives late joins, or splits, them as if it had been on time.

    Parameters
    ----------
    events
        A table with ``user_id`` and ``event_time``; ``session_id``, ``event`` and ``url`` are used
        where they exist.
    gap, maximum
        Lengths of time such as ``"30min"``.
    time_zone
        Zone of ``day``, the day a session starts on.
    start, end
        Range of session starts; events outside still belong to their session.
    observed_until
        Moment up to which data is complete; default: the newest event.
    view, engagement
        Names of events that look at a page, or do something; default: those the registry flags.

    Returns
    -------
    SessionsResult
        ``user_id``, ``session_id``, ``start``, ``end``, ``duration_seconds`` (last − first),
        ``events``; then ``day``, ``views``, ``bounced`` (one view and no engagement; null where the
        table has no view event), ``entry_url`` and ``exit_url`` (of the first and last view),
        ``complete`` (false where the session may still go on), ``tenant_id`` where there is one.

    Raises
    ------
    ArgumentError
        A length of zero.

    Examples
    --------
    >>> import pandas as pd
    >>> times = pd.to_datetime(["2024-05-01 09:00", "2024-05-01 09:30", "2024-05-01 10:01"])
    >>> visits = sessions(pd.DataFrame({"user_id": ["a"] * 3, "event_time": times})).to_frame()
    >>> visits["duration_seconds"].tolist(), visits["events"].tolist()
    ([1800.0, 0.0], [2, 1])
    """
    lengths = positive_duration("gap", gap), positive_duration("maximum", maximum)
    views = flagged("view") if view is None else names("view", view)
    engagements = flagged("engagement") if engagement is None else names("engagement", engagement)
    scope = open_scope(
        events,
        ["user_id", "event_time"],
        analysis="sessions",
        optional=OPTIONAL,
        start=start,
        end=end,
        observed_until=observed_until,
        time_zone=time_zone,
    )
    rows = fetch_sessions(scope, gap=lengths[0], maximum=lengths[1], view=views, engagement=engagements)
    left_out = f"{rows.left_out:,} events without user_id and session_id belong to no session."
    return SessionsResult(
        visits=Visits(rows, scope, lengths[0]),
        definition=_words(lengths, views, engagements, time_zone),
        provenance=scope.provenance,
        notes=(
            *(note for note in scope.notes if "user_id" not in note),
            *((left_out,) if rows.left_out else ()),
        ),
        key_columns=("user_id", "session_id"),
        time_zone=time_zone,
    )


def _words(lengths: tuple[timedelta, timedelta], view: tuple[str, ...], engagement: tuple[str, ...], zone: str) -> str:
    return (
        "Events of one user_id and session_id are one session. Others: a gap greater than "
        f"{spell_duration(lengths[0])} or a length greater than {spell_duration(lengths[1])} "
        f"starts a new one. Duration = last − first event. Day = the day of the start in {zone}. "
        f"Bounced = exactly one of {', '.join(view)} and none of {len(engagement)} engagement events."
    )
