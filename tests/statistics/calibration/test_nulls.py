import numpy as np
import pytest

from analytics_lib.statistics.calibration import nulls


@pytest.mark.parametrize("shape", nulls.SHAPES)
def test_noise_has_the_moments_of_its_distribution(shape):
    expected = {
        "gaussian": (0, 1),
        "t3": (0, 3),
        "lognormal": (1.6487, 4.6708),
        "exponential": (1, 1),
        "poisson": (2, 2),
    }
    values = nulls.noise(1, 400_000, shape)
    mean, variance = expected[shape]
    assert values.mean() == pytest.approx(mean, abs=0.02)
    assert values.var() == pytest.approx(variance, rel=0.15)


@pytest.mark.parametrize("phi", [0.3, 0.6, 0.9])
def test_red_noise_is_stationary_with_the_autocorrelation_it_names(phi):
    values = np.array([nulls.red_noise(seed, 50, phi) for seed in range(4000)])
    assert values[:, 0].var() == pytest.approx(1 / (1 - phi**2), rel=0.08)
    assert values[:, -1].var() == pytest.approx(1 / (1 - phi**2), rel=0.08)
    assert np.corrcoef(values[:, 20], values[:, 21])[0, 1] == pytest.approx(phi, abs=0.03)


def test_the_same_seed_gives_the_same_data():
    assert nulls.red_noise(5, 20, 0.5).tolist() == nulls.red_noise(5, 20, 0.5).tolist()
    assert nulls.red_noise(5, 20, 0.5).tolist() != nulls.red_noise(6, 20, 0.5).tolist()


def test_a_season_repeats_and_a_walk_wanders():
    wave = nulls.season(96, 24, 2.0)
    np.testing.assert_allclose(wave[:24], wave[24:48], atol=1e-12)
    assert np.diff(nulls.random_walk(3, 100)).std() == pytest.approx(1, abs=0.2)
    assert nulls.daily(wave).index[1] - nulls.daily(wave).index[0] == 24 * (
        nulls.hourly(wave).index[1] - nulls.hourly(wave).index[0]
    )
