"""Published series have their published facts; made ones have the truth that was asked for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics_lib.datasets.series import SERIES, make_series, read_series
from analytics_lib.errors import ArgumentError


def test_nile_has_its_published_values():
    nile = read_series("nile")
    assert (len(nile), nile["value"].sum(), nile["time"].iloc[-1].year) == (100, 91_935.0, 1970)


def test_co2_keeps_its_59_missing_weeks():
    co2 = read_series("co2")
    assert (len(co2), int(co2["value"].isna().sum())) == (2284, 59)


def test_page_views_keep_their_59_missing_days():
    days = read_series("peyton_manning")["time"]
    assert (days.iloc[-1] - days.iloc[0]).days + 1 - len(days) == 59


@pytest.mark.parametrize("name", SERIES)
def test_each_series_is_ascending_utc(name):
    series = read_series(name)
    assert list(series.columns) == ["time", "value"]
    assert str(series["time"].dtype) == "datetime64[us, UTC]"
    assert series["time"].is_monotonic_increasing


def test_an_unknown_series_is_answered_with_the_nearest():
    with pytest.raises(ArgumentError, match="Did you mean 'nile'"):
        read_series("nil")


def test_a_made_series_has_the_asked_for_shape():
    made = make_series(100, noise=0, level=10, slope_per_step=1, shifts={50: 100}, missing=[3])
    assert made["value"].iloc[49] == 59
    assert made["value"].iloc[50] == 160
    assert np.isnan(made["value"].iloc[3])
    assert made["time"].iloc[1] - made["time"].iloc[0] == pd.Timedelta("1h")


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9, -0.5])
def test_the_noise_keeps_its_spread_and_has_the_asked_for_memory(memory):
    values = make_series(60_000, seed=3, level=0, noise=2, memory=memory)["value"].to_numpy()
    assert values.std() == pytest.approx(2, rel=0.06)
    assert np.corrcoef(values[1:], values[:-1])[0, 1] == pytest.approx(memory, abs=0.02)


def test_the_same_seed_makes_the_same_series():
    pd.testing.assert_frame_equal(make_series(50, seed=7), make_series(50, seed=7))
    assert not make_series(50, seed=7).equals(make_series(50, seed=8))
