from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.engine import times
from analytics_lib.engine.tables import to_arrow
from analytics_lib.engine.times import epoch_micros, from_micros, micros, with_bucket
from analytics_lib.periods import GRAINS, bucket_edges

ZONES = ("UTC", "Europe/London", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe")
moments = st.datetimes(datetime(2023, 1, 1), datetime(2024, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def numbered(whens: list[datetime]) -> object:
    return ibis.memtable(pa.table({"row": range(len(whens)), "event_time": pa.array(whens, pa.timestamp("us", "UTC"))}))


def buckets(whens: list[datetime], edges: list[datetime]) -> list[int | None]:
    table = numbered(whens)
    found = to_arrow(with_bucket(table, epoch_micros(table), edges).select("row", "bucket")).to_pylist()
    by_row = {entry["row"]: entry["bucket"] for entry in found}
    assert len(by_row) == len(found), "a row never falls into two buckets"
    return [by_row.get(row) for row in range(len(whens))]


def one_by_one(whens: list[datetime], edges: list[datetime]) -> list[int | None]:
    places = [bisect_right(edges, when) - 1 for when in whens]
    return [place if 0 <= place < len(edges) - 1 else None for place in places]


@settings(max_examples=120, deadline=None)
@given(
    st.lists(moments, min_size=1, max_size=20),
    st.sampled_from(ZONES),
    st.sampled_from(GRAINS),
    st.integers(0, 700),
    st.integers(1, 60),
)
def test_buckets_equal_going_through_the_edges_one_by_one(
    whens: list[datetime], time_zone: str, grain: str, offset: int, days: int
) -> None:
    first = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(days=offset)
    days = 1 if "min" in grain else days
    edges = bucket_edges(first, first + timedelta(days=days), grain, time_zone=time_zone)
    on_the_edge = [*edges[:3], *(edge - timedelta(microseconds=1) for edge in edges[:3]), edges[-1]]

    assert buckets([*whens, *on_the_edge], edges) == one_by_one([*whens, *on_the_edge], edges)


@pytest.mark.parametrize(
    ("time_zone", "day", "hours"),
    [
        ("Europe/London", "2024-03-31", 23),
        ("Europe/London", "2024-10-27", 25),
        ("Australia/Lord_Howe", "2024-10-06", 23.5),  # its clocks change by half an hour
        ("Australia/Lord_Howe", "2024-04-07", 24.5),
        ("America/New_York", "2024-03-10", 23),
    ],
)
def test_a_day_of_a_clock_change_holds_exactly_its_own_hours(time_zone: str, day: str, hours: float) -> None:
    noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    edges = bucket_edges(noon - timedelta(days=3), noon + timedelta(days=3), "day", time_zone=time_zone)
    half_hours = [edges[0] + timedelta(minutes=30 * step) for step in range(2 * 24 * 7)]

    found = buckets(half_hours, edges)

    counts = [found.count(number) for number in range(len(edges) - 1)]
    assert sorted({count / 2 for count in counts[:-1]} - {24.0}) == [hours]


def test_edges_that_have_no_common_width_are_looked_up_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "_MOST_SLOTS", 3)
    edges = [from_micros(mark) for mark in (0, 7, 1_000_000, 1_000_003)]

    assert buckets([from_micros(at) for at in (-1, 0, 6, 7, 999_999, 1_000_002, 1_000_003)], edges) == [
        None, 0, 0, 1, 1, 2, None,
    ]  # fmt: skip


def test_microseconds_are_exact_where_seconds_would_round() -> None:
    when = datetime(2024, 7, 1, 22, 30, 59, 700_001, tzinfo=UTC)
    table = numbered([when, datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)])

    found = to_arrow(table.select(at=epoch_micros(table)))["at"].to_pylist()

    assert found == [micros(when), -1]
    assert from_micros(found[0]) == when


def test_another_engines_general_form_gives_the_same_microseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    whens = [datetime(2024, 7, 1, 22, 30, 59, 700_001, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC)]
    table = numbered(whens)
    monkeypatch.setattr(times, "dialect", lambda _table: "some warehouse")

    found = to_arrow(table.select(at=epoch_micros(table)))["at"].to_pylist()

    assert found == [micros(when) for when in whens]
