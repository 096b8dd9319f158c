import numpy as np
import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.multiplicity import adjusted_p_values


@pytest.mark.parametrize(("ours", "theirs"), [("holm", "holm"), ("benjamini_hochberg", "fdr_bh")])
def test_families_agree_with_statsmodels(ours: str, theirs: str) -> None:
    from statsmodels.stats.multitest import multipletests

    p_values = np.random.default_rng(4).random(25) ** 3

    expected = multipletests(p_values, method=theirs)[1]

    np.testing.assert_allclose(adjusted_p_values(p_values, ours), expected, rtol=1e-12)


def test_the_fifteen_p_values_of_benjamini_and_hochberg_give_four_discoveries() -> None:
    # Benjamini, Hochberg (1995), section 3.2: Bonferroni finds 3, theirs 4 at 0.05
    published = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
        0.7590, 1.0000,
    ]  # fmt: skip

    assert (adjusted_p_values(published, "benjamini_hochberg") < 0.05).sum() == 4
    assert (adjusted_p_values(published, "holm") < 0.05).sum() == 3


def test_an_unknown_p_value_is_no_comparison() -> None:
    found = adjusted_p_values([0.01, np.nan, 0.04])

    np.testing.assert_allclose(found, [0.02, np.nan, 0.04])


def test_an_unknown_correction_is_refused_with_advice() -> None:
    with pytest.raises(ArgumentError, match="holm"):
        adjusted_p_values([0.1], "hölm")
