from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.tsa.stl

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.stl import Smoothing, smoothing, stl

FORTRAN = Path(statsmodels.tsa.stl.__path__[0]) / "tests" / "results"


@pytest.mark.parametrize(
    ("scenario", "jumps"),
    [("baseline", (4, 2, 2)), ("short", (4, 2, 2)), ("nljump-1", (4, 2, 1)), ("ntjump-1", (4, 1, 2)),
     ("nljump-1-ntjump-1", (4, 1, 1))],
)  # fmt: skip
def test_parts_are_those_of_the_authors_fortran(scenario, jumps):
    expected = pd.read_csv(FORTRAN / "stl_test_results.csv", skipinitialspace=True)
    expected.columns = expected.columns.str.strip()
    expected = expected[expected["scenario"].str.strip() == scenario].sort_values("idx")
    values = pd.read_csv(FORTRAN / "stl_co2.csv", header=None)[0].to_numpy()[: len(expected)]
    parts = stl(values, Smoothing(12, 35, 19, 13, jumps=jumps, inner=1, outer=2))
    np.testing.assert_allclose(parts.trend, expected["trend"], rtol=1e-9)
    np.testing.assert_allclose(parts.seasonal, expected["season"], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(parts.weights, expected["rw"], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("robust", [False, True])
@pytest.mark.parametrize(("length", "period", "seasonal"), [(100, 12, 7), (101, 7, 35), (50, 24, 7), (90, 2, 11)])
def test_parts_are_those_of_another_program(length, period, seasonal, robust):
    from statsmodels.tsa.seasonal import STL

    values = nulls.random_walk(length, length) + nulls.season(length, period, 5.0)
    values[5] = 1000
    expected = STL(values, period=period, seasonal=seasonal, robust=robust).fit()
    parts = stl(values, smoothing(period, seasonal, robust=robust))
    np.testing.assert_allclose(parts.trend, expected.trend, atol=1e-8)
    np.testing.assert_allclose(parts.seasonal, expected.seasonal, atol=1e-8)


def test_gaps_neither_bend_the_parts_nor_break_them():
    whole = 10 + nulls.season(240, 24, 3.0) + 0.05 * np.arange(240)
    holed = whole.copy()
    holed[np.random.default_rng(1).random(240) < 0.3] = np.nan
    holed[100:115] = np.nan
    parts = stl(holed, smoothing(24, 11))
    np.testing.assert_allclose(parts.trend + parts.seasonal, whole, atol=0.15)
    assert (parts.weights == np.isfinite(holed)).all()


def test_a_place_of_the_season_that_never_was_seen_is_bridged():
    weeks = np.tile([5.0, 5, 5, 5, 5, np.nan, np.nan], 10)
    parts = stl(weeks, smoothing(7, 7))
    np.testing.assert_allclose(parts.trend + parts.seasonal, 5, atol=1e-9)


def test_robustness_keeps_a_spike_out_of_season_and_trend():
    values = nulls.season(240, 24, 3.0) + nulls.noise(1, 240) / 10
    spiked = values.copy()
    spiked[120] += 100
    calm, wild = stl(values, smoothing(24, 7, robust=True)), stl(spiked, smoothing(24, 7, robust=True))
    np.testing.assert_allclose(wild.trend + wild.seasonal, calm.trend + calm.seasonal, atol=0.5)
    assert wild.weights[120] == 0


@pytest.mark.parametrize("changes", [{"period": 1}, {"seasonal": 4}, {"trend": 11}, {"low_pass": 14}])
def test_windows_that_make_no_sense_are_refused(changes):
    with pytest.raises(ArgumentError):
        replace(Smoothing(12, 7, 23, 13), **changes)


def test_a_series_shorter_than_two_seasons_is_refused():
    with pytest.raises(ArgumentError, match="fewer than two seasons"):
        stl(np.ones(20), smoothing(12))
