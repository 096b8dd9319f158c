"""Does a variant differ from the control, and by how much? Right at every look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analytics_lib import checks
from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.aggregates import aggregates_frame, moments_from_row
from analytics_lib.statistics.comparison import ComparisonResult, with_people
from analytics_lib.statistics.exposure import Exposed, plain_frame, single_exposure
from analytics_lib.statistics.judgement import Question, judge
from analytics_lib.statistics.variants import Metric, Reduced, as_metrics, reduce_metric


def compare_variants(
    data: Any,
    *,
    metric: str | Metric | Sequence[str | Metric],
    control: Any,
    variant: str = "variant",
    covariate: str | None = None,
    method: str = "always_valid",
    planned_users: int | None = None,
    effect: str = "difference",
    confidence: float = 0.95,
    correction: str = "holm",
    unit: str | None = None,
    multiple_exposure: str = "exclude",
) -> ComparisonResult:
    """Say how each variant of an experiment differs from the control, with an interval that may be watched.

    By default the interval and p-value are *always valid*: they hold however often and whenever one looks, and
    one may stop when it suits. The price is an interval about 1.55 times as wide at the planned size.

    Parameters
    ----------
    data
        A pandas frame, an Arrow table or anything with ``to_pandas()``: one row per user, or several with `unit`.
        Not changed. Rows with an unknown metric or variant are left out and counted in the notes.
    metric
        Column to compare, or a :class:`~analytics_lib.statistics.variants.Metric` for proportions, ratios,
        quantiles, winsorising or a prior; or several of them.
    control
        Value of `variant` that the others are compared with.
    variant
        Column that names each row's variant.
    covariate
        Column with each user's value *before* the experiment; narrows the interval (CUPED). It is left out, with a
        note, when it already differs between the variants (p < 0.001).
    method
        ``"always_valid"``; ``"fixed"`` (Welch; Newcombe's interval and the score test for proportions),
        ``"fixed_pooled"`` (Student), both with `planned_users`; ``"bayesian"`` (normal posterior, not protected
        against peeking by itself).
    planned_users
        Users in all at the planned end. A fixed horizon judges nothing before it; the always-valid interval is
        made tightest there (default 5,000). Choose it before the start and keep it.
    effect
        ``"difference"`` or ``"relative"``: what low, high and p_value speak of.
    confidence
        Share of experiments in which the interval (all its looks together) holds the truth.
    correction
        ``"holm"``, ``"benjamini_hochberg"`` or ``"none"``, over all metrics and variants.
    unit
        Column that names the randomised user (default ``user_id`` where the data have it). Rows of a user are summed
        first (proportion: the largest; quantile: kept, with users as clusters).
    multiple_exposure
        ``"exclude"`` users seen in several variants, or count them for the ``"first"`` (by ``event_time`` where there
        is one, else by row).

    Returns
    -------
    ComparisonResult
        One row per metric and variant: variant, metric, users, mean, difference, relative, low, high, p_value,
        adjusted_p_value, family_size, significant, probability_better, expected_loss.

    Raises
    ------
    ArgumentError
        No such control, a fixed horizon without a planned size, or values that don't suit the metric.
    MissingColumnError
        A named column is not there.

    References
    ----------
    Waudby-Smith et al. (2024), Ann. Stat. 52, 2613-2640 (always valid); Welch (1947); Deng et al. (2013), WSDM
    (CUPED); Deng, Knoblich, Lu (2018), KDD (ratios, quantiles, relative effects); Holm (1979).

    Examples
    --------
    >>> shop = pd.DataFrame({"variant": ["a", "b"] * 500, "spend": [10.0, 11.0, 12.0, 14.0] * 250})
    >>> found = compare_variants(shop, metric="spend", control="a")
    >>> found.to_frame().loc[1, ["difference", "relative", "low", "high"]].astype(float).round(3).to_list()
    [1.5, 0.136, 1.229, 1.771]
    """
    question = Question(control, method, planned_users, effect, confidence, correction)
    frame = plain_frame(data, analysis="compare_variants")
    checks.columns(list(frame.columns), [variant], analysis="compare_variants")
    unit = "user_id" if unit is None and "user_id" in frame.columns else unit
    exposed = _exposed(frame, variant, unit, multiple_exposure)
    metrics = as_metrics(metric, covariate)
    reduced = [reduce_metric(exposed.frame, one, variant=variant, unit=unit) for one in metrics]
    result = judge(reduced, question, exposed.notes)
    if unit is None:
        return result
    return with_people(result, {one.metric.name: one.frame for one in reduced}, variant=variant, unit=unit)


def _exposed(frame: pd.DataFrame, variant: str, unit: str | None, rule: str) -> Exposed:
    if unit is None:
        unknown = int(frame[variant].isna().sum())
        note = (f"{unknown:,} rows without {variant} are left out.",) if unknown else ()
        return Exposed(frame[frame[variant].notna()], note)
    checks.columns(list(frame.columns), [unit], analysis="compare_variants")
    time = "event_time" if "event_time" in frame.columns else None
    return single_exposure(frame, variant=variant, unit=unit, rule=rule, time=time)


def aggregate_variants(
    data: Any,
    *,
    metric: str | Metric | Sequence[str | Metric],
    variant: str = "variant",
    covariate: str | None = None,
    unit: str | None = None,
    multiple_exposure: str = "exclude",
) -> pd.DataFrame:
    """Give the sufficient statistics of each metric and variant: all that a comparison needs of the rows.

    The arguments are those of :func:`compare_variants`; quantiles have no such statistics and are refused.
    The same columns can be computed by any engine with ``count``, ``avg``, ``var_samp`` and ``covar_samp``.

    Returns
    -------
    frame
        metric, variant, users, metric_mean, metric_variance and, where used, the means, variances and covariances
        of denominator and covariate.

    Examples
    --------
    >>> shop = pd.DataFrame({"variant": ["a", "a", "b", "b"], "spend": [1.0, 3.0, 2.0, 6.0]})
    >>> aggregate_variants(shop, metric="spend")[["variant", "users", "metric_mean", "metric_variance"]].values.tolist()
    [['a', 2, 2.0, 2.0], ['b', 2, 4.0, 8.0]]
    """
    frame = plain_frame(data, analysis="aggregate_variants")
    checks.columns(list(frame.columns), [variant], analysis="aggregate_variants")
    unit = "user_id" if unit is None and "user_id" in frame.columns else unit
    exposed = _exposed(frame, variant, unit, multiple_exposure)
    moments = {}
    for one in as_metrics(metric, covariate):
        if one.kind == "quantile":
            raise ArgumentError(f"{one.name} has no sufficient statistics", "Compare quantiles from rows.")
        reduced = reduce_metric(exposed.frame, one, variant=variant, unit=unit)
        moments.update({(one.name, name): found for name, found in reduced.moments.items()})
    return aggregates_frame(moments)


def compare_aggregates(
    aggregates: pd.DataFrame,
    *,
    control: Any,
    metrics: Sequence[Metric] = (),
    method: str = "always_valid",
    planned_users: int | None = None,
    effect: str = "difference",
    confidence: float = 0.95,
    correction: str = "holm",
) -> ComparisonResult:
    """Compare variants from their sufficient statistics; equal to :func:`compare_variants` on the rows.

    Parameters
    ----------
    aggregates
        One row per variant (and ``metric``, where there are several): variant, users, metric_mean, metric_variance
        (sample variance) and, for ratios and CUPED, the further columns :func:`aggregate_variants` names.
    control
        Value of ``variant`` that the others are compared with.
    metrics
        For metrics that are proportions or have a prior: their :class:`Metric`, matched by name.
    method, planned_users, effect, confidence, correction
        As in :func:`compare_variants`.

    Examples
    --------
    >>> sums = pd.DataFrame({"variant": ["a", "b"], "users": [3407, 3461], "metric_mean": [0.41, 0.70],
    ...                      "metric_variance": [3.9**2, 6.2**2]})
    >>> found = compare_aggregates(sums, control="a", method="fixed", planned_users=6868).to_frame().iloc[1]
    >>> round(float(found["p_value"]), 12)
    0.020158402644
    """
    question = Question(control, method, planned_users, effect, confidence, correction)
    frame = aggregates if "metric" in aggregates.columns else aggregates.assign(metric="metric")
    checks.columns(list(frame.columns), ["variant"], analysis="compare_aggregates")
    described = {metric.name: metric for metric in metrics}
    reduced = []
    for name, rows in frame.groupby("metric", sort=False):
        used = rows.dropna(axis="columns", how="all").to_dict("records")
        moments = {row["variant"]: moments_from_row({str(key): value for key, value in row.items()}) for row in used}
        reduced.append(Reduced(described.get(str(name), Metric(str(name))), moments=moments))
    return judge(reduced, question, ())
