"""One question asked of reduced variants: estimates in, the frame of a comparison out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from analytics_lib import checks
from analytics_lib.errors import ArgumentError, nearest
from analytics_lib.statistics.comparison import ComparisonResult
from analytics_lib.statistics.cuped import adjusted_estimates, plain_estimate
from analytics_lib.statistics.intervals import (
    DEFAULT_TUNING,
    FEWEST_USERS,
    Belief,
    Estimate,
    Interval,
    always_valid,
    bayesian,
    difference,
    fixed_horizon,
    relative_difference,
)
from analytics_lib.statistics.multiplicity import CORRECTIONS, adjusted_p_values
from analytics_lib.statistics.proportions import share_difference
from analytics_lib.statistics.variants import Metric, Reduced

METHODS: Final = ("always_valid", "fixed", "fixed_pooled", "bayesian")
EFFECTS: Final = ("difference", "relative")


@dataclass(frozen=True, slots=True)
class Question:
    """How to compare: everything but the data."""

    control: Any
    """Name of the variant the others are held against."""
    method: str = "always_valid"
    """``"always_valid"``, ``"fixed"`` (Welch), ``"fixed_pooled"`` (Student) or ``"bayesian"``."""
    planned_users: int | None = None
    """Users in all that were planned; needed for a fixed horizon."""
    effect: str = "difference"
    """What low, high and p_value speak of: ``"difference"`` or ``"relative"``."""
    confidence: float = 0.95
    """Share of such intervals that hold the truth."""
    correction: str = "holm"
    """How p-values are adjusted for the family."""

    def __post_init__(self) -> None:
        """Refuse what can't be answered."""
        checks.one_of("method", self.method, METHODS)
        checks.one_of("effect", self.effect, EFFECTS)
        checks.one_of("correction", self.correction, CORRECTIONS)
        checks.number_between("confidence", self.confidence, 0, 1)
        if self.planned_users is not None:
            checks.whole_number("planned_users", self.planned_users, at_least=2)
        elif self.method.startswith("fixed"):
            raise ArgumentError(
                f"method={self.method!r} is right at one planned size only, and none is given",
                'Give planned_users=…, or use method="always_valid", which may be looked at any time.',
            )


def judge(reduced: Sequence[Reduced], question: Question, notes: Sequence[str]) -> ComparisonResult:
    """Answer the question for every metric, as one family of comparisons.

    Parameters
    ----------
    reduced
        The metrics.
    question
        How to compare.
    notes
        What was already said about the data.
    """
    rows: list[dict[str, Any]] = []
    said = list(notes)
    for one in reduced:
        estimates, adjusted, words = _estimates(one, question.control)
        said += [*one.notes, *words]
        rows += _rows(one.metric, estimates, question, plain=not adjusted)
    frame = pd.DataFrame(rows)
    frame.insert(9, "adjusted_p_value", adjusted_p_values(frame["p_value"], question.correction))
    family = int(frame["p_value"].notna().sum())
    frame.insert(10, "family_size", pd.Series(family, index=frame.index, dtype="Int64"))
    frame.insert(11, "significant", _significant(frame, question))
    frame["users"] = frame["users"].astype("Int64")
    return ComparisonResult(
        frame=frame, definition=_definition(question, family), notes=(*said, *_plan_notes(frame, question)),
        key_columns=("metric", "variant"), effect=question.effect,
    )  # fmt: skip


def _estimates(one: Reduced, control: Any) -> tuple[Mapping[Any, Estimate], bool, tuple[str, ...]]:
    names = one.moments or one.estimates
    if control not in names:
        known = [str(name) for name in names]
        raise ArgumentError(f"control={control!r} is not among the variants", nearest(str(control), known))
    if one.estimates:
        return one.estimates, False, ()
    if "covariate" in next(iter(one.moments.values())).roles:
        adjustment = adjusted_estimates(one.moments, control)
        return adjustment.estimates, adjustment.healthy, adjustment.notes
    return {name: plain_estimate(found) for name, found in one.moments.items()}, False, ()


