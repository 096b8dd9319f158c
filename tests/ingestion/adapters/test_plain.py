"""Any table or object whose names say what and when is read."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics_lib.ingestion.adapters.plain import says_what_and_when
from analytics_lib.ingestion.files import read_events
from tests.conftest import shared_data

ROWS = [
    {"eventType": "page-view", "timestamp": 1714521600000, "userId": "ann", "colour": "red", "n": 1},
    {"eventType": "content_view", "timestamp": 1714521601000, "userId": "bob", "colour": None, "n": 2},
]


def written(folder):
    lines = [",".join("" if value is None else str(value) for value in row.values()) for row in ROWS]
    (folder / "x.csv").write_text(",".join(ROWS[0]) + "\n" + "\n".join(lines) + "\n")
    (folder / "x.ndjson").write_text("\n".join(json.dumps(row) for row in ROWS))
    (folder / "x.json").write_text(json.dumps(ROWS))
    pq.write_table(pa.Table.from_pylist(ROWS), folder / "x.parquet")


@pytest.mark.parametrize("name", ["x.csv", "x.ndjson", "x.json", "x.parquet"])
def test_the_same_events_in_any_dress_are_the_same_events(tmp_path, name):
    written(tmp_path)
    events = read_events(tmp_path / name).to_pydict()
    assert events["event"] == ["page.view", "content.view"]
    assert [when.isoformat() for when in events["event_time"]] == [
        "2024-05-01T00:00:00+00:00", "2024-05-01T00:00:01+00:00",
    ]  # fmt: skip
    assert [json.loads(text) for text in events["properties"]] == [{"colour": "red", "n": 1}, {"n": 2}]
    assert events["event_id"] == read_events(tmp_path / "x.csv")["event_id"].to_pylist()


@pytest.mark.parametrize(("name", "count"), [("train.csv", 30_943), ("test.csv", 1_905)])
def test_nanoseconds_and_microseconds_of_one_export_land_on_the_same_day(name, count):
    events, receipt = read_events(shared_data(f"retentioneering-onboarding/{name}"), return_receipt=True)
    assert receipt.accepted == events.num_rows == count
    assert (receipt.first_event_time.isoformat()[:7], receipt.last_event_time.isoformat()[:7]) == ("2018-09", "2018-10")


def test_a_name_for_what_and_one_for_when_are_needed():
    assert says_what_and_when(frozenset({"Event Name", "created_at"}))
    assert not says_what_and_when(frozenset({"event", "user_id"}))
