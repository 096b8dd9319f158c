import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analytics_lib.errors import ArgumentError, MissingColumnError
from analytics_lib.statistics.compare import aggregate_variants, compare_aggregates, compare_variants
from analytics_lib.statistics.variants import Metric
from tests.conftest import shared_data

COLUMNS = ["variant", "metric", "users", "mean", "difference", "relative", "low", "high", "p_value"]


def _shop(seed: int = 1, users: int = 4000) -> pd.DataFrame:
    source = np.random.default_rng(seed)
    variant = source.choice(["a", "b", "c"], users)
    before = source.lognormal(2, 0.5, users)
    visits = source.poisson(4, users) + 1.0
    spend = before * source.lognormal(0, 0.4, users) * np.where(variant == "b", 1.1, 1.0)
    frame = pd.DataFrame({"user_id": np.arange(users), "variant": variant, "spend": spend, "before": before})
    return frame.assign(visits=visits, bought=(source.random(users) < 0.1).astype(int))


def test_the_trial_of_thornton_gives_its_published_counts() -> None:
    trial = pd.read_stata(shared_data("causaldata-rct/thornton_hiv.dta"))[["any", "got"]].dropna(subset=["any"])
    found = compare_variants(
        trial, metric=Metric("got", kind="proportion"), variant="any", control=0, method="fixed", planned_users=2834
    ).to_frame()

    assert found["users"].to_list() == [623, 2211]
    assert (found["users"] * found["mean"]).to_list() == pytest.approx([211, 1745])
    assert found.loc[1, "difference"] == pytest.approx(1745 / 2211 - 211 / 623)
    assert found.loc[1, "significant"]


def test_the_nsw_trial_gives_its_published_t_test() -> None:
    trial = pd.read_stata(shared_data("causaldata-rct/nsw_mixtape.dta"))
    found = (
        compare_variants(
            trial.drop(columns="data_id"), metric="re78", variant="treat", control=0, method="fixed_pooled",
            planned_users=445,
        )
        .to_frame()
        .iloc[1]
    )  # fmt: skip

    assert found["difference"] == pytest.approx(1794.34, abs=0.005)
    assert found["p_value"] == pytest.approx(0.0048, abs=0.00005)
    half = (found["high"] - found["low"]) / 2
    from scipy.stats import t

    assert found["difference"] / (half / t.ppf(0.975, 443)) == pytest.approx(2.835, abs=0.0005)


def test_rows_of_the_frame_are_named_and_ordered_control_first() -> None:
    frame = compare_variants(_shop(), metric="spend", control="b").to_frame()

    assert list(frame.columns[: len(COLUMNS)]) == COLUMNS
    assert frame["variant"].to_list() == ["b", "a", "c"]
    assert frame.loc[0, ["difference", "low", "p_value"]].isna().all()
    assert frame["family_size"].unique().tolist() == [2]


@pytest.mark.parametrize("method", ["always_valid", "fixed", "fixed_pooled", "bayesian"])
@pytest.mark.parametrize("effect", ["difference", "relative"])
def test_rows_and_sufficient_statistics_give_the_same_answer(method: str, effect: str) -> None:
    shop = _shop()
    metrics = [
        Metric("spend", covariate="before"),
        Metric("spend", denominator="visits"),
        Metric("bought", kind="proportion"),
    ]
    options = {"control": "a", "method": method, "effect": effect, "planned_users": 4000}

    rows = compare_variants(shop, metric=metrics, **options).to_frame()
    sums = compare_aggregates(aggregate_variants(shop, metric=metrics), metrics=metrics, **options).to_frame()

    assert rows["variant"].to_list() == sums["variant"].to_list()
    numbers = rows.select_dtypes("float").columns
    np.testing.assert_allclose(rows[numbers], sums[numbers], rtol=1e-12, atol=1e-14)


def test_aggregates_of_an_engine_give_the_same_answer_as_rows() -> None:
    import ibis

    shop = _shop()
    table = ibis.memtable(shop)
    sums = (
        table.group_by("variant")
        .agg(
            users=table.count(), metric_mean=table.spend.mean(), metric_variance=table.spend.var(how="sample"),
            covariate_mean=table.before.mean(), covariate_variance=table.before.var(how="sample"),
            metric_covariate_covariance=table.spend.cov(table.before, how="sample"),
        )
        .order_by("variant")
        .to_pandas()
    )  # fmt: skip

    expected = compare_variants(shop, metric="spend", covariate="before", control="a").to_frame()
    found = compare_aggregates(sums, control="a").to_frame()

    numbers = ["mean", "difference", "relative", "low", "high", "p_value"]
    np.testing.assert_allclose(found[numbers], expected[numbers], rtol=1e-12)


