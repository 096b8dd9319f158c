"""Made pointer events keep their promises."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analytics_lib.datasets.pointers import BUTTON, make_pointer_events
from analytics_lib.errors import ArgumentError


def test_same_arguments_same_events_and_the_button_is_where_it_was_planted() -> None:
    events = make_pointer_events(seed=2, users=300)

    assert events.equals(make_pointer_events(seed=2, users=300))
    told = [json.loads(one) for one in events["properties"]]
    clicks = np.array([[one["x"], one["y"]] for one in told if one.get("action") == "click"])
    assert np.abs(clicks.mean(axis=0) - BUTTON).max() < 0.01
    with pytest.raises(ArgumentError):
        make_pointer_events(users=0)
