# %% [markdown]
# # 34 · Did the change help, or did we look too often?
# **Reads** `events` · **uses** `compare_variants`, `check_split` · **about 5 seconds** on the demo data
#
# Events that happened, and an experiment that never was: people are dealt into two groups by a stable hash, and
# nothing is done to either. Whatever we find is chance. Then we plant a true lift and see whether it is found.

# %% tags=["parameters"]
tenant_id: str = ""  # whose events; empty = the only tenant, or the first of the settings
amount: str = ""  # property that is summed per person, such as revenue; empty = events are counted
planted_lift: float = 0.15  # share added to what the treated did in the second part
confidence: float = 0.95  # share of experiments whose interval holds the truth

# %%
from analytics_lib import check_split, compare_variants, open_workspace
from analytics_lib.engine.properties import property_number
from analytics_lib.statistics.assignment import assign_variant
from analytics_lib.statistics.variants import Metric

workspace = open_workspace()
events = workspace.events(tenant_id=workspace.chosen_tenant(tenant_id).tenant_id)
known = events.filter(events.user_id.notnull())
value = property_number(known, "properties", amount).sum() if amount else known.count()
customers = known.group_by("user_id").aggregate(value=value).to_pandas()

# %%
customers["variant"] = [assign_variant(user, "nothing was done") for user in customers.user_id]
customers.head()

# %% [markdown]
# ## Was the split fair?
# Before any result: are there as many in each group as the deal promised? A broken split breaks everything after it.

# %%
planned = {"control": 0.5, "treatment": 0.5}
dealt = {name: int((customers.variant == name).sum()) for name in planned}
too_few = "" if all(dealt.values()) else "Nothing to compare: that needs people in both groups."
check_split(dealt, planned)

# %% [markdown]
# ## Nothing was done: is anything found?
# The interval is *always valid*: look every day, stop when it suits, and it still holds. What people do, and even more
# what they spend, is wildly skewed, so the largest one in a hundred is capped, said in the result, never silently.

# %%
spent = Metric("value", winsorise=(0, 0.99))
too_few or compare_variants(customers, metric=spent, control="control", confidence=confidence)

# %% [markdown]
# ## Something was done: is it found?

# %%
treated = customers.variant == "treatment"
lifted = customers.assign(value=customers.value * (1 + planted_lift * treated))
asked = {"metric": spent, "control": "control", "effect": "relative", "confidence": confidence}
too_few or compare_variants(lifted, **asked)

# %% [markdown]
# **How to read it.** `low` to `high` is where the true effect lies in 95 of 100 experiments, all looks together. An
# interval that holds 0 is not "no effect": it is "not enough people to tell", and its width says how far off.
#
# **How to be fooled.** A usual t-test, looked at every day, calls one of four experiments without any effect a
# success. And a metric chosen after seeing ten of them is one of ten: hand them over together, and the family is
# corrected for.
