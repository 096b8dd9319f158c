import numpy as np
import pytest

from analytics_lib.statistics.logistic import fit_logistic, probability


def _data(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    source = np.random.default_rng(seed)
    table = source.normal(size=(800, 3)) * [1, 10, 100] + [0, 5, -300]
    odds = table @ [0.8, -0.05, 0.002] + 0.4
    return table, source.random(800) < 1 / (1 + np.exp(-odds))


def test_without_shrinkage_it_is_the_logit_of_statsmodels() -> None:
    import statsmodels.api as sm

    table, outcome = _data()
    expected = sm.Logit(outcome.astype(float), sm.add_constant(table)).fit(disp=0).predict()

    found = probability(fit_logistic(table, outcome, shrinkage=0.0).log_odds(table))

    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_shrinkage_keeps_separable_data_finite() -> None:
    table = np.arange(20.0)[:, None]
    model = fit_logistic(table, table[:, 0] >= 10)

    assert 0.5 < model.weights[0] < 50


def test_everyone_leaving_is_no_reason_to_fail() -> None:
    model = fit_logistic(np.random.default_rng(1).normal(size=(30, 2)), np.ones(30, dtype=bool))

    assert probability(model.log_odds(np.zeros((1, 2))))[0] > 0.99


def test_a_constant_column_has_no_weight() -> None:
    table, outcome = _data()
    model = fit_logistic(np.column_stack([table, np.full(800, 7.0)]), outcome)

    assert model.weights[3] == pytest.approx(0, abs=1e-9)
