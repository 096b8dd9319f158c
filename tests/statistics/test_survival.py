"""Survival against published tables and against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.survival import kaplan_meier

LEUKAEMIA = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
"""Weeks of remission under 6-mercaptopurine: Freireich and others (1963), Blood 21, 699-716."""
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_the_published_table_of_remission_comes_out() -> None:
    """Survivor function and log-log interval as printed in Kleinbaum, Klein, Survival Analysis (Stata's sts list)."""
    found = kaplan_meier(LEUKAEMIA, RELAPSED)

    rows = found[found["ended"] > 0].set_index("duration")[["survival_rate", "survival_low", "survival_high"]]
    assert np.allclose(
        rows.loc[[6, 7, 10, 13, 16, 22, 23]].to_numpy(),
        [
            [0.8571, 0.6197, 0.9516],
            [0.8067, 0.5631, 0.9228],
            [0.7529, 0.5032, 0.8894],
            [0.6902, 0.4316, 0.8491],
            [0.6275, 0.3675, 0.8049],
            [0.5378, 0.2678, 0.7468],
            [0.4482, 0.1881, 0.6801],
        ],
        atol=5.1e-5,
    )
    assert found["at_risk"].tolist()[:3] == [21, 17, 16]


@settings(max_examples=25, deadline=None)
@given(seen=st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40))
def test_statsmodels_gives_the_same_curve(seen: list[tuple[int, bool]]) -> None:
    from statsmodels.duration.survfunc import SurvfuncRight

    durations, ended = zip(*seen, strict=True)
    found = kaplan_meier(durations, ended).set_index("duration")
    if not any(ended):
        assert (found["survival_rate"] == 1).all()
        return

    theirs = SurvfuncRight(np.asarray(durations, float), np.asarray(ended, int))

    ours = found.loc[theirs.surv_times]
    assert np.allclose(ours["survival_rate"], theirs.surv_prob)
    assert ours["at_risk"].tolist() == theirs.n_risk.tolist()
    known = ours["survival_low"].notna().to_numpy()
    inside = ours[known]
    scale = theirs.surv_prob_se[known] / (inside["survival_rate"] * np.abs(np.log(inside["survival_rate"])))
    low = inside["survival_rate"] ** np.exp(1.959964 * scale)
    assert np.allclose(inside["survival_low"], low, atol=1e-6)


def test_nothing_known_gives_no_interval_and_nonsense_is_refused() -> None:
    assert kaplan_meier([], []).empty
    assert kaplan_meier([3], [False])["survival_low"].isna().all()
    assert kaplan_meier([3], [True])["survival_rate"].tolist() == [0.0]
    with pytest.raises(ArgumentError):
        kaplan_meier([1, 2], [True])
    with pytest.raises(ArgumentError):
        kaplan_meier([-1], [True])
