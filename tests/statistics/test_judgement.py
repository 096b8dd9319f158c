import numpy as np
import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.aggregates import moments_of
from analytics_lib.statistics.judgement import Question, judge
from analytics_lib.statistics.variants import Metric, Reduced


def _reduced(shift: float) -> Reduced:
    source = np.random.default_rng(1)
    arms = {name: source.normal(10 + gain, 1, (500, 1)) for name, gain in (("a", 0.0), ("b", shift))}
    return Reduced(Metric("x"), moments={name: moments_of(values, ("metric",)) for name, values in arms.items()})


def test_the_bayesian_view_gives_beliefs_and_no_p_value() -> None:
    row = judge([_reduced(0.5)], Question("a", method="bayesian"), ()).to_frame().iloc[1]

    assert row["probability_better"] > 0.999
    assert np.isnan(row["p_value"])
    assert row["low"] < row["difference"] < row["high"]


def test_a_relative_question_bounds_the_relative_difference() -> None:
    row = judge([_reduced(0.5)], Question("a", effect="relative"), ()).to_frame().iloc[1]

    assert row["low"] < row["relative"] < row["high"]
    assert row["relative"] == pytest.approx(0.05, abs=0.02)


def test_a_planned_size_makes_the_always_valid_interval_tightest_there() -> None:
    width = {}
    for planned in (100, 1000, 100_000):
        row = judge([_reduced(0.0)], Question("a", planned_users=planned), ()).to_frame().iloc[1]
        width[planned] = row["high"] - row["low"]

    assert width[1000] == min(width.values())


@pytest.mark.parametrize(
    "wrong",
    [{"method": "t"}, {"effect": "absolute"}, {"correction": "no"}, {"confidence": 1.0}, {"planned_users": 1}],
)
def test_questions_that_can_not_be_answered_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ArgumentError):
        Question("a", **wrong)
