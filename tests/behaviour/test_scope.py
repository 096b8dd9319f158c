"""What an analysis looks at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.paths import paths
from analytics_lib.behaviour.retention import retention
from analytics_lib.behaviour.scope import group_columns, open_scope
from analytics_lib.behaviour.sessions import sessions
from analytics_lib.engine.connections import connection, tune
from analytics_lib.engine.keys import PERSON_KEY
from analytics_lib.engine.snapshots import file_table
from analytics_lib.errors import ArgumentError


def events(*times: str | None) -> pd.DataFrame:
    return pd.DataFrame({"user_id": ["a"] * len(times), "event_time": pd.to_datetime(list(times), utc=True)})


def test_events_without_a_time_are_left_out_and_counted() -> None:
    scope = open_scope(events("2024-05-01", None), ["user_id", "event_time"], analysis="test")

    assert scope.table.count().execute() == 1
    assert scope.notes == ("1 events without an event_time are left out.",)


def test_a_date_alone_as_observed_until_means_the_whole_day() -> None:
    scope = open_scope(events("2024-05-01"), ["event_time"], analysis="test", observed_until="2024-05-01")

    assert scope.observed_until == datetime(2024, 5, 2, tzinfo=UTC)


def test_the_newest_event_at_midnight_has_its_own_bucket() -> None:
    scope = open_scope(events("2024-05-01", "2024-05-02"), ["event_time"], analysis="test")

    assert len(scope.edges("day")) == 3


def test_provenance_tells_range_and_completeness() -> None:
    scope = open_scope(events("2024-05-01"), ["event_time"], analysis="test", start="2024-04-01")

    assert str(scope.provenance).startswith("Data: in memory, 2024-04-01 to –, complete until 2024-05-01")


def test_a_group_column_may_not_hide_a_result_column() -> None:
    assert group_columns("country") == ("country",)
    assert group_columns(["country", "os"]) == ("country", "os")
    with pytest.raises(ArgumentError):
        group_columns(["users"])
    with pytest.raises(ArgumentError, match="by=3 is no name, and no list of them"):
        group_columns(3)  # type: ignore[arg-type]


@cache
def many_events() -> pd.DataFrame:
    """Three weeks of 60 people with many equal times, in no order."""
    random = np.random.default_rng(4)
    minutes = random.integers(0, 21 * 24 * 6, 6000) * 10
    return pd.DataFrame(
        {
            "user_id": np.char.add("u", random.integers(0, 60, 6000).astype(str)),
            "event": np.char.add("e", random.integers(0, 5, 6000).astype(str)),
            "event_time": pd.Timestamp("2024-05-01", tz="UTC") + pd.to_timedelta(minutes, "min").as_unit("us"),
        }
    )


def answers(table: Any) -> dict[str, pd.DataFrame]:
    return {
        "funnel": funnel(table, ["e0", "e1", "e2"], within="2h").to_frame(),
        "retention": retention(table, start_event="e0", return_event="e3", periods=5).to_frame(),
        "active": active_users(table).to_frame(),
        "paths": paths(table).to_frame(),
        "sessions": sessions(table).to_frame(),
    }


@cache
def answers_in_memory() -> dict[str, pd.DataFrame]:
    return answers(many_events())


def files_of(frame: pd.DataFrame, layout: str) -> list[pd.DataFrame]:
    if layout == "one file by time":
        return [frame.sort_values("event_time")]
    if layout == "one file by person":
        return [frame.sort_values(["user_id", "event_time"])]
    if layout == "a file a day, newest first":
        return [day for _, day in frame.groupby(frame["event_time"].dt.date)][::-1]
    return [frame.iloc[part::7].sample(frac=1, random_state=part) for part in range(7)]


@pytest.fixture(params=[1, 2, 4])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    usual = connection().raw_sql("SELECT current_setting('threads')").fetchone()[0]
    tune(threads=request.param)
    yield request.param
    tune(threads=usual)


@pytest.mark.parametrize(
    "layout", ["one file by time", "one file by person", "a file a day, newest first", "seven files in no order"]
)
def test_no_answer_depends_on_the_files_or_the_threads(layout: str, threads: int, tmp_path: Path) -> None:
    files = []
    for number, part in enumerate(files_of(many_events(), layout)):
        rows = pa.Table.from_pandas(part, preserve_index=False)
        files.append(str(tmp_path / f"{number:02d}.parquet"))
        parquet.write_table(rows, files[-1], row_group_size=2048)

    given = answers(file_table(files, rows.schema, data_version=f"events@{threads}"))

    for name, frame in answers_in_memory().items():
        pd.testing.assert_frame_equal(given[name], frame, obj=f"{name} with {threads} threads")


def test_a_choice_of_the_lakes_columns_needs_no_day() -> None:
    frame = events("2024-05-01 10:00", "2024-05-03 10:00").assign(tenant_id="t", **{PERSON_KEY: [1, 1]})

    scope = open_scope(frame, ["user_id", "event_time"], analysis="lifecycle")

    assert (scope.first, scope.observed_until) == (
        datetime(2024, 5, 1, 10, tzinfo=UTC),
        datetime(2024, 5, 3, 10, tzinfo=UTC),
    )


def test_names_that_are_no_texts_are_refused_in_our_words() -> None:
    frame = pd.DataFrame({"user_id": ["a"], "event": [7], "event_time": pd.to_datetime(["2024-05-01"], utc=True)})

    with pytest.raises(ArgumentError, match="text in 'event', which holds int64.*astype"):
        funnel(frame, ["7", "8"])
    assert funnel(frame.assign(event=frame["event"].astype(str)), ["7", "8"]).to_frame()["users"].tolist() == [1, 0]
    assert funnel(frame.assign(event=None), ["7", "8"]).to_frame()["users"].tolist() == [0, 0]
