"""From rows to what a comparison needs: one estimate per variant and metric."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from analytics_lib import checks
from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.aggregates import VariantMoments, moments_of
from analytics_lib.statistics.exposure import one_row_per_user
from analytics_lib.statistics.intervals import Estimate
from analytics_lib.statistics.quantiles import fewest_rows, quantile_estimate

KINDS: Final = ("mean", "proportion", "ratio", "quantile")


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured column and how it is to be compared.

    A `denominator` makes it a ratio, a `quantile` a quantile; ``kind="proportion"`` says that users have it or not.
    """

    column: str
    """Measured column: a number per row."""
    kind: str = "mean"
    """``"mean"``, ``"proportion"``; set by itself for ``"ratio"`` and ``"quantile"``."""
    denominator: str | None = None
    """Column to divide by; both are summed per user, and the ratio of the totals is compared."""
    quantile: float | None = None
    """Which quantile, strictly between 0 and 1, such as 0.99; over rows, with users as units."""
    covariate: str | None = None
    """Column known before the experiment (CUPED); a user's value, repeated on each row of the user."""
    covariate_denominator: str | None = None
    """Denominator of the covariate, when the covariate is a ratio too."""
    winsorise: tuple[float, float] | None = None
    """Quantiles, such as ``(0, 0.99)``, outside of which a user's value is pulled in; never done unasked."""
    prior_mean: float = 0.0
    """Mean of the normal prior of the effect, for the Bayesian view."""
    prior_deviation: float = math.inf
    """Standard deviation of that prior; infinite = flat."""

    def __post_init__(self) -> None:
        """Settle the kind and refuse what does not go together."""
        checks.one_of("kind", self.kind, KINDS)
        if self.denominator is not None and self.quantile is not None:
            raise ArgumentError("a metric has both a denominator and a quantile", "Give one of them.")
        kind = "ratio" if self.denominator else "quantile" if self.quantile is not None else self.kind
        object.__setattr__(self, "kind", kind)
        if kind == "quantile":
            checks.number_between("quantile", self.quantile or 0, 0, 1)
        if kind == "ratio" and not self.denominator:
            raise ArgumentError("a ratio metric has no denominator", "Name the column to divide by.")
        if self.winsorise is not None and kind != "mean":
            raise ArgumentError(f"a {kind} can't be winsorised", "Leave winsorise out, or compare means.")
        if self.covariate is not None and kind == "quantile":
            raise ArgumentError("a quantile can't be adjusted by a covariate", "Leave the covariate out.")

    @property
    def name(self) -> str:
        """What the metric is called in results."""
        if self.quantile is not None:
            return f"{self.column} p{100 * self.quantile:g}"
        return f"{self.column} / {self.denominator}" if self.denominator else self.column

    def columns(self) -> dict[str, str]:
        """Give the column of each role that this metric uses."""
        roles = {
            "metric": self.column,
            "denominator": self.denominator,
            "covariate": self.covariate,
            "covariate_denominator": self.covariate_denominator,
        }
        return {role: column for role, column in roles.items() if column is not None}


@dataclass(frozen=True, slots=True)
class Reduced:
    """One metric, reduced to what a comparison needs."""

    metric: Metric
    """The metric."""
    moments: Mapping[Any, VariantMoments] = field(default_factory=dict)
    """Per variant; empty for a quantile, which has no moments."""
    estimates: Mapping[Any, Estimate] = field(default_factory=dict)
    """Per variant, for a quantile."""
    frame: pd.DataFrame | None = None
    """The rows behind it, for looking up people; None when only aggregates were handed."""
    notes: tuple[str, ...] = ()
    """What was left out."""


def as_metrics(metric: str | Metric | Sequence[str | Metric], covariate: str | None = None) -> list[Metric]:
    """Read one or several metrics, each given by its column or in full."""
    given = [metric] if isinstance(metric, str | Metric) else list(metric)
    checks.count_between("metric", len(given), 1)
    return [one if isinstance(one, Metric) else Metric(one, covariate=covariate) for one in given]


def reduce_metric(frame: pd.DataFrame, metric: Metric, *, variant: str, unit: str | None) -> Reduced:
    """Reduce the rows of one metric.

    Parameters
    ----------
    frame
        Rows of users who are in one variant each. Not changed.
    metric
        What to measure.
    variant, unit
        Columns with the variant and the user; without a unit each row is one user.
    """
    columns = metric.columns()
    checks.columns(list(frame.columns), columns.values(), analysis="compare_variants")
    if metric.kind != "quantile" and unit is not None:
        frame = _per_user(frame, columns, kind=metric.kind, variant=variant, unit=unit)
    values = frame[list(columns.values())].astype(np.float64)
    known = np.isfinite(values.to_numpy()).all(axis=1) & frame[variant].notna().to_numpy()
    left_out = int((~known).sum())
    notes = [f"{left_out:,} rows with an unknown {metric.name} are left out."] if left_out else []
    frame, values = frame[known], values[known]
    if metric.kind == "proportion" and not values.iloc[:, 0].isin((0.0, 1.0)).all():
        raise ArgumentError(f"{metric.column!r} holds other values than 0 and 1", 'Use kind="mean".')
    if metric.kind == "quantile":
        return _reduce_quantile(frame, metric, variant=variant, unit=unit, notes=notes)
    notes += _winsorise(values, metric)
    groups = frame.groupby(variant, sort=False).indices
    table = values.to_numpy()
    moments = {name: moments_of(table[places], list(columns)) for name, places in groups.items()}
    return Reduced(metric, moments=moments, frame=frame, notes=tuple(notes))


def _per_user(frame: pd.DataFrame, columns: Mapping[str, str], *, kind: str, variant: str, unit: str) -> pd.DataFrame:
    if not frame[unit].duplicated().any():
        return frame
    measured = [column for role, column in columns.items() if not role.startswith("covariate")]
    combine = "max" if kind == "proportion" else "sum"
    combined = one_row_per_user(frame, measured, variant=variant, unit=unit, combine=combine)
    for role, column in columns.items():
        if role.startswith("covariate"):
            firsts = frame.drop_duplicates(unit).set_index(unit)[column]
            combined[column] = firsts.reindex(combined[unit]).to_numpy()
    return combined


def _reduce_quantile(
    frame: pd.DataFrame, metric: Metric, *, variant: str, unit: str | None, notes: Sequence[str]
) -> Reduced:
    quantile = float(metric.quantile or 0)
    estimates, said = {}, list(notes)
    for name, group in frame.groupby(variant, sort=False):
        users = None if unit is None else group[unit].to_numpy()
        estimates[name] = quantile_estimate(group[metric.column].to_numpy(np.float64), quantile, users)
        if len(group) < fewest_rows(quantile):
            said.append(
                f"{name}: {len(group):,} rows are too few for {metric.name} (from {fewest_rows(quantile):,.0f})."
            )
    return Reduced(metric, estimates=estimates, frame=frame, notes=tuple(said))


def _winsorise(values: pd.DataFrame, metric: Metric) -> list[str]:
    """Pull in the outer values, in place; the limits come from all variants together."""
    if metric.winsorise is None or values.empty:
        return []
    low_share, high_share = metric.winsorise
    column = values.iloc[:, 0]
    low, high = float(column.quantile(low_share)), float(column.quantile(high_share))
    outside = int(((column < low) | (column > high)).sum())
    values.isetitem(0, column.clip(low, high).to_numpy())
    return [f"{metric.name}: {outside:,} users' values were pulled into [{low:g}, {high:g}] (winsorised)."]
