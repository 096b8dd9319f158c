# %% [markdown]
# # 20 · How many visitors get as far as buying?
# **Reads** `events` · **uses** `funnel` · **about 5 seconds** on the demo data

# %%
from datetime import date

# %% tags=["parameters"]
tenant_id: str = ""  # whose events; empty = the only tenant, or the first of the settings
steps: list[str] = []  # in funnel order; empty = the way in analytics.toml, else the usual steps
within: str = "14d"  # time from the first step to the last
start: date | None = None  # first day on which a visitor may enter; empty = the oldest event's
end: date | None = None  # last day; empty = the newest event's

# %%
from analytics_lib import funnel, open_workspace
from analytics_lib.behaviour.usual_steps import usual_steps

workspace = open_workspace()
tenant_id = workspace.chosen_tenant(tenant_id).tenant_id
events = workspace.events(tenant_id=tenant_id)
steps = steps or list(workspace.tenant(tenant_id).funnel) or usual_steps(events)
f"{tenant_id}: {' → '.join(steps)}"

# %%
result = funnel(events, steps, within=within, start=start, end=end)
result

# %% [markdown]
# **How to read it.** `step_rate` is the share of those who reached the step before; `overall_rate` of those who
# entered. `median_seconds` is the time from the step before, over everybody who got here. `immature` counts
# people who entered so recently that they may still convert.
#
# ## Who is behind a number
# The list of people is exactly as long as the number says.

# %%
result.people(step=2).num_rows, result.to_frame().users[1]

# %% [markdown]
# ## By device
# Levels are computed first, then each person is put into the group of their first step: groups add up to the total.

# %%
funnel(events, steps, within=within, start=start, end=end, by="device_type")

# %% [markdown]
# ## What the order means
# `ordered` lets other events come between, `strict` does not, `any` asks only that the steps happened.

# %%
{
    order: funnel(events, steps, within=within, order=order).to_frame().users.to_list()
    for order in ("strict", "ordered", "any")
}

# %% [markdown]
# **How to be fooled.** A step more always looks like a worse shop: never compare step rates between funnels of
# different length. And a log may write steps in another order than people took them: in the demo's synthetic one a
# purchase is often recorded *before* its payment details, so the ordered funnel loses real buyers. Look at
# `order="any"` before you blame the checkout.
