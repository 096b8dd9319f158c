# %% [markdown]
# # 24 · Why do two tools show different numbers?
# **Reads** `events` · **uses** `funnel`, `event_counts`, `explain_difference` · **about 10 seconds** on the demo data

# %%
from datetime import date

# %% tags=["parameters"]
tenant_id: str = ""  # whose events; empty = the only tenant, or the first of the settings
steps: list[str] = []  # in funnel order; empty = the way in analytics.toml, else the usual steps
start: date | None = None  # first day; empty = the oldest event's
end: date | None = None  # last day; empty = the newest event's

# %%
from analytics_lib import event_counts, funnel, open_workspace
from analytics_lib.behaviour.dialects import DIALECTS
from analytics_lib.behaviour.difference import explain_difference
from analytics_lib.behaviour.usual_steps import usual_steps

columns = ["tenant_id", "user_id", "session_id", "event_id", "event", "event_time"]
workspace = open_workspace()
tenant_id = workspace.chosen_tenant(tenant_id).tenant_id
events = workspace.events(tenant_id=tenant_id)[columns].to_pyarrow()  # read once, asked often
steps = steps or list(workspace.tenant(tenant_id).funnel) or usual_steps(events)
asked = {"start": start, "end": end, "within": "14d"}

# %% [markdown]
# ## The same data, the same steps, other rules
# Every product counts a funnel by rules of its own. Each line below is what that product would show.

# %%
counts = {"ours": funnel(events, steps, **asked).to_frame().users.to_list()}
counts |= {name: funnel(events, steps, dialect=name, **asked).to_frame().users.to_list() for name in DIALECTS}
counts

# %% [markdown]
# ## Why this number is not that one
# The explainer changes one rule after the other and notes whom each change moves. Every person that only one of the two
# counts belongs to exactly one reason, so the lines add up to the difference, to the last person.

# %%
ours = funnel(events, steps, **asked)
theirs = funnel(events, steps, dialect="umami", **asked)
explain_difference(ours, theirs)

# %% [markdown]
# ## Two colleagues, one tool
# Most disagreements need no second tool: a shorter window, another order, sessions instead of people.

# %%
colleague = funnel(events, steps, start=start, end=end, within="10m", unit="session")
why = explain_difference(ours, colleague)
why

# %%
int(why.to_frame().change.sum()), why.difference

# %% [markdown]
# ## A chart of events, and a step of a funnel
# Whoever adds up a chart counts people more than once, and events of nobody. Those lines stand apart; then follow the
# part of the range, the other events, and the rules of the funnel.

# %%
explain_difference(event_counts(events, start=start, end=end), ours)

# %% [markdown]
# ## Who exactly
# The people of a line, and whether the change brought or took them.

# %%
reason = why.to_frame().sort_values("users").reason.iloc[-1]
why.people(reason=reason).to_pandas().head()

# %% [markdown]
# **How to be fooled.** The order of the lines matters: a person whom two rules would have moved stands in the later one.
# The sum does not depend on it. And no explainer mends other *data*: where two tools received different events, load
# both exports and compare those first.
