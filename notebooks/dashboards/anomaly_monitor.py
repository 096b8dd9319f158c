# %% [markdown]
# # Is anything out of line?

# %%
from datetime import date
from typing import Literal

from analytics_lib import open_workspace
from analytics_lib.dashboards.visitor import visitor_choices, visitor_name
from analytics_lib.widgets.anomalies import AnomalyMonitorWidget

# %% tags=["parameters"]
tenant_id: str = ""  # whose data; empty = the only tenant, or the first of the settings
start: date | None = None  # first day shown; empty = four weeks before the last
end: date | None = None  # last day shown, inclusive; empty = the day of the newest event
event: str = ""  # event to look at; empty = all
grain: Literal["hour", "day", "week", "month"] = "day"  # size of a bucket
measure: str = "events"  # what is watched: events, users (active people), or metric: and the name of a recorded metric
per_1000: float = 1.0  # promised false alarms per 1,000 ordinary buckets

# %%
chosen = visitor_choices(
    tenant_id=tenant_id, start=start, end=end, event=event, grain=grain, measure=measure, per_1000=per_1000
)
AnomalyMonitorWidget(open_workspace(), reader=visitor_name(), **chosen)
