"""Self-hosted analytics whose numbers are exactly defined, reproducible, honest and private.

The names below are the front door, in the order of a first session: open a workspace or read a
file, ask a question, look at the answer. Each is loaded at its first use, so importing this
package costs next to nothing. Everything else has an address of its own; ``analytics_lib/README.md``
is the map.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from analytics_lib.behaviour.active_rates import active_rates as active_rates
    from analytics_lib.behaviour.active_users import active_users as active_users
    from analytics_lib.behaviour.activity import activity as activity
    from analytics_lib.behaviour.clusters import clusters as clusters
    from analytics_lib.behaviour.cohort_revenue import cohort_revenue as cohort_revenue
    from analytics_lib.behaviour.cohorts import cohort as cohort
    from analytics_lib.behaviour.engaged_time import engaged_time as engaged_time
    from analytics_lib.behaviour.event_counts import event_counts as event_counts
    from analytics_lib.behaviour.funnel import funnel as funnel
    from analytics_lib.behaviour.funnel_course import funnel_course as funnel_course
    from analytics_lib.behaviour.lifecycle import lifecycle as lifecycle
    from analytics_lib.behaviour.metric_values import metric_values as metric_values
    from analytics_lib.behaviour.paths import paths as paths
    from analytics_lib.behaviour.paths_difference import paths_difference as paths_difference
    from analytics_lib.behaviour.playback import playback as playback
    from analytics_lib.behaviour.pointer import click_map as click_map
    from analytics_lib.behaviour.pointer import scroll_reach as scroll_reach
    from analytics_lib.behaviour.recommendations import recommendations as recommendations
    from analytics_lib.behaviour.retention import retention as retention
    from analytics_lib.behaviour.rfm import rfm as rfm
    from analytics_lib.behaviour.segments import segments as segments
    from analytics_lib.behaviour.sessions import sessions as sessions
    from analytics_lib.behaviour.stickiness import stickiness as stickiness
    from analytics_lib.behaviour.survival import survival as survival
    from analytics_lib.behaviour.usage import feature_usage as feature_usage
    from analytics_lib.behaviour.usage import preferences as preferences
    from analytics_lib.behaviour.user_days import user_days as user_days
    from analytics_lib.datasets.shop import make_shop_events as make_shop_events
    from analytics_lib.errors import AnalyticsError as AnalyticsError
    from analytics_lib.ingestion.files import read_events as read_events
    from analytics_lib.privacy.suppression import suppress as suppress
    from analytics_lib.reporting.reports import run_report as run_report
    from analytics_lib.statistics.anomalies import anomalies as anomalies
    from analytics_lib.statistics.capacity import time_to_limit as time_to_limit
    from analytics_lib.statistics.changepoints import changepoints as changepoints
    from analytics_lib.statistics.churn import churn_risk as churn_risk
    from analytics_lib.statistics.compare import compare_variants as compare_variants
    from analytics_lib.statistics.decomposition import decompose as decompose
    from analytics_lib.statistics.forecast import forecast as forecast
    from analytics_lib.statistics.monitor import AnomalyMonitor as AnomalyMonitor
    from analytics_lib.statistics.seasonality import seasonality as seasonality
    from analytics_lib.statistics.split import check_split as check_split
    from analytics_lib.statistics.summary import summary as summary
    from analytics_lib.statistics.trend import trend as trend
    from analytics_lib.workspace import Workspace as Workspace
    from analytics_lib.workspace import open_workspace as open_workspace

_ADDRESSES: Final = {
    "open_workspace": "workspace",
    "Workspace": "workspace",
    "read_events": "ingestion.files",
    "make_shop_events": "datasets.shop",
    "event_counts": "behaviour.event_counts",
    "active_users": "behaviour.active_users",
    "active_rates": "behaviour.active_rates",
    "metric_values": "behaviour.metric_values",
    "sessions": "behaviour.sessions",
    "engaged_time": "behaviour.engaged_time",
    "funnel": "behaviour.funnel",
    "funnel_course": "behaviour.funnel_course",
    "retention": "behaviour.retention",
    "survival": "behaviour.survival",
    "cohort_revenue": "behaviour.cohort_revenue",
    "lifecycle": "behaviour.lifecycle",
    "stickiness": "behaviour.stickiness",
    "paths": "behaviour.paths",
    "paths_difference": "behaviour.paths_difference",
    "segments": "behaviour.segments",
    "cohort": "behaviour.cohorts",
    "rfm": "behaviour.rfm",
    "clusters": "behaviour.clusters",
    "activity": "behaviour.activity",
    "feature_usage": "behaviour.usage",
    "preferences": "behaviour.usage",
    "recommendations": "behaviour.recommendations",
    "user_days": "behaviour.user_days",
    "click_map": "behaviour.pointer",
    "scroll_reach": "behaviour.pointer",
    "playback": "behaviour.playback",
    "summary": "statistics.summary",
    "trend": "statistics.trend",
    "seasonality": "statistics.seasonality",
    "decompose": "statistics.decomposition",
    "anomalies": "statistics.anomalies",
    "AnomalyMonitor": "statistics.monitor",
    "changepoints": "statistics.changepoints",
    "forecast": "statistics.forecast",
    "time_to_limit": "statistics.capacity",
    "churn_risk": "statistics.churn",
    "compare_variants": "statistics.compare",
    "check_split": "statistics.split",
    "suppress": "privacy.suppression",
    "run_report": "reporting.reports",
    "AnalyticsError": "errors",
}

__all__ = list(_ADDRESSES)  # one list of names, not two


def __getattr__(name: str) -> Any:
    """Load a front-door name at its first use."""
    if name not in _ADDRESSES:
        raise AttributeError(f"module 'analytics_lib' has no attribute {name!r}", name=name, obj=sys.modules[__name__])
    value = getattr(import_module(f"analytics_lib.{_ADDRESSES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the front-door names."""
    return sorted(__all__)
