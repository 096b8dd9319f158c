"""What is believed beforehand is a weighing: positive, complete, and without jumps from one size to the next."""

import numpy as np
import pytest

from analytics_lib.statistics.anomaly_beliefs import ANOMALOUS, BOUNDED, FAR, SIDES, STUDENT, beliefs_about

SIZES = (24, 30, 62, 100, 199, 200, 201, 299, 300, 301, 5_000_000)


@pytest.mark.parametrize("count", SIZES)
def test_every_shape_and_kind_of_anomalies_has_a_weight(count):
    beliefs = beliefs_about(count)
    assert beliefs.shapes.shape == (len(BOUNDED) + len(STUDENT) + 1,)
    assert beliefs.anomalies.shape == (1 + (len(ANOMALOUS) - 1) * len(FAR) * len(SIDES),)
    assert (beliefs.shapes > 0).all()
    assert (beliefs.anomalies > 0).all()
    assert beliefs.anomalies.sum() == pytest.approx(1.0)


def test_one_value_more_changes_little():
    for count in range(24, 600):
        before, after = beliefs_about(count), beliefs_about(count + 1)
        assert np.abs(np.log(after.shapes / before.shapes)).max() < 0.2
        assert np.abs(after.anomalies - before.anomalies).max() < 0.02
        assert abs(after.sharpness - before.sharpness) < 0.05


def test_the_fewer_the_values_the_less_is_left_to_anomalies():
    nothing = [beliefs_about(count).anomalies[0] for count in SIZES]
    assert nothing == sorted(nothing, reverse=True)
