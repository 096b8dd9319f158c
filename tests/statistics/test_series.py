from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analytics_lib.errors import ArgumentError, MissingColumnError
from analytics_lib.statistics.series import kind_of, read_series


def hours(count, start="2024-05-01"):
    return pd.date_range(start, periods=count, freq="h", tz="UTC")


def test_frames_pandas_series_and_arrow_tables_give_the_same_series():
    frame = pd.DataFrame({"time": hours(4), "value": [1.0, 2.0, np.nan, 4.0]})
    series = pd.Series([1.0, 2.0, np.nan, 4.0], index=hours(4).tz_localize(None))
    readings = [read_series(frame), read_series(series), read_series(pa.Table.from_pandas(frame))]
    for reading in readings:
        np.testing.assert_array_equal(reading.values, [1, 2, np.nan, 4])
        assert list(reading.times) == list(hours(4))
        assert reading.step_seconds == 3600


def test_an_ibis_table_is_read_too():
    ibis = pytest.importorskip("ibis")
    table = ibis.memtable(pd.DataFrame({"time": hours(3), "users": [3, 4, 5]}))
    reading = read_series(table)
    assert (reading.name, reading.kind, reading.values.tolist()) == ("users", "count", [3, 4, 5])


def test_a_missing_bucket_is_a_gap_and_not_zero():
    frame = pd.DataFrame({"time": hours(6), "value": range(6)}).drop(index=[2, 3])
    np.testing.assert_array_equal(read_series(frame).values, [0, 1, np.nan, np.nan, 4, 5])


def test_an_unfinished_bucket_is_unknown_but_its_value_can_still_be_shown():
    frame = pd.DataFrame({"time": hours(3), "events": [7, 8, 2], "complete": pd.array([True, True, False], "boolean")})
    reading = read_series(frame)
    np.testing.assert_array_equal(reading.values, [7, 8, np.nan])
    np.testing.assert_array_equal(reading.given, [7, 8, 2])
    assert reading.unfinished.tolist() == [False, False, True]
    assert reading.observed == 2


def test_order_does_not_matter():
    frame = pd.DataFrame({"time": hours(5), "value": range(5)}).sample(frac=1, random_state=3)
    assert read_series(frame).values.tolist() == [0, 1, 2, 3, 4]


def test_repeated_times_become_their_mean_with_a_note():
    times = hours(4).append(hours(1))
    reading = read_series(pd.DataFrame({"time": times, "value": [2.0, 3, 4, 5, 6]}))
    assert reading.values.tolist() == [4, 3, 4, 5]
    assert "1 times held several values" in reading.notes[0]


def test_a_table_of_several_series_is_refused():
    times = hours(4).append(hours(4))
    with pytest.raises(ArgumentError, match="4 of 4 times hold several values"):
        read_series(pd.DataFrame({"time": times, "value": range(8)}))


def test_local_days_across_a_clock_change_are_even():
    days = pd.date_range("2024-03-25", periods=14, freq="D", tz="Europe/London")
    reading = read_series(pd.Series(range(14), index=days))
    assert (reading.step_seconds, len(reading), reading.observed) == (86_400, 14, 14)
    assert list(reading.times) == list(days.tz_convert("UTC"))


@pytest.mark.parametrize("frequency", ["MS", "ME", "QS", "YS"])
@pytest.mark.parametrize("time_zone", ["UTC", "Europe/London", "America/New_York"])
def test_calendar_steps_are_even_and_a_lost_one_leaves_one_gap(frequency, time_zone):
    starts = pd.date_range("2015-01-01", periods=24, freq=frequency, tz=time_zone)
    reading = read_series(pd.Series(np.arange(24.0), index=starts).drop(starts[7]))
    assert len(reading) == 24
    assert np.flatnonzero(np.isnan(reading.values)).tolist() == [7]


def test_weekday_only_days_leave_the_weekends_as_gaps():
    days = pd.bdate_range("2024-05-06", periods=10, tz="UTC")
    reading = read_series(pd.Series(np.arange(10.0), index=days))
    assert (len(reading), reading.observed) == (12, 10)


def test_irregular_times_are_gathered_with_a_note_and_no_value_is_lost():
    gaps = np.random.default_rng(1).exponential(60, 400)
    times = pd.to_datetime(np.cumsum(gaps), unit="s")
    reading = read_series(pd.Series(np.full(400, 5.0), index=times))
    assert "irregular" in reading.notes[0]
    assert set(reading.values[np.isfinite(reading.values)]) == {5.0}


