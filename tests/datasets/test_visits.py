"""Made visits keep their promises: the planted rates are found again, and consent is told before anything else."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analytics_lib.behaviour.pointer import click_map
from analytics_lib.behaviour.recommendations import recommendations
from analytics_lib.datasets.visits import CLICK_RATES, SUBSCRIBE, decisions, make_visits
from analytics_lib.errors import ArgumentError


@pytest.fixture(scope="module")
def visits():
    return make_visits(seed=3, people=1_500)


def test_same_arguments_same_events_in_order() -> None:
    visits = make_visits(people=20)

    assert visits.equals(make_visits(people=20))
    assert visits["event_time"].is_monotonic_increasing
    assert not visits.equals(make_visits(people=20, seed=2))
    with pytest.raises(ArgumentError):
        make_visits(people=0)


def test_the_planted_recommendations_are_found_again(visits) -> None:
    shown = visits[visits["event"] == "recommendation.impression"]
    per_visit = shown.assign(by=[json.loads(one)["algorithm"] for one in shown["properties"]])
    offered = per_visit.drop_duplicates("session_id").set_index("session_id")["by"]
    clicked = set(visits.loc[visits["event"] == "recommendation.click", "session_id"])

    for algorithm, planted in CLICK_RATES.items():
        sessions = offered.index[offered == algorithm]
        rate = float(np.mean([name in clicked for name in sessions]))
        assert abs(rate - planted) < 4 * (planted * (1 - planted) / len(sessions)) ** 0.5

    frame = recommendations(visits, by="properties.algorithm").to_frame().set_index("properties.algorithm")
    assert frame.loc["similar", "click_rate_low"] > frame.loc["popular", "click_rate_high"]


def test_clicks_lie_where_they_were_planted(visits) -> None:
    agreed = {user for user, purpose, granted, _ in decisions(visits) if purpose == "session_recording" and granted}

    cells = click_map(visits, "/subscribe", consented=agreed, rows=10, columns=10).to_frame()

    middle = [np.average(cells[name] + 5, weights=cells["clicks"]) / 100 for name in ("across", "down")]
    assert np.abs(np.array(middle) - SUBSCRIBE).max() < 0.02


def test_everybody_decides_once_and_some_take_it_back(visits) -> None:
    told = [one for one in decisions(visits) if one[1] == "session_recording"]
    last = {user: granted for user, _, granted, _ in told}

    assert set(last) == set(visits["user_id"])
    withdrawn = set(visits.loc[visits["event"] == "consent.changed", "user_id"])
    assert withdrawn
    assert not any(last[user] for user in withdrawn)
    assert all(isinstance(json.loads(text), list) for text in visits["consent"])


def test_a_visit_is_one_persons_and_does_not_overlap_the_next(visits) -> None:
    bounds = visits.groupby(["user_id", "session_id"])["event_time"].agg(["min", "max"]).reset_index()

    assert bounds["session_id"].is_unique
    ordered = bounds.sort_values(["user_id", "min"])
    same = ordered["user_id"].eq(ordered["user_id"].shift())
    assert (ordered["min"] > ordered["max"].shift())[same].all()
