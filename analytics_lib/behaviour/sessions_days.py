"""Sessions by day, without a row or a name for any of them: part by part of the people, on every core."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics_lib.behaviour.codes import Codes, distinct
from analytics_lib.behaviour.parts import worked
from analytics_lib.behaviour.scope import Scope
from analytics_lib.behaviour.sessions_events import SessionEvents, SessionParts
from analytics_lib.behaviour.sessions_table import dates, in_range, local_days, sums


@dataclass(frozen=True, slots=True)
class _Tally:
    """What the days of one part hold; nobody is in two parts, so that all but the median add up."""

    days: Codes
    """Local days since 1970, ascending."""
    counts: Codes
    """Sessions, people and bounces: one row each, one column per day."""
    lengths: Codes
    """Length of each session in microseconds, day by day."""
    edges: Codes
    """Where the lengths of each day begin, and where the last ends."""


def days_of_sessions(found: SessionParts, scope: Scope) -> pd.DataFrame:
    """Give what :func:`~analytics_lib.behaviour.sessions_table.sessions_per_day` gives."""
    tallies = worked(lambda part: _tally(part, scope), found.parts)
    days = distinct(np.concatenate([tally.days for tally in tallies]) - _least(tallies)) + _least(tallies)
    counts = np.zeros((3, len(days)), dtype=np.int64)
    for tally in tallies:
        counts[:, np.searchsorted(days, tally.days)] += tally.counts
    views_known = any(part.views_known for part in found.parts)
    return pd.DataFrame(
        {
            "day": pd.Series(dates(days), dtype=object),
            "sessions": pd.array(counts[0], "Int64"),
            "users": pd.array(counts[1], "Int64"),
            "bounce_rate": counts[2] / counts[0] if views_known else np.full(len(days), np.nan),
            "median_seconds": np.array(worked(lambda day: _median(tallies, day), days.tolist()), dtype=float) / 1e6,
        }
    )


def _tally(events: SessionEvents, scope: Scope) -> _Tally:
    rows = in_range(events.time[events.first], scope)
    first, last, person = events.first[rows], events.last[rows], events.person[rows]
    begin = events.time[first]
    days, day = local_days(begin, scope.time_zone)
    known = np.flatnonzero(person >= 0)
    width = int(person.max(initial=0)) + 1
    people = distinct(day[known] * width + person[known]) // width
    bounced = (sums(events.view, first, last) == 1) & (sums(events.engagement, first, last) == 0)
    sessions, users, bounces = (np.bincount(one, minlength=len(days)) for one in (day, people, day[bounced]))
    length = events.time[last] - begin
    bits = int(length.max(initial=0)).bit_length()
    ordered = np.sort((day << bits) | length) & ((1 << bits) - 1)
    return _Tally(days, np.stack([sessions, users, bounces]), ordered, np.append(0, np.cumsum(sessions)))


def _least(tallies: Sequence[_Tally]) -> int:
    """Give the first day of all; 0 where there is none."""
    return min((int(tally.days[0]) for tally in tallies if len(tally.days)), default=0)


def _median(tallies: Sequence[_Tally], day: int) -> float:
    """Give the median length of one day's sessions; there is at least one."""
    pieces = []
    for tally in tallies:
        place = int(np.searchsorted(tally.days, day))
        if place < len(tally.days) and tally.days[place] == day:
            pieces.append(tally.lengths[tally.edges[place] : tally.edges[place + 1]])
    lengths = np.concatenate(pieces)
    middle = [(len(lengths) - 1) // 2, len(lengths) // 2]
    low, high = np.partition(lengths, middle)[middle]
    return float(low + high) / 2
