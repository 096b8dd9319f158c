# %% [markdown]
# # 22 · Which ways do visitors take?
# **Reads** `events` · **uses** `paths` · **about 5 seconds** on the demo data

# %% tags=["parameters"]
tenant_id: str = "shop"  # whose events
anchor: str = "payment_details"  # where the ways begin
length: int = 4  # steps from there
start: str = "2024-05-19"  # first day
end: str = "2024-06-07"  # last day

# %%
from analytics_lib import funnel, open_workspace, paths

events = open_workspace().events(tenant_id=tenant_id)

# %%
after = paths(events, anchor=anchor, length=length, top=25, start=start, end=end)
after

# %% [markdown]
# **How to read it.** Each session has one path, from its first `payment_details` on. A band is a transition; its width
# is the number of sessions that took it. What flows into a node flows out of it again, to another node or to `(end)`;
# rare nodes come together as `(other)`, with exact counts.
#
# ## And before it?
# Backwards, step 1 is the last transition before the anchor; the picture still reads from left to right.

# %%
paths(events, anchor=anchor, direction="before", length=3, top=20, start=start, end=end)

# %% [markdown]
# ## Without the noise
# Patterns keep or pass over names: `product_*` is a whole name with a wildcard, `/^page[.]/` a regular expression.

# %%
paths(events, anchor=anchor, length=3, exclude=["catalog", "home", "product_*"], start=start, end=end)

# %% [markdown]
# ## Who is behind a band
# The list is exactly as long as `users` says.

# %%
largest = after.to_frame().iloc[0]
len(after.people(step=1, source=largest.source, target=largest.target)), largest.users

# %% [markdown]
# ## The same question to a funnel
# A path asks what came *next*, a funnel what came *at all*: its number is never smaller than that of the direct way.

# %%
funnel(events, [anchor, "purchase"], unit="session", within=None, start=start, end=end)

# %% [markdown]
# **How to be fooled.** A path shows the first way from the anchor only; a session that came to it three times is still
# one path. `(other)` is not one place: a wide band into it says that people scatter, not that they meet. And with
# `collapse=False` a page that reloads itself looks like a maze.
