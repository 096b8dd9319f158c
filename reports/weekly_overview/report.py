# %% [markdown]
# # What changed in these four weeks?

# %%
from datetime import date

from analytics_lib import active_users, anomalies, event_counts, funnel, open_workspace, retention
from analytics_lib.behaviour.funnel_course import funnel_course
from analytics_lib.behaviour.usual_steps import usual_steps
from analytics_lib.reporting.key_numbers import key_numbers
from analytics_lib.reporting.period import report_period
from analytics_lib.reporting.publish import cover, publish

# %% tags=["parameters"]
tenant_id: str = ""  # whose events; empty = the only tenant, or the first of the settings
start: date | None = None  # first day; empty = four weeks before the end
end: date | None = None  # last day, inside; empty = the day of the newest event
steps: list[str] | None = None  # events of the share on page one; empty = the last two of the way, [] = no such share
path: list[str] | None = None  # the way, in order; empty = that of the settings, else the usual steps, [] = none

# %%
workspace = open_workspace()
tenant_id = workspace.chosen_tenant(tenant_id).tenant_id
tenant, events = workspace.tenant(tenant_id), workspace.events(tenant_id=tenant_id)
named = list(tenant.funnel) if path is None else path
path = named or (usual_steps(events) if path is None else [])
steps = path[-2:] if steps is None else steps

# %%
period = report_period(events, start, end, time_zone=tenant.time_zone)
before, smallest = period.previous(), workspace.minimum_users(tenant_id)
shown = {"minimum_users": smallest, "time_zone": period.time_zone}
days = {"start": period.start, "end": period.end, "time_zone": period.time_zone}
eight_weeks = {**days, "start": before.start}
half_a_year = {**days, "start": period.history(weeks=22, oldest=workspace.oldest_event(tenant_id))}

# %%
daily = event_counts(events, **half_a_year)
said = {"Period": f"{period} ({period.time_zone})", "Compared with": before, "Tenant": tenant.title}
told = " → ".join(path) + ("" if named else " (the usual steps; name yours in analytics.toml)")
said |= {"The way": told} if path else {}
cover(said, data_version=daily.provenance.data_version, label=tenant.label)

# %% [markdown]
# ## In short

# %%
key_numbers(events, period, steps=steps, minimum_users=smallest)

# %% [markdown] tags=["optional"]
# **How to read it.** Each point is the share of one week's sessions that hold all of these events, in any order;
# the first four weeks are the period before. **How to be fooled:** a share moves a lot when few sessions are
# behind it, so look at the counts, and believe the interval above rather than a single point.

# %% tags=["optional"]
weekly = funnel_course(events, steps, unit="session", order="any", **eight_weeks) if steps else None
publish(weekly, "share of sessions by week", wholes=[before, period], **shown) if steps else None

# %% [markdown]
# ## Was any day out of the ordinary?
# **How to read it.** A day is flagged when a day like it comes about once in a thousand by chance. No flag does not
# mean that nothing happened: a fault that hits few people hardly moves the number of all events.

# %%
publish(anomalies(daily), "events by day", since=period.start, time_zone=period.time_zone)

# %% [markdown]
# ## How many people came?
# **How to be fooled.** The days do not add up: who comes on three days counts on each of them. The number of people
# of the whole period is on page one.

# %%
publish(active_users(events, **days), "people by day", **shown)

# %% [markdown]
# ## Where do they stop on the way?
# **How to be fooled.** The steps must come in this order. A log that writes a purchase before its payment details
# loses real buyers here; the share on page one takes any order.

# %% tags=["optional"]
way = funnel(events, path, unit="session", **days) if path else None
publish(way, "the way", **shown) if path else None

# %% [markdown]
# ## Do new people come back?
# **How to read it.** One row for those whose first event ever fell in that week; then the share of them that came
# back in each week after. Weeks that are not over are hatched and may still grow; groups too small to be shown are left out.

# %%
publish(retention(events, grain="week", periods=5, **eight_weeks), "return by week", **shown)
