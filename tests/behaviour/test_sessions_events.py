"""What sessions fetch."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from analytics_lib.behaviour.scope import open_scope
from analytics_lib.behaviour.sessions_events import fetch_sessions


def test_events_come_in_order_of_session_and_time() -> None:
    times = pd.to_datetime(["2024-05-01 12:00", "2024-05-01 10:00", "2024-05-01 10:10", "2024-05-01 10:05"])
    events = pd.DataFrame({"user_id": ["a", "a", "a", "b"], "event_time": times, "event": ["v", "v", "e", "x"]})
    scope = open_scope(events, ["user_id", "event_time", "event"], analysis="test")

    found = fetch_sessions(scope, gap=timedelta(minutes=30), maximum=timedelta(hours=24), view=["v"], engagement=["e"])

    assert found.session.tolist() == [0, 0, 1, 2]
    assert found.first.tolist() == [0, 2, 3]
    assert found.view.tolist() == [True, False, True, False]
    assert found.engagement.tolist() == [False, True, False, False]
    assert found.owners_of(np.array([0, 1, 2]))["user_id"].to_pylist() == ["a", "a", "b"]
