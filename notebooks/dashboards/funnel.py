# %% [markdown]
# # Where do people stop on their way?

# %%
from datetime import date
from typing import Literal

from analytics_lib import open_workspace
from analytics_lib.dashboards.visitor import visitor_choices
from analytics_lib.widgets.funnel import FunnelWidget

# %% tags=["parameters"]
tenant_id: str = ""  # whose data; empty = the only tenant, or the first of the settings
start: date | None = None  # first day of the first step; empty = four weeks before the last
end: date | None = None  # last day of the first step, inclusive; empty = the day of the newest event
steps: list[str] = []  # events, in order; empty = the way in the settings, else the usual steps
within: Literal["1h", "1d", "7d", "14d", "30d", "1 session", "none"] = "14d"  # longest time from first to last step
by: str = ""  # column to split by; empty = none
order: Literal["ordered", "strict", "any"] = "ordered"  # whether other events may come between
rules: list[str] = []  # further arguments, such as unit=session or dialect=umami

# %%
chosen = visitor_choices(
    tenant_id=tenant_id, start=start, end=end, steps=steps, within=within, by=by, order=order, rules=rules
)
FunnelWidget(open_workspace(), **chosen)
