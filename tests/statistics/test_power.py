import math

import numpy as np
import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.power import achieved_power, detectable_difference, sample_size


def test_sizes_are_those_of_r() -> None:
    # R: power.t.test(power = .90, delta = 1) gives 22.02110; power.prop.test(p1 = .50, p2 = .75, power = .90) 76.7
    assert sample_size(difference=1, standard_deviation=1, power=0.9, method="fixed").users_per_variant == 23
    shares = sample_size(difference=0.25, baseline_rate=0.5, power=0.9, method="fixed")
    assert (shares.users_per_variant, shares.users) == (77, 154)


def test_sizes_and_power_agree_with_statsmodels() -> None:
    from statsmodels.stats.power import TTestIndPower

    power = TTestIndPower()
    for shift in (0.05, 0.3, 1.2):
        size = sample_size(difference=shift, standard_deviation=1, power=0.8, method="fixed").users_per_variant
        assert size == math.ceil(power.solve_power(effect_size=shift, alpha=0.05, power=0.8))
        found = achieved_power(500, difference=shift, standard_deviation=1, method="fixed").power
        assert found == pytest.approx(power.power(shift, 500, 0.05), abs=1e-9)


def test_size_difference_and_power_undo_each_other() -> None:
    for method in ("fixed", "always_valid"):
        size = int(sample_size(difference=0.2, standard_deviation=1.5, method=method).users_per_variant)
        assert achieved_power(size, difference=0.2, standard_deviation=1.5, method=method).power >= 0.8
        again = detectable_difference(size, standard_deviation=1.5, method=method)
        assert again.difference == pytest.approx(0.2, rel=0.01)


def test_being_allowed_to_watch_costs_users() -> None:
    fixed = sample_size(difference=0.1, standard_deviation=1, method="fixed").users_per_variant
    watched = sample_size(difference=0.1, standard_deviation=1).users_per_variant

    assert 1.5 * fixed < watched < 3 * fixed


def test_the_planned_power_is_realised_by_simulation() -> None:
    source = np.random.default_rng(1)
    size = int(sample_size(difference=0.5, standard_deviation=1, method="fixed").users_per_variant)
    from scipy.stats import ttest_ind

    p_values = ttest_ind(source.normal(0, 1, (size, 3000)), source.normal(0.5, 1, (size, 3000))).pvalue

    assert (p_values < 0.05).mean() == pytest.approx(0.8, abs=0.025)


def test_a_plan_without_spread_or_difference_is_refused() -> None:
    with pytest.raises(ArgumentError, match="spread"):
        sample_size(difference=0.1)
    with pytest.raises(ArgumentError, match="difference"):
        sample_size(difference=0.0, standard_deviation=1.0)
    with pytest.raises(ArgumentError, match="baseline_rate"):
        sample_size(difference=0.6, baseline_rate=0.5)


def test_power_can_be_drawn() -> None:
    chart = sample_size(difference=0.1, standard_deviation=1).plot()

    assert "60 values" in chart.description
