import numpy as np
import pytest

from analytics_lib.statistics.aggregates import moments_of
from analytics_lib.statistics.cuped import adjusted_estimates, plain_estimate
from analytics_lib.statistics.intervals import difference, fixed_horizon

PAIR = ("metric", "covariate")


def _experiment(seed: int, users: int, correlation: float, effect: float = 0.0) -> dict[str, np.ndarray]:
    source = np.random.default_rng(seed)
    arms = {}
    for name, shift in (("a", 0.0), ("b", effect)):
        before = source.normal(10, 2, users)
        noise = source.normal(0, 2, users)
        after = 5 + correlation * (before - 10) + np.sqrt(1 - correlation**2) * noise + shift
        arms[name] = np.column_stack([after, before])
    return arms


def _moments(arms: dict[str, np.ndarray]) -> dict[str, object]:
    return {name: moments_of(values, PAIR) for name, values in arms.items()}


def test_the_interval_shrinks_by_what_the_covariate_explains() -> None:
    moments = _moments(_experiment(1, 100_000, 0.8))
    adjustment = adjusted_estimates(moments, "a")

    plain = difference(plain_estimate(moments["a"]), plain_estimate(moments["b"]))
    narrow = difference(adjustment.estimates["a"], adjustment.estimates["b"])

    assert np.sqrt(narrow.squared_error / plain.squared_error) == pytest.approx(np.sqrt(1 - 0.64), rel=0.02)
    assert adjustment.variance_kept == pytest.approx(1 - 0.64, rel=0.02)


def test_adjusted_intervals_still_cover() -> None:
    hits = 0
    for seed in range(1000):
        adjustment = adjusted_estimates(_moments(_experiment(seed, 200, 0.7, effect=0.3)), "a")
        found = fixed_horizon(difference(adjustment.estimates["a"], adjustment.estimates["b"]), 0.95)
        hits += found.low <= 0.3 <= found.high

    assert 0.935 <= hits / 1000 <= 0.965


def test_the_adjusted_difference_is_the_regression_coefficient() -> None:
    # with one slope for both arms CUPED is analysis of covariance
    import statsmodels.api as sm

    arms = _experiment(3, 400, 0.6, effect=0.5)
    both = np.vstack([arms["a"], arms["b"]])
    treated = np.repeat([0.0, 1.0], 400)
    fitted = sm.OLS(both[:, 0], sm.add_constant(np.column_stack([treated, both[:, 1]]))).fit()

    adjustment = adjusted_estimates(_moments(arms), "a")
    found = difference(adjustment.estimates["a"], adjustment.estimates["b"])

    assert found.value == pytest.approx(fitted.params[1], rel=1e-10)


def test_a_covariate_that_differs_before_the_start_is_left_out() -> None:
    arms = _experiment(4, 500, 0.8)
    arms["b"][:, 1] += 1.0
    adjustment = adjusted_estimates(_moments(arms), "a")

    assert not adjustment.healthy
    assert "before the start" in adjustment.notes[0]
    assert adjustment.estimates["b"].value == pytest.approx(arms["b"][:, 0].mean())


def test_a_ratio_has_the_delta_method_variance() -> None:
    source = np.random.default_rng(6)
    visits = source.poisson(5, 5000) + 1.0
    clicks = source.binomial(visits.astype(int), 0.3).astype(float)
    found = plain_estimate(moments_of(np.column_stack([clicks, visits]), ("metric", "denominator")))

    # the jackknife knows nothing of the delta method
    left_out = (clicks.sum() - clicks) / (visits.sum() - visits)
    jackknife = 4999 / 5000 * ((left_out - left_out.mean()) ** 2).sum()

    assert found.value == pytest.approx(clicks.sum() / visits.sum())
    assert found.squared_error == pytest.approx(jackknife, rel=0.01)


def test_a_ratio_can_be_adjusted_too() -> None:
    source = np.random.default_rng(7)
    roles = ("metric", "denominator", "covariate", "covariate_denominator")
    moments = {}
    for name in "ab":
        habit = source.beta(3, 7, 4000)
        before, after = source.poisson(20, 4000) + 1.0, source.poisson(20, 4000) + 1.0
        table = [source.binomial(after.astype(int), habit), after, source.binomial(before.astype(int), habit), before]
        moments[name] = moments_of(np.column_stack(table).astype(float), roles)
    adjustment = adjusted_estimates(moments, "a")

    assert adjustment.healthy
    assert adjustment.variance_kept < 0.75


def test_a_covariate_without_spread_changes_nothing() -> None:
    arms = _experiment(8, 50, 0.5)
    for values in arms.values():
        values[:, 1] = 3.0
    moments = _moments(arms)

    assert adjusted_estimates(moments, "a").estimates["b"].value == plain_estimate(moments["b"]).value
