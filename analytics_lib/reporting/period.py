"""The stretch of whole days a report is about, and the one before it to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from analytics_lib.engine.tables import AnyTable, as_table, to_arrow
from analytics_lib.engine.times import epoch_micros, from_micros
from analytics_lib.errors import ArgumentError, SourceError
from analytics_lib.periods import moment, zone


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """Whole days in a time zone, both ends included."""

    first: date
    last: date
    time_zone: str = "UTC"

    @property
    def start(self) -> datetime:
        """First moment, aware UTC."""
        return moment("first", self.first, time_zone=self.time_zone)

    @property
    def end(self) -> datetime:
        """First moment after it, aware UTC."""
        return moment("last", self.last, time_zone=self.time_zone, end=True)

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1

    def previous(self) -> ReportPeriod:
        """Give as many days right before this one."""
        length = timedelta(days=self.days)
        return ReportPeriod(self.first - length, self.last - length, self.time_zone)

    def history(self, *, weeks: int, oldest: datetime | None = None) -> datetime:
        """Give where to begin so that so many weeks before this stretch are seen, but no day before the oldest event.

        Days before the first event hold no zeros: nobody was there to count.
        """
        early = ReportPeriod(self.first - timedelta(weeks=weeks), self.last, self.time_zone).start
        if oldest is None:
            return early
        begun = moment("oldest", oldest.astimezone(zone(self.time_zone)).date(), time_zone=self.time_zone)
        return max(early, min(begun, self.start))

    def __str__(self) -> str:
        """Write the days for people.

        Examples
        --------
        >>> str(ReportPeriod(date(2024, 5, 13), date(2024, 6, 9)))
        '13 May – 9 June 2024'
        """
        left = f"{self.first.day}"
        if (self.first.month, self.first.year) != (self.last.month, self.last.year):
            left += f" {self.first:%B}"
        if self.first.year != self.last.year:
            left += f" {self.first.year}"
        return f"{left} – {self.last.day} {self.last:%B} {self.last.year}"


def report_period(
    events: AnyTable,
    first: date | str | None = None,
    last: date | str | None = None,
    *,
    days: int = 28,
    time_zone: str = "UTC",
) -> ReportPeriod:
    """Tell which days a report covers: those asked for, else the last `days` that hold events.

    Parameters
    ----------
    events
        The tenant's events; read only where no last day is given. The clock on the wall is never asked.
    first, last
        First and last day, both inside; None = settled by the other, by `days`, and by the newest event.
    days
        Length where one end is open.
    time_zone
        Zone of the days.

    Raises
    ------
    SourceError
        No last day is given and there is no event.
    ArgumentError
        The last day is before the first.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame({"event_time": pd.to_datetime(["2024-06-09 23:30"])})
    >>> str(report_period(events)), str(report_period(events, time_zone="Europe/London").last)
    ('13 May – 9 June 2024', '2024-06-10')
    """
    ending = _day(last) or _newest_day(events, time_zone)
    beginning = _day(first) or ending - timedelta(days=days - 1)
    if ending < beginning:
        raise ArgumentError(f"the report ends ({ending}) before it starts ({beginning})", "Swap start and end.")
    return ReportPeriod(beginning, ending, time_zone)


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


def _newest_day(events: AnyTable, time_zone: str) -> date:
    table = as_table(events, ["event_time"], analysis="report_period")
    newest = to_arrow(table.aggregate(newest=epoch_micros(table).max()))["newest"][0].as_py()
    if newest is None:
        raise SourceError("there are no events to report on", "Load some, or name another tenant.")
    return from_micros(newest).astimezone(zone(time_zone)).date()
