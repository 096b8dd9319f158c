# %% [markdown]
# # 26 · How engaged is each person, day by day?
# **Reads** `events` · **uses** `user_days` · **about 5 seconds** on the demo data

# %%
from datetime import date

# %% tags=["parameters"]
tenant_id: str = ""  # whose events; empty = the only tenant, or the first of the settings
start: date | None = None  # first day of the record; empty = the oldest event's
end: date | None = None  # last day; empty = the newest event's
score: str = "engagement_score"  # whose tenths are counted: engagement_score, activity_score or loyalty_score

# %%
from analytics_lib import open_workspace, user_days
from analytics_lib.behaviour.user_days import POINTS

workspace = open_workspace()
tenant_id = workspace.chosen_tenant(tenant_id).tenant_id
events = workspace.events(tenant_id=tenant_id)
named = events.event.value_counts(name="events").to_pandas()["event"].dropna().tolist()
points = POINTS if set(named) & set(POINTS) else dict.fromkeys(named, 1.0)
f"{tenant_id}: {'points by convention' if points is POINTS else 'no event has points by convention, so each has one'}"

# %% [markdown]
# ## The daily record
# One row per person and day with an event: what they did, and three scores from 0 to 100.
#
# | score | formula |
# | --- | --- |
# | engagement | 100 p / (p + 10), p = the points of the day |
# | activity | share of the last 7 days with an event |
# | loyalty | share of the last 12 stretches of 7 days with an event |

# %%
zone = workspace.tenant(tenant_id).time_zone or "UTC"
record = user_days(events, points=points, start=start, end=end, time_zone=zone)
record

# %% [markdown]
# **How to read it.** A score looks at one person's own past only, so it never changes because of others or of what
# happens later. Somebody new has a loyalty of 8.3, whatever they do.
#
# ## How many people have which score?
# Each person counts once, as they were when last seen.

# %%
record.bands(score)

# %% [markdown]
# ## All of it as a file
# The record is a frame like any other: `record.to_frame().to_parquet("user-days.parquet")`. Names are pseudonyms; the
# columns that count by value (`device_types`, …) are dictionaries.

# %%
record.to_frame().tail(3).T

# %% [markdown]
# **How to be fooled.** The weights are a convention, not a finding: a score that has not been held against what people
# did afterwards ranks them, no more. The median over a day
# speaks of those who came that day; whoever stayed away is in no row.
