# %% [markdown]
# # 21 · Do people come back?
# **Reads** `events` · **uses** `retention`, `active_rates`, `stickiness`, `lifecycle` · **about 5 seconds** on the demo data

# %% tags=["parameters"]
tenant_id: str = ""  # whose events; empty = the only tenant, or the first of the settings
grain: str = "week"  # length of a period
periods: int = 12  # columns of the table
time_zone: str = ""  # where a day begins; empty = the tenant's zone

# %%
from analytics_lib import active_rates, lifecycle, open_workspace, retention, stickiness

workspace = open_workspace()
tenant_id = workspace.chosen_tenant(tenant_id).tenant_id
time_zone = time_zone or workspace.tenant(tenant_id).time_zone
events = workspace.events(tenant_id=tenant_id)
f"{tenant_id}, days of {time_zone}"

# %%
result = retention(events, grain=grain, periods=periods, time_zone=time_zone)
result

# %% [markdown]
# **How to read it.** A row is a cohort: people whose *first ever* event in the table falls into that period.
# Period 0 is the period of the first event itself. A cell that has not run its full length is marked
# `mature = False` and shows the count so far; one that has not begun is empty.
#
# ## The average that may be trusted
# Weighted by cohort size, over mature cells only.

# %%
result.average()

# %% [markdown]
# `simple` lets each cohort count the same, however small: where the two differ, large and small cohorts do.

# %%
result.average("simple").retention_rate.round(3).to_list()

# %% [markdown]
# ## Where do they get lost?
# A share of those who came in the period *before* shows where people stop coming; it may exceed 1, since who missed a
# period can be back in the next.

# %%
before = {"reference": "previous_period", "kind": "streak"}
retention(events, grain=grain, periods=periods, time_zone=time_zone, **before).average().round(3)

# %% [markdown]
# ## Back in exactly this period, or in this one or later?
# `on` asks for the period itself; `on_or_after` asks whether the person was ever seen again from then on.

# %%
retention(events, grain=grain, periods=periods, kind="on_or_after", time_zone=time_zone).average()

# %% [markdown]
# ## What share of a month's people come on one day?
# DAU, WAU and MAU are exact distinct people of the 1, 7 and 30 days that end with each day. A share is unknown until
# the data reach back as far as it looks.

# %%
active_rates(events, time_zone=time_zone)

# %% [markdown]
# ## Who comes how often, and is growth new or loyal?
# `stickiness` counts the people of exactly so many periods, or with `at_least` of so many or more. In `lifecycle` people
# are new with their first event in the table; `birth="first_event_in_range"` forgets what was before `start`, and
# `entity_created` asks a column of yours.

# %%
stickiness(events, grain=grain, time_zone=time_zone, at_least=True)

# %%
lifecycle(events, grain=grain, time_zone=time_zone)

# %% [markdown]
# The demo's real orders have two years: try `tenant_id = "retail"` and `grain = "month"`.
#
# **How to be fooled.** The history before the first cohort is cut off: the first month of any table is full of
# "new" people who are old. And `on_or_after` of a young cohort has had no time to fall: that is why immature
# cells never enter the average.
