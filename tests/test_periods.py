"""Durations, grains and ranges, with the two days a year that are not 24 hours long."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib import periods
from analytics_lib.errors import ArgumentError

ZONES = ["UTC", "Europe/London", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30min", 1800),
        ("24h", 86_400),
        ("7d", 604_800),
        ("2w", 1_209_600),
        ("90 s", 90),
        ("1.5 hours", 5400),
        ("250ms", 0.25),
    ],
)
def test_durations_read_as_people_write_them(text: str, seconds: float) -> None:
    assert periods.duration("within", text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("wrong", ["1800", "", "7 moons", "d", 1800, None])
def test_a_length_without_a_unit_is_refused(wrong: object) -> None:
    with pytest.raises(ArgumentError, match="within=.* is not a length of time.*30min"):
        periods.duration("within", wrong)  # type: ignore[arg-type]


def test_a_negative_length_is_refused() -> None:
    with pytest.raises(ArgumentError, match="negative"):
        periods.duration("gap", timedelta(seconds=-1))


def test_no_time_at_all_is_refused_where_a_length_is_needed() -> None:
    assert periods.positive_duration("gap", "1us") == timedelta(microseconds=1)
    with pytest.raises(ArgumentError, match=r"gap='0s' is no time at all.*30min"):
        periods.positive_duration("gap", "0s")


@pytest.mark.parametrize(
    ("word", "grain"), [("1m", "minute"), ("5m", "5min"), ("1h", "hour"), ("daily", "day"), ("1mo", "month")]
)
def test_grain_aliases(word: str, grain: str) -> None:
    assert periods.grain_name(word) == grain


def test_an_unknown_grain_is_an_error_not_a_minute() -> None:
    with pytest.raises(ArgumentError, match="Did you mean 'month'"):
        periods.grain_name("months")
    with pytest.raises(ArgumentError) as refusal:
        periods.grain_name("zzz")
    assert str(refusal.value).count("15min") == 1  # listed once


def test_a_date_as_an_end_means_the_whole_day() -> None:
    stretch = periods.time_range("2024-05-13", date(2024, 6, 9))

    assert stretch == periods.Range(datetime(2024, 5, 13, tzinfo=UTC), datetime(2024, 6, 10, tzinfo=UTC))
    assert datetime(2024, 6, 9, 23, 59, tzinfo=UTC) in stretch
    assert datetime(2024, 6, 10, tzinfo=UTC) not in stretch


def test_naive_times_are_utc_and_zoned_times_are_turned() -> None:
    assert periods.moment("start", "2024-05-13T08:00") == datetime(2024, 5, 13, 8, tzinfo=UTC)
    assert periods.moment("start", datetime(2024, 5, 13, 8, tzinfo=ZoneInfo("Asia/Kolkata"))).hour == 2


def test_a_range_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ArgumentError, match="Swap"):
        periods.time_range("2024-06-09", "2024-05-13")


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc"])
def test_an_unknown_time_zone_is_explained(name: str) -> None:
    with pytest.raises(ArgumentError, match="IANA name"):
        periods.zone(name)


@given(when=MOMENTS, grain=st.sampled_from(periods.GRAINS), zone=st.sampled_from(ZONES))
def test_every_moment_lies_in_the_bucket_it_is_floored_to(when: datetime, grain: str, zone: str) -> None:
    start = periods.floor(when, grain, time_zone=zone)

    assert start <= when < periods.next_bucket(start, grain, time_zone=zone)
    assert periods.floor(start, grain, time_zone=zone) == start


@given(when=MOMENTS, grain=st.sampled_from(["day", "week", "month"]), zone=st.sampled_from(ZONES))
def test_long_buckets_begin_at_local_midnight(when: datetime, grain: str, zone: str) -> None:
    local = periods.floor(when, grain, time_zone=zone).astimezone(ZoneInfo(zone))

    assert (local.hour, local.minute) == (0, 0)
    assert grain != "week" or local.weekday() == 0
    assert grain != "month" or local.day == 1


def test_clock_change_days_last_23_and_25_hours() -> None:
    spring = periods.bucket_edges(
        datetime(2024, 3, 30, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC), "day", time_zone="Europe/London"
    )
    autumn = periods.bucket_edges(
        datetime(2024, 10, 26, tzinfo=UTC), datetime(2024, 10, 28, tzinfo=UTC), "day", time_zone="Europe/London"
    )

    assert [(b - a).total_seconds() / 3600 for a, b in pairwise(spring)] == [24, 23, 24]
    assert 25 in [(b - a).total_seconds() / 3600 for a, b in pairwise(autumn)]


def test_an_empty_stretch_still_has_one_bucket() -> None:
    noon = datetime(2024, 5, 13, 12, tzinfo=UTC)

    assert len(periods.bucket_edges(noon, noon, "day")) == 2


def test_weeks_may_start_on_sunday() -> None:
    wednesday = datetime(2024, 5, 15, tzinfo=UTC)

    assert periods.floor(wednesday, "week", week_start="sunday").day == 12
    with pytest.raises(ArgumentError, match="Did you mean 'sunday'"):
        periods.floor(wednesday, "week", week_start="sun day")
