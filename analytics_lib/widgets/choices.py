"""What a reader has chosen: one place that owns it, in the words of the notebook's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from analytics_lib.errors import ArgumentError
from analytics_lib.periods import grain_name, zone

DEFAULT_DAYS: Final = 28
"""Four whole weeks: every weekday counts alike, also in the period before."""
PRESETS: Final = {"last 7 days": 7, "last 28 days": 28, "last 90 days": 90, "last 26 weeks": 182, "last 365 days": 365}
GRAINS: Final = ("hour", "day", "week", "month")
MOST_HOURLY_DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class Choices:
    """Whose data, which days, which events, in what buckets."""

    tenant_id: str
    """Whose data."""
    start: date
    """First day, in the tenant's time zone."""
    end: date
    """Last day, inclusive."""
    event: str = ""
    """Only this event; empty = all."""
    grain: str = "day"
    """Size of a bucket."""

    def __post_init__(self) -> None:
        """Refuse what can't be shown."""
        grain_name(self.grain)
        if self.end < self.start:
            raise ArgumentError(f"the range ends ({self.end}) before it starts ({self.start})", "Swap the two days.")
        if self.grain == "hour" and self.days > MOST_HOURLY_DAYS:
            fact = f"{self.days} days have too many hours for one picture"
            raise ArgumentError(fact, f"Choose days as buckets, or at most {MOST_HOURLY_DAYS} days.")

    @property
    def days(self) -> int:
        """How many days the range has."""
        return (self.end - self.start).days + 1

    @property
    def before(self) -> Choices:
        """The same for as many days just before.

        Examples
        --------
        >>> Choices("shop", date(2024, 6, 3), date(2024, 6, 9)).before.start
        datetime.date(2024, 5, 27)
        """
        return replace(self, start=self.start - timedelta(days=self.days), end=self.start - timedelta(days=1))

    def to_texts(self) -> dict[str, str]:
        """Give the choices as an address holds them."""
        return {
            "tenant_id": self.tenant_id,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "event": self.event,
            "grain": self.grain,
        }

    def changed(self, values: Mapping[str, Any]) -> Choices:
        """Give the choices with some of them replaced; empty texts of days are passed over.

        Raises
        ------
        ArgumentError
            A day is not a day, or the range makes no sense.
        """
        known: dict[str, Any] = {}
        for name in ("tenant_id", "event", "grain"):
            if values.get(name) or (name == "event" and name in values):
                known[name] = values[name]
        for name in ("start", "end"):
            if values.get(name):
                known[name] = _day(name, values[name])
        return replace(self, **known)


def last_days(newest: datetime, time_zone: str, days: int) -> tuple[date, date]:
    """Give first and last day of a stretch that ends with the newest event, by the tenant's clock.

    Examples
    --------
    >>> from datetime import UTC
    >>> last_days(datetime(2024, 6, 29, 23, 30, tzinfo=UTC), "Europe/London", 7)
    (datetime.date(2024, 6, 24), datetime.date(2024, 6, 30))
    """
    last = newest.astimezone(zone(time_zone)).date()
    return last - timedelta(days=days - 1), last


def _day(name: str, value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as problem:
        raise ArgumentError(f"{name}={value!r} is not a day", "Give an ISO day, like 2024-05-13.") from problem
