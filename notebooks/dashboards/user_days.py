# %% [markdown]
# # How engaged are people?

# %%
from datetime import date
from typing import Literal

from analytics_lib import open_workspace
from analytics_lib.dashboards.visitor import visitor_choices
from analytics_lib.widgets.user_days import UserDaysWidget

# %% tags=["parameters"]
tenant_id: str = ""  # whose data; empty = the only tenant, or the first of the settings
start: date | None = None  # first day; empty = four weeks before the last
end: date | None = None  # last day, inclusive; empty = the day of the newest event
score: Literal["engagement_score", "activity_score", "loyalty_score"] = "engagement_score"  # whose tenths are shown

# %%
chosen = visitor_choices(tenant_id=tenant_id, start=start, end=end, score=score)
UserDaysWidget(open_workspace(), **chosen)
