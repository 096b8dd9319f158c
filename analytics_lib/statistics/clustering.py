"""Groups of similar rows, how surely they would be found again, and whether one cloud would look the same."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Labels: TypeAlias = npt.NDArray[np.int64]

_STARTS: Final = 4
_ROUNDS: Final = 60


def k_means(values: Floats, k: int, *, seed: int = 0) -> tuple[Labels, Floats]:
    """Split rows into `k` groups around centres; the best of a few k-means++ starts.

    Parameters
    ----------
    values
        One row per thing, one column per feature, on comparable scales.
    k
        Number of groups, at most the number of different rows.
    seed
        Of the starts.

    References
    ----------
    Lloyd (1982), IEEE Trans. Inf. Theory 28, 129-137; Arthur and Vassilvitskii (2007), SODA, 1027-1035.

    Examples
    --------
    >>> labels, centres = k_means(np.array([[0.0], [1.0], [10.0], [11.0]]), 2)
    >>> sorted(centres.ravel().tolist()), bool(labels[0] == labels[1])
    ([0.5, 10.5], True)
    """
    random = np.random.default_rng(seed)
    runs = [_settled(values, _spread_start(values, k, random)) for _ in range(_STARTS)]
    return min(runs, key=lambda run: within(values, *run))


def within(values: Floats, labels: Labels, centres: Floats) -> float:
    """Give the sum of squared distances from the rows to the centres of their groups."""
    return float(((values - centres[labels]) ** 2).sum())


def nearest_centre(values: Floats, centres: Floats) -> Labels:
    """Give the number of the nearest centre of each row."""
    distance = -2 * values @ centres.T + (centres**2).sum(axis=1)
    return distance.argmin(axis=1).astype("int64")


def adjusted_rand(first: Labels, second: Labels) -> float:
    """Tell how alike two splits of the same rows are: 1 = the same, about 0 = no more than by chance.

    References
    ----------
    Hubert and Arabie (1985), J. Classif. 2, 193-218.

    Examples
    --------
    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """
    table = np.zeros((int(first.max()) + 1, int(second.max()) + 1))
    np.add.at(table, (first, second), 1)
    pairs, rows, columns = (_pairs(counts) for counts in (table, table.sum(axis=1), table.sum(axis=0)))
    chance = rows * columns / _pairs(np.array([len(first)]))
    most = (rows + columns) / 2
    return 1.0 if most == chance else float((pairs - chance) / (most - chance))


def stability(values: Floats, k: int, *, repeats: int = 10, seed: int = 0) -> float:
    """Tell how alike the groups are that two resamples of the rows give: the mean adjusted Rand index.

    References
    ----------
    Fang and Wang (2012), Comput. Stat. Data Anal. 56, 468-477.
    """
    random, found = np.random.default_rng(seed), []
    for _ in range(repeats):
        pair = [values[random.integers(0, len(values), len(values))] for _ in range(2)]
        centres = [k_means(one, k, seed=int(random.integers(2**31)))[1] for one in pair]
        found.append(adjusted_rand(nearest_centre(values, centres[0]), nearest_centre(values, centres[1])))
    return float(np.mean(found))


def one_cloud_p_value(values: Floats, k: int, *, simulations: int = 49, seed: int = 0) -> float:
    """Tell how often one normal cloud of the same spread splits as tightly into `k` groups.

    A long cloud is cut the same way each time: stable, and yet no groups.

    References
    ----------
    Liu, Hayes, Nobel and Marron (2008), J. Am. Stat. Assoc. 103, 1281-1293 (SigClust), here for any `k`.
    """
    random = np.random.default_rng(seed)
    spread = np.linalg.cholesky(np.atleast_2d(np.cov(values.T)) + 1e-9 * np.eye(values.shape[1]))
    here = _tightness(values, k, seed)
    clouds = (random.standard_normal(values.shape) @ spread.T for _ in range(simulations))
    return (1 + sum(_tightness(cloud, k, seed) <= here for cloud in clouds)) / (1 + simulations)


def _tightness(values: Floats, k: int, seed: int) -> float:
    return within(values, *k_means(values, k, seed=seed)) / float(((values - values.mean(axis=0)) ** 2).sum())


def _pairs(counts: Floats) -> float:
    return float((counts * (counts - 1) / 2).sum())


def _spread_start(values: Floats, k: int, random: np.random.Generator) -> Floats:
    """Choose rows far from each other: each next one with a chance that grows with its distance."""
    centres = [values[random.integers(len(values))]]
    distance = np.full(len(values), np.inf)
    for _ in range(k - 1):
        distance = np.minimum(distance, ((values - centres[-1]) ** 2).sum(axis=1))
        whole = distance.sum()
        centres.append(values[random.choice(len(values), p=distance / whole if whole > 0 else None)])
    return np.array(centres)


def _settled(values: Floats, centres: Floats) -> tuple[Labels, Floats]:
    """Move each centre into the middle of its rows until nothing changes; an empty group keeps its centre."""
    labels = nearest_centre(values, centres)
    for _ in range(_ROUNDS):
        sizes = np.bincount(labels, minlength=len(centres))
        sums: Any = np.array([np.bincount(labels, column, len(centres)) for column in values.T]).T
        centres = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres)
        moved = nearest_centre(values, centres)
        if (moved == labels).all():
            break
        labels = moved
    return labels, centres
