from __future__ import annotations

import os
import shutil
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from analytics_lib.errors import SnapshotError
from analytics_lib.lake.snapshots import DataFile, Snapshot, commits
from analytics_lib.lake.tables import Lake, open_lake
from analytics_lib.periods import time_range
from tests.lake.made import make_rows


@pytest.fixture
def grown(tmp_path: Path) -> Lake:
    """A lake that got ten events three times: versions 1, 2 and 3."""
    lake = open_lake(tmp_path / "lake")
    for batch in range(3):
        lake.append("events", make_rows(10, start=10 * batch), batch_id=str(batch))
    return lake


def times(lake: Lake) -> dict[int, object]:
    return {entry["version"]: entry["time"] for entry in commits(lake._handle("events"))}


@pytest.mark.parametrize(("as_of", "rows"), [(0, 0), (1, 10), (2, 20), ("events@2", 20), (3, 30), ("2999-01-01", 30)])
def test_a_past_version_answers_as_it_did_then(grown: Lake, as_of: int | str, rows: int) -> None:
    assert grown.read("events", as_of=as_of).count().execute() == rows


def test_a_moment_means_the_last_version_written_by_then(grown: Lake) -> None:
    at = times(grown)

    assert grown.read("events", as_of=at[2]).count().execute() == 20
    assert grown.read("events", as_of=at[2] - timedelta(microseconds=1)).count().execute() == 10
    assert grown.read("events", as_of=at[3].date()).count().execute() == 30


def test_time_travel_survives_a_copy_whose_files_have_new_times(grown: Lake, tmp_path: Path) -> None:
    when = times(grown)[2]
    shutil.copytree(grown.folder, tmp_path / "copy")
    for log in (tmp_path / "copy" / "events" / "_delta_log").iterdir():
        os.utime(log, (2_000_000_000, 2_000_000_000))

    assert open_lake(tmp_path / "copy").read("events", as_of=when).count().execute() == 20


def test_before_the_beginning_and_after_the_end_there_is_nothing_to_read(grown: Lake) -> None:
    with pytest.raises(SnapshotError, match="nothing had been written to 'events' by 2020-01-02"):
        grown.read("events", as_of="2020-01-01")
    with pytest.raises(SnapshotError, match=r"no version 99 \(as_of=99\)"):
        grown.read("events", as_of=99)
    with pytest.raises(SnapshotError, match=r"names no version\. Write a number behind the @"):
        grown.read("events", as_of="events@latest")
    with pytest.raises(SnapshotError, match="no version -1"):
        grown.read("events", as_of=-1)
    with pytest.raises(SnapshotError, match="'metrics' has no history"):
        grown.read("metrics", as_of=0)


def test_versions_whose_files_were_vacuumed_are_refused_before_any_query(grown: Lake) -> None:
    grown.compact("events")
    grown.vacuum("events", retention="0s")

    with pytest.raises(SnapshotError, match="version 3 of 'events' lost 9 of 9 files to a vacuum"):
        grown.read("events", as_of=3)
    assert grown.read("events").count().execute() == 30


def test_a_table_stays_at_its_version_while_others_write(grown: Lake) -> None:
    before = grown.read("events")
    grown.append("events", make_rows(5, start=100), batch_id="later")

    assert before.count().execute() == 30
    assert grown.read("events").count().execute() == 35


def test_a_range_opens_the_files_of_its_days_only(grown: Lake) -> None:
    snapshot = grown.snapshot("events")

    chosen = snapshot.within(time_range("2024-05-14", "2024-05-14"))

    assert {file.day for file in chosen} == {date(2024, 5, 14)}
    assert snapshot.days == (date(2024, 5, 13), date(2024, 5, 14), date(2024, 5, 15))
    assert snapshot.rows == 30


def test_an_end_at_midnight_does_not_touch_the_next_day() -> None:
    files = tuple(DataFile(f"{day}", f"{day}", date(2024, 5, day), 1, 1) for day in (12, 13, 14))
    snapshot = Snapshot(open_lake("/nowhere").snapshot("events").layout, 1, files)

    inside = snapshot.within(time_range("2024-05-13T00:00:00Z", "2024-05-14T00:00:00Z"))

    assert [file.day.day for file in inside] == [13]


def test_files_that_can_not_hold_a_name_are_not_searched() -> None:
    layout = open_lake("/nowhere").snapshot("events").layout
    low = DataFile("1", "1", date(2024, 5, 13), 1, 1, "a1", "a9")
    high = DataFile("2", "2", date(2024, 5, 13), 1, 1, "c1", "c9")
    unknown = DataFile("3", "3", date(2024, 5, 13), 1, 1)
    cut = DataFile("4", "4", date(2024, 5, 13), 1, 1, "x" * 64, "x" * 64)
    snapshot = Snapshot(layout, 1, (low, high, unknown, cut))

    found = {name: [file.path for file in snapshot.holding(pa.chunked_array([[name]]))] for name in ("a5", "b5", "c9")}

    assert found == {"a5": ["1", "3", "4"], "b5": ["3", "4"], "c9": ["2", "3", "4"]}
