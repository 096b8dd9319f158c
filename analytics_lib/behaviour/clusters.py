"""Which groups of similar people there are, if there are any that would be found again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics_lib import checks
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Result, remembered
from analytics_lib.statistics.clustering import k_means, nearest_centre, one_cloud_p_value, stability

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

STABLE: Final = 0.8
"""Mean adjusted Rand index from which groups count as found again."""
MOST_CLUSTERS: Final = 6
_LEARNT: Final = 1_000
_FEWEST: Final = 50
_APART: Final = 0.5
_CHANCE: Final = 0.05


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ClustersResult(Result):
    """People per group, with the median of each feature; one row for everyone where no groups are sure."""

    title: ClassVar[str] = "Groups of similar people"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    total: int = 0
    """People with a value in every feature."""
    stability: float = float("nan")
    """Mean adjusted Rand index of the groups that pairs of resamples give; 1 = always the same."""
    p_value: float = float("nan")
    """How often one normal cloud splits as tightly."""
    stable: bool = False
    """Whether both say that there are groups."""

    def plot(self) -> Chart:
        """Draw one bar per group."""
        from analytics_lib.charts.bars import draw_bars

        return draw_bars(self.frame, x="cluster", y="users", title=self.title, horizontal=True)


@remembered
def clusters(
    people: pd.DataFrame, *, features: Sequence[str], k: int | None = None, scale: str = "log", seed: int = 0
) -> ClustersResult:
    """Tell which groups of similar people there are, and refuse to name any that are not sure.

    Features are standardised (after ``log(1 + x)`` with ``scale="log"``) and split by k-means. Groups are
    named only if pairs of resamples find them again (mean adjusted Rand index of at least 0.8) and if one
    normal cloud would not split as tightly (5 %).

    Parameters
    ----------
    people
        One row per person: ``user_id`` and the features, such as ``rfm(…).buyers``.
    features
        Columns to compare people by; people without a value are left out.
    k
        Number of groups; None = the most stable of 2 to 6.
    scale
        ``log`` for amounts and counts (none below 0), ``linear`` for the rest.
    seed
        Of starts, resamples, and of the 1,000 people the groups are learnt from where there are more.

    Returns
    -------
    ClustersResult
        ``cluster``, ``users``, ``user_rate`` and the median of each feature, the largest group first.

    Raises
    ------
    ArgumentError
        No features, or a value that the scale can't take.

    Examples
    --------
    >>> frame = pd.DataFrame({"user_id": [str(n) for n in range(100)], "orders": [1] * 60 + [50] * 40})
    >>> frame["orders"] += [n % 3 for n in range(100)]
    >>> clusters(frame, features=["orders"], k=2).to_frame()[["cluster", "users", "orders"]].values.tolist()
    [['1: low orders', 60, 2.0], ['2: high orders', 40, 51.0]]
    """
    known, values = _standardised(people, list(features), scale)
    random = np.random.default_rng(seed)
    learnt = values[random.permutation(len(values))[:_LEARNT]]
    number, sure = _number(learnt, k, seed)
    p_value = one_cloud_p_value(learnt, number, seed=seed) if number else float("nan")
    stable = bool(number and sure >= STABLE and p_value < _CHANCE)
    labels = nearest_centre(values, k_means(learnt, number, seed=seed)[1]) if stable else np.zeros(len(values), "int64")
    known = known.assign(cluster=_named(labels, values, list(features)) if stable else "everyone")
    return ClustersResult(
        frame=_table(known, list(features)),
        definition=(
            f"People with {', '.join(features)} ({scale} scale, standardised), split by k-means; groups are named when "
            f"resamples agree (adjusted Rand index ≥ {STABLE}) and one normal cloud splits less tightly (5 %)."
        ),
        notes=_notes(people, known, stable=stable, number=number, sure=sure, p_value=p_value),
        key_columns=("cluster",),
        people_source=lambda row: _people(known[known["cluster"] == row["cluster"]]),
        total=len(known),
        stability=sure,
        p_value=p_value,
        stable=stable,
    )


def _standardised(people: pd.DataFrame, features: list[str], scale: str) -> tuple[pd.DataFrame, Any]:
    checks.one_of("scale", scale, ("log", "linear"))
    if not features:
        raise ArgumentError("there are no features", 'Name columns, such as features=["orders", "amount"].')
    checks.columns(list(people.columns), ["user_id", *features], analysis="clusters")
    known = people.dropna(subset=["user_id", *features]).reset_index(drop=True)
    values = known[features].to_numpy("float64")
    if scale == "log":
        if (values < 0).any():
            raise ArgumentError("a feature has values below 0, which have no logarithm", 'Use scale="linear".')
        values = np.log1p(values)
    spread = values.std(axis=0) if len(values) else np.ones(len(features))
    return known, (values - (values.mean(axis=0) if len(values) else 0)) / np.where(spread > 0, spread, 1)


def _number(values: Any, k: int | None, seed: int) -> tuple[int, float]:
    """Give the number of groups and how stable they are; 0 where there is too little to split."""
    different = len(np.unique(values, axis=0)) if len(values) else 0
    if len(values) < _FEWEST or different < (k or 2):
        return 0, float("nan")
    if k is not None:
        checks.whole_number("k", k, at_least=2)
        return k, stability(values, k, seed=seed)
    tried = {one: stability(values, one, seed=seed) for one in range(2, min(MOST_CLUSTERS, different) + 1)}
    number = max(tried, key=lambda one: (round(tried[one], 3), one))
    return number, tried[number]


def _named(labels: Any, values: Any, features: list[str]) -> Any:
    order = np.argsort(-np.bincount(labels), kind="stable")
    names = {}
    for place, label in enumerate(order, 1):
        middle = values[labels == label].mean(axis=0) if (labels == label).any() else np.zeros(len(features))
        words = [
            f"{'high' if value > 0 else 'low'} {name}" for name, value in zip(features, middle, strict=True)
            if abs(value) > _APART
        ]  # fmt: skip
        names[label] = f"{place}: {', '.join(words) or 'like most'}"
    return [names[label] for label in labels]


def _table(known: pd.DataFrame, features: list[str]) -> pd.DataFrame:
    found = known.groupby("cluster")[features].median().astype("float64")
    sizes = known.groupby("cluster").size()
    found.insert(0, "users", sizes.astype("Int64"))
    found.insert(1, "user_rate", sizes / (len(known) or 1))
    return found.reset_index().astype({"cluster": "str"})


def _people(chosen: pd.DataFrame) -> pa.Table:
    names = [name for name in ("user_id", "tenant_id") if name in chosen.columns]
    return pa.Table.from_pandas(chosen[names].sort_values(names), preserve_index=False)


def _notes(
    people: pd.DataFrame, known: pd.DataFrame, *, stable: bool, number: int, sure: float, p_value: float
) -> tuple[str, ...]:
    notes = []
    if len(known) < len(people):
        notes.append(f"{len(people) - len(known):,} people without a value in every feature are left out.")
    if not number:
        notes.append(f"Too few different people to split: groups need {_FEWEST}.")
    elif not stable:
        found = (
            f"adjusted Rand index {sure:.2f} for {number} groups, one cloud splits as tightly with p = {p_value:.2f}"
        )
        notes.append(f"No groups that can be relied on: {found}. Cut by a rule that means something instead.")
    return tuple(notes)
