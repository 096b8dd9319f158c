"""Lengths of time, buckets of time and half-open ranges, safe across daylight-saving changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analytics_lib.errors import ArgumentError, did_you_mean, nearest

Moment = datetime | date | str
Duration = str | timedelta

GRAINS: Final = ("minute", "5min", "15min", "hour", "day", "week", "month")
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_ALIASES: Final = {
    "1m": "minute", "1min": "minute", "5m": "5min", "15m": "15min", "1h": "hour", "hourly": "hour",
    "1d": "day", "daily": "day", "1w": "week", "7d": "week", "weekly": "week", "1mo": "month", "monthly": "month",
}  # fmt: skip
_FIXED_SECONDS: Final = {"minute": 60, "5min": 300, "15min": 900, "hour": 3600}
_UNIT_SECONDS: Final = {
    "us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "hour": 3600.0,
    "d": 86_400.0, "day": 86_400.0, "w": 604_800.0, "week": 604_800.0,
}  # fmt: skip
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$")


def duration(name: str, value: Duration) -> timedelta:
    """Read a length of time such as ``"30min"``, ``"24h"``, ``"7d"`` or a timedelta.

    A day is always 86,400 seconds here. A bare number is refused: it has no unit.

    Raises
    ------
    ArgumentError
        No unit, an unknown unit, or a negative length.

    Examples
    --------
    >>> duration("within", "14d").days
    14
    >>> duration("gap", "90s")
    datetime.timedelta(seconds=90)
    """
    length = value if isinstance(value, timedelta) else _read_duration(name, value)
    if length < timedelta(0):
        raise ArgumentError(f"{name}={value!r} is negative", "Give a length of zero or more.")
    return length


def positive_duration(name: str, value: Duration) -> timedelta:
    """Read a length of time as :func:`duration` does, and refuse one of zero.

    Raises
    ------
    ArgumentError
        As there, or no time at all.
    """
    length = duration(name, value)
    if not length:
        raise ArgumentError(f"{name}={value!r} is no time at all", 'Write a length such as "30min".')
    return length


def _read_duration(name: str, value: str) -> timedelta:
    match = _DURATION.match(value.lower()) if isinstance(value, str) else None
    word = match.group(2) if match else ""
    unit = word if word in _UNIT_SECONDS else word.removesuffix("s")  # "days" as well as "day"
    if match is None or unit not in _UNIT_SECONDS:
        raise ArgumentError(
            f"{name}={value!r} is not a length of time",
            'Write a number and a unit, like "30min", "24h" or "7d".',
        )
    return timedelta(microseconds=round(float(match.group(1)) * _UNIT_SECONDS[unit] * 1e6))


def grain_name(value: str) -> str:
    """Give the canonical name of a bucket size.

    Raises
    ------
    ArgumentError
        No such grain.

    Examples
    --------
    >>> grain_name("1h"), grain_name("daily")
    ('hour', 'day')
    """
    word = _ALIASES.get(value, value)
    if word not in GRAINS:
        advice = (
            did_you_mean(str(value), (*GRAINS, *_ALIASES)) or "Give one of them; words like daily and 1h do as well."
        )
        raise ArgumentError(f"grain={value!r} is not one of {', '.join(GRAINS)}", advice)
    return word


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Give the time zone with this IANA name.

    Raises
    ------
    ArgumentError
        No such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError) as problem:
        raise ArgumentError(
            f"time_zone={name!r} is unknown", 'Use an IANA name such as "Europe/London" or "UTC".'
        ) from problem


def weekday(name: str) -> int:
    """Give the ISO number (Monday 0 … Sunday 6) of a week's first day."""
    if name not in WEEKDAYS:
        raise ArgumentError(f"week_start={name!r} is not a weekday", nearest(str(name), WEEKDAYS))
    return WEEKDAYS.index(name)


def moment(name: str, value: Moment, *, time_zone: str = "UTC", end: bool = False) -> datetime:
    """Read a moment as an aware UTC time.

    A date alone is midnight in `time_zone`; as an `end` it means the whole day, so midnight after it.
    A time without a zone is UTC.

    Examples
    --------
    >>> moment("end", "2024-03-31", time_zone="Europe/London", end=True).isoformat()
    '2024-03-31T23:00:00+00:00'
    """
    parsed = _parse_moment(name, value)
    if isinstance(parsed, datetime):
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    day = parsed + timedelta(days=1) if end else parsed
    return datetime.combine(day, time(), zone(time_zone)).astimezone(UTC)