def test_infinite_and_oversized_values_are_missing_with_a_note():
    frame = pd.DataFrame({"time": hours(4), "value": [1, float("inf"), 10**400, None]}, dtype=object)
    frame["time"] = hours(4)
    reading = read_series(frame)
    np.testing.assert_array_equal(reading.values, [1, np.nan, np.nan, np.nan])
    assert reading.notes == ("2 infinite values count as missing.",)


def test_big_integers_decimals_and_nullable_integers_are_numbers():
    big = read_series(pd.DataFrame({"time": hours(2), "value": pd.array([2**62, None], "Int64")}))
    np.testing.assert_array_equal(big.values, [2.0**62, np.nan])
    exact = read_series(pd.DataFrame({"time": hours(2), "value": [Decimal("1.5"), Decimal("2.5")]}))
    assert exact.values.tolist() == [1.5, 2.5]


def test_python_dates_and_datetimes_are_times():
    reading = read_series(pd.DataFrame({"time": [date(2024, 5, 1), date(2024, 5, 2)], "value": [1, 2]}))
    assert reading.times[0] == datetime(2024, 5, 1, tzinfo=UTC)
    assert reading.step_seconds == 86_400


def test_rows_without_a_time_are_left_out_and_counted():
    times = pd.to_datetime(pd.Series(["2024-05-01", None, "2024-05-02"]), utc=True)
    reading = read_series(pd.DataFrame({"time": times, "value": [1, 2, 3]}))
    assert reading.values.tolist() == [1, 3]
    assert reading.notes == ("1 rows without a time were left out.",)


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_and_one_point_have_no_step(count):
    reading = read_series(pd.DataFrame({"time": hours(count), "value": np.ones(count)}))
    assert len(reading) == count
    assert np.isnan(reading.step_seconds)


def test_a_single_numeric_column_is_taken_and_two_are_refused():
    assert read_series(pd.DataFrame({"time": hours(2), "events": [1, 2]})).name == "events"
    with pytest.raises(ArgumentError, match="needs the column 'value'"):
        read_series(pd.DataFrame({"time": hours(2), "new": [1, 2], "dormant": [1, 2]}))


def test_what_is_no_series_is_refused_with_advice():
    with pytest.raises(ArgumentError, match="has no times"):
        read_series([1, 2, 3], analysis="trend")
    with pytest.raises(MissingColumnError, match="needs the column 'time'"):
        read_series(pd.DataFrame({"value": [1, 2]}))
    with pytest.raises(ArgumentError, match="needs times in 'time'"):
        read_series(pd.DataFrame({"time": ["2024-05-01"], "value": [1]}))
    with pytest.raises(ArgumentError, match="one value is|the values are"):
        read_series(pd.DataFrame({"time": hours(1), "value": ["many"]}))


def test_a_stray_time_far_away_is_refused_rather_than_filling_the_memory():
    times = pd.to_datetime(["1970-01-01 00:00:00", *[f"2024-05-01 00:00:{second:02}" for second in range(50)]])
    with pytest.raises(ArgumentError, match="buckets between its first and its last time"):
        read_series(pd.Series(range(51), index=times))


def test_ten_years_of_minutes_are_read_in_seconds():
    times = pd.date_range("2014-01-01", periods=5_256_000, freq="min", tz="UTC")
    reading = read_series(pd.Series(np.zeros(len(times)), index=times).iloc[np.r_[0:1000, 2000 : len(times)]])
    assert (len(reading), reading.observed) == (5_256_000, 5_255_000)


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("conversion_rate", [0.1, 0.2], "rate"),
        ("duration_ms", [0.1, 200.0], "duration"),
        ("value", [3.0, 4.0], "count"),
        ("value", [3.5, 4.0], "number"),
        ("value", [-3.0, 4.0], "number"),
        ("value", [np.nan], "number"),
    ],
)
def test_the_kind_follows_the_name_then_the_values(name, values, kind):
    assert kind_of(name, np.array(values)) == kind


def test_a_series_of_integers_beyond_a_float_says_so():
    times = pd.date_range("2024-01-01", periods=30, freq="h", tz="UTC")
    read = read_series(pd.Series(2**63 - 1 - np.arange(30), index=times))
    assert read.notes == ("30 integers from 2⁵³ on may be rounded: floats hold no more digits.",)
