"""Files become tables in memory; what could not be read is said, counted and given."""

from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from analytics_lib.errors import SourceError, UnknownFormatError
from analytics_lib.ingestion.files import BadRowsWarning, digest_of, open_source, read_events
from analytics_lib.ingestion.normalise import CANONICAL
from analytics_lib.ingestion.sources import Source
from analytics_lib.privacy.pseudonyms import Keys

LINES = [
    {"event": "page_view", "timestamp": "2024-05-01T10:00:00Z", "user_id": "ann"},
    {"event": "page_view", "timestamp": "soon", "user_id": "bob"},
    {"timestamp": "2024-05-01T10:00:00Z"},
    {"event": "late", "timestamp": "2024-05-02T02:00:00Z"},
]


@pytest.fixture
def file(tmp_path):
    (tmp_path / "x.ndjson").write_text("\n".join([*map(json.dumps, LINES), "{oops"]) + "\n")
    return tmp_path / "x.ndjson"


def test_bad_rows_are_left_out_with_a_warning_that_counts_them(file):
    with pytest.warns(BadRowsWarning, match=r"4 of 5 rows of x.ndjson were left out \(1 future_time, 1 malformed, 1"):
        events = read_events(file, received_at=datetime(2024, 5, 2, tzinfo=UTC))
    assert events.schema == CANONICAL
    assert events["user_id"].to_pylist() == ["ann"]


def test_the_receipt_gives_the_bad_rows(file):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        events, receipt = read_events(file, return_receipt=True)
    assert receipt.sent == events.num_rows + receipt.bad_rows.num_rows == 5
    bad = {row["line"]: row["reason"] for row in receipt.bad_rows.to_pylist()}
    assert bad == {2: "type_mismatch", 3: "required_missing", 5: "malformed"}


def test_keys_give_pseudonyms(file, tmp_path):
    keys = Keys(tmp_path / "keys")
    events, _ = read_events(file, return_receipt=True, keys=keys, tenant_id="t")
    assert events["user_id"][0].as_py() == keys.key("t").digest("ann")


def test_a_folder_is_read_as_one(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(f"event,timestamp\n{name},2024-05-01\n")
    assert read_events(tmp_path)["event"].to_pylist() == ["a", "b"]


def test_a_mapping_reads_foreign_columns(tmp_path):
    (tmp_path / "x.csv").write_text("was;wann;wer\nKauf;31.12.2023 23:30;7\n")
    mapping = {
        "columns": {"event": "was", "event_time": "wann", "user_id": "wer"},
        "events": {"Kauf": "order.placed"},
        "time": {"zone": "Europe/Berlin", "format": "%d.%m.%Y %H:%M"},
    }
    (event,) = read_events(tmp_path / "x.csv", mapping=mapping).to_pylist()
    assert (event["event"], event["event_time"], event["user_id"]) == (
        "order.placed", datetime(2023, 12, 31, 22, 30, tzinfo=UTC), "7",
    )  # fmt: skip


def test_an_export_of_ours_comes_back_the_same(file, tmp_path):
    import pyarrow.parquet as pq

    events, _ = read_events(file, return_receipt=True)
    pq.write_table(events, tmp_path / "export.parquet")
    again = read_events(tmp_path / "export.parquet")
    for name in ("event_id", "event", "event_time", "user_id", "properties", "category"):
        assert again[name].to_pylist() == events[name].to_pylist()


def test_what_is_not_there_and_what_nobody_knows_are_refused(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(SourceError):
        read_events(tmp_path / "none.csv")
    with pytest.raises(UnknownFormatError):
        read_events(tmp_path / "x.csv")


def test_the_digest_of_a_changed_file_is_another(tmp_path):
    (tmp_path / "x").write_text("a")
    first = digest_of(Source(tmp_path / "x", ""))
    (tmp_path / "x").write_text("ab")
    assert digest_of(Source(tmp_path / "x", "")) != first


def test_an_empty_file_with_a_header_is_an_empty_table(tmp_path):
    (tmp_path / "x.csv").write_text("event,timestamp\n")
    events = read_events(tmp_path / "x.csv")
    assert isinstance(events, pa.Table)
    assert events.num_rows == 0
    assert open_source(tmp_path / "x.csv").format.name == "csv"
