import math
import statistics

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.moments import Moments, moments
from analytics_lib.statistics.summary import summary
from analytics_lib.statistics.tally import tally
from tests.statistics.nist import UNIVARIATE, digits

COLUMNS = [
    "count", "missing", "sum", "mean", "median", "mode", "variance", "standard_deviation", "minimum", "maximum",
    "range", "p25", "p50", "p75", "p90", "p95", "p99", "outliers",
]  # fmt: skip
floats = st.floats(-1e12, 1e12).map(lambda value: round(value, 3))


@pytest.mark.parametrize("name", UNIVARIATE)
def test_nist_digits_are_never_below_numpy(name):
    values, mean, deviation, _ = UNIVARIATE[name]
    found = summary(values, sample=True)
    assert digits(found.mean, mean) >= digits(np.mean(values), mean) - 0.5
    assert digits(found.standard_deviation, deviation) >= digits(np.std(values, ddof=1), deviation) - 0.5


@pytest.mark.parametrize("name", UNIVARIATE)
def test_nist_digits_are_the_same_from_ten_partials_in_any_order(name):
    values = np.array(UNIVARIATE[name][0], float)
    parts = [tally(part) for part in np.array_split(values, min(10, len(values)))]
    np.random.default_rng(1).shuffle(parts)
    merged = parts[0]
    for part in parts[1:]:
        merged += part
    pd.testing.assert_frame_equal(summary(merged).to_frame(), summary(values).to_frame(), check_exact=True)


@pytest.mark.parametrize("name", UNIVARIATE)
def test_moments_from_sql_aggregates_keep_the_digits_of_the_engine(name):
    duckdb = pytest.importorskip("duckdb")
    values, mean, _, _ = UNIVARIATE[name]
    query = "SELECT count(value), avg(value), var_pop(value), min(value), max(value) FROM observed"
    observed = pa.table({"value": pa.array(np.array(values, float))})
    row = duckdb.connect().register("observed", observed).execute(query).fetchone()
    part = Moments.from_aggregates(**dict(zip(("count", "mean", "variance", "minimum", "maximum"), row, strict=True)))
    found = summary(part, sample=True)
    assert digits(found.mean, mean) >= 14
    ours = summary(values, sample=True)
    assert found.standard_deviation == pytest.approx(ours.standard_deviation, rel=1e-6)
    assert "Percentiles" in found.notes[0]


def test_the_columns_are_the_promised_ones_in_order():
    assert summary([1, 2, 3]).to_frame().columns.tolist() == COLUMNS


@settings(max_examples=25)
@given(st.lists(floats, min_size=1, max_size=60))
def test_numbers_agree_with_pythons_own_exact_statistics(values):
    found = summary(values)
    assert found.mean == statistics.mean(values)
    assert found.variance == statistics.pvariance(values)
    assert found.median == pytest.approx(statistics.median(values), rel=1e-15, abs=1e-300)
    assert found.sum == math.fsum(values)
    assert (found.minimum, found.maximum) == (min(values), max(values))
    assert list(found.modes) == sorted(statistics.multimode(values))


def test_the_median_of_two_opposite_values_keeps_its_digits():
    """Found by chance: interpolation loses 8 units in the last place here, and numpy as well."""
    values = [489057966122.0, -610453661654.891]
    assert summary(values).median == statistics.median(values)


@settings(max_examples=25)
@given(st.lists(floats, min_size=1, max_size=60))
def test_percentiles_are_numpys(values):
    found = summary(values).to_frame().iloc[0]
    shares = [25, 50, 75, 90, 95, 99]
    rounded = np.abs(values).max() * 2.0**-51  # what numpy itself loses between values of opposite signs
    expected = np.percentile(values, shares)
    np.testing.assert_allclose([found[f"p{share}"] for share in shares], expected, rtol=1e-12, atol=rounded)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 4)), min_size=1, max_size=30))
def test_a_weight_repeats_its_value(pairs):
    values, weights = [value for value, _ in pairs], [weight for _, weight in pairs]
    repeated = [value for value, weight in pairs for _ in range(weight)]
    weighted, plain = summary(values, weights=weights), summary(repeated)
    pd.testing.assert_frame_equal(weighted.to_frame(), plain.to_frame(), check_exact=True)
    assert weighted.modes == plain.modes


