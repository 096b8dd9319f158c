# %% [markdown]
# # Do people come back?

# %%
from datetime import date
from typing import Literal

from analytics_lib import open_workspace
from analytics_lib.dashboards.visitor import visitor_choices
from analytics_lib.widgets.retention import RetentionWidget

# %% tags=["parameters"]
tenant_id: str = ""  # whose data; empty = the only tenant, or the first of the settings
start: date | None = None  # first day of a cohort; empty = 26 weeks before the last
end: date | None = None  # last day of a cohort, inclusive; empty = the day of the newest event
grain: Literal["", "hour", "day", "week", "month"] = ""  # of a period; empty = week, or month where weeks hide most
start_event: str = ""  # what starts; empty = any event
return_event: str = ""  # what counts as coming back; empty = any event
periods: int = 8  # columns of the table
by: str = ""  # column to split by; empty = none
group: str = ""  # group whose cells are shown; empty = the largest
rules: list[str] = []  # further arguments, such as kind=on_or_after

# %%
common = {"tenant_id": tenant_id, "start": start, "end": end, "grain": grain, "by": by, "group": group}
chosen = visitor_choices(**common, start_event=start_event, return_event=return_event, periods=periods, rules=rules)
RetentionWidget(open_workspace(), **chosen)
