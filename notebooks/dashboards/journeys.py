# %% [markdown]
# # Which ways do people take?

# %%
from datetime import date
from typing import Literal

from analytics_lib import open_workspace
from analytics_lib.dashboards.visitor import visitor_choices
from analytics_lib.widgets.journeys import JourneysWidget

# %% tags=["parameters"]
tenant_id: str = ""  # whose data; empty = the only tenant, or the first of the settings
start: date | None = None  # first day of a journey; empty = four weeks before the last
end: date | None = None  # last day, inclusive; empty = the day of the newest event
anchor: str = ""  # event where journeys begin (or end); empty = begin or end of the session
direction: Literal["after", "before"] = "after"  # ways from the anchor, or to it
length: int = 4  # steps
unit: Literal["session", "user"] = "session"  # whose journey
rules: list[str] = []  # further arguments, such as include=product_*

# %%
common = {"tenant_id": tenant_id, "start": start, "end": end, "anchor": anchor, "direction": direction}
chosen = visitor_choices(**common, length=length, unit=unit, rules=rules)
JourneysWidget(open_workspace(), **chosen)
