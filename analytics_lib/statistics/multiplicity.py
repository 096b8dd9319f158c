"""p-values of a family of comparisons, corrected for having looked at all of them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from analytics_lib import checks
from analytics_lib.statistics.aggregates import Floats

CORRECTIONS: Final = ("holm", "benjamini_hochberg", "none")


def adjusted_p_values(p_values: ArrayLike, correction: str = "holm") -> Floats:
    """Give p-values that stay right for the whole family.

    ``holm`` bounds the chance of *any* false finding, whatever the dependence: for decisions. ``benjamini_hochberg``
    bounds the expected *share* of false findings: for discovery among many.

    Parameters
    ----------
    p_values
        Of the family, shape (n,). NaN (unknown) stays NaN and does not count as a comparison.
    correction
        ``"holm"``, ``"benjamini_hochberg"`` or ``"none"``.

    References
    ----------
    Holm (1979), Scand. J. Stat. 6, 65-70; Benjamini, Hochberg (1995), J. R. Stat. Soc. B 57, 289-300.

    Examples
    --------
    >>> adjusted_p_values([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    checks.one_of("correction", correction, CORRECTIONS)
    given = np.asarray(p_values, dtype=np.float64)
    known = np.flatnonzero(~np.isnan(given))
    adjusted = given.copy()
    if correction == "none" or not known.size:
        return adjusted
    order = known[np.argsort(given[known], kind="stable")]
    ranks = np.arange(1, order.size + 1)
    if correction == "holm":
        stepped = np.maximum.accumulate(given[order] * (order.size - ranks + 1))
    else:
        stepped = np.minimum.accumulate((given[order] * order.size / ranks)[::-1])[::-1]
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
