import numpy as np

from analytics_lib.statistics.calibration import nulls
from tests.benchmarks.anomaly_rates import SEEDS, SIZES, flagged, spiked


def test_the_seeds_of_checks_are_none_that_constants_were_set_on():
    spans = {kind: (first + 500 * min(SIZES), first + 500 * max(SIZES) + 40_000) for kind, first in SEEDS.items()}
    assert spans["tuning"][1] < spans["checking"][0]


def test_a_spike_is_five_standard_deviations_and_nothing_else_moves():
    values, places = spiked(8_300_000, 60, 2)
    moved = values - nulls.noise(8_300_000, 60)
    np.testing.assert_allclose(moved[places], 5 * np.std(nulls.noise(8_300_000, 60)))
    assert np.count_nonzero(moved) == len(places) == 2


def test_spikes_up_or_down_are_as_large():
    values, places = spiked(8_300_000, 60, 10, up_and_down=True)
    moved = (values - nulls.noise(8_300_000, 60))[places] / np.std(nulls.noise(8_300_000, 60))
    np.testing.assert_allclose(np.abs(moved), 5.0)
    assert set(np.sign(moved)) == {-1.0, 1.0}


def test_a_share_comes_with_its_standard_error():
    share = flagged("t3", 30, range(8_300_000, 8_300_040))
    one = [flagged("t3", 30, range(seed, seed + 1)).mean for seed in range(8_300_000, 8_300_040)]
    np.testing.assert_allclose(share, (np.mean(one), np.std(one) / np.sqrt(40)))
