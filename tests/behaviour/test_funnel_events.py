"""The events of a funnel as arrays."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd

from analytics_lib.behaviour.funnel import funnel


def test_very_many_values_held_constant_take_no_memory_for_pairs_that_no_event_has() -> None:
    orders = np.arange(10_000)  # two events of each, both by one person
    people, names = [f"p{number}" for number in orders], np.repeat(["x", "y"], len(orders))
    times = pd.Timestamp("2024-05-01") + pd.to_timedelta(np.arange(len(names)), unit="s")
    events = pd.DataFrame({"user_id": people * 2, "event": names, "event_time": times, "order_id": np.tile(orders, 2)})

    tracemalloc.start()
    found = funnel(events, ["x", "y"], hold_constant="order_id")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found.to_frame()["users"].tolist() == [10_000, 10_000]
    assert peak < 50e6  # a flag for every person and order would be 100 MB
