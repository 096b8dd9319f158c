import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.errors import MissingColumnError
from analytics_lib.statistics.aggregates import merge_aggregates, moments_from_row, moments_of
from analytics_lib.statistics.compare import aggregate_variants

ROLES = ("metric", "denominator", "covariate")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(*[st.floats(-1e3, 1e3)] * 3), min_size=3, max_size=40),
    st.integers(0, 40),
    st.booleans(),
)
def test_parts_merged_in_any_order_equal_the_whole(rows: list[tuple[float, ...]], cut: int, turned: bool) -> None:
    values = np.array(rows)
    parts = [moments_of(values[:cut], ROLES), moments_of(values[cut:], ROLES)]
    merged = parts[1].merge(parts[0]) if turned else parts[0].merge(parts[1])
    whole = moments_of(values, ROLES)

    assert merged.users == whole.users
    np.testing.assert_allclose(merged.mean, whole.mean, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(merged.covariance, np.cov(values.T), rtol=1e-9, atol=1e-7)


def test_moments_survive_the_way_through_named_columns() -> None:
    values = np.random.default_rng(2).normal(size=(20, 3))
    moments = moments_of(values, ROLES)
    again = moments_from_row(moments.to_row())

    np.testing.assert_array_equal(again.mean, moments.mean)
    np.testing.assert_array_equal(again.covariance, moments.covariance)


def test_a_missing_aggregate_is_named() -> None:
    with pytest.raises(MissingColumnError, match="metric_variance"):
        moments_from_row({"users": 3, "metric_mean": 1.0})


def test_days_with_one_user_can_be_merged() -> None:
    frame = pd.DataFrame({"variant": ["a", "a", "a"], "spend": [1.0, 4.0, 7.0]})
    days = [aggregate_variants(frame.iloc[[place]], metric="spend") for place in range(3)]
    merged = merge_aggregates(*days).iloc[0]

    assert (merged["users"], merged["metric_mean"], merged["metric_variance"]) == (3, 4.0, 9.0)


def test_an_engine_computes_the_same_aggregates() -> None:
    import ibis

    source = np.random.default_rng(3)
    frame = pd.DataFrame({"variant": source.choice(["a", "b"], 500), "spend": source.lognormal(size=500)})
    table = ibis.memtable(frame)
    engine = (
        table.group_by("variant")
        .agg(users=table.count(), metric_mean=table.spend.mean(), metric_variance=table.spend.var(how="sample"))
        .order_by("variant")
        .to_pandas()
    )
    ours = aggregate_variants(frame, metric="spend").sort_values("variant")

    np.testing.assert_allclose(
        engine[["users", "metric_mean", "metric_variance"]].to_numpy(float),
        ours[["users", "metric_mean", "metric_variance"]].to_numpy(float),
        rtol=1e-12,
    )
