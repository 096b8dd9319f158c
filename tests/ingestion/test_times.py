"""Times are read as they were meant, in every unit, zone and spelling; what is no time is unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.errors import ArgumentError
from analytics_lib.ingestion.times import read_times

MOMENT = datetime(2018, 10, 1, 14, 56, 14, 195002, tzinfo=UTC)


def one(value, **options):
    return read_times(pa.array([value]), **options).to_pylist()[0]


@pytest.mark.parametrize(
    "value",
    [
        "1538405774195002000", 1538405774195002000, "1538405774195002", 1538405774195002, "1538405774.195002",
        "2018-10-01T14:56:14.195002Z", "2018-10-01 14:56:14.195002", "2018-10-01T16:56:14.195002+02:00",
        "2018-10-01T14:56:14.195002999Z", " 2018-10-01T14:56:14.195002+0000 ", "2018-10-01 14:56:14.195002 UTC",
    ],
)  # fmt: skip
def test_one_moment_in_many_spellings(value):
    assert one(value) == MOMENT


@given(st.integers(110_000_000_000_000, 7_200_000_000_000_000))
def test_seconds_to_nanoseconds_are_told_apart_for_any_moment(micros):
    when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    forms = [str(micros * 1000), str(micros), str(micros // 1000), str(micros // 1_000_000)]
    read = read_times(pa.array(forms)).to_pylist()
    assert read[:2] == [when, when]
    assert read[2] == when.replace(microsecond=when.microsecond // 1000 * 1000)
    assert read[3] == when.replace(microsecond=0)


@pytest.mark.parametrize(
    "value", ["soon", "2024-13-01", "2024", "0", "1", "", None, "31/12/2024", "99999999999999999999"]
)
def test_what_is_no_time_is_unknown_and_never_1970(value):
    assert one(value) is None


def test_one_bad_time_does_not_spoil_the_others():
    read = read_times(pa.array(["2024-05-01", "x", "2024-05-01T10:00:00Z", "1714521600"])).to_pylist()
    assert [when and when.day for when in read] == [1, None, 1, 1]


def test_a_stated_unit_counts_for_small_numbers_too():
    assert one("86400", unit="s") == datetime(1970, 1, 2, tzinfo=UTC)
    assert one(86400000, unit="ms") == datetime(1970, 1, 2, tzinfo=UTC)
    with pytest.raises(ArgumentError, match="unit='minutes'"):
        one(1, unit="minutes")


def test_local_clocks_follow_summer_time():
    read = read_times(
        pa.array(["2010-07-01 12:00", "2010-12-01 12:00", "2010-10-31 01:30", "2010-03-28 01:30"]),
        time_zone="Europe/London",
    ).to_pylist()
    assert [(when.hour, when.minute) for when in read] == [(11, 0), (12, 0), (0, 30), (1, 0)]


def test_a_pattern_reads_other_spellings():
    assert one("12/1/2009 7:45", pattern="%m/%d/%Y %H:%M", time_zone="Europe/London").hour == 7
    log = read_times(pa.array(["07/Dec/2016:11:05:07 +0100", "x", None]), pattern="%d/%b/%Y:%H:%M:%S %z").to_pylist()
    assert log == [datetime(2016, 12, 7, 10, 5, 7, tzinfo=UTC), None, None]


def test_typed_columns_keep_their_meaning():
    naive = pa.array([1_719_835_200_000_000_000], pa.timestamp("ns"))  # noon of 1 July 2024
    assert read_times(naive, time_zone="Europe/Berlin").to_pylist() == [datetime(2024, 7, 1, 10, tzinfo=UTC)]
    aware = naive.cast(pa.timestamp("ms")).cast(pa.timestamp("ms", "UTC"))
    assert read_times(aware, time_zone="Europe/Berlin").to_pylist() == [datetime(2024, 7, 1, 12, tzinfo=UTC)]
    assert read_times(pa.array([1714521600.5, float("nan")])).to_pylist()[1] is None
