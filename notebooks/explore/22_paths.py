# %% [markdown]
# # 22 · Which ways do visitors take?
# **Reads** `events` · **uses** `paths` · **about 5 seconds** on the demo data

# %%
from datetime import date

# %% tags=["parameters"]
tenant_id: str = ""  # whose events; empty = the only tenant, or the first of the settings
anchor: str = ""  # where the ways begin; empty = the last step but one of the usual way
length: int = 4  # steps from there
start: date | None = None  # first day; empty = the oldest event's
end: date | None = None  # last day; empty = the newest event's

# %%
from analytics_lib import funnel, open_workspace, paths
from analytics_lib.behaviour.usual_steps import usual_steps

workspace = open_workspace()
tenant_id = workspace.chosen_tenant(tenant_id).tenant_id
events = workspace.events(tenant_id=tenant_id)
way = list(workspace.tenant(tenant_id).funnel) or usual_steps(events)
anchor = anchor or way[-2]
f"{tenant_id}: ways from {anchor!r}"

# %%
after = paths(events, anchor=anchor, length=length, top=25, start=start, end=end)
after

# %% [markdown]
# **How to read it.** Each session has one path, from its first anchor on. A band is a transition; its width
# is the number of sessions that took it. What flows into a node flows out of it again, to another node or to `(end)`;
# rare nodes come together as `(other)`, with exact counts.
#
# ## And before it?
# Backwards, step 1 is the last transition before the anchor; the picture still reads from left to right.

# %%
paths(events, anchor=anchor, direction="before", length=3, top=20, start=start, end=end)

# %% [markdown]
# ## Without the noise
# Patterns keep or pass over names: `page*` is a whole name with a wildcard, `/^page[.]/` a regular expression. Here
# what most people do everywhere is passed over.

# %%
everywhere = [name for name in usual_steps(events) if name not in way]
paths(events, anchor=anchor, length=3, exclude=["page*", *everywhere], start=start, end=end)

# %% [markdown]
# ## Who is behind a band
# The list is exactly as long as `users` says.

# %%
bands = after.to_frame()[["step", "source", "target", "users"]].to_dict("records")
widest = {name: bands[0][name] for name in ("step", "source", "target")} if bands else {}
(len(after.people(**widest)), bands[0]["users"]) if bands else "Nobody came by: there is no band, and no list."

# %% [markdown]
# ## The same question to a funnel
# A path asks what came *next*, a funnel what came *at all*: its number is never smaller than that of the direct way.

# %%
funnel(events, [anchor, way[-1]], unit="session", within=None, start=start, end=end)

# %% [markdown]
# **How to be fooled.** A path shows the first way from the anchor only; a session that came to it three times is still
# one path. `(other)` is not one place: a wide band into it says that people scatter, not that they meet. And with
# `collapse=False` a page that reloads itself looks like a maze.
