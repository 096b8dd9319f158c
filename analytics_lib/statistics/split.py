"""Did the users arrive in the split that was planned? If not, no comparison of the variants can be trusted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd

from analytics_lib.errors import ArgumentError
from analytics_lib.results import Result
from analytics_lib.statistics.aggregates import Floats

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

ALARM: Final = 0.001
"""p-value below which a split counts as broken: chance does this once in a thousand sound experiments."""

FEWEST_EXPECTED: Final = 5.0
"""Expected users per variant below which the chi-square approximation is not used."""

_CONCENTRATIONS: Final = (10.0, 100.0, 1_000.0, 10_000.0)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SplitResult(Result):
    """One row: ``users``, ``chi_square``, ``p_value``, ``mismatch``, ``e_value``, ``mismatch_any_time``."""

    counts: Mapping[Any, int] = field(default_factory=dict)
    """Users seen per variant."""
    shares: Mapping[Any, float] = field(default_factory=dict)
    """Planned share of each variant."""

    title: ClassVar[str] = "Split of users"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    def plot(self) -> Chart:
        """Two bars per variant: users who came and users who were planned."""
        from analytics_lib.charts.bars import draw_bars

        total = sum(self.counts.values())
        rows = [(str(name), "seen", float(count)) for name, count in self.counts.items()]
        rows += [(str(name), "planned", share * total) for name, share in self.shares.items()]
        frame = pd.DataFrame(rows, columns=["variant", "which", "users"])
        return draw_bars(frame, x="variant", y="users", by="which", title=self.title)


def check_split(
    counts: Mapping[Any, int] | pd.Series[Any] | Sequence[int],
    expected: Mapping[Any, float] | Sequence[float] | None = None,
) -> SplitResult:
    """Say whether users arrived in the planned split (a sample ratio mismatch says the experiment is broken).

    Parameters
    ----------
    counts
        Users seen per variant.
    expected
        Planned weight of each variant, in any unit (``[1, 1]``, ``{"a": 50, "b": 50}``); default: equal.

    Returns
    -------
    SplitResult
        One row. ``p_value`` of the chi-square test and ``mismatch`` (below 0.001): for one look at the end; NaN and
        null when a variant expects fewer than 5 users. ``e_value`` and ``mismatch_any_time`` (at least 1,000): for
        watching, right however often one looks.

    Raises
    ------
    ArgumentError
        Fewer than two variants, a negative count, a weight that is not positive, or names that don't match.

    References
    ----------
    Fabijan et al. (2019), KDD, "Diagnosing sample ratio mismatch in online controlled experiments"; Lindon, Malek
    (2022), NeurIPS, "Anytime-valid inference for multinomial count data" (the e-value, here averaged over four
    concentrations of the prior).

    Examples
    --------
    >>> round(float(check_split({"a": 1000, "b": 1100}).p_value), 6)
    0.029096
    """
    seen = _counts(counts)
    shares = _shares(seen, expected)
    users = np.array(list(seen.values()), dtype=np.float64)
    weights = np.array([shares[name] for name in seen])
    statistic, p_value = _chi_square(users, weights)
    e_value = math.exp(min(float(log_e_value(users, weights)), 700.0))
    frame = pd.DataFrame({"users": pd.Series([int(users.sum())], dtype="Int64")})
    frame["chi_square"], frame["p_value"] = statistic, p_value
    frame["mismatch"] = pd.Series([pd.NA if math.isnan(p_value) else p_value < ALARM], dtype="boolean")
    frame["e_value"] = e_value
    frame["mismatch_any_time"] = pd.Series([e_value >= 1 / ALARM], dtype="boolean")
    return SplitResult(
        frame=frame, counts=seen, shares=shares, notes=_notes(p_value, e_value),
        definition=(
            "Chi-square test of the users seen per variant against the planned shares; mismatch when p < 0.001. "
            "The e-value may be watched at every look: mismatch at 1,000 or more."
        ),
    )  # fmt: skip


def _counts(counts: Mapping[Any, int] | pd.Series[Any] | Sequence[int]) -> dict[Any, int]:
    named = dict(counts.items()) if isinstance(counts, Mapping | pd.Series) else dict(enumerate(counts))
    if len(named) < 2:
        raise ArgumentError(f"counts holds {len(named)} variants", "Give the users of at least two.")
    for name, count in named.items():
        if not (count == count and count >= 0 and int(count) == count):
            raise ArgumentError(f"variant {name!r} has {count!r} users", "Give whole numbers of at least 0.")
    return {name: int(count) for name, count in named.items()}


def _shares(seen: Mapping[Any, int], expected: Mapping[Any, float] | Sequence[float] | None) -> dict[Any, float]:
    if expected is None:
        expected = [1.0] * len(seen)
    if not isinstance(expected, Mapping):
        given = list(expected)
        if len(given) != len(seen):
            raise ArgumentError(f"{len(seen)} variants, but {len(given)} planned shares", "Give one per variant.")
        expected = dict(zip(seen, given, strict=True))
    if set(expected) != set(seen):
        odd = sorted(set(expected) ^ set(seen), key=str)[0]
        advice = "Name each variant in both; one that nobody saw has the count 0."
        raise ArgumentError(f"variant {odd!r} is either counted or planned, not both", advice)
    if not all(weight > 0 and math.isfinite(weight) for weight in expected.values()):
        raise ArgumentError(f"planned shares {list(expected.values())!r} can't be used", "Give positive weights.")
    total = sum(expected.values())
    return {name: float(expected[name]) / total for name in seen}


def _chi_square(users: Floats, weights: Floats) -> tuple[float, float]:
    from scipy.special import chdtrc

    planned = weights * users.sum()
    if planned.min() < FEWEST_EXPECTED:
        return math.nan, math.nan
    statistic = float(((users - planned) ** 2 / planned).sum())
    return statistic, float(chdtrc(len(users) - 1, statistic))


def log_e_value(users: Floats, weights: Floats) -> Floats:
    """Give the logarithm of the evidence against the planned shares, as a bet that may be watched.

    A Dirichlet-multinomial mixture around the planned shares, averaged over concentrations from 10 (gross faults,
    found within a few dozen users) to 10,000 (faults of a percent). Under the planned split it exceeds 1/a with
    probability at most a, over all looks together (Ville's inequality).

    Parameters
    ----------
    users
        Users seen per variant, shape (variants,), or (looks, variants) for many looks at once.
    weights
        Planned shares, positive, summing to 1, shape (variants,).
    """
    from scipy.special import gammaln

    total = users.sum(axis=-1)
    bets = []
    for concentration in _CONCENTRATIONS:
        prior = weights * concentration
        evidence = gammaln(concentration) - gammaln(concentration + total)
        evidence += (gammaln(prior + users) - gammaln(prior)).sum(axis=-1)
        bets.append(evidence - users @ np.log(weights))
    return np.logaddexp.reduce(bets, axis=0) - math.log(len(bets))


def _notes(p_value: float, e_value: float) -> tuple[str, ...]:
    notes = []
    if math.isnan(p_value):
        notes.append("Too few users for the chi-square test (a variant expects fewer than 5).")
    if p_value < ALARM or e_value >= 1 / ALARM:
        notes.append("The split is not as planned: find the cause before reading any comparison of these variants.")
    return tuple(notes)
