from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from analytics_lib.errors import ArgumentError
from analytics_lib.lake.tables import Lake, open_lake
from tests.lake.made import make_rows

ORDER = ["tenant_id", "user_id", "event_time", "event_id"]


@pytest.fixture
def scattered(tmp_path: Path) -> Lake:
    """Three days, each in four files."""
    lake = open_lake(tmp_path)
    for batch in range(4):
        lake.append("events", make_rows(50, start=50 * batch), batch_id=str(batch))
    return lake


def everything(lake: Lake) -> list[tuple[object, ...]]:
    frame = lake.read("events").to_pandas().sort_values("event_id")
    return list(frame.astype(str).itertuples(index=False))


def test_a_compaction_changes_no_row_and_leaves_one_sorted_file_a_day(scattered: Lake) -> None:
    before = everything(scattered)

    done = scattered.compact("events")

    assert (done.files_before, done.files_after, done.rows_removed) == (12, 3, 0)
    assert everything(scattered) == before
    files = [pq.read_table(file.path, columns=ORDER) for file in scattered.snapshot("events").files]
    assert len(files) == 3
    assert all(file.equals(file.sort_by([(name, "ascending") for name in ORDER])) for file in files)


@pytest.mark.parametrize("compacted", [False, True])
def test_times_are_stored_as_the_steps_between_them(scattered: Lake, compacted: bool) -> None:
    scattered.append("events", make_rows(3_000, start=200), batch_id="many")
    if compacted:
        scattered.compact("events")

    largest = max(scattered.snapshot("events").files, key=lambda file: Path(file.path).stat().st_size)
    group = pq.ParquetFile(largest.path).metadata.row_group(0)
    columns = {group.column(place).path_in_schema: group.column(place) for place in range(group.num_columns)}

    assert "DELTA_BINARY_PACKED" in columns["event_time"].encodings
    assert not {"RLE_DICTIONARY", "PLAIN_DICTIONARY"} & set(columns["event_time"].encodings)


def test_only_closed_days_are_compacted_and_only_once(scattered: Lake) -> None:
    assert scattered.compact("events", before=date(2024, 5, 14)).days == (date(2024, 5, 13),)
    assert len(scattered.snapshot("events").files) == 9
    assert scattered.compact("events", before=date(2024, 5, 14)).days == ()


def test_days_in_few_files_can_be_left_alone(scattered: Lake) -> None:
    late = make_rows(1, start=500)
    scattered.append("events", late, batch_id="late")

    assert scattered.compact("events", minimum_files=5).days == (late["event_time"][0].as_py().date(),)
    with pytest.raises(ArgumentError, match="minimum_files=1"):
        scattered.compact("events", minimum_files=1)


def test_the_log_describes_a_rewritten_file_as_truly_as_one_that_delta_wrote(scattered: Lake) -> None:
    scattered.compact("events")
    day = datetime(2024, 5, 14, tzinfo=UTC)

    rows = scattered.read("events", start=day.date(), end=day.date()).to_pandas()
    file = next(file for file in scattered.snapshot("events").files if file.day == day.date())

    assert (file.lowest_id, file.highest_id, file.rows) == (rows.event_id.min(), rows.event_id.max(), len(rows))
    pruned = DeltaTable(str(scattered.folder / "events")).file_uris(
        file_pruning_predicate=f"event_time > '{rows.event_time.max():%Y-%m-%dT%H:%M:%S}.999Z' AND day = '2024-05-14'"
    )
    assert pruned == []


def test_duplicates_are_still_found_after_a_compaction(scattered: Lake) -> None:
    scattered.compact("events")

    assert scattered.append("events", make_rows(60, start=150), batch_id="late").duplicates == 50


def test_a_reader_that_began_before_a_compaction_reads_on(scattered: Lake) -> None:
    table = scattered.read("events")
    scattered.compact("events")

    assert table.count().execute() == 200


def test_a_person_is_deleted_in_one_commit_from_every_day(scattered: Lake) -> None:
    version = scattered.version("events")

    done = scattered.delete("events", {"tenant_id": ["shop"], "user_id": ["u1", "u2"]})

    left = scattered.read("events").to_pandas()
    assert done.rows_removed == 200 - len(left) == 58
    assert set(left.user_id) == {"u0", "u3", "u4", "u5", "u6"}
    assert done.version == version + 1
    assert len(done.days) == 3


def test_deleting_all_rows_of_a_day_leaves_no_file_of_it(scattered: Lake) -> None:
    done = scattered.delete("events", {"tenant_id": ["shop"]})

    assert (done.files_after, done.rows_removed) == (0, 200)
    assert scattered.snapshot("events").files == ()
    assert scattered.read("events").count().execute() == 0


def test_rows_whose_value_is_unknown_are_not_deleted(scattered: Lake) -> None:
    assert scattered.delete("events", {"country": ["GB"]}).rows_removed == 0
    assert scattered.delete("events", {"country": ["GB"], "user_id": ["u1"]}).rows_removed == 0


@pytest.mark.parametrize(
    ("matching", "said"),
    [({}, "no condition"), ({"usr_id": ["u1"]}, "Did you mean 'user_id'"), ({"user_id": "u1"}, r"Write \['u1'\]")],
)
def test_a_vague_deletion_is_refused(scattered: Lake, matching: dict[str, object], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        scattered.delete("events", matching)


def test_a_table_that_was_never_written_has_nothing_to_compact_or_delete(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)

    assert lake.compact("events").files_before == 0
    assert lake.delete("events", {"user_id": ["u1"]}).rows_removed == 0
    assert not (tmp_path / "events").exists()
