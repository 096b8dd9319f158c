# %% [markdown]
# # 00 · What can this workspace tell me?
# **Reads** `events` · **uses** `open_workspace`, `event_counts`, `active_users` · **about 5 seconds** on the demo data
#
# A workspace is a folder: settings, a lake of events, notebooks, reports. This notebook opens it, looks at
# what is inside, and asks the two first questions of any product: how much happens, and to how many people.

# %% tags=["parameters"]
tenant_id: str = ""  # whose events; empty = the only tenant, or the first of the settings
grain: str = "week"  # size of a bucket: hour, day, week or month

# %%
from analytics_lib import active_users, event_counts, open_workspace

workspace = open_workspace()
workspace

# %% [markdown]
# ## What is in the lake
# A table handle is lazy: it reads exactly the files of one snapshot, and only the columns a question needs.

# %%
tenant_id = workspace.chosen_tenant(tenant_id).tenant_id
events = workspace.events(tenant_id=tenant_id)
f"Events of {tenant_id!r}; tenants here: {', '.join(workspace.tenants())}"

# %%
events.event.value_counts(name="events").to_pandas().sort_values("events", ascending=False).head(10)

# %% [markdown]
# ## How much happens
# Each bucket is half-open, `[start, end)`. A bucket whose end lies after the newest event is *unfinished*:
# `complete` is false, and no analysis will judge it.

# %%
counts = event_counts(events, grain=grain)
counts

# %% [markdown]
# ## To how many people
# `users` are distinct people in each bucket. They do **not** add up: somebody active in two weeks is one
# person. The exact number over the whole range is `.total`.

# %%
people = active_users(events, grain=grain)
people

# %%
people.total

# %% [markdown]
# **How to be fooled.** Adding the buckets counts returning people again, which makes every month look
# better than it was. Comparing the last, unfinished bucket with whole ones makes every Monday a crisis.
#
# Next: [10 · load your own events](10_load_events.ipynb) or [20 · a funnel](20_funnel.ipynb).
