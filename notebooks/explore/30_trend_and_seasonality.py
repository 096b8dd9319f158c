# %% [markdown]
# # 30 · Is it growing, and does it repeat?
# **Reads** a series · **uses** `trend`, `seasonality`, `decompose`, `summary` · **about 5 seconds**

# %% tags=["parameters"]
tenant_id: str = ""  # whose events; empty = the only tenant, or the first of the settings
time_zone: str = ""  # where a day begins; empty = the tenant's zone
confidence: float = 0.95  # share of intervals that hold the truth

# %%
from analytics_lib import decompose, event_counts, open_workspace, seasonality, summary, trend

workspace = open_workspace()
tenant_id = workspace.chosen_tenant(tenant_id).tenant_id
time_zone = time_zone or workspace.tenant(tenant_id).time_zone
events = workspace.events(tenant_id=tenant_id)
series = event_counts(events, grain="day", time_zone=time_zone)
series

# %% [markdown]
# ## What are typical values?

# %%
summary(series.to_frame().events)

# %% [markdown]
# ## Does it grow?
# The slope is a median of all pairwise slopes, so a few wild days do not move it. The p-value allows for the
# fact that today resembles yesterday; the usual tests do not, and call noise a trend.

# %%
trend(series, confidence=confidence)

# %% [markdown]
# ## Does it repeat?
# A period is named only if it stands out from *red* noise, the kind that wanders by itself. No row means: no
# period is significant.

# %%
periods = seasonality(series)
periods

# %% [markdown]
# ## The parts

# %%
decompose(series)

# %% [markdown]
# ## With two seasons
# Daily views of one page of Wikipedia, as logarithms; 59 days are missing. Weeks and years repeat, and what they leave
# is the part that has a story. Gaps stay gaps in `observed` and `remainder`; trend and seasons go on through them.

# %%
from analytics_lib.datasets.series import read_series

views = read_series("peyton_manning")
seasonality(views)

# %%
decompose(views)

# %% [markdown]
# **How to be fooled.** "No evidence of a trend" is not "no trend": look at the width of the interval. And a long
# wave, such as one year of a yearly season, looks exactly like growth in the half that rises.
