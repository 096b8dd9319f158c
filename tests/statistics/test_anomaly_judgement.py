"""The judgement behind `anomalies`: which way a series goes, and that one judgement serves every rate."""

import numpy as np
import pytest

from analytics_lib.statistics.anomaly_judgement import judge
from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.series import read_series


def _judge(values, **frame):
    return judge(read_series(nulls.hourly(values)))


def test_small_counts_and_other_values_go_their_own_ways():
    assert _judge(nulls.noise(1, 300, "poisson")).counts is not None
    assert _judge(nulls.noise(1, 300)).tails is not None


def test_too_little_or_constant_data_is_not_judged():
    assert _judge(nulls.noise(1, 20)) is None
    assert _judge(np.full(300, 7.5)) is None


def test_a_step_between_two_constants_is_named_though_nothing_is_left_to_judge_by():
    judgement = _judge(np.repeat([5.5, 9.5], 100))
    assert judgement.flagged(1e-3).nonzero()[0].tolist() == [100]
    assert judgement.named == {100: "level shift up: from about 5.50 to 9.50"}


@pytest.mark.parametrize("shape", ["gaussian", "poisson"])
def test_a_lower_rate_flags_a_subset_and_widens_the_band(shape):
    judgement = _judge(np.append(nulls.noise(4, 500, shape), [40.0, 5.0]))
    often, seldom = judgement.flagged(1e-2), judgement.flagged(1e-4)
    assert (often | ~seldom).all()
    (low, high), (lower, higher) = judgement.band(1e-2), judgement.band(1e-4)
    assert (lower <= low).all()
    assert (higher >= high).all()


@pytest.mark.parametrize("shape", ["gaussian", "t3", "lognormal", "poisson"])
def test_a_point_is_flagged_exactly_when_it_leaves_the_band(shape):
    values = nulls.noise(6, 400, shape)
    judgement = _judge(values)
    low, high = judgement.band(0.02)
    outside = (values < low - 1e-9) | (values > high + 1e-9)
    assert (outside == judgement.flagged(0.02)).mean() > 0.997  # the band interpolates between kept deviates
