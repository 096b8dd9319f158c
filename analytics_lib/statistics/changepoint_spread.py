"""Does the noise itself become louder or quieter? Changes of the variance around what is already explained."""

from __future__ import annotations

from typing import Final

import numpy as np

from analytics_lib.statistics.changepoint_noise import Floats, Integers, innovation_rows
from analytics_lib.statistics.changepoint_search import Segmentation, level_segmentation, settled

FEWEST: Final = 40
"""Known values below which no change of the variance is looked for."""

_MOST_STEPS: Final = 5_000  # searched; of longer series, means of blocks are
_SHORTEST: Final = 10  # observations on each side of a change of the variance


def spread_changes(noise: Floats, positions: Integers, error_rate: float) -> tuple[Segmentation, Floats]:
    """Find where the size of the noise changes.

    Parameters
    ----------
    noise
        What stretches leave unexplained, shape (n,); serially uncorrelated.
    positions
        Place of each on the even grid, shape (n,).
    error_rate
        How often chance alone may show a change somewhere.

    Returns
    -------
    tuple
        Level stretches of the square root of the absolute noise, a scale on which normal noise is nearly normal
        again (so that the same search applies; volatility that comes in clusters is red noise there), and the
        p-value of each change.

    References
    ----------
    D. M. Hawkins, R. A. J. Wixley (1986), A note on the transformation of chi-squared variables to normality.
    """
    if len(noise) < FEWEST or not np.ptp(noise) > 0:
        return Segmentation((), sloped=False), np.empty(0)
    sizes = np.sqrt(np.abs(noise - np.median(noise)))
    block = -(-len(noise) // _MOST_STEPS)
    if block > 1:  # in a long series changes are placed to the block
        sizes = sizes[: len(sizes) // block * block].reshape(-1, block).mean(axis=1)
        positions = np.arange(len(sizes))
    rows = innovation_rows(sizes, positions)
    found = level_segmentation(rows, error_rate)
    inner = tuple(start for start in found.starts if _SHORTEST <= start <= len(sizes) - _SHORTEST)
    kept, p_values = settled(rows, Segmentation(inner, sloped=False), error_rate)
    return Segmentation(tuple(start * block for start in kept.starts), sloped=False), p_values
