from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.group_means import compare_means
from analytics_lib.statistics.moments import moments
from tests.statistics.nist import digits

NIST = Path(scipy.stats.__path__[0]) / "tests" / "data" / "nist_anova"


@pytest.mark.parametrize("path", sorted(NIST.glob("*.dat")), ids=lambda path: path.stem)
def test_nist_digits_are_never_below_scipy(path):
    lines = path.read_text().splitlines()
    certified = float(next(line for line in lines if line.startswith("Between")).split()[-1])
    rows = np.array([line.split()[:2] for line in lines[60:] if line.strip()], float)
    ours = compare_means(pd.DataFrame(rows, columns=["group", "value"])).to_frame()["f_statistic"].iloc[0]
    theirs = scipy.stats.f_oneway(*(rows[rows[:, 0] == group, 1] for group in np.unique(rows[:, 0]))).statistic
    assert digits(ours, certified) >= max(digits(theirs, certified), 13)


def test_sufficient_statistics_give_the_same_as_rows():
    source = np.random.default_rng(1)
    table = pd.DataFrame({"group": source.choice(list("abc"), 200), "value": source.normal(size=200)})
    parts = {group: moments(rows["value"]) for group, rows in table.groupby("group")}
    pd.testing.assert_frame_equal(compare_means(parts).to_frame(), compare_means(table).to_frame(), rtol=1e-13)


def test_p_value_is_scipys():
    source = np.random.default_rng(2)
    groups = [source.normal(place / 3, size=20) for place in range(3)]
    table = pd.concat([pd.DataFrame({"group": str(place), "value": group}) for place, group in enumerate(groups)])
    expected = scipy.stats.f_oneway(*groups).pvalue
    assert compare_means(table).to_frame()["p_value"].iloc[0] == pytest.approx(expected, rel=1e-9)


def test_groups_without_spread_either_differ_surely_or_say_nothing():
    apart = pd.DataFrame({"group": ["a", "a", "b", "b"], "value": [1.0, 1, 2, 2]})
    assert compare_means(apart).to_frame()["p_value"].iloc[0] == 0
    alike = apart.assign(value=1.0)
    assert np.isnan(compare_means(alike).to_frame()["p_value"].iloc[0])


def test_a_missing_group_is_a_group_and_missing_values_are_counted():
    table = pd.DataFrame({"group": ["a", "a", None, None], "value": [1.0, 2.0, 3.0, None]})
    result = compare_means(table)
    assert len(result.groups) == 2
    assert result.notes == ("1 missing values were left out.",)
    assert result.plot().description


def test_one_group_is_refused():
    with pytest.raises(ArgumentError, match="groups has 1 entry"):
        compare_means(pd.DataFrame({"group": ["a", "a"], "value": [1.0, 2.0]}))
