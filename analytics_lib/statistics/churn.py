"""Who is likely to leave? A probability for each customer that can be taken at its word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd

from analytics_lib import checks
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Result
from analytics_lib.statistics.exposure import plain_frame
from analytics_lib.statistics.features import learn_features
from analytics_lib.statistics.logistic import fit_logistic, probability
from analytics_lib.statistics.series import Flags, Floats

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

FEWEST: Final = 50
"""Customers of each outcome below which nothing is learnt."""

_FOLDS: Final = 5
_BINS: Final = 10
_YES: Final = {"yes", "true", "1", "1.0", "y", "churned", "left"}
_NO: Final = {"no", "false", "0", "0.0", "n", "stayed", "active"}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ChurnRiskResult(Result):
    """One row per customer, in the order they came: the unit's column (if named), ``churned``, ``risk`` in [0, 1]."""

    quality: pd.DataFrame = field(default_factory=pd.DataFrame)
    """One row: ``customers``, ``churn_rate``, ``area_under_curve``, ``brier_score``, ``calibration_error``."""
    reliability: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Tenths of customers by risk: ``risk`` (mean), ``churn_rate`` (what came), ``customers``."""

    title: ClassVar[str] = "Churn risk"

    def plot(self) -> Chart:
        """Draw what came against what was said; a sound model lies on the diagonal."""
        from analytics_lib.charts.lines import draw_lines

        said = self.reliability.rename(columns={"churn_rate": "share"})
        lines = [said.assign(line="came"), said.assign(share=said["risk"], line="said")]
        frame = pd.concat(lines, ignore_index=True)[["risk", "share", "line"]]
        return draw_lines(frame, x="risk", y="share", by="line", title=self.title, value_format="percent")


def churn_risk(
    customers: Any,
    *,
    churned: str = "churned",
    columns: Sequence[str] | None = None,
    unit: str | None = None,
    seed: int = 0,
) -> ChurnRiskResult:
    """Give each customer a probability of leaving that holds: of those at 30 %, about 30 in 100 leave.

    Parameters
    ----------
    customers
        A pandas frame, an Arrow table or anything with ``to_pandas()``: one row per customer. Not changed.
    churned
        Column with what is known: true/false, 0/1 or yes/no. Unknown (null) for those whose future is asked.
    columns
        Columns to learn from, all known *before* the time in which customers left; default: all others, but text
        that names single customers.
    unit
        Column that names the customer; carried along, never learnt from.
    seed
        For dealing customers into five parts.

    Returns
    -------
    ChurnRiskResult
        Customers whose outcome is known get the risk of a model that did not see them (cross-fitting), so `quality`
        and `reliability` are honest; the others the risk of the model of all. NaN when fewer than 50 customers of
        either outcome are known.

    Raises
    ------
    ArgumentError
        The outcome is not of two values, or no column is left to learn from.
    MissingColumnError
        A named column is not there.

    Notes
    -----
    Logistic regression with a little shrinkage, bends in the effect of numbers, then Platt's scaling on predictions
    for customers the model had not seen.

    References
    ----------
    Platt (1999), Advances in Large Margin Classifiers, 61-74; Niculescu-Mizil, Caruana (2005), ICML, 625-632
    (calibration); Neslin et al. (2006), J. Mark. Res. 43, 204-211 (logistic models hold up in churn).

    Examples
    --------
    >>> source = np.random.default_rng(1)
    >>> visits = source.poisson(5, 2000)
    >>> people = pd.DataFrame({"visits": visits, "churned": source.random(2000) < 1 / (1 + np.exp(visits - 3))})
    >>> found = churn_risk(people)
    >>> bool(found.quality["calibration_error"].iloc[0] < 0.03)
    True
    """
    frame = plain_frame(customers, analysis="churn_risk")
    checks.columns([str(name) for name in frame.columns], [churned, *([unit] if unit else [])], analysis="churn_risk")
    outcome = _outcome(frame[churned])
    used, notes = _used(frame, columns, {churned, unit or churned})
    known = np.flatnonzero(~np.isnan(outcome))
    left = outcome[known] == 1
    risk = np.full(len(frame), np.nan)
    if min(left.sum(), (~left).sum()) < FEWEST:
        notes.append(
            f"{int(left.sum()):,} left and {int((~left).sum()):,} stayed: from {FEWEST} each on risks are given."
        )
    else:
        risk = _risks(frame, used, known, left, seed)
    return _result(frame, outcome, risk, unit=unit, churned=churned, notes=notes)


def _outcome(column: pd.Series[Any]) -> Floats:
    """Give 1, 0 or NaN."""
    words = ["" if pd.isna(value) else str(value).strip().lower() for value in column.astype("object")]
    unknown = sorted(set(words) - _YES - _NO - {""})
    if unknown:
        fact = f"{column.name!r} holds {unknown[0]!r}, which is neither yes nor no"
        raise ArgumentError(fact, "Hand over true/false, 0/1 or yes/no; null where it is not known yet.")
    return np.array([np.nan if not word else float(word in _YES) for word in words], dtype=np.float64)


def _used(frame: pd.DataFrame, columns: Sequence[str] | None, never: set[str]) -> tuple[list[str], list[str]]:
    if columns is not None:
        named = checks.names("columns", columns, at_least=1)
        checks.columns([str(name) for name in frame.columns], named, analysis="churn_risk")
        return [name for name in named if name not in never], []
    used: list[str] = []
    dropped: list[str] = []
    for name in (str(name) for name in frame.columns if name not in never):
        naming = not pd.api.types.is_numeric_dtype(frame[name].dtype) and frame[name].nunique() > len(frame) / 2
        (dropped if naming else used).append(name)
    if not used:
        raise ArgumentError("no column is left to learn from", "Hand over what was known about each customer before.")
    return used, [f"{name} names single customers and is not learnt from." for name in dropped]


def _risks(frame: pd.DataFrame, used: list[str], known: Any, left: Flags, seed: int) -> Floats:
    """Give each known customer the risk of models that did not see them, the others that of all."""
    parts = _dealt(left, seed)
    seen = frame.iloc[known]
    odds = np.empty(len(known))
    for part in range(_FOLDS):
        learn, ask = parts != part, parts == part
        odds[ask] = _log_odds(seen[learn], left[learn], seen[ask], used)
    risk = np.full(len(frame), np.nan)
    for part in range(_FOLDS):
        learn, ask = parts != part, parts == part
        risk[known[ask]] = _scaled(odds[learn], left[learn], odds[ask])
    asked = np.setdiff1d(np.arange(len(frame)), known)
    if len(asked):
        risk[asked] = _scaled(odds, left, _log_odds(seen, left, frame.iloc[asked], used))
    return risk


def _dealt(left: Flags, seed: int) -> Any:
    """Deal customers into parts of the same churn rate."""
    source = np.random.default_rng(seed)
    parts = np.empty(len(left), dtype=np.int64)
    for outcome in (False, True):
        places = source.permutation(np.flatnonzero(left == outcome))
        parts[places] = np.arange(len(places)) % _FOLDS
    return parts


def _log_odds(learn: pd.DataFrame, left: Flags, ask: pd.DataFrame, used: list[str]) -> Floats:
    features = learn_features(learn, used)
    return fit_logistic(features.table(learn), left).log_odds(features.table(ask))


def _scaled(odds: Floats, left: Flags, asked: Floats) -> Floats:
    """Bring log odds to probabilities by one more regression on customers the model had not seen (Platt)."""
    scaling = fit_logistic(odds[:, None], left, shrinkage=1e-6)
    return probability(scaling.log_odds(asked[:, None]))


def _result(
    frame: pd.DataFrame, outcome: Floats, risk: Floats, *, unit: str | None, churned: str, notes: list[str]
) -> ChurnRiskResult:
    known = ~np.isnan(outcome) & ~np.isnan(risk)
    table = _reliability(risk[known], outcome[known])
    quality = _quality(risk[known], outcome[known], table)
    if quality["area_under_curve"].iloc[0] > 0.99:
        notes.append("Almost too good: is a column known only after customers left?")
    named = {unit: frame[unit].to_numpy()} if unit else {}
    said = pd.Series(pd.array([pd.NA if value != value else bool(value) for value in outcome], dtype="boolean"))
    return ChurnRiskResult(
        frame=pd.DataFrame({**named, "churned": said, "risk": risk}), quality=quality, reliability=table,
        definition=(
            f"Probability that {churned!r} is true, by logistic regression with Platt's scaling; customers whose "
            "outcome is known were predicted by models that had not seen them."
        ),
        notes=tuple(notes), key_columns=(unit,) if unit else (),
    )  # fmt: skip


def _reliability(risk: Floats, outcome: Floats) -> pd.DataFrame:
    order = np.argsort(risk, kind="stable")
    parts = [part for part in np.array_split(order, _BINS) if len(part)]
    return pd.DataFrame(
        {
            "risk": [float(risk[part].mean()) for part in parts],
            "churn_rate": [float(outcome[part].mean()) for part in parts],
            "customers": pd.array([len(part) for part in parts], dtype="Int64"),
        }
    )


def _quality(risk: Floats, outcome: Floats, table: pd.DataFrame) -> pd.DataFrame:
    if not len(risk):
        unknown = dict.fromkeys(("churn_rate", "area_under_curve", "brier_score", "calibration_error"), np.nan)
        return pd.DataFrame([{"customers": 0, **unknown}])
    gaps = (table["risk"] - table["churn_rate"]).abs()
    return pd.DataFrame(
        [
            {
                "customers": len(risk),
                "churn_rate": float(outcome.mean()),
                "area_under_curve": _area_under_curve(risk, outcome),
                "brier_score": float(((risk - outcome) ** 2).mean()),
                "calibration_error": float((gaps * table["customers"]).sum() / len(risk)),
            }
        ]
    )


def _area_under_curve(risk: Floats, outcome: Floats) -> float:
    """Chance that one who left had the higher risk than one who stayed (Mann-Whitney)."""
    ranks = pd.Series(risk).rank().to_numpy()
    left = outcome == 1
    pairs = float(left.sum()) * float((~left).sum())
    return (float(ranks[left].sum()) - left.sum() * (left.sum() + 1) / 2) / pairs