def test_any_kind_of_table_gives_the_same_answer() -> None:
    import ibis

    shop = _shop(users=300)
    expected = compare_variants(shop, metric="spend", control="a").to_frame()

    for table in (pa.Table.from_pandas(shop), ibis.memtable(shop)):
        pd.testing.assert_frame_equal(compare_variants(table, metric="spend", control="a").to_frame(), expected)


def test_a_look_before_the_planned_size_judges_nothing() -> None:
    shop = _shop().assign(spend=lambda frame: frame["spend"] + 100 * (frame["variant"] == "b"))
    early = compare_variants(shop, metric="spend", control="a", method="fixed", planned_users=10_000)
    late = compare_variants(shop, metric="spend", control="a", method="fixed", planned_users=4000)

    assert early.to_frame()["significant"].isna().all()
    assert any("4,000 of 10,000" in note for note in early.notes)
    assert late.to_frame().set_index("variant").loc["b", "significant"]


def test_a_fixed_horizon_without_a_size_is_refused_with_advice() -> None:
    with pytest.raises(ArgumentError, match="planned_users"):
        compare_variants(_shop(), metric="spend", control="a", method="fixed")


def test_quantiles_are_compared_with_users_as_clusters() -> None:
    shop = pd.concat([_shop(), _shop()])  # every user twice: as many users, as much information
    once = compare_variants(_shop(), metric=Metric("spend", quantile=0.9), control="a").to_frame()
    twice = compare_variants(shop, metric=Metric("spend", quantile=0.9), control="a").to_frame()

    assert once["users"].to_list() == twice["users"].to_list()
    np.testing.assert_allclose(twice["low"], once["low"], rtol=0.2)


def test_a_quantile_of_too_few_rows_has_no_interval_and_says_so() -> None:
    result = compare_variants(_shop(users=600), metric=Metric("spend", quantile=0.99), control="a")

    assert result.to_frame()["low"].isna().all()
    assert any("too few" in note for note in result.notes)


def test_the_family_counts_every_metric_and_variant() -> None:
    result = compare_variants(_shop(), metric=["spend", "visits"], control="a")
    frame = result.to_frame()

    assert frame["family_size"].unique().tolist() == [4]
    assert (frame["adjusted_p_value"].dropna() >= frame["p_value"].dropna()).all()
    assert "4 comparisons" in result.definition


def test_users_in_two_variants_are_left_out() -> None:
    rows = pd.DataFrame({"user_id": [1, 1, *range(2, 42)], "variant": ["a", "b", *["a", "b"] * 20], "x": range(42)})
    result = compare_variants(rows, metric="x", control="a")

    assert result.to_frame()["users"].to_list() == [20, 20]
    assert any("saw several variants" in note for note in result.notes)


def test_the_people_behind_a_row_are_as_many_as_it_says() -> None:
    result = compare_variants(_shop(), metric="spend", control="a")
    users = result.to_frame().set_index("variant").loc["b", "users"]

    assert result.people(variant="b").num_rows == users


def test_unknown_values_are_counted_not_zeroed() -> None:
    shop = _shop(users=200)
    shop.loc[:9, "spend"] = np.nan
    result = compare_variants(shop, metric="spend", control="a")

    assert result.to_frame()["users"].sum() == 190
    assert "10 rows with an unknown spend" in result.notes[0]


def test_a_handful_of_users_gets_no_verdict() -> None:
    rows = pd.DataFrame({"variant": ["a"] * 5 + ["b"] * 5, "x": [0.0, 0.1, 0, 0.1, 0, 9, 9.1, 9, 9.1, 9]})
    result = compare_variants(rows, metric="x", control="a")
    row = result.to_frame().iloc[1]

    assert row["difference"] == pytest.approx(9.0)
    assert math.isnan(row["p_value"])
    assert pd.isna(row["significant"])
    assert any("unknown" in note for note in result.notes)


def test_no_rows_at_all_is_an_unknown_control() -> None:
    with pytest.raises(ArgumentError, match="not among the variants"):
        compare_variants(_shop().iloc[:0], metric="spend", control="a")


def test_a_misspelt_control_or_column_is_named() -> None:
    with pytest.raises(ArgumentError, match="'control' is not among"):
        compare_variants(_shop(), metric="spend", control="control")
    with pytest.raises(MissingColumnError, match="arm"):
        compare_variants(_shop(), metric="spend", control="a", variant="arm")


def test_quantiles_have_no_sufficient_statistics() -> None:
    with pytest.raises(ArgumentError, match="sufficient"):
        aggregate_variants(_shop(), metric=Metric("spend", quantile=0.5))
