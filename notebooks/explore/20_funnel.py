# %% [markdown]
# # 20 · How many visitors get as far as buying?
# **Reads** `events` · **uses** `funnel` · **about 10 seconds** on the demo data

# %%
from datetime import date

# %% tags=["parameters"]
tenant_id: str = ""  # whose events; empty = the only tenant, or the first of the settings
steps: list[str] = []  # in funnel order; empty = the way in analytics.toml, else the usual steps
within: str = "14d"  # time from the first step to the last
start: date | None = None  # first day on which a visitor may enter; empty = the oldest event's
end: date | None = None  # last day; empty = the newest event's

# %%
from analytics_lib import funnel, funnel_course, open_workspace
from analytics_lib.behaviour.funnel_steps import step
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
f"{result.people(step=2).num_rows:,} people are listed for step 2, and {result.to_frame().users[1]:,} are counted"

# %% [markdown]
# ## How sure is each rate?
# Wilson's interval: where the true rate plausibly lies, were these visitors a sample of many like them.

# %%
result.intervals()[["event", "users", "overall_rate", "overall_rate_low", "overall_rate_high"]]

# %% [markdown]
# ## How long does it take?
# From the first step to the last, over those who got there. The mean is drawn by the slowest few: look at the median
# and the tail.

# %%
result.time_to_convert().round(1)

# %%
result.time_histogram(bins=10)

# %% [markdown]
# ## Who may still convert?
# An entry younger than `within` has not had its time: its zero says nothing yet. With a shorter window fewer entries
# are unripe and fewer people convert, so compare funnels of one window only.

# %%
{
    length: funnel(events, steps, within=length, start=start, end=end)
    .to_frame()[["users", "immature"]]
    .iloc[-1]
    .to_dict()
    for length in ("1h", "1d", "7d", "30d")
}

# %% [markdown]
# ## Does it change over time?
# Each visitor counts in the week of their first step, whenever the last one comes; a dotted end is not over yet.

# %%
funnel_course(events, steps, grain="week", within=within, start=start, end=end)

# %% [markdown]
# ## By device: is the difference real?
# Levels are computed first, then each person is put into the group of their first step: groups add up to the total.

# %%
split = funnel(events, steps, within=within, start=start, end=end, by="device_type")
split

# %% [markdown]
# Each group against the largest: the difference with Newcombe's interval. `adjusted_p_value` is corrected for having
# looked at several groups (Benjamini–Hochberg): among those below 0.05 about one in twenty is chance.

# %%
split.compare().round(3) if split.to_frame().device_type.nunique() > 1 else "These events know one device type only."

# %% [markdown]
# ## A step may ask for more than a name
# `step` adds conditions on columns or `properties.…`; `optional=True` measures a step that people may skip, and that
# keeps nobody back.

# %%
devices = events.filter(events.device_type.notnull()).device_type.topk(1).to_pandas().device_type
first = step(steps[0], where={"device_type": devices[0]}) if len(devices) else steps[0]
skipped = [step(name, optional=True) for name in steps[1:-1]]
funnel(events, [first, *skipped, steps[-1]], within=within, start=start, end=end).to_frame()

# %% [markdown]
# ## What the order means
# `ordered` lets other events come between, `strict` does not, `any` asks only that the steps happened.

# %%
{
    order: funnel(events, steps, within=within, start=start, end=end, order=order).to_frame().users.to_list()
    for order in ("strict", "ordered", "any")
}

# %% [markdown]
# Between the two, `anchored=True` keeps one step where it is and lets the others change places.

# %%
anchored = [step(steps[0], anchored=True), *steps[1:]]
funnel(events, anchored, order="any", within=within, start=start, end=end).to_frame()

# %% [markdown]
# ## Without something between two steps
# `exclude` drops who did something between entry and last step, or stops them there; `after` and `before` say between
# which steps. Here: who comes again with the first step before they did the second.

# %%
asked = {"start": start, "end": end, "within": within, "entry": "first"}
again = {"event": steps[0], "after": 1, "before": 2} if len(steps) > 2 else ()
{
    "anyhow": funnel(events, steps, **asked).to_frame().users.to_list(),
    **{
        effect: funnel(events, steps, exclude=again, exclude_effect=effect, **asked).to_frame().users.to_list()
        for effect in ("drop_entity", "stop_at_step")
    },
}

# %% [markdown]
# ## One device from first to last, or one visit
# `hold_constant` asks that all steps carry the same value; `within="1 session"` that they lie in one visit;
# `unit="session"` counts visits instead of people. Three questions, three numbers: say which one you mean.

# %%
asked = {"start": start, "end": end}
{
    "anyhow": int(funnel(events, steps, within=within, **asked).to_frame().users.iloc[-1]),
    "on one device": int(
        funnel(events, steps, within=within, hold_constant="device_type", **asked).to_frame().users.iloc[-1]
    ),
    "in one visit": int(funnel(events, steps, within="1 session", **asked).to_frame().users.iloc[-1]),
}

# %% [markdown]
# **How to be fooled.**
#
# - A step more always looks like a worse shop: never compare step rates between funnels of different length.
# - A log may write steps in another order than people took them: in the demo's synthetic one a purchase is often
#   recorded *before* its payment details, so the ordered funnel loses real buyers. Look at `order="any"` before you
#   blame the checkout.
# - The last weeks look bad because they are young: read `immature`, or leave them out.
# - Look at enough groups and one will differ: read `adjusted_p_value`, and decide on the group before you look.
# - A group that differs was not made to: people on phones are other people. Only an experiment tells causes.
