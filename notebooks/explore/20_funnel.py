# %% [markdown]
# # 20 · How many visitors get as far as buying?
# **Reads** `events` · **uses** `funnel` · **about 5 seconds** on the demo data

# %% tags=["parameters"]
tenant_id: str = "shop"  # whose events
steps: list[str] = ["product_view", "add_to_cart", "payment_details", "purchase"]  # in funnel order
within: str = "14d"  # time from the first step to the last
start: str = "2024-01-01"  # first day on which a visitor may enter
end: str = "2024-06-30"  # last day

# %%
from analytics_lib import funnel, open_workspace

events = open_workspace().events(tenant_id=tenant_id)

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
# different length. In this synthetic log a purchase is often recorded *before* its payment details, so the
# ordered funnel loses real buyers: look at `order="any"` before you blame the checkout.
