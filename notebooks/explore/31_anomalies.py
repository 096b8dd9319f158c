# %% [markdown]
# # 31 · Which days were not like the others?
# **Reads** a series · **uses** `anomalies`, `AnomalyMonitor` · **about 5 seconds**

# %% tags=["parameters"]
tenant_id: str = ""  # whose events; empty = the only tenant, or the first of the settings
time_zone: str = ""  # where a day begins; empty = the tenant's zone
per_1000: float = 1.0  # false alarms allowed per 1,000 ordinary points

# %%
from analytics_lib import AnomalyMonitor, anomalies, event_counts, open_workspace

workspace = open_workspace()
tenant_id = workspace.chosen_tenant(tenant_id).tenant_id
time_zone = time_zone or workspace.tenant(tenant_id).time_zone
events = workspace.events(tenant_id=tenant_id)
series = event_counts(events, grain="day", time_zone=time_zone)

# %%
result = anomalies(series, per_1000=per_1000)
result

# %% [markdown]
# ## Only the flagged ones

# %%
frame = result.to_frame()
frame[frame.is_anomaly.fillna(value=False)]

# %% [markdown]
# **How to read it.** `low` to `high` is where an ordinary point lies; `per_1000` is a promise about how often an
# ordinary point falls outside, kept on skewed, heavy-tailed and count data alike. An unfinished last bucket is
# unknown and never judged.
#
# ## One point at a time
# The monitor sees each value once, never looks ahead, and remembers a few kilobytes.

# %%
monitor = AnomalyMonitor(grain="day")
scores = [monitor.update(row.time, row.events) for row in series.to_frame().itertuples()]
sum(bool(score.is_anomaly) for score in scores)

# %% [markdown]
# **How to be fooled.** With 50 metrics watched daily, even one false alarm per 1,000 points is one every three
# weeks: choose `per_1000` for the fleet, not for the single series. And a detector that never alarms is not
# calm, it may be blind: plant a spike and see whether it is found.