def _rows(
    metric: Metric, estimates: Mapping[Any, Estimate], question: Question, *, plain: bool
) -> list[dict[str, Any]]:
    control = estimates[question.control]
    others = sorted((name for name in estimates if name != question.control), key=str)
    rows = [_row(question.control, metric, control)]
    for name in others:
        answer = _answer(metric, control, estimates[name], question, plain=plain)
        gap = difference(control, estimates[name]).value
        rows.append(
            _row(name, metric, estimates[name])
            | {"difference": gap, "relative": gap / control.value if control.value else math.nan}
            | {"low": answer.interval.low, "high": answer.interval.high, "p_value": answer.interval.p_value}
            | {"probability_better": answer.probability_better, "expected_loss": answer.expected_loss}
        )
    return rows


def _row(name: Any, metric: Metric, estimate: Estimate) -> dict[str, Any]:
    unknown = dict.fromkeys(
        ("difference", "relative", "low", "high", "p_value", "probability_better", "expected_loss"), math.nan
    )
    return {"variant": name, "metric": metric.name, "users": estimate.users, "mean": estimate.value, **unknown}


def _answer(metric: Metric, control: Estimate, variant: Estimate, question: Question, *, plain: bool) -> Belief:
    if question.effect == "relative":
        contrast = relative_difference(control, variant)
    else:
        contrast = difference(control, variant, pooled=question.method == "fixed_pooled")
    if question.method == "bayesian":
        return bayesian(
            contrast, question.confidence, prior_mean=metric.prior_mean, prior_deviation=metric.prior_deviation
        )
    if question.method == "always_valid":
        tuning = question.planned_users or DEFAULT_TUNING
        return _without_belief(always_valid(contrast, question.confidence, tuning=tuning))
    if metric.kind == "proportion" and plain and question.effect == "difference":
        return _without_belief(_shares(control, variant, question.confidence))
    return _without_belief(fixed_horizon(contrast, question.confidence))


def _shares(control: Estimate, variant: Estimate, confidence: float) -> Interval:
    return share_difference((control.value, control.users), (variant.value, variant.users), confidence)


def _without_belief(interval: Interval) -> Belief:
    return Belief(interval, math.nan, math.nan)


def _significant(frame: pd.DataFrame, question: Question) -> pd.Series[Any]:
    """Judge only where there is a p-value, and a fixed horizon only once it is reached."""
    judged = frame["p_value"].notna()
    if question.method.startswith("fixed"):
        judged &= frame.groupby("metric")["users"].transform("sum") >= (question.planned_users or 0)
    verdict = (frame["adjusted_p_value"] < 1 - question.confidence).astype("boolean")
    return verdict.where(judged, pd.NA)


def _plan_notes(frame: pd.DataFrame, question: Question) -> list[str]:
    notes = []
    users = int(frame.groupby("metric")["users"].sum().min())
    if question.method.startswith("fixed") and question.planned_users:
        if users < question.planned_users:
            notes.append(f"{users:,} of {question.planned_users:,} planned users: too early, nothing is judged.")
        else:
            notes.append(f"Planned size {question.planned_users:,} users; {users:,} are here. Look once.")
    if question.method == "bayesian":
        notes.append("Beliefs are not protected against peeking: stopping when they look good finds too much.")
    if frame["difference"].notna().sum() > frame["low"].notna().sum():
        notes.append(f"Some intervals are unknown: fewer than {FEWEST_USERS} users, no spread, or a control near 0.")
    return notes


def _definition(question: Question, family: int) -> str:
    words = {
        "always_valid": "always-valid interval and p-value (asymptotic confidence sequence), right at every look",
        "fixed": "Welch interval and test, right at the planned size only",
        "fixed_pooled": "Student interval and test with one variance, right at the planned size only",
        "bayesian": "credible interval under a normal prior",
    }
    what = "relative difference to" if question.effect == "relative" else "difference from"
    family_words = f" p-values of {family} comparisons are adjusted by {question.correction}." if family > 1 else ""
    return (
        f"Mean per user and its {what} {question.control!r}; {question.confidence:.0%} "
        f"{words[question.method]}.{family_words}"
    )
