"""What a comparison of variants returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from analytics_lib.results import Result

if TYPE_CHECKING:
    import pyarrow as pa

    from analytics_lib.charts.chart import Chart


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ComparisonResult(Result):
    """Variants against the control: one row per metric and variant, the control first.

    ``variant``, ``metric``, ``users``, ``mean`` (or ratio, share, quantile), ``difference`` to the control,
    ``relative`` difference, ``low`` and ``high`` of the chosen effect, ``p_value``, ``adjusted_p_value`` for
    ``family_size`` comparisons, ``significant`` (null when not to be judged), ``probability_better`` and
    ``expected_loss`` (Bayesian view only).
    """

    effect: str = "difference"
    """What ``low`` and ``high`` bound: ``"difference"`` or ``"relative"``."""

    title: ClassVar[str] = "Comparison of variants"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    def plot(self) -> Chart:
        """One line per variant and metric: the effect and its interval, against zero."""
        from analytics_lib.charts.forests import draw_forest

        frame = self.frame[self.frame[self.effect].notna()].copy()
        several = frame["metric"].nunique() > 1
        frame["label"] = frame["metric"].astype(str) + ": " if several else ""
        frame["label"] += frame["variant"].astype(str)
        return draw_forest(
            frame, label="label", value=self.effect, title=self.title,
            value_format="percent" if self.effect == "relative" else "number",
        )  # fmt: skip


def with_people(
    result: ComparisonResult, frames: Mapping[str, pd.DataFrame | None], *, variant: str, unit: str
) -> ComparisonResult:
    """Give the result with the users behind each row.

    Parameters
    ----------
    result
        A comparison.
    frames
        Rows behind each metric, by the metric's name.
    variant, unit
        Columns with the variant and the user.
    """

    def people(row: Mapping[str, Any]) -> pa.Table:
        import pyarrow as pa

        frame = frames[row["metric"]]
        if frame is None:
            return pa.table({unit: []})
        return pa.table({unit: frame.loc[frame[variant] == row["variant"], unit].unique()})

    return replace(result, people_source=people)
