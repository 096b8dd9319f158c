"""What the anomaly page shows: events, people or a recorded metric over time, judged against all that came before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.event_counts import event_counts
from analytics_lib.behaviour.metric_values import MetricName, metric_names, metric_values
from analytics_lib.engine.tables import to_arrow
from analytics_lib.periods import zone
from analytics_lib.statistics.anomalies import AnomaliesResult, anomalies
from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.choices import Choices

if TYPE_CHECKING:
    from analytics_lib.workspace import Workspace

MEASURES: Final = {"events": "Events", "users": "Active people"}
"""What can be watched of every tenant: title by name."""
METRIC: Final = "metric:"
"""Stands before the name of a recorded metric."""
LOOK_BACK: Final = {"hour": 90, "day": 730, "week": 3650, "month": 3650}
"""Days before the range that still say what is ordinary, by grain."""


@dataclass(frozen=True, slots=True)
class Watched:
    """The answer to one set of choices."""

    series: str
    """Name of the series in the anomaly history, the same whoever asks."""
    result: AnomaliesResult
    """The judgement over the range and what came before."""
    frame: pd.DataFrame
    """The rows of the range, with ``complete``."""
    counted: Any
    """The result that was judged, with its definition."""

    @property
    def flagged(self) -> pd.DataFrame:
        """Give the flagged rows, the newest first."""
        return self.frame[self.frame["is_anomaly"].fillna(value=False).astype(bool)].iloc[::-1]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The metrics of one tenant, as they are when the page asks."""

    table: Any
    """Rows of the lake's ``metrics``."""
    names: tuple[MetricName, ...]
    """Which there are, the most measured first."""

    @classmethod
    def of(cls, workspace: Workspace, tenant_id: str) -> Recorded:
        """Look at a tenant's metrics."""
        table = workspace.metrics(tenant_id=tenant_id)
        return cls(table, tuple(metric_names(table)))

    def find(self, measure: str) -> MetricName | None:
        """Give the metric that a measure names; None where it names none."""
        name = measure.removeprefix(METRIC) if measure.startswith(METRIC) else None
        return next((one for one in self.names if one.name == name), None)

    def options(self) -> list[tuple[str, str]]:
        """Give words and value of everything that can be watched."""
        usual = [(words, name) for name, words in MEASURES.items()]
        return usual + [(f"{one.name} ({one.unit})" if one.unit else one.name, METRIC + one.name) for one in self.names]


def watch(
    audience: Audience, choices: Choices, *, measure: str, per_1000: float, recorded: Recorded | None = None
) -> Watched:
    """Judge each bucket of the range; small groups of people are hidden before."""
    metric = recorded.find(measure) if recorded is not None else None
    question = ("anomalies", choices, measure, per_1000, metric)
    return audience.answer(question, lambda: _watch(audience, choices, measure, per_1000, recorded))


def series_name(measure: str, choices: Choices) -> str:
    """Give the name of a series in the history.

    Examples
    --------
    >>> series_name("events", Choices("shop", date(2024, 6, 3), date(2024, 6, 9), "purchase"))
    'events:purchase:day'
    """
    return f"{measure}:{'all' if measure.startswith(METRIC) else choices.event or 'all'}:{choices.grain}"


def _watch(audience: Audience, choices: Choices, measure: str, per_1000: float, recorded: Recorded | None) -> Watched:
    metric = recorded.find(measure) if recorded is not None else None
    if recorded is not None and metric is not None:
        counted: Any = _measured(audience, choices, recorded.table, metric)
    else:
        counted = _counted(audience, choices, measure)
    result = anomalies(counted, per_1000=per_1000)
    frame = result.frame
    local = frame["time"].dt.tz_convert(audience.time_zone).dt.date
    if choices.grain in ("week", "month"):
        local = local + timedelta(days=6 if choices.grain == "week" else 27)  # a bucket that has begun before
    shown = frame[(local >= choices.start) & (frame["time"].dt.tz_convert(audience.time_zone).dt.date <= choices.end)]
    marked = shown.assign(complete=shown["reason"] != "unfinished").reset_index(drop=True)
    return Watched(series_name(measure, choices), result, marked, counted)


def _measured(audience: Audience, choices: Choices, table: Any, metric: MetricName) -> Any:
    """Give a metric from its first measurement on, as far back as says what is ordinary."""
    times = table.filter(table["name"] == metric.name)["time"]
    first, newest = (to_arrow(one.as_table())[0][0].as_py() for one in (times.min(), times.max()))
    day = first.astimezone(zone(audience.time_zone)).date()
    start = min(max(day, choices.start - timedelta(days=LOOK_BACK[choices.grain])), choices.end)
    calendar = {**audience.calendar(choices), "start": start, "observed_until": max(newest, audience.newest)}
    return metric_values(table, metric.name, grain=choices.grain, week_start=audience.week_start, **calendar)


def _counted(audience: Audience, choices: Choices, measure: str) -> Any:
    table = audience.events(choices.event)
    start = min(max(_first_day(audience), choices.start - timedelta(days=LOOK_BACK[choices.grain])), choices.end)
    calendar = {**audience.calendar(choices), "start": start, "grain": choices.grain}
    if measure == "users":
        return audience.shown(active_users(table, week_start=audience.week_start, **calendar))
    return event_counts(table, week_start=audience.week_start, **calendar)


def _first_day(audience: Audience) -> date:
    """Give the day of the tenant's first event: before it, nothing was observed."""
    oldest = audience.answer("first event", lambda: _oldest(audience.table))
    return oldest.astimezone(zone(audience.time_zone)).date() if oldest else date.max


def _oldest(table: Any) -> datetime | None:
    found: datetime | None = to_arrow(table["event_time"].min().as_table())[0][0].as_py()
    return found
