import numpy as np
import pandas as pd
import pytest
import scipy.stats

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.correlation import correlation


def frame(seed=1, rows=40):
    source = np.random.default_rng(seed)
    shared = source.normal(size=rows)
    return pd.DataFrame({"a": shared, "b": shared + source.normal(size=rows), "c": source.exponential(size=rows)})


def test_pearson_is_scipys_with_its_interval():
    table = frame()
    row = correlation(table).to_frame().iloc[0]
    expected = scipy.stats.pearsonr(table["a"], table["b"])
    assert row["correlation"] == pytest.approx(expected.statistic, rel=1e-12)
    assert row["p_value"] == pytest.approx(expected.pvalue, rel=1e-9)
    interval = expected.confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high), rel=1e-9)


def test_spearman_is_scipys_also_with_ties():
    table = frame().round(0)
    rows = correlation(table, method="spearman").to_frame()
    for first, second, value, p_value in rows[["first", "second", "correlation", "p_value"]].itertuples(index=False):
        expected = scipy.stats.spearmanr(table[first], table[second])
        assert value == pytest.approx(expected.statistic, rel=1e-9)
        assert p_value == pytest.approx(expected.pvalue, rel=1e-6)


def test_spearman_intervals_cover():
    truth = 6 / np.pi * np.arcsin(0.6 / 2)  # of a normal pair with correlation 0.6
    inside = 0
    for seed in range(300):
        source = np.random.default_rng(seed)
        pair = source.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=60)
        row = correlation(pd.DataFrame(np.exp(pair), columns=["a", "b"]), method="spearman")
        inside += row.low <= truth <= row.high
    assert 0.92 <= inside / 300 <= 0.98


def test_wandering_series_are_not_related_by_wandering():
    def p_value(seed, *, timed):
        table = pd.DataFrame({"a": nulls.red_noise(seed, 200, 0.9), "b": nulls.red_noise(seed + 10_000, 200, 0.9)})
        if timed:
            table["time"] = pd.date_range("2024-05-01", periods=200, freq="h", tz="UTC")
        return correlation(table).p_value

    naive = np.mean([p_value(seed, timed=False) < 0.05 for seed in range(200)])
    honest = np.mean([p_value(seed, timed=True) < 0.05 for seed in range(200)])
    assert naive > 0.3
    assert honest <= 0.08


def test_missing_values_are_left_out_pair_by_pair():
    table = frame()
    table.loc[:9, "a"] = np.nan
    rows = correlation(table).to_frame().set_index(["first", "second"])["rows"]
    assert rows.to_dict() == {("a", "b"): 30, ("a", "c"): 30, ("b", "c"): 40}


def test_what_does_not_vary_has_no_correlation():
    result = correlation(frame().assign(c=5.0))
    assert result.to_frame()["correlation"].isna().sum() == 2
    assert "2 pairs are unknown" in result.notes[0]


def test_a_perfect_relation_has_a_sure_interval():
    table = pd.DataFrame({"a": range(10), "b": range(0, 20, 2)})
    found = correlation(table)
    assert (found.correlation, found.low, found.high, found.p_value) == (1, 1, 1, 0)


def test_the_matrix_is_symmetric_and_drawn():
    result = correlation(frame())
    matrix = result.matrix()
    assert matrix.equals(matrix.T)
    assert np.diag(matrix).tolist() == [1, 1, 1]
    assert result.plot().title == "Correlation"


def test_too_few_columns_and_unknown_methods_are_refused():
    with pytest.raises(ArgumentError, match="columns has 1 entry"):
        correlation(frame()[["a"]])
    with pytest.raises(ArgumentError, match="method='kendall'"):
        correlation(frame(), method="kendall")
    with pytest.raises(ArgumentError, match="handed a list"):
        correlation([1, 2])
