"""A load stores each event once, loses nothing, says what it did, and may be repeated at will."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from analytics_lib.datasets.published import shop_events_file
from analytics_lib.ingestion import load as loading
from analytics_lib.ingestion.load import load
from analytics_lib.lake.tables import open_lake
from analytics_lib.privacy.pseudonyms import Keys

HEADER = "id,event,timestamp,userId,note\n"


@pytest.fixture
def lake(tmp_path):
    return open_lake(tmp_path / "lake")


@pytest.fixture
def file(tmp_path):
    rows = [
        "1,page_view,2024-05-01T10:00:00Z,ann,hello",
        "2,page_view,2024-05-01T11:00:00Z,bob,mail bob@example.org",
        "1,page_view,2024-05-01T10:00:00Z,ann,hello",
        "3,page_view,soon,ann,",
        "4,page_view",
    ]
    (tmp_path / "events.csv").write_text(HEADER + "\n".join(rows) + "\n")
    return tmp_path / "events.csv"


def stored(lake, table="events"):
    return lake.read(table).to_pandas().to_dict("records")


def test_the_first_load_stores_and_the_second_adds_nothing(lake, file):
    first, second = load(file, lake=lake), load(file, lake=lake)
    assert first.counts() == {"sent": 5, "accepted": 2, "duplicate": 1, "quarantined": 2, "rejected": 0}
    assert second.counts() == {"sent": 5, "accepted": 0, "duplicate": 3, "quarantined": 2, "rejected": 0}
    assert len(stored(lake)) == 2
    assert {row["reason"] for row in stored(lake, "quarantine")} == {"type_mismatch", "malformed"}
    assert len(stored(lake, "quarantine")) == 2


def test_people_lie_under_pseudonyms_beside_the_lake_and_texts_are_scrubbed(lake, file, tmp_path):
    receipt = load(file, lake=lake)
    keys = Keys(tmp_path / "keys")
    assert {row["user_id"] for row in stored(lake)} == {keys.key("default").digest(name) for name in ("ann", "bob")}
    assert {json.loads(row["properties"])["note"] for row in stored(lake)} == {"hello", "mail [e-mail]"}
    assert receipt.scrubbed["e-mail"] == 1
    assert not any("ann" in str(row) for row in stored(lake, "quarantine"))


def test_a_dry_run_tells_the_same_and_writes_nothing(lake, file):
    told = load(file, lake=lake, dry_run=True)
    assert lake.version("events") is None
    assert told.counts() == load(file, lake=lake).counts()
    assert load(file, lake=lake, dry_run=True).counts() == load(file, lake=lake).counts()


def test_an_id_that_is_stored_with_other_content_is_a_conflict_kept_aside(lake, file, tmp_path):
    load(file, lake=lake)
    (tmp_path / "other.csv").write_text(HEADER + "1,page_view,2024-05-01T10:00:00Z,ann,changed\n")
    told = load(tmp_path / "other.csv", lake=lake, dry_run=True)
    receipt = load(tmp_path / "other.csv", lake=lake)
    assert told.reasons == receipt.reasons == {"conflict": 1}
    (row,) = [row for row in stored(lake, "quarantine") if row["reason"] == "conflict"]
    assert (row["event_id"], row["source"], row["line"]) == ("1", "other.csv", 2)
    assert json.loads(row["row"])["properties"] == {"note": "changed"}


def test_strict_stores_all_or_nothing(lake, file, tmp_path):
    refused = load(file, lake=lake, strict=True)
    assert refused.counts() == {"sent": 5, "accepted": 0, "duplicate": 0, "quarantined": 0, "rejected": 5}
    assert refused.reasons == {"strict": 3, "type_mismatch": 1, "malformed": 1}
    assert sorted(refused.bad_rows["line"].to_pylist()) == [5, 6]
    assert lake.version("events") is None
    assert lake.version("quarantine") is None
    (tmp_path / "good.csv").write_text(HEADER + "9,page_view,2024-05-01T10:00:00Z,ann,x\n")
    assert load(tmp_path / "good.csv", lake=lake, strict=True).accepted == 1


def test_what_was_the_future_is_taken_when_it_has_come(lake, tmp_path):
    (tmp_path / "x.csv").write_text(HEADER + "1,a,2024-05-01T10:00:00Z,ann,\n2,b,2024-05-03T10:00:00Z,ann,\n")
    day = datetime(2024, 5, 2, tzinfo=UTC)
    assert load(tmp_path / "x.csv", lake=lake, received_at=day).reasons == {"future_time": 1}
    later = load(tmp_path / "x.csv", lake=lake, received_at=day + timedelta(days=2))
    assert (later.accepted, later.duplicate) == (1, 1)
    assert len(stored(lake)) == 2


def test_a_load_that_was_cut_off_goes_on_where_it_was(lake, tmp_path, monkeypatch):
    lines = [f"{number},a,2024-05-01T10:00:00Z,ann,{number}\n" for number in range(300)]
    for part in range(3):
        (tmp_path / f"{part}.csv").write_text(HEADER + "".join(lines[part * 100 : part * 100 + 100]))
    monkeypatch.setattr(loading, "BATCH_ROWS", 100)

    def cut(done, total):
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(tmp_path / "*.csv", lake=lake, progress=cut)
    assert 0 < len(stored(lake)) < 300
    receipt = load(tmp_path / "*.csv", lake=lake)
    assert receipt.accepted + receipt.duplicate == 300
    assert sorted(int(row["event_id"]) for row in stored(lake)) == list(range(300))


def test_the_same_events_in_another_file_are_duplicates(lake, tmp_path):
    (tmp_path / "a.csv").write_text("event,timestamp,userId\nx,2024-05-01T10:00:00Z,ann\n")
    (tmp_path / "b.ndjson").write_text('{"userId":"ann","timestamp":1714557600,"event":"x"}\n')
    assert load(tmp_path / "a.csv", lake=lake).accepted == 1
    assert load(tmp_path / "b.ndjson", lake=lake).duplicate == 1


def test_the_shop_log_is_stored_whole(lake):
    receipt = load(shop_events_file(), lake=lake, tenant_id="shop")
    assert (receipt.sent, receipt.accepted, receipt.duplicate) == (31_106, 31_076, 30)
    table = lake.read("events")
    assert table.count().execute() == 31_076
    assert table.user_id.nunique().execute() == 600
    assert table.tenant_id.nunique().execute() == 1


def test_a_plan_privacy_rules_and_consent_are_followed(lake, file):
    plan = {"events": {"page.view": {"properties": {"note": {"privacy": "drop"}}}}}
    load(file, lake=lake, plan=plan)
    assert {row["properties"] for row in stored(lake)} == {"{}"}
    required = load(file, lake=lake, consent="required")
    assert required.reasons == {"no_consent": 4, "malformed": 1}
    assert required.consent.startswith("required")


def test_progress_ends_at_all_bytes(lake, file):
    told = []
    load(file, lake=lake, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] == file.stat().st_size
