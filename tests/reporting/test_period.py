"""The days of a report: given ones, or those of the data; never those of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from analytics_lib.errors import ArgumentError, SourceError
from analytics_lib.reporting.period import ReportPeriod, report_period

EVENTS = pd.DataFrame({"event_time": pd.to_datetime(["2024-05-01 08:00", "2024-06-09 23:30"])})


def test_four_weeks_before_the_newest_event_in_the_zone_of_the_days() -> None:
    assert report_period(EVENTS) == ReportPeriod(date(2024, 5, 13), date(2024, 6, 9))
    assert report_period(EVENTS, time_zone="Europe/London").last == date(2024, 6, 10)


def test_given_days_settle_the_open_end() -> None:
    assert report_period(EVENTS, "2024-05-20").first == date(2024, 5, 20)
    assert report_period(EVENTS, None, "2024-05-10", days=7).first == date(2024, 5, 4)


def test_days_become_half_open_moments_also_across_a_change_of_clocks() -> None:
    period = ReportPeriod(date(2024, 3, 31), date(2024, 3, 31), "Europe/London")

    assert (period.start, period.end) == (
        datetime(2024, 3, 31, 0, tzinfo=UTC),
        datetime(2024, 3, 31, 23, tzinfo=UTC),
    )


def test_the_previous_period_is_as_long_and_ends_where_this_one_begins() -> None:
    period = ReportPeriod(date(2024, 5, 13), date(2024, 6, 9))

    assert period.previous() == ReportPeriod(date(2024, 4, 15), date(2024, 5, 12))
    assert period.previous().end == period.start


def test_history_begins_no_earlier_than_the_first_event_and_no_later_than_the_period() -> None:
    period = ReportPeriod(date(2024, 4, 1), date(2024, 4, 28))
    weeks = datetime(2023, 10, 30, tzinfo=UTC)

    assert period.history(weeks=22) == period.history(weeks=22, oldest=datetime(2020, 1, 1, tzinfo=UTC)) == weeks
    assert period.history(weeks=22, oldest=datetime(2024, 1, 4, 11, tzinfo=UTC)) == datetime(2024, 1, 4, tzinfo=UTC)
    assert period.history(weeks=22, oldest=datetime(2024, 4, 9, tzinfo=UTC)) == period.start


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2024, 5, 13), date(2024, 5, 19), "13 – 19 May 2024"),
        (date(2024, 5, 13), date(2024, 6, 9), "13 May – 9 June 2024"),
        (date(2023, 12, 30), date(2024, 1, 2), "30 December 2023 – 2 January 2024"),
    ],
)
def test_days_are_written_without_saying_a_month_or_year_twice(first: date, last: date, said: str) -> None:
    assert str(ReportPeriod(first, last)) == said


def test_no_events_and_swapped_days_are_explained() -> None:
    with pytest.raises(SourceError, match="no events to report on"):
        report_period(EVENTS.head(0))
    with pytest.raises(ArgumentError, match="Swap start and end"):
        report_period(EVENTS, "2024-06-01", "2024-05-01")
