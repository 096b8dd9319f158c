# %% [markdown]
# # 23 · Who belongs together, and will they still tomorrow?
# **Reads** `events` · **uses** `rfm`, `segments`, `cohort` and `clusters` · **about 20 seconds** on the demo data

# %% tags=["parameters"]
tenant_id: str = ""  # whose events; empty = the only tenant, or the first of the settings
event: str = ""  # what counts as buying; empty = the last step of the usual way
amount: str = "properties.revenue"  # what an order is worth; where nothing is there, it adds nothing
lately_days: int = 30  # how far back counts as lately, and how far back "then" is

# %%
from datetime import timedelta

from analytics_lib import clusters, cohort, open_workspace, rfm, segments
from analytics_lib.behaviour.conditions import did, is_in_state
from analytics_lib.behaviour.usual_steps import usual_steps

workspace = open_workspace()
tenant_id = workspace.chosen_tenant(tenant_id).tenant_id
events = workspace.events(tenant_id=tenant_id)
event = event or (workspace.tenant(tenant_id).funnel or usual_steps(events))[-1]

# %%
result = rfm(events, event=event, amount=amount)
result

# %% [markdown]
# **How to read it.** Every buyer is in exactly one row: the pair of their scores for *how long ago* and *how often*,
# each from 1 to 5, relative to the other buyers. Buyers with equal values have equal scores, so the fifths are not
# always fifths; a note says so.
#
# ## Rules of your own
# A rule is asked as of a moment. Rules may overlap, so the rows need not add up.

# %%
lately = did(event, within=f"{lately_days}d")
rules = {"bought lately": lately, "bought, but not lately": did(event) & ~lately}
segments(events, {**rules, "quiet since last month": is_in_state("dormant", grain="month")})

# %% [markdown]
# ## Then and now
# Membership changes. Whoever draws the past of *today's* members draws the past of those who stayed.

# %%
newest = workspace.newest_event(tenant_id)
buyers = cohort(events, lately, name="bought lately")
then = newest and newest - timedelta(days=lately_days)
buyers.then_and_now(events, then=then) if newest else "There are no events, so there was no then."

# %% [markdown]
# ## Are there groups that nobody made up?
# k-means finds groups in anything. They are named only if two resamples give the same ones, *and* if one plain cloud of
# people would not split as tightly.

# %%
features = ["recency_days", "orders", "amount"] if result.buyers.amount.any() else ["recency_days", "orders"]
found = clusters(result.buyers, features=features)
found

# %%
{"stability": round(found.stability, 2), "p_value": found.p_value, "stable": found.stable}

# %% [markdown]
# ## Keep the people behind a number
# `workspace.save_cohort(result.people(segment="champions"), name="champions")` keeps the list with an audit line, and
# refuses groups smaller than may be shown. Here is the largest segment, and how many people would be kept.

# %%
largest = result.to_frame().sort_values("users").segment.tail(1)
[(segment, result.people(segment=segment).num_rows) for segment in largest] or "Nobody bought: there is no segment."

# %% [markdown]
# **How to be fooled.** Scores are relative: in a dying shop a fifth of the buyers are still champions. A segment that is
# chosen for being high now falls by itself (regression to the mean), so compare with people who were *not* treated.
# And a cluster with a name sounds like a cause; it is only a place where people stand close together.
