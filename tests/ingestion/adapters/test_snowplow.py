"""160 raw Snowplow events: three deliveries are repeated, and times are those the pipeline derived."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime

import pyarrow.compute as pc
import pytest

from analytics_lib.ingestion.files import read_events
from tests.conftest import shared_data


@pytest.fixture(scope="module")
def loaded():
    return read_events(shared_data("snowplow-web/source/snowplow_web_events.csv"), return_receipt=True)


def test_160_events_are_157_and_3_repeated_deliveries(loaded):
    _, receipt = loaded
    assert receipt.counts() == {"sent": 160, "accepted": 157, "duplicate": 3, "quarantined": 0, "rejected": 0}


def test_our_clock_correction_is_snowplows(loaded):
    """Where the clock was wrong by more than our threshold, both give the derived time."""
    events, _ = loaded
    with shared_data("snowplow-web/source/snowplow_web_events.csv").open(newline="") as file:
        derived = {row["event_id"]: row["derived_tstamp"] for row in csv.DictReader(file)}
    for row in events.to_pylist():
        assert row["event_time"] == datetime.fromisoformat(derived[row["event_id"]]).replace(tzinfo=UTC) or (
            row["event_id"] in {"9e983d4a-e07c-4858-8e97-bdb7feb31241", "1b4b3b57-3cb7-4df2-a7fd-526afa9e3c76",
                                "17e6ae5e-d694-4241-8663-4118e950fc38"}
        )  # fmt: skip


def test_people_views_and_circumstances_are_found(loaded):
    events, _ = loaded
    web = events.filter(pc.invert(pc.equal(events["application_id"].fill_null("web"), "consent_accel")))
    assert pc.count_distinct(web["user_id"]).as_py() <= 16
    assert pc.unique(events["event"]).to_pylist().count("page.view") == 1
    view = web.filter(pc.equal(web["event"], "page.view")).to_pylist()[0]
    assert json.loads(view["properties"])["page_view_id"]
    assert (view["browser"] is not None, view["device_type"] in {"desktop", "tablet", "mobile"}) == (True, True)


def test_parquet_of_the_same_columns_works_too(tmp_path, loaded):
    import pyarrow.csv as arrow_csv
    import pyarrow.parquet as pq

    path = shared_data("snowplow-web/source/snowplow_web_events.csv")
    pq.write_table(arrow_csv.read_csv(path, convert_options=arrow_csv.ConvertOptions(strings_can_be_null=True)),
                   tmp_path / "events.parquet")  # fmt: skip
    events, receipt = read_events(tmp_path / "events.parquet", return_receipt=True)
    assert (receipt.format, receipt.accepted) == ("snowplow", 157)
    assert events["event_id"].to_pylist() == loaded[0]["event_id"].to_pylist()
