import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.stattools import acf

from analytics_lib.statistics.autocorrelation import autocorrelation, correlations
from analytics_lib.statistics.calibration import nulls
from tests.statistics.nist import UNIVARIATE, digits


@pytest.mark.parametrize("name", UNIVARIATE)
def test_nist_digits_are_never_below_numpy(name):
    values, _, _, certified = UNIVARIATE[name]
    numbers = np.array(values, float)
    apart = numbers - numbers.mean()
    usual = float(apart[1:] @ apart[:-1] / (apart @ apart))
    ours = correlations(numbers, np.array([1]))[0]
    assert digits(ours, certified) >= digits(usual, certified) - 0.5


def test_values_and_band_are_those_of_another_program():
    values = nulls.red_noise(3, 200, 0.6)
    expected, band = acf(values, nlags=20, alpha=0.05, fft=False, result_object=False)
    frame = autocorrelation(nulls.hourly(values), lags=20).to_frame()
    np.testing.assert_allclose(frame["autocorrelation"], expected[1:], rtol=1e-9)
    np.testing.assert_allclose(frame[["low", "high"]], band[1:], rtol=1e-9)
    assert frame["lag_seconds"].iloc[0] == 3600


def test_long_series_give_the_same_by_transform():
    values = nulls.red_noise(4, 6000, 0.5)
    expected = acf(values, nlags=10, fft=False, result_object=False)[1:]
    np.testing.assert_allclose(correlations(values, np.arange(1, 11)), expected, rtol=1e-9)


def test_pairs_with_a_gap_are_left_out():
    values = np.tile([1.0, -1.0], 50)
    values[[10, 11, 40]] = np.nan
    found = correlations(values, np.array([1, 2]))
    assert found[0] < -0.9
    assert found[1] > 0.9


@pytest.mark.parametrize("values", [[], [1.0], [5.0] * 20, [np.nan] * 20])
def test_nothing_and_constants_have_none(values):
    result = autocorrelation(nulls.daily(np.array(values)))
    assert result.to_frame()["autocorrelation"].isna().all()
    assert result.plot().title == "Autocorrelation"


def test_the_default_number_of_lags_is_a_quarter_up_to_fifty():
    assert len(autocorrelation(nulls.daily(nulls.noise(1, 40))).to_frame()) == 10
    assert len(autocorrelation(nulls.daily(nulls.noise(1, 400))).to_frame()) == 50
    assert len(autocorrelation(nulls.daily(nulls.noise(1, 5)), lags=99).to_frame()) == 4


def test_the_picture_calls_the_band_by_its_name():
    days = pd.Series([1.0, -1.0, 2.0] * 10, index=pd.date_range("2024-05-01", periods=30, tz="UTC"))
    assert [entry.name for entry in autocorrelation(days).plot().legend] == ["correlation", "confidence band"]
