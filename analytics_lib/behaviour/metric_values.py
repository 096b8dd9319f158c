"""How a recorded metric developed: one number for each bucket of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pandas as pd

from analytics_lib.behaviour.grids import filled_grid
from analytics_lib.behaviour.scope import Scope, open_scope
from analytics_lib.engine.tables import AnyTable, as_table, to_arrow, to_frame
from analytics_lib.engine.times import with_bucket
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import Moment, grain_name
from analytics_lib.results import Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

SUMMED: Final = "counter"
"""Type of metrics whose values add up; of all others the mean says more."""


@dataclass(frozen=True, slots=True)
class MetricName:
    """A metric that was recorded."""

    name: str
    """As it was recorded."""
    unit: str
    """Of its values; empty where none was given, or several were."""
    summed: bool
    """Whether its values add up."""
    values: int
    """How often it was measured."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MetricValuesResult(Result):
    """A metric per bucket: ``time``, ``value``, ``measured`` (how often), ``complete``."""

    title: ClassVar[str] = "A metric over time"

    unit: str = ""
    """Of the values."""

    def plot(self) -> Chart:
        """Draw the values as a line."""
        from analytics_lib.charts.lines import draw_lines

        return draw_lines(self.frame, x="time", y="value", y_label=self.unit or "value", title=self.title)


def metric_names(metrics: AnyTable) -> list[MetricName]:
    """Tell which metrics there are, the most measured first.

    Examples
    --------
    >>> rows = pd.DataFrame({"name": ["load"], "type": ["gauge"], "unit": ["ms"], "value": [3.0]})
    >>> metric_names(rows)
    [MetricName(name='load', unit='ms', summed=False, values=1)]
    """
    table = as_table(metrics, ["name", "type", "unit"], analysis="metric_names")
    counted = table.group_by("name").aggregate(
        values=table.count(), unit=table["unit"].max(), units=table["unit"].nunique(),
        summed=(table["type"] == SUMMED).fill_null(False).all(),  # noqa: FBT003
    )  # fmt: skip
    rows = to_arrow(counted.order_by([counted["values"].desc(), counted["name"]])).to_pylist()
    return [
        MetricName(row["name"], (row["unit"] or "") if row["units"] == 1 else "", bool(row["summed"]), row["values"])
        for row in rows
    ]


@remembered
def metric_values(
    metrics: AnyTable,
    name: str,
    *,
    grain: str = "day",
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
    week_start: str = "monday",
) -> MetricValuesResult:
    """Tell how a recorded metric developed.

    Parameters
    ----------
    metrics
        A table with ``name``, ``type``, ``value``, ``unit``, ``time``, such as ``workspace.metrics()``.
    name
        Which metric.
    grain, start, end, observed_until, time_zone, week_start
        As for :func:`~analytics_lib.behaviour.event_counts.event_counts`.

    Returns
    -------
    MetricValuesResult
        ``time``; ``value``: the sum of a counter (0 where nothing was counted), the mean of anything else (unknown
        where nothing was measured); ``measured``, how many values that is; ``complete``.

    Raises
    ------
    ArgumentError
        Nothing of this name was recorded.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "name": "load", "type": "gauge", "unit": "ms", "value": [2.0, 4.0, 9.0],
    ...     "time": pd.to_datetime(["2024-05-01 09:00", "2024-05-01 10:00", "2024-05-03 08:00"]),
    ... })
    >>> metric_values(rows, "load").to_frame()["value"].tolist()
    [3.0, <NA>, 9.0]
    """
    known = metric_names(metrics)
    found = next((one for one in known if one.name == name), None)
    if found is None:
        listed = ", ".join(one.name for one in known) or "none"
        raise ArgumentError(f"no metric {name!r} was recorded", f"There are: {listed}.")
    table = as_table(metrics, ["name", "value", "time"], analysis="metric_values")
    rows = table.filter(table["name"] == name).select("value", event_time=table["time"])
    scope = open_scope(
        rows, ["event_time", "value"], analysis="metric_values", start=start, end=end, observed_until=observed_until,
        time_zone=time_zone,
    )  # fmt: skip
    edges = scope.edges(grain_name(grain), week_start=week_start)
    what = "Sum" if found.summed else "Mean"
    missing = "0 where nothing was counted" if found.summed else "unknown where nothing was measured"
    return MetricValuesResult(
        frame=_frame(scope, edges, summed=found.summed),
        definition=f"{what} of the values of {name} in each half-open {grain} of {time_zone}; {missing}.",
        provenance=scope.provenance,
        notes=tuple(note.replace("events", "values") for note in scope.notes),
        key_columns=("time",),
        unit=found.unit,
    )


def _frame(scope: Scope, edges: Sequence[datetime], *, summed: bool) -> pd.DataFrame:
    counted: Any = pd.DataFrame({"bucket": [], "value": [], "measured": []})
    if edges:
        inside = scope.inside()
        rows = with_bucket(inside, inside["_micros"], list(edges))
        value = rows["value"].sum() if summed else rows["value"].mean()
        counted = to_frame(rows.group_by("bucket").aggregate(value=value, measured=rows["value"].count()))
    counted = counted.astype({"bucket": "Int64", "value": "float64", "measured": "Int64"})
    grid = filled_grid(counted[["bucket", "value"]], scope, edges, by=(), value="value")
    measured = filled_grid(counted[["bucket", "measured"]], scope, edges, by=(), value="measured")["measured"]
    values = grid["value"] if summed else grid["value"].mask((measured == 0).fillna(value=True).to_numpy(bool))
    return grid.assign(value=values, measured=measured)[["time", "value", "measured", "complete"]]
