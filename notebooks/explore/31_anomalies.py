# %% [markdown]
# # 31 · Which days were not like the others?
# **Reads** `events`, and series that ship · **uses** `anomalies`, `AnomalyMonitor` · **about 10 seconds**

# %% tags=["parameters"]
tenant_id: str = ""  # whose events; empty = the only tenant, or the first of the settings
time_zone: str = ""  # where a day begins; empty = the tenant's zone
per_1000: float = 1.0  # false alarms allowed per 1,000 ordinary points

# %%
from analytics_lib import AnomalyMonitor, anomalies, event_counts, open_workspace

workspace = open_workspace()
tenant_id = workspace.chosen_tenant(tenant_id).tenant_id
time_zone = time_zone or workspace.tenant(tenant_id).time_zone
events = workspace.events(tenant_id=tenant_id)
series = event_counts(events, grain="day", time_zone=time_zone)

# %%
result = anomalies(series, per_1000=per_1000)
result

# %% [markdown]
# ## Only the flagged ones, with their reasons

# %%
frame = result.to_frame()
flagged = frame[frame.is_anomaly.fillna(value=False)]
told = flagged[["time", "value", "expected", "severity", "reason"]]
told if len(told) else f"None of these {len(frame):,} days is flagged: each lies where an ordinary day may lie."

# %% [markdown]
# **How to read it.** `low` to `high` is where an ordinary point lies. `reason` says what happened in words: a spike, a
# dip, several days on one side, a lasting shift, a change of the noise, a flatline, missing data. A shift is told once,
# on its first day; the days after it are ordinary on their new level.
#
# ## A promise, not a threshold
# `per_1000` says how many of 1,000 *ordinary* points may be flagged, whatever the shape of the noise. Daily views of one
# page of Wikipedia (logarithms; 59 days are missing), with ten times fewer false alarms from row to row:

# %%
import pandas as pd

from analytics_lib.datasets.series import make_series, read_series

views = read_series("peyton_manning")
rates = [10, 1, 0.1, 0.01]
levels = [anomalies(views, per_1000=rate).to_frame().severity.value_counts() for rate in rates]
counted = pd.DataFrame(levels, index=pd.Index(rates, name="per_1000"))
counted.reindex(columns=["low", "medium", "high"]).fillna(0).astype(int)

# %% [markdown]
# Of 2,905 known days some 29 may be flagged by chance at 10 per 1,000, 3 at 1, none at 0.01. What is left there is not
# chance. *Severity* is the same question asked again: `medium` is still flagged at a tenth of the rate, `high` at a
# hundredth.

# %%
anomalies(views, per_1000=0.1)

# %% [markdown]
# On 7 March 2012 his team let him go. Each February the season ends, and the views fall to another level for months.
#
# ## What is planted is told by its name
# Hours with a day, a spike, a dip, twelve hours without data, ten equal values, and a shift of five standard deviations
# that lasts. The last hour has only begun.

# %%
planted = {"spikes": {300: 60, 520: -45}, "shifts": {900: 25.0}, "missing": range(640, 652)}
hours = make_series(1440, seed=3, level=200, noise=5, seasons={24: 30}, **planted)
hours.loc[700:709, "value"] = hours.value[700]
hours["complete"] = hours.index < 1439
hours.loc[1439, "value"] = 20  # the first minutes of an hour
told = anomalies(hours).to_frame()
told[told.reason != ""].drop_duplicates("reason")[["time", "value", "severity", "reason"]]

# %% [markdown]
# The unfinished hour is *unknown*, not low: hand over `complete`, as `event_counts` does. Missing data has no severity:
# nothing was seen, so nothing was out of line; but somebody should ask why.
#
# ## The simple rules, beside it
# They are here by name, because people ask for them. None promises a rate: what they flag depends on the season and on
# the shape of the noise.

# %%
rules = {"z_score": "1d", "percent_change": "1d", "standard_deviations": None, "iqr": None}
flags = {name: anomalies(hours, method=name, window=window) for name, window in rules.items()}
flags = {"calibrated": anomalies(hours)} | flags
flagged = {name: one.to_frame().is_anomaly.sum() for name, one in flags.items()}
pd.Series(flagged, name="flagged").to_frame()

# %% [markdown]
# The rules look at the whole swing of the day, so most see only the spike; two standard deviations flag the peaks of
# ordinary days. The definition of each result says its rule in full:

# %%
flags["z_score"].definition

# %% [markdown]
# ## One point at a time
# The monitor sees each value once, never looks ahead, and remembers a few kilobytes.

# %%
monitor = AnomalyMonitor(grain="day")
scores = [monitor.update(row.time, row.events) for row in series.to_frame().itertuples()]
judged = [score.is_anomaly for score in scores if score.is_anomaly is not None]
f"{len(judged):,} of {len(scores):,} days were judged, after a warm-up; {sum(judged):,} flagged"

# %% [markdown]
# ## How to be fooled
# - **Many series.** With 50 metrics watched daily, one false alarm per 1,000 points is one every three weeks: choose
#   `per_1000` for the fleet, not for the single series.
# - **Silence.** A detector that never alarms is not calm, it may be blind: plant a spike, as above, and look.
# - **The usual recipe.** Robust STL and a median deviation flag 35 to 42 of 1,000 clean points where half of one was
#   promised (the calibration certificate measures it beside ours).
# - **A wrong day.** An unfinished bucket, a change of the clock, a late load: look at `complete` before you look for
#   a cause.
# - **A cause.** The flag says *that* a day was unlike the others, never *why*.
