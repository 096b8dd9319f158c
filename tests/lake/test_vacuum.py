from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from analytics_lib.lake.tables import Lake, open_lake
from tests.lake.made import make_rows

TWO_DAYS_AGO = time.time() - 2 * 86_400


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = open_lake(tmp_path)
    for batch in range(3):
        lake.append("events", make_rows(10, start=10 * batch), batch_id=str(batch))
    return lake


def parquet(lake: Lake) -> set[str]:
    return {path.name for path in (lake.folder / "events").rglob("*.parquet") if "_delta_log" not in path.parts}


def aged(path: Path) -> Path:
    os.utime(path, (TWO_DAYS_AGO, TWO_DAYS_AGO))
    return path


def test_what_a_killed_writer_left_behind_is_removed_after_the_grace_period(lake: Lake) -> None:
    day = next((lake.folder / "events").glob("day=*"))
    old = day / "part-00000-orphan.zstd.parquet"
    fresh = day / "part-00001-being-written.zstd.parquet"
    for path in (old, fresh):
        path.write_bytes(b"half a file")
    aged(old)
    staged = lake.folder / "events" / "_delta_log" / "00000000000000000009.json#1"
    staged.write_text("{")
    aged(staged)

    done = lake.vacuum("events", retention="1d")

    assert sorted(Path(file).name for file in done.files) == ["00000000000000000009.json#1", old.name]
    assert done.size_bytes == len(b"half a file")
    assert not old.exists()
    assert not staged.exists()
    assert fresh.exists()
    assert lake.read("events").count().execute() == 30


def test_without_orphans_only_files_that_versions_had_are_removed(lake: Lake) -> None:
    orphan = aged_orphan = next((lake.folder / "events").glob("day=*")) / "part-orphan.parquet"
    orphan.write_bytes(b"x")
    aged(aged_orphan)

    assert lake.vacuum("events", retention="1d", orphans=False).files == ()
    assert orphan.exists()


def test_files_that_left_lately_stay_for_those_who_still_read_them_however_old_they_are(lake: Lake) -> None:
    for path in (lake.folder / "events").rglob("*.parquet"):
        aged(path)
    reader = lake.read("events")
    lake.compact("events")

    assert lake.vacuum("events", retention="1d").files == ()
    assert reader.count().execute() == 30
    assert lake.read("events", as_of=1).count().execute() == 10


def test_no_grace_at_all_leaves_exactly_the_newest_version(lake: Lake) -> None:
    lake.compact("events")
    before = parquet(lake)

    done = lake.vacuum("events", retention="0s")

    assert len(before) - len(parquet(lake)) == len(done.files) == 9
    assert parquet(lake) == {Path(file.path).name for file in lake.snapshot("events").files}


def test_a_vacuum_of_nothing_is_nothing(tmp_path: Path) -> None:
    assert open_lake(tmp_path).vacuum("events").files == ()
    assert not (tmp_path / "events").exists()
