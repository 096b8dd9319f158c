# %% [markdown]
# # 25 · Where do people click, and which recommendations do they follow?
# **Reads** `events` and what people agreed to · **uses** `click_map`, `scroll_reach`, `playback` and `recommendations` ·
# **about 5 seconds** on the demo data (made-up visits to a magazine)

# %% tags=["parameters"]
tenant_id: str = ""  # whose events; empty = the first with people who agreed to session recording, else as everywhere
url: str = "/subscribe"  # page whose clicks and scrolls are shown, exactly as stored
width: str = "desktop"  # class of window widths: phone, tablet or desktop; layouts differ, so they are never mixed

# %%
from analytics_lib import click_map, open_workspace, playback, recommendations, scroll_reach
from analytics_lib.state.consents import consenting_tenants, decided_users

workspace = open_workspace()
recorded = consenting_tenants(workspace.state, "session_recording")
tenant_id = workspace.chosen_tenant(tenant_id or next(iter(recorded), "")).tenant_id
events = workspace.events(tenant_id=tenant_id)
consented = decided_users(workspace.state, "session_recording", tenant_id=tenant_id)
f"{tenant_id}: {len(consented):,} people agreed to session recording, and still do"

# %% [markdown]
# ## Where do they click?
# Only people whose *newest* decision says yes are looked at; nobody is assumed to agree. A note says how many others
# there are, and nothing more about them.

# %%
click_map(events, url, consented=consented, width=width, columns=10, rows=10)

# %%
scroll_reach(events, url, consented=consented, width=width)

# %% [markdown]
# **How to read it.** Cells are shares of the page, its top at the top. A depth counts everybody who got at least there;
# somebody who never scrolled sent no depth and is not counted, so the first bar is not everybody.
#
# ## What happened in one visit?
# Only recorded events are played: what lies between them is not known, and no screen was filmed.

# %%
known = events.filter(events.user_id.isin(sorted(consented)) & events.session_id.notnull())
visits = known.session_id.value_counts(name="events").to_pandas().sort_values("events").session_id
playback(events, visits.iloc[-1], consented=consented) if len(visits) else "There is no visit that may be played."

# %% [markdown]
# ## Which recommendations do they follow?
# For each person and item this is the funnel *shown* → *clicked* → *goal* of that item. The made-up data has two ways to
# choose what is recommended; one of them is followed twice as often, and the intervals say so.

# %%
recommendations(events, by="properties.algorithm")

# %%
recommendations(events)

# %% [markdown]
# **How to be fooled.** A click map of few people is a map of *those* people: look at `users` beside `clicks`. Who agrees
# to be recorded is not everybody, and may click elsewhere. And a followed recommendation is no proof that it helped:
# people might have found the item anyway. Only a comparison with people who were shown none tells that
# ([34 · experiments](34_experiments.ipynb)).
