"""What sessions fetch."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour import parts
from analytics_lib.behaviour.scope import open_scope
from analytics_lib.behaviour.sessions import sessions
from analytics_lib.behaviour.sessions_events import fetch_sessions


def test_events_come_in_order_of_session_and_time() -> None:
    times = pd.to_datetime(["2024-05-01 12:00", "2024-05-01 10:00", "2024-05-01 10:10", "2024-05-01 10:05"])
    events = pd.DataFrame({"user_id": ["a", "a", "a", "b"], "event_time": times, "event": ["v", "v", "e", "x"]})
    scope = open_scope(events, ["user_id", "event_time", "event"], analysis="test")

    limits = {"gap": timedelta(minutes=30), "maximum": timedelta(hours=24)}
    found = fetch_sessions(scope, **limits, view=["v"], engagement=["e"]).whole

    assert found.session.tolist() == [0, 0, 1, 2]
    assert found.first.tolist() == [0, 2, 3]
    assert found.view.tolist() == [True, False, True, False]
    assert found.engagement.tolist() == [False, True, False, False]
    assert found.owners_of(np.array([0, 1, 2]))["user_id"].to_pylist() == ["a", "a", "b"]


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize("tenants", [False, True])
def test_parts_for_several_threads_give_the_same_sessions(
    sent: bool, tenants: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(3)
    events = pd.DataFrame(
        {
            "user_id": random.choice([*(f"u{number}" for number in range(20)), None], 300),
            "event": random.choice(["page.view", "purchase", "other"], 300),
            "url": random.choice(["/a", "/b", None], 300),
            "event_time": pd.Timestamp("2024-05-01", tz="UTC")
            + pd.to_timedelta(random.integers(0, 4000, 300), unit="min"),
        }
    )
    if sent:
        events["session_id"] = random.choice(["s1", "s2", None], 300)
    if tenants:
        events["tenant_id"] = random.choice(["one", "two"], 300)

    whole = sessions(events)
    days = whole.per_day()
    monkeypatch.setattr(parts, "ROWS_OF_A_PART", 30)
    in_parts = sessions(events)

    pd.testing.assert_frame_equal(days, in_parts.per_day())
    pd.testing.assert_frame_equal(whole.to_frame(), in_parts.to_frame())
    assert whole.notes == in_parts.notes
