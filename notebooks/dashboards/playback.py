# %% [markdown]
# # What happened in this visit?

# %%
from datetime import date
from typing import Literal

from analytics_lib import open_workspace
from analytics_lib.dashboards.visitor import visitor_choices
from analytics_lib.widgets.playback import PlaybackWidget

# %% tags=["parameters"]
tenant_id: str = ""  # whose data; empty = the first with recorded visits, else as everywhere
start: date | None = None  # first day of the visits to choose from; empty = four weeks before the last
end: date | None = None  # last day, inclusive; empty = the day of the newest event
session_id: str = ""  # the visit; empty = the newest one that may be played
idle: Literal["5s", "30s", "24h"] = "30s"  # longest pause that is played in full
url: str = ""  # page whose clicks and scrolls are shown; empty = the one with most
width: Literal["phone", "tablet", "desktop"] = "desktop"  # only windows of this width: layouts differ

# %%
common = {"tenant_id": tenant_id, "start": start, "end": end}
chosen = visitor_choices(**common, session_id=session_id, idle=idle, url=url, width=width)
PlaybackWidget(open_workspace(), **chosen)