@settings(max_examples=25)
@given(st.lists(floats, max_size=30), st.lists(floats, max_size=30), st.lists(floats, max_size=30))
def test_partials_merge_to_the_same_digits_whatever_the_order(first, second, third):
    whole = summary(first + second + third).to_frame()
    for part in (tally(first) + tally(second) + tally(third), tally(third) + (tally(first) + tally(second))):
        pd.testing.assert_frame_equal(summary(part).to_frame(), whole, check_exact=True)
    sums = moments(third) + moments(first) + moments(second)
    shared = ["count", "sum", "mean", "variance", "minimum", "maximum"]
    assert summary(sums).to_frame()[shared].astype(float).equals(whole[shared].astype(float))


def test_sample_values_divide_by_one_less():
    assert summary([1, 2, 3, 4], sample=True).variance == pytest.approx(5 / 3)
    assert summary([1, 2, 3, 4]).variance == 1.25
    assert math.isnan(summary([7], sample=True).variance)
    assert summary([7]).variance == 0


def test_the_mode_is_the_smallest_most_frequent_and_unknown_when_all_stand_alone():
    found = summary([3, 1, 3, 1, 2])
    assert (found.mode, found.modes) == (1, (1.0, 3.0))
    alone = summary([3, 1, 2])
    assert math.isnan(alone.mode)
    assert alone.modes == (1.0, 2.0, 3.0)


def test_outliers_lie_beyond_tukeys_fences():
    found = summary([*range(1, 12), 100, -80])
    assert found.outliers == 2
    assert found.outlier_values == (-80.0, 100.0)


def test_nothing_gives_zero_counts_unknown_numbers_and_a_note():
    for empty in ([], [None, float("nan")], pd.Series([], dtype=float), tally([]), Moments()):
        found = summary(empty)
        assert (found.count, found.sum) == (0, 0)
        row = found.to_frame().iloc[0].drop(["count", "missing", "sum"])
        assert row.isna().all()
        assert "no value" in found.notes[-1]


def test_missing_and_infinite_values_are_counted():
    found = summary([1.0, None, float("nan"), float("inf"), 3.0])
    assert (found.count, found.missing, found.mean) == (2, 3, 2.0)
    assert found.notes == ("1 infinite values count as missing.",)


def test_constant_data_have_no_spread():
    found = summary([0.1] * 10)
    assert (found.variance, found.range, found.outliers, found.mode) == (0, 0, 0, 0.1)


def test_large_integers_do_not_overflow():
    found = summary(np.full(1000, 2**62))
    assert found.sum == 1000 * 2.0**62
    assert found.variance == 0


def test_values_near_the_end_of_the_floats_do_not_overflow_silently():
    found = summary([1e308, -1e308, 1e308])
    assert found.mean == pytest.approx(1e308 / 3)
    assert found.variance == math.inf


def test_columns_tables_and_results_are_read():
    frame = pd.DataFrame({"time": pd.to_datetime(["2024-05-01", "2024-05-02"]), "users": [3, 5]})
    assert summary(frame).mean == summary(frame["users"]).mean == summary(pa.Table.from_pandas(frame)).mean == 4
    assert summary(pa.array([3, None, 5])).missing == 1
    frame["complete"] = [True, False]
    assert (summary(frame).mean, summary(frame).missing) == (3, 1)


def test_what_holds_no_numbers_is_refused():
    with pytest.raises(ArgumentError, match="the values are str"):
        summary(["a"])
    with pytest.raises(ArgumentError, match="2 dimensions"):
        summary(np.ones((2, 2)))
    with pytest.raises(ArgumentError, match="was handed 5"):
        summary(5)
    with pytest.raises(ArgumentError, match="3 weights for 2 values"):
        summary([1, 2], weights=[1, 2, 3])
    with pytest.raises(ArgumentError, match="negative"):
        summary([1, 2], weights=[1, -2])
    with pytest.raises(ArgumentError, match="which has its own"):
        summary(tally([1]), weights=[1])


def test_the_picture_is_a_histogram():
    chart = summary([1, 2, 2, 3]).plot()
    assert "4 values in 2 ranges" in chart.description
    dice = [1, 2, 3, 4, 5, 6] * 60  # 19 ranges of 0.26 would hold one face or none
    assert "360 values in 6 ranges" in summary(dice).plot().description
    assert summary([]).plot().description.startswith("No data")
