# %% [markdown]
# # 32 · When did it change for good?
# **Reads** series that ship · **uses** `changepoints` · **about 10 seconds**

# %% tags=["parameters"]
confidence: float = 0.95  # 1 − how often an unchanged series may show a change
seed: int = 4  # of the made series at the end

# %% [markdown]
# ## A change that is known: the Nile
# The yearly flow at Aswan fell around 1899, when work on the dam began and the rains over the tropics weakened. The
# picture shows the level of each stretch and a mark at the first year of the new one.

# %%
from analytics_lib import changepoints
from analytics_lib.datasets.series import make_series, read_series

nile = changepoints(read_series("nile"), confidence=confidence)
nile

# %% [markdown]
# **How to read it.** `time` is the *first* observation of the new regime. `kind` says what changed: the level
# (`mean`), the slope per day (`trend`) or the size of the noise (`variance`); `before` and `after` are in that unit.
# The `p_value` says how often a series without any change shows as much evidence *somewhere*, so you need not allow
# for the many places that were looked at. No row means that nothing is significant, and that is an answer.
#
# ## A change that has a story: page views of a quarterback
# Daily views of one page of Wikipedia, as logarithms: 1 more is 2.7 times as many. Weeks and seasons repeat and are
# taken out first (the notes say so); days that are missing stay missing.

# %%
views = changepoints(read_series("peyton_manning"), confidence=confidence)
views

# %% [markdown]
# His team let him go on 7 March 2012, and within weeks he had another. The method was told neither.
#
# ## How to be fooled
# Here is a series in which **nothing** happens: each value is 0.9 of the one before, plus noise. Nearly all usage
# data is a little like this, since today's users were mostly yesterday's users.

# %%
wander = make_series(500, seed=seed, step="1d", memory=0.9)
changepoints(wander, confidence=confidence)

# %% [markdown]
# The eye sees a step, and so does the usual recipe: compare the mean before and after every day, as if days were
# independent, and take the best one.

# %%
import numpy as np

values, cut = wander["value"].to_numpy(), np.arange(20, 480)
before = values.cumsum()[cut - 1] / cut
after = (values.sum() - values.cumsum()[cut - 1]) / (500 - cut)
errors = values.std() * np.sqrt(1 / cut + 1 / (500 - cut))
f"best cut: {(abs(before - after) / errors).max():.1f} standard errors"

# %% [markdown]
# Eleven standard errors, and nothing happened. `changepoints` asks whether a change explains more than a wander of
# the noise does, whatever the noise's memory; in simulation it alarms in less than 5 of 100 such series. The price
# is that a small step in long-lived noise can't be told from the noise, by anyone. A step that is there is found:

# %%
changepoints(make_series(500, seed=seed, step="1d", memory=0.5, shifts={300: 3.0}))

# %% [markdown]
# Three more ways to be fooled. *An unfinished day* looks like a fall: hand over `complete`, as `event_counts` does.
# *A change of the tracking* is a change too: look at what was released before you look for a reason in people.
# *A cause* is not proved by a date: something else happened on that day as well.
