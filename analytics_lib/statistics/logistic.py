"""Logistic regression with a little shrinkage: probabilities that mean what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics_lib.statistics.series import Flags, Floats

_ROUNDS: Final = 50
_CLOSE: Final = 1e-10


@dataclass(frozen=True, slots=True)
class Logistic:
    """A fitted model."""

    intercept: float
    """Log odds where every column is at its mean."""
    weights: Floats
    """Log odds per standard deviation of each column, shape (columns,)."""
    means: Floats
    """Means of the columns."""
    deviations: Floats
    """Standard deviations of the columns; 1 where a column is constant."""

    def log_odds(self, table: Floats) -> Floats:
        """Give the log odds of each row, shape (rows,)."""
        return self.intercept + ((table - self.means) / self.deviations) @ self.weights


def fit_logistic(table: Floats, outcome: Flags, *, shrinkage: float = 1.0) -> Logistic:
    """Fit by Newton's method, each weight pulled a little towards 0.

    Parameters
    ----------
    table
        Numbers without gaps, shape (rows, columns).
    outcome
        What happened, shape (rows,).
    shrinkage
        How strongly standardised weights are pulled to 0: prior precision; 0 is maximum likelihood.

    References
    ----------
    le Cessie, van Houwelingen (1992), Appl. Stat. 41, 191-201 (ridge logistic regression).

    Examples
    --------
    >>> bought = np.array([[0.0], [0.0], [1.0], [1.0], [1.0]])
    >>> model = fit_logistic(bought, np.array([False, True, True, True, False]), shrinkage=0.0)
    >>> probability(model.log_odds(np.array([[0.0], [1.0]]))).round(3).tolist()
    [0.5, 0.667]
    """
    means = table.mean(axis=0)
    deviations = table.std(axis=0)
    deviations = np.where(deviations > 1e-12 * (1 + np.abs(means)), deviations, 1.0)
    design = np.column_stack([np.ones(len(table)), (table - means) / deviations])
    pull = np.full(design.shape[1], shrinkage)
    pull[0] = 1e-6  # the base rate is not shrunk, but stays finite when everyone left
    weights = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        chance = probability(design @ weights)
        slope = design.T @ (outcome - chance) - pull * weights
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(pull)
        step = np.linalg.solve(curve, slope)
        step *= min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-300))  # Newton may leap far at the start
        weights = weights + step
        if float(np.abs(step).max()) < _CLOSE:
            break
    return Logistic(float(weights[0]), weights[1:], means, deviations)


def probability(log_odds: Floats) -> Floats:
    """Turn log odds into probabilities without overflow.

    Examples
    --------
    >>> probability(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    small = np.exp(-np.abs(log_odds))
    return np.where(log_odds >= 0, 1 / (1 + small), small / (1 + small))
