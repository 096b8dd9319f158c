"""Sufficient statistics of one variant: all that a comparison needs to see of the rows.

A variant is reduced to its number of users, the means of up to four measured roles and their covariance
matrix. Rows and engine aggregates (``count``, ``avg``, ``var_samp``, ``covar_samp``) give the same numbers,
and the statistics of disjoint users can be merged in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib import checks

Floats: TypeAlias = NDArray[np.float64]

ROLES: Final = ("metric", "denominator", "covariate", "covariate_denominator")
"""What a measured column can be: a ratio needs a denominator, CUPED a covariate."""


@dataclass(frozen=True, slots=True)
class VariantMoments:
    """Users, means and sample covariances of one variant."""

    users: int
    """Randomised units behind the numbers."""
    roles: tuple[str, ...]
    """Which role each mean belongs to, in the order of `ROLES`."""
    mean: Floats
    """Mean per user, shape (roles,)."""
    covariance: Floats
    """Sample covariance (n − 1), shape (roles, roles); NaN below two users."""

    def merge(self, other: VariantMoments) -> VariantMoments:
        """Give the moments of both groups of users together; the users must be disjoint.

        References
        ----------
        Chan, Golub, LeVeque (1983), Am. Stat. 37, 242-247.
        """
        users = self.users + other.users
        if not self.users or not other.users:
            return self if self.users else other
        step = other.mean - self.mean
        spread = _scatter(self) + _scatter(other) + np.outer(step, step) * (self.users * other.users / users)
        mean = self.mean + step * (other.users / users)
        return VariantMoments(users, self.roles, mean, spread / (users - 1))

    def to_row(self) -> dict[str, float]:
        """Give the numbers under the column names that :func:`moments_from_row` reads."""
        row: dict[str, float] = {"users": self.users}
        for place, role in enumerate(self.roles):
            row[f"{role}_mean"] = float(self.mean[place])
            row[f"{role}_variance"] = float(self.covariance[place, place])
        for (first, role), (second, other) in combinations(enumerate(self.roles), 2):
            row[f"{role}_{other}_covariance"] = float(self.covariance[first, second])
        return row


def _scatter(moments: VariantMoments) -> Floats:
    # one user has no spread, though its covariance is unknown
    return moments.covariance * (moments.users - 1) if moments.users > 1 else np.zeros_like(moments.covariance)


def moments_of(values: Floats, roles: Sequence[str]) -> VariantMoments:
    """Reduce one variant's users to their moments.

    Parameters
    ----------
    values
        One row per user, one column per role, shape (users, roles); no unknown values.
    roles
        Names from `ROLES`.
    """
    users, width = values.shape
    if users == 0:
        return VariantMoments(0, tuple(roles), np.full(width, np.nan), np.full((width, width), np.nan))
    mean = values.mean(axis=0)
    centred = values - mean
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = centred.T @ centred / np.float64(users - 1)
    return VariantMoments(users, tuple(roles), mean, covariance)


def moments_from_row(row: Mapping[str, Any]) -> VariantMoments:
    """Read the moments of one variant from named aggregates.

    Expects ``users`` and, per role, ``<role>_mean`` and ``<role>_variance`` (sample variance), and per pair of
    roles ``<role>_<other>_covariance``, roles in the order of `ROLES`.

    Raises
    ------
    MissingColumnError
        A needed aggregate is not there.

    Examples
    --------
    >>> moments_from_row({"users": 10, "metric_mean": 2.0, "metric_variance": 4.0}).mean
    array([2.])
    """
    roles = [role for role in ROLES if f"{role}_mean" in row] or ["metric"]
    pairs = list(combinations(range(len(roles)), 2))
    names = [f"{role}_{what}" for role in roles for what in ("mean", "variance")]
    names += [f"{roles[a]}_{roles[b]}_covariance" for a, b in pairs]
    checks.columns([str(name) for name in row], ["users", *names], analysis="compare_aggregates")
    covariance = np.diag([float(row[f"{role}_variance"]) for role in roles])
    for a, b in pairs:
        covariance[a, b] = covariance[b, a] = float(row[f"{roles[a]}_{roles[b]}_covariance"])
    mean = np.array([float(row[f"{role}_mean"]) for role in roles])
    return VariantMoments(int(row["users"]), tuple(roles), mean, covariance)


def merge_aggregates(*frames: pd.DataFrame) -> pd.DataFrame:
    """Add up the aggregates of disjoint users, such as those first seen on different days.

    Parameters
    ----------
    *frames
        Frames as :func:`~analytics_lib.statistics.compare.aggregate_variants` gives them: one row per metric and
        variant. A user may stand in one frame only.

    Returns
    -------
    frame
        The same columns, one row per metric and variant.

    Examples
    --------
    >>> day = pd.DataFrame({"metric": ["spend"], "variant": ["a"], "users": [2], "metric_mean": [1.0],
    ...                     "metric_variance": [0.5]})
    >>> merge_aggregates(day, day).round(3).to_dict("records")
    [{'metric': 'spend', 'variant': 'a', 'users': 4, 'metric_mean': 1.0, 'metric_variance': 0.333}]
    """
    merged: dict[tuple[Any, Any], VariantMoments] = {}
    for row in pd.concat(frames, ignore_index=True).to_dict("records"):
        key = (row["metric"], row["variant"])
        moments = moments_from_row({str(name): value for name, value in row.items() if _belongs(str(name), value)})
        merged[key] = merged[key].merge(moments) if key in merged else moments
    return aggregates_frame(merged)


def _belongs(name: str, value: object) -> bool:
    # a frame of several metrics has means only where a metric has that role; a variance may be truly unknown
    return value == value or not name.endswith("_mean")


def aggregates_frame(moments: Mapping[tuple[Any, Any], VariantMoments]) -> pd.DataFrame:
    """Give one row of aggregates per metric and variant."""
    return pd.DataFrame(
        [{"metric": metric, "variant": variant, **found.to_row()} for (metric, variant), found in moments.items()]
    )
