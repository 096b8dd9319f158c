"""The views of a stream: each shows what its name says, from the past alone."""

import json

import numpy as np
import pytest

from analytics_lib.statistics.monitor_views import VIEWS, Usual, Views


def _watch(values, step=300.0):
    views = Views()
    return [dict(zip(VIEWS, views.look(i * step, float(value)), strict=True)) for i, value in enumerate(values)]


def test_views_come_when_enough_was_seen():
    seen = _watch(np.random.default_rng(1).normal(size=1000))
    first = {name: next(i for i, view in enumerate(seen) if view[name] is not None) for name in VIEWS}
    assert first == {"value": 0, "step": 1, "floor": 4, "ceiling": 4, "median_12": 11, "median_60": 59,
                     "season": 2 * 288 + 11}  # fmt: skip


def test_views_are_what_numpy_makes_of_the_last_few():
    values = np.random.default_rng(2).integers(0, 9, 200).astype(float)  # with ties
    seen = _watch(values)
    for i in range(60, 200):
        past = values[: i + 1]
        assert seen[i]["step"] == past[-1] - past[-2]
        assert (seen[i]["floor"], seen[i]["ceiling"]) == (past[-5:].min(), past[-5:].max())
        assert seen[i]["median_12"] == np.median(past[-12:])
        assert seen[i]["median_60"] == np.median(past[-60:])


def test_a_regular_day_is_never_out_of_season():
    day = np.sin(2 * np.pi * np.arange(288 * 9) / 288)
    out = [view["season"] for view in _watch(day) if view["season"] is not None]
    assert max(map(abs, out)) < 1e-9
    late = _watch(np.concatenate([day, np.full(288, 0.0)]))  # a day that does not rise
    assert max(abs(view["season"]) for view in late[-288:]) > 0.8


def test_the_usual_is_a_mean_over_the_last_few():
    usual = Usual(24, 86_400.0, 7)
    assert usual.at(0.0) is None
    for day in range(30):
        usual.learn(day * 86_400.0 + 100.0, float(day))
    assert usual.at(0.0) == pytest.approx(29 - 6, abs=1.0)
    assert usual.at(7200.0) is None


def test_expectations_come_from_what_predicted_better():
    values = np.tile(np.repeat([0.0, 100.0], 72), 20)  # six hours low, six hours high
    views = Views()
    for i, value in enumerate(values):
        views.look(i * 300.0, value)
    assert views.expected(len(values) * 300.0) == pytest.approx(0.0, abs=1.0)
    assert np.isnan(Views().expected(0.0))


def test_restored_views_go_on_as_before():
    values = np.random.default_rng(4).normal(size=900)
    views = Views()
    for i, value in enumerate(values[:700]):
        views.look(i * 300.0, value)
    again = Views.from_state(json.loads(json.dumps(views.state())))
    for i, value in enumerate(values[700:]):
        assert views.look((700 + i) * 300.0, value) == again.look((700 + i) * 300.0, value)
