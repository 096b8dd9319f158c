"""From a transition to a step."""

from __future__ import annotations

import pandas as pd

from analytics_lib.behaviour.difference_paths import bridge
from analytics_lib.behaviour.difference_rules import view
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.path_names import START
from analytics_lib.behaviour.paths import paths
from analytics_lib.behaviour.retention import retention

EVENTS = pd.DataFrame(
    {"user_id": ["a", "a"], "event": ["A", "B"], "url": ["/a", "/b"],
     "event_time": pd.to_datetime(["2024-05-01 09:00", "2024-05-01 09:01"])}
)  # fmt: skip
STEPS = view(funnel(EVENTS, ["A", "B"]), {"step": 2})


def test_the_way_leads_over_the_strict_funnel_of_the_same_pair_and_back() -> None:
    path = view(paths(EVENTS), {"step": 2, "source": "A", "target": "B"})

    there, back = bridge(path, STEPS), bridge(STEPS, path)

    assert there is not None
    assert back is not None
    names = [[reason.subject for reason in change.reasons] for change in there]
    assert names == [["top"], ["place"], ["unit"], ["order"], ["within"]]
    assert [[reason.subject for reason in change.reasons] for change in back] == names[::-1]
    assert back[-1].answer.people(**path.rules["row"]).num_rows == 1


def test_nodes_of_another_column_become_conditions() -> None:
    path = view(paths(EVENTS, node="url"), {"step": 2, "source": "/a", "target": "/b"})

    there = bridge(path, STEPS)

    assert there is not None
    assert there[1].answer.people(step=2).num_rows == 1


def test_the_begin_of_a_path_is_no_step_and_other_analyses_have_no_way() -> None:
    assert bridge(view(paths(EVENTS), {"step": 1, "source": START, "target": "A"}), STEPS) is None
    assert bridge(view(retention(EVENTS), {"period": 0}), STEPS) is None
