"""What was kept aside can be mended; it then is stored once and leaves the quarantine."""

from __future__ import annotations

import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.ingestion.load import load
from analytics_lib.ingestion.replay import replay
from analytics_lib.lake.tables import open_lake
from analytics_lib.privacy.pseudonyms import Keys


@pytest.fixture
def lake(tmp_path):
    rows = ["1,a,2024-05-01T10:00:00Z,ann,x", "2,a,yesterday,ann,y", "3,a,,bob,z", "4,a,soon", "1,b,2024-05-01,ann,x"]
    (tmp_path / "x.csv").write_text("id,event,timestamp,userId,note\n" + "\n".join(rows) + "\n")
    lake = open_lake(tmp_path / "lake")
    load(tmp_path / "x.csv", lake=lake)
    return lake


def reasons(lake) -> list[str]:
    return sorted(lake.read("quarantine").reason.execute())


def test_mended_events_are_stored_and_leave_the_quarantine(lake, tmp_path):
    def mend(said):
        return {**said, "event_time": "2024-04-30"} if said.get("event_time") == "yesterday" else None

    receipt = replay(lake, mend, reason="type_mismatch")
    assert receipt.counts() == {"sent": 1, "accepted": 1, "duplicate": 0, "quarantined": 0, "rejected": 0}
    assert reasons(lake) == ["conflict", "malformed", "required_missing"]
    stored = {row["event_id"]: row for row in lake.read("events").to_pandas().to_dict("records")}
    assert stored["2"]["user_id"] == Keys(tmp_path / "keys").key("default").digest("ann")  # the same person as ever
    assert stored["2"]["properties"] == '{"note":"y"}'


def test_what_fails_again_stays(lake):
    receipt = replay(lake, lambda said: said, reason="type_mismatch")
    assert (receipt.accepted, receipt.quarantined) == (0, 1)
    assert "type_mismatch" in reasons(lake)


def test_a_line_that_was_none_can_be_written_anew(lake):
    receipt = replay(lake, lambda said: {"event": "a", "timestamp": "2024-05-02", "id": "4"}, reason="malformed")
    assert receipt.accepted == 1
    assert "malformed" not in reasons(lake)


def test_a_conflict_needs_another_id(lake):
    assert replay(lake, lambda said: said, reason="conflict").reasons == {"conflict": 1}
    assert "conflict" in reasons(lake)
    assert replay(lake, lambda said: {**said, "event_id": "1b"}, reason="conflict").accepted == 1
    assert "conflict" not in reasons(lake)


def test_nothing_to_mend_is_an_empty_receipt(lake):
    assert replay(lake, lambda said: None).sent == 0


def test_an_unknown_reason_is_refused(lake):
    with pytest.raises(ArgumentError, match="reason='bad'"):
        replay(lake, lambda said: said, reason="bad")
