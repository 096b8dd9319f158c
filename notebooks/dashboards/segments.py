# %% [markdown]
# # Who meets these rules?

# %%
from datetime import date
from typing import Literal

from analytics_lib import open_workspace
from analytics_lib.dashboards.visitor import visitor_choices
from analytics_lib.widgets.segments import SegmentsWidget

# %% tags=["parameters"]
tenant_id: str = ""  # whose data; empty = the first tenant of the settings
start: date | None = None  # day to compare with; empty = four weeks before the last
end: date | None = None  # only events up to and with this day are known; empty = the day of the newest event
match: Literal["all", "any"] = "all"  # whether people must meet all rules, or any of them
conditions: list[str] = []  # rules such as "did purchase least=2 within=30d", or "not in friends"

# %%
chosen = visitor_choices(tenant_id=tenant_id, start=start, end=end, match=match, conditions=conditions)
SegmentsWidget(open_workspace(), **chosen)
