# %% [markdown]
# # Who is new, who stays, who went quiet?

# %%
from datetime import date
from typing import Literal

from analytics_lib import open_workspace
from analytics_lib.dashboards.visitor import visitor_choices
from analytics_lib.widgets.lifecycle import LifecycleWidget

# %% tags=["parameters"]
tenant_id: str = ""  # whose data; empty = the only tenant, or the first of the settings
start: date | None = None  # first day; empty = 90 days before the last
end: date | None = None  # last day, inclusive; empty = the day of the newest event
grain: Literal["hour", "day", "week", "month"] = "week"  # length of a period
birth: Literal["first_event_in_store", "first_event_in_range", "entity_created"] = "first_event_in_store"  # who is new
created: str = ""  # property with the moment a person was created, for birth="entity_created"
at_least: bool = False  # count people who came in so many periods or more, instead of exactly so many

# %%
common = {"tenant_id": tenant_id, "start": start, "end": end, "grain": grain}
chosen = visitor_choices(**common, birth=birth, created=created, at_least=at_least)
LifecycleWidget(open_workspace(), **chosen)
