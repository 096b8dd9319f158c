from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError

from analytics_lib.errors import LakeBusyError
from analytics_lib.lake import append
from analytics_lib.lake.append import in_file_order
from analytics_lib.lake.layout import EVENTS
from analytics_lib.lake.tables import open_lake
from tests.lake.made import changed, make_rows

ORDER = ["tenant_id", "user_id", "event_time", "event_id"]


def counts(done: append.Appended) -> tuple[int, int, int]:
    return done.accepted, done.duplicates, done.conflicts.num_rows


def test_a_batch_sent_again_stores_nothing_and_reports_the_same_counts(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    first = lake.append("events", make_rows(40), batch_id="1")

    again = open_lake(tmp_path).append("events", make_rows(40), batch_id="1")

    assert counts(first) == counts(again) == (40, 0, 0)
    assert (first.repeated, again.repeated) == (False, True)
    assert again.version == first.version
    assert lake.read("events").count().execute() == 40


def test_rows_that_came_in_another_batch_are_duplicates(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(40), batch_id="1")

    assert counts(lake.append("events", make_rows(40, start=30), batch_id="2")) == (30, 10, 0)
    assert lake.read("events").event_id.nunique().execute() == 70


def test_the_same_row_twice_in_one_batch_is_stored_once_however_often_it_is_sent(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    twice = pa.concat_tables([make_rows(5), make_rows(5)])

    assert [counts(lake.append("events", twice, batch_id="1")) for _ in range(3)] == [(5, 5, 0)] * 3


def test_one_id_for_two_things_is_a_conflict_that_is_handed_back(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(3), batch_id="1")
    other = changed(make_rows(3), "properties", '{"amount":99}')

    done = lake.append("events", pa.concat_tables([other, make_rows(2, start=3)]), batch_id="2")

    assert counts(done) == (2, 0, 3)
    assert done.conflicts["properties"].to_pylist() == ['{"amount":99}'] * 3
    assert lake.read("events").properties.nunique().execute() == 5


def test_what_we_changed_ourselves_does_not_make_a_conflict(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(3), batch_id="1")
    corrected = changed(make_rows(3), "event_time", make_rows(9)["event_time"][8].as_py())

    assert counts(lake.append("events", corrected, batch_id="2")) == (0, 3, 0)


def test_what_is_compared_can_be_narrowed_for_people_whose_pseudonym_changed(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(3), batch_id="1")
    renamed = changed(make_rows(3), "user_id", "1-new")

    assert counts(lake.append("events", renamed, batch_id="2")) == (0, 0, 3)
    assert counts(lake.append("events", renamed, batch_id="2", content=["event_name", "properties"])) == (0, 3, 0)
    assert counts(lake.append("events", renamed, batch_id="2", content=[])) == (0, 3, 0)


def test_two_tenants_may_use_the_same_ids(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(3), batch_id="1")

    assert counts(lake.append("events", make_rows(3, tenant_id="other"), batch_id="2")) == (3, 0, 0)


def test_rows_without_identity_are_told_apart_by_their_batch(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    times = make_rows(2).select(["tenant_id", "event_time"]).rename_columns(["tenant_id", "time"])

    done = [lake.append("rollups", times, batch_id=batch).repeated for batch in ("1", "1", "2")]

    assert done == [False, True, False]
    assert lake.read("rollups").count().execute() == 4


def test_a_spool_counts_its_batches_and_old_numbers_are_not_stored_again(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    assert lake.committed("events", "spool") is None

    for number in (1, 2, 1, 2, 3):
        lake.append("events", make_rows(10, start=10 * number), batch_id=str(number), writer="spool", sequence=number)

    assert lake.committed("events", "spool") == 3
    assert lake.read("events").count().execute() == 30


def test_an_erased_row_does_not_come_back_with_its_old_batch(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(14), batch_id="1")
    lake.delete("events", {"user_id": ["u1"]})

    assert counts(lake.append("events", make_rows(14), batch_id="1")) == (14, 0, 0)
    assert lake.read("events").count().execute() == 12


def test_every_file_is_sorted_for_questions_about_people(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    pieces = pa.concat_tables([make_rows(700, start=700 * n) for n in reversed(range(10))])  # ten chunks, not in order
    lake.append("events", pieces, batch_id="1")

    files = [pq.read_table(file.path, columns=ORDER) for file in lake.snapshot("events").files]
    assert len(files) == 3
    assert sum(file.num_rows for file in files) == 7000
    assert all(file.equals(file.sort_by([(name, "ascending") for name in ORDER])) for file in files)


def test_rows_are_put_in_one_chunk_before_writing() -> None:
    from datetime import UTC, datetime

    from analytics_lib.lake.layout import conform

    rows = conform(
        pa.concat_tables([make_rows(5, start=5), make_rows(5)]), EVENTS, batch_id="b", stored_at=datetime.now(UTC)
    )

    assert in_file_order(rows, EVENTS)["event_id"].num_chunks == 1


def test_a_commit_that_came_between_starts_the_whole_round_again(tmp_path: Path, monkeypatch) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(5), batch_id="1")
    real, tries = append.write_deltalake, []

    def late(table, rows, **options):
        tries.append(rows.num_rows)
        if len(tries) == 1:  # someone without our lock stores two of our rows under the same batch
            stolen = DeltaTable(str(tmp_path / "events"))
            real(stolen, rows.slice(0, 2), mode="append", commit_properties=options["commit_properties"])
        real(table, rows, **options)

    monkeypatch.setattr(append, "write_deltalake", late)

    done = lake.append("events", make_rows(5, start=5), batch_id="2", writer="w", sequence=1)

    assert tries == [5], "the second round finds the number taken and writes nothing"
    assert done.repeated
    assert lake.read("events").event_id.nunique().execute() == lake.read("events").count().execute() == 7


def test_a_commit_between_reading_the_number_and_judging_the_rows_is_noticed_too(tmp_path: Path, monkeypatch) -> None:
    lake, other = open_lake(tmp_path), open_lake(tmp_path)
    lake.append("events", make_rows(5), batch_id="1")
    real = append.known_rows

    def slow(*arguments):
        monkeypatch.setattr(append, "known_rows", real)
        monkeypatch.setattr("analytics_lib.lake.tables.sink_lock", lambda *_, **__: nullcontext())
        other.append("events", make_rows(5, start=5), batch_id="2", writer="w", sequence=1)
        return real(*arguments)

    monkeypatch.setattr(append, "known_rows", slow)

    assert lake.append("events", make_rows(5, start=5), batch_id="2", writer="w", sequence=1).repeated
    assert lake.read("events").event_id.nunique().execute() == lake.read("events").count().execute() == 10


def test_who_is_never_fast_enough_is_told_that_nothing_is_lost(tmp_path: Path, monkeypatch) -> None:
    def always_late(*_arguments, **_options):
        raise CommitFailedError("other was first")

    monkeypatch.setattr(append, "write_deltalake", always_late)
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)

    with pytest.raises(LakeBusyError, match="Nothing is lost: append the same batch again"):
        open_lake(tmp_path).append("events", make_rows(5), batch_id="1")


def test_delta_takes_a_repeated_number_with_a_fresh_handle_which_is_why_we_never_use_one(tmp_path: Path) -> None:
    from deltalake import CommitProperties, Transaction

    path = str(tmp_path / "plain")
    numbered = CommitProperties(app_transactions=[Transaction("spool", 5)])
    write_deltalake(path, make_rows(1), commit_properties=numbered)

    write_deltalake(DeltaTable(path), make_rows(1), mode="append", commit_properties=numbered)

    assert DeltaTable(path).count() == 2, "if this fails, Delta has learned it and the comment can go"


def test_no_rows_are_no_commit(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)

    assert counts(lake.append("events", make_rows(3).slice(0, 0), batch_id="1")) == (0, 0, 0)
    assert lake.version("events") is None
