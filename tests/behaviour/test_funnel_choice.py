"""Which completions count."""

from __future__ import annotations

import numpy as np

from analytics_lib.behaviour.funnel_choice import best_per_unit, counted_paths
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import read_steps
from tests.behaviour.test_funnel_pass import histories


def test_the_furthest_then_the_latest_completion_counts() -> None:
    one = histories([0, 1, 2, 3, 4], "ababa")
    found = counted_paths(one, Rules(read_steps(["a", "b", "c"])), ())

    assert found.T.tolist() == [[2, 3, -1]]
    assert best_per_unit(one, np.array([[0, 4], [1, -1]]), first=False).tolist() == [0]
