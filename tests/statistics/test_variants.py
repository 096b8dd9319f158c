import numpy as np
import pandas as pd
import pytest

from analytics_lib.errors import ArgumentError, MissingColumnError
from analytics_lib.statistics.variants import Metric, as_metrics, reduce_metric

ROWS = pd.DataFrame(
    {
        "user_id": ["ann", "ann", "bob", "cat"],
        "variant": ["a", "a", "b", "b"],
        "spend": [1.0, 2.0, 5.0, np.nan],
        "visits": [1.0, 1.0, 2.0, 3.0],
        "before": [4.0, 4.0, 7.0, 9.0],
        "bought": [0, 1, 1, 0],
    }
)


def test_a_users_rows_are_summed_and_the_covariate_is_not() -> None:
    metric = Metric("spend", denominator="visits", covariate="before")
    found = reduce_metric(ROWS, metric, variant="variant", unit="user_id")

    assert found.moments["a"].mean.tolist() == [3.0, 2.0, 4.0]
    assert found.moments["b"].users == 1
    assert found.notes == ("1 rows with an unknown spend / visits are left out.",)


def test_a_user_who_ever_bought_counts_once() -> None:
    found = reduce_metric(ROWS, Metric("bought", kind="proportion"), variant="variant", unit="user_id")

    assert {name: one.mean.tolist() for name, one in found.moments.items()} == {"a": [1.0], "b": [0.5]}


def test_a_proportion_of_other_numbers_is_refused() -> None:
    with pytest.raises(ArgumentError, match="other values than 0 and 1"):
        reduce_metric(ROWS, Metric("visits", kind="proportion"), variant="variant", unit=None)


def test_winsorising_is_told_and_uses_limits_of_all_variants() -> None:
    frame = pd.DataFrame({"variant": ["a"] * 50 + ["b"] * 50, "spend": np.arange(100.0)})
    found = reduce_metric(frame, Metric("spend", winsorise=(0.0, 0.9)), variant="variant", unit=None)

    assert "10 users' values" in found.notes[0]
    assert found.moments["b"].mean[0] == pytest.approx(np.minimum(np.arange(50.0, 100.0), 89.1).mean())
    assert frame["spend"].max() == 99.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"column": "x", "denominator": "y", "quantile": 0.5},
        {"column": "x", "kind": "median"},
        {"column": "x", "kind": "ratio"},
        {"column": "x", "quantile": 1.0},
        {"column": "x", "quantile": 0.5, "covariate": "y"},
        {"column": "x", "kind": "proportion", "winsorise": (0.0, 0.9)},
    ],
)
def test_metrics_that_contradict_themselves_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ArgumentError):
        Metric(**wrong)


def test_names_and_metrics_may_be_mixed() -> None:
    found = as_metrics(["spend", Metric("wait_ms", quantile=0.99)], covariate="before")

    assert [one.name for one in found] == ["spend", "wait_ms p99"]
    assert found[0].covariate == "before"


def test_a_missing_column_is_named() -> None:
    with pytest.raises(MissingColumnError, match="spent"):
        reduce_metric(ROWS, Metric("spent"), variant="variant", unit=None)
