"""What else a funnel tells: how sure its rates are, how long people take, how groups and days differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.funnel_outcome import Outcome, group_labels
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_table import previous_required
from analytics_lib.checks import number_between
from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.multiplicity import adjusted_p_values
from analytics_lib.statistics.proportions import share_difference, wilson_bounds

QUANTILES: Final = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class Group:
    """The units of one group of a split funnel, or all of them."""

    labels: tuple[Any, ...]
    members: Codes


def groups_of(outcome: Outcome, by: Sequence[str]) -> list[Group]:
    """Give the groups of a funnel in order; without a split one with no label."""
    if not by:
        return [Group((), outcome.members())]
    numbers = np.unique(outcome.group_of)
    labels = group_labels(outcome.groups, int(numbers.max(initial=-1)) + 1)
    return [Group(tuple(labels.iloc[number]), outcome.members(int(number))) for number in numbers.tolist()]


def rate_intervals(outcome: Outcome, rules: Rules, by: Sequence[str], confidence: float) -> pd.DataFrame:
    """Give Wilson's bounds of both rates, row by row as in the funnel's own frame."""
    number_between("confidence", confidence, 0, 1)
    before = previous_required(rules)
    rows = []
    for group in groups_of(outcome, by):
        units = outcome.reached[:, group.members].sum(axis=1)
        for step, reached in enumerate(units.tolist()):
            base = int(units[before[step]]) if before[step] >= 0 else reached
            rows.append((*_bounds(reached, base, confidence), *_bounds(reached, int(units[0]), confidence)))
    names = ["step_rate_low", "step_rate_high", "overall_rate_low", "overall_rate_high"]
    return pd.DataFrame(rows, columns=names)


def _bounds(reached: int, base: int, confidence: float) -> tuple[float, float]:
    return wilson_bounds(reached / base if base else float("nan"), base, confidence)


def seconds_between(outcome: Outcome, members: Codes, first: int, last: int) -> NDArray[np.float64]:
    """Give the seconds from one step (from 1) to another of the units that reached both."""
    steps = len(outcome.reached)
    if not 1 <= first < last <= steps:
        raise ArgumentError(f"from step {first} to step {last}", f"Give two of the steps 1 to {steps}, in order.")
    both = members[outcome.reached[first - 1, members] & outcome.reached[last - 1, members]]
    return (outcome.time[last - 1][both] - outcome.time[first - 1][both]) / 1e6


def conversion_times(
    outcome: Outcome, by: Sequence[str], *, first: int, last: int, quantiles: Iterable[float]
) -> pd.DataFrame:
    """Give count, mean, ends and quantiles of the time between two steps, per group; unknown without anybody."""
    asked = [number_between("quantiles", share, 0, 1, inclusive=True) for share in quantiles]
    rows = []
    for group in groups_of(outcome, by):
        seconds = seconds_between(outcome, group.members, first, last)
        known = len(seconds) > 0
        ends = (seconds.mean(), seconds.min(), seconds.max()) if known else (np.nan,) * 3
        parts = np.quantile(seconds, asked) if known else np.full(len(asked), np.nan)
        rows.append((*group.labels, len(seconds), *ends, *parts.tolist()))
    names = ["conversions", "mean_seconds", "minimum_seconds", "maximum_seconds"]
    return pd.DataFrame(rows, columns=[*by, *names, *(f"p{100 * share:g}_seconds" for share in asked)])


def conversion_histogram(outcome: Outcome, *, first: int, last: int, bins: int) -> pd.DataFrame:
    """Give how many took how long between two steps: ranges of equal width from 0 to the longest."""
    seconds = seconds_between(outcome, outcome.members(), first, last)
    counts, edges = np.histogram(seconds, bins=bins, range=(0, float(seconds.max(initial=0)) or 1.0))
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], "count": pd.array(counts, "Int64")})


def group_comparison(
    outcome: Outcome, by: Sequence[str], *, step: int, control: object, confidence: float
) -> pd.DataFrame:
    """Compare the share of each group that reached a step with that of one group."""
    groups = groups_of(outcome, by)
    if len(groups) < 2:
        raise ArgumentError("there are no two groups to compare", "Split the funnel with by=…")
    counts = [outcome.reached[:, group.members].sum(axis=1) for group in groups]
    at = _control(groups, counts, control)
    base = _share(counts[at], step)
    rows = [
        (*group.labels, *_compared(base, _share(count, step), confidence))
        for place, (group, count) in enumerate(zip(groups, counts, strict=True))
        if place != at
    ]
    return _with_family([*by], rows)


def step_comparison(control: Outcome, variant: Outcome, *, confidence: float) -> pd.DataFrame:
    """Compare two funnels step by step: the share of step 1 that reached each later one."""
    if len(control.reached) != len(variant.reached):
        raise ArgumentError("the funnels have different numbers of steps", "Compare funnels of the same steps.")
    counts = [one.reached.sum(axis=1) for one in (control, variant)]
    rows = [
        (step, *_compared(_share(counts[0], step), _share(counts[1], step), confidence))
        for step in range(2, len(control.reached) + 1)
    ]
    return _with_family(["step"], rows)


def _control(groups: list[Group], counts: list[Codes], control: object) -> int:
    if control is None:
        return int(np.argmax([count[0] for count in counts]))  # the largest is the surest ground to stand on
    wanted = control if isinstance(control, tuple) else (control,)
    for place, group in enumerate(groups):
        if all(_same(left, right) for left, right in zip(group.labels, wanted, strict=True)):
            return place
    known = ", ".join(repr(group.labels[0] if len(group.labels) == 1 else group.labels) for group in groups)
    raise ArgumentError(f"control={control!r} is no group", f"Name one of {known}.")


def _same(left: object, right: object) -> bool:
    return bool(pd.isna(left) and pd.isna(right)) if pd.isna(left) or pd.isna(right) else left == right  # type: ignore[call-overload]


def _share(units: Codes, step: int) -> tuple[float, int]:
    if not 2 <= step <= len(units):
        raise ArgumentError(f"step={step} can't be compared", f"Give a step from 2 to {len(units)}.")
    return (float(units[step - 1] / units[0]) if units[0] else float("nan")), int(units[0])


def _compared(control: tuple[float, int], variant: tuple[float, int], confidence: float) -> tuple[Any, ...]:
    found = share_difference(control, variant, confidence)
    gap = variant[0] - control[0]
    return (control[1], variant[1], control[0], variant[0], gap, found.low, found.high, found.p_value)


def _with_family(keys: list[str], rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    names = ["control_entries", "entries", "control_rate", "overall_rate", "difference", "low", "high", "p_value"]
    frame = pd.DataFrame(rows, columns=[*keys, *names])
    frame["adjusted_p_value"] = adjusted_p_values(frame["p_value"], "benjamini_hochberg")
    return frame