def _parse_moment(name: str, value: Moment) -> datetime | date:
    if isinstance(value, date):  # a datetime is a date too
        return value
    text = str(value).strip()
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError as problem:
        advice = 'Write an ISO date or time, like "2024-05-13" or "2024-05-13T08:00:00Z".'
        raise ArgumentError(f"{name}={value!r} is not a date or time", advice) from problem


@dataclass(frozen=True, slots=True)
class Range:
    """A half-open stretch of time ``[start, end)``; None on a side means unbounded."""

    start: datetime | None = None
    """First moment inside, aware UTC."""
    end: datetime | None = None
    """First moment outside, aware UTC."""

    def __contains__(self, when: datetime) -> bool:
        """Tell whether a moment lies inside."""
        return (self.start is None or when >= self.start) and (self.end is None or when < self.end)


def time_range(start: Moment | None, end: Moment | None, *, time_zone: str = "UTC") -> Range:
    """Read a half-open range; a date alone as its end means that whole day.

    Raises
    ------
    ArgumentError
        The range ends before it starts.
    """
    first = None if start is None else moment("start", start, time_zone=time_zone)
    last = None if end is None else moment("end", end, time_zone=time_zone, end=True)
    if first is not None and last is not None and last < first:
        raise ArgumentError(f"the range ends ({end}) before it starts ({start})", "Swap start and end.")
    return Range(first, last)


def floor(when: datetime, grain: str, *, time_zone: str = "UTC", week_start: str = "monday") -> datetime:
    """Give the start of the bucket that holds `when`, as aware UTC.

    Buckets shorter than a day are counted from the zone's own whole hours; days, weeks and months
    begin at local midnight, so a day may last 23 or 25 hours.
    """
    word, local_zone = grain_name(grain), zone(time_zone)
    if word in _FIXED_SECONDS:
        return _floor_fixed(when, _FIXED_SECONDS[word], local_zone)
    day = when.astimezone(local_zone).date()
    return _midnight(_first_day(day, word, weekday(week_start)), local_zone)


def _floor_fixed(when: datetime, seconds: int, local_zone: tzinfo) -> datetime:
    utc = when.astimezone(UTC)
    offset = utc.astimezone(local_zone).utcoffset() or timedelta(0)
    shifted = utc + offset - datetime(1970, 1, 1, tzinfo=UTC)
    return utc - timedelta(microseconds=(shifted // timedelta(microseconds=1)) % (seconds * 1_000_000))


def _first_day(day: date, grain: str, first_weekday: int) -> date:
    if grain == "week":
        return day - timedelta(days=(day.weekday() - first_weekday) % 7)
    return day.replace(day=1) if grain == "month" else day


def _midnight(day: date, local_zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), local_zone).astimezone(UTC)


def next_bucket(start: datetime, grain: str, *, time_zone: str = "UTC", steps: int = 1) -> datetime:
    """Give the start of the bucket `steps` after the one that begins at `start`."""
    word, local_zone = grain_name(grain), zone(time_zone)
    if word in _FIXED_SECONDS:
        return start + timedelta(seconds=_FIXED_SECONDS[word] * steps)
    day = start.astimezone(local_zone).date()
    if word == "month":
        month = day.year * 12 + day.month - 1 + steps
        return _midnight(date(month // 12, month % 12 + 1, 1), local_zone)
    return _midnight(day + timedelta(days=steps * (7 if word == "week" else 1)), local_zone)


def bucket_edges(
    first: datetime, last: datetime, grain: str, *, time_zone: str = "UTC", week_start: str = "monday"
) -> list[datetime]:
    """Give the edges of all buckets that touch ``[first, last)``: one more than there are buckets.

    Examples
    --------
    >>> from itertools import pairwise
    >>> edges = bucket_edges(datetime(2024, 3, 30, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC), "day",
    ...                      time_zone="Europe/London")
    >>> [(b - a).total_seconds() / 3600 for a, b in pairwise(edges)]
    [24.0, 23.0, 24.0]
    """
    edges = [floor(first, grain, time_zone=time_zone, week_start=week_start)]
    while edges[-1] < last or len(edges) < 2:
        edges.append(next_bucket(edges[-1], grain, time_zone=time_zone))
    return edges
