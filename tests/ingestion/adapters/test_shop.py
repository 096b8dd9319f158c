"""The published shop log gives its published facts."""

from __future__ import annotations

import pyarrow.compute as pc

from analytics_lib.datasets.published import shop_events_file
from analytics_lib.ingestion.files import read_events


def test_31106_rows_are_31076_events_and_30_duplicates():
    events, receipt = read_events(shop_events_file(), return_receipt=True)
    assert receipt.counts() == {"sent": 31106, "accepted": 31076, "duplicate": 30, "quarantined": 0, "rejected": 0}
    assert receipt.format == "shop"
    assert (len(pc.unique(events["user_id"])), len(pc.unique(events["session_id"]))) == (600, 3605)
    assert (str(receipt.first_event_time)[:10], str(receipt.last_event_time)[:10]) == ("2024-01-04", "2024-06-29")
    bug = events.filter(pc.equal(events["event"], "checkout_bug"))
    assert (bug.num_rows, pc.unique(bug["device_type"]).to_pylist()) == (44, ["mobile"])
