# %% [markdown]
# # What happens, and to how many people?

# %%
from datetime import date
from typing import Literal

from analytics_lib import open_workspace
from analytics_lib.dashboards.visitor import visitor_choices
from analytics_lib.widgets.overview import OverviewWidget

# %% tags=["parameters"]
tenant_id: str = ""  # whose data; empty = the only tenant, or the first of the settings
start: date | None = None  # first day; empty = four weeks before the last
end: date | None = None  # last day, inclusive; empty = the day of the newest event
event: str = ""  # only this event; empty = all
grain: Literal["hour", "day", "week", "month"] = "day"  # size of a bucket

# %%
workspace = open_workspace()
OverviewWidget.warm_up(workspace, tenant_id)  # a kept kernel does this before its visitor comes

# %%
chosen = visitor_choices(tenant_id=tenant_id, start=start, end=end, event=event, grain=grain)
OverviewWidget(workspace, **chosen)
