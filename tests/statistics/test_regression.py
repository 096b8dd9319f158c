from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.regression import regression
from tests.statistics.nist import POLYNOMIALS, digits

NORRIS = Path(scipy.stats.__path__[0]) / "tests" / "data" / "nist_linregress" / "Norris.dat"


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_nist_polynomials_keep_at_least_twelve_digits(name):
    x, y, coefficients, errors = POLYNOMIALS[name]
    frame = regression(pd.DataFrame({"x": x, "y": y}), y="y", x="x", degree=len(coefficients) - 1).to_frame()
    assert min(digits(*pair) for pair in zip(frame["coefficient"], coefficients, strict=True)) >= 13
    assert min(digits(*pair) for pair in zip(frame["standard_error"], errors, strict=True)) >= 12


def test_nist_norris_is_never_below_scipy():
    lines = NORRIS.read_text().splitlines()
    y, x = np.loadtxt(lines[60:96]).T
    certified = {"intercept": (-0.262323073774029, 0.232818234301152), "x": (1.00211681802045, 0.429796848199937e-3)}
    result = regression(pd.DataFrame({"x": x, "y": y}), y="y", x="x")
    theirs = scipy.stats.linregress(x, y)
    usual = {"intercept": (theirs.intercept, theirs.intercept_stderr), "x": (theirs.slope, theirs.stderr)}
    for row in result.to_frame().itertuples():
        for ours, other, value in zip(
            (row.coefficient, row.standard_error), usual[row.term], certified[row.term], strict=True
        ):
            assert digits(ours, value) >= min(digits(other, value), 14)  # the certified values have 15 digits
    assert digits(result.r_squared, 0.999993745883712) >= 14
    assert digits(result.residual_standard_deviation, 0.884796396144373) >= 13


def test_nist_longley_keeps_its_digits_with_six_columns():
    from statsmodels.datasets import longley

    data = longley.load_pandas().data
    terms = ["GNPDEFL", "GNP", "UNEMP", "ARMED", "POP", "YEAR"]
    certified = [-3482258.63459582, 15.0618722713733, -0.358191792925910e-1, -2.02022980381683, -1.03322686717359,
                 -0.511041056535807e-1, 1829.15146461355]  # fmt: skip
    errors = [890420.383607373, 84.9149257747669, 0.334910077722432e-1, 0.488399681651699, 0.214274163161675,
              0.226073200069370, 455.478499142212]  # fmt: skip
    frame = regression(data, y="TOTEMP", x=terms).to_frame()
    assert min(digits(*pair) for pair in zip(frame["coefficient"], certified, strict=True)) >= 12
    assert min(digits(*pair) for pair in zip(frame["standard_error"], errors, strict=True)) >= 12


def test_intervals_and_p_values_are_those_of_another_program():
    from statsmodels.api import OLS, add_constant

    source = np.random.default_rng(1)
    data = pd.DataFrame(source.normal(size=(50, 2)), columns=["a", "b"]).assign(
        y=lambda one: one["a"] + source.normal(size=50)
    )
    fitted = OLS(data["y"], add_constant(data[["a", "b"]])).fit()
    frame = regression(data, y="y", x=["a", "b"], confidence=0.9).to_frame()
    np.testing.assert_allclose(frame[["low", "high"]], fitted.conf_int(0.1), rtol=1e-9)
    np.testing.assert_allclose(frame["p_value"], fitted.pvalues, rtol=1e-6)


def test_an_exact_fit_has_no_error():
    result = regression(
        pd.DataFrame({"x": range(21), "y": [sum(x**k for k in range(6)) for x in range(21)]}), y="y", x="x", degree=5
    )
    assert result.to_frame()["coefficient"].tolist() == [1.0] * 6
    assert (result.to_frame()["standard_error"] == 0).all()
    assert result.r_squared == 1


def test_columns_that_depend_on_each_other_are_refused():
    table = pd.DataFrame({"a": [1.0, 2, 3, 4, 5], "b": [2.0, 4, 6, 8, 10], "y": [1.0, 2, 2, 3, 5]})
    with pytest.raises(ArgumentError, match="depend on each other"):
        regression(table, y="y", x=["a", "b"])


def test_rows_with_missing_values_are_left_out_and_too_few_are_refused():
    table = pd.DataFrame({"x": [1, 2, 3, None, 5], "y": [2, 4, 6.5, 8, 10]})
    assert regression(table, y="y", x="x").notes == ("1 rows with a missing value were left out.",)
    with pytest.raises(ArgumentError, match="rows has 2 entries"):
        regression(table.head(2), y="y", x="x")


def test_the_picture_shows_the_terms():
    assert regression(pd.DataFrame({"x": [1, 2, 3, 4], "y": [1, 2, 3, 5]}), y="y", x="x").plot().description
