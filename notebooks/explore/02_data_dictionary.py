# %% [markdown]
# # 02 · What does each column and each event name mean?
# **Reads** the registry · **uses** `schema` · **about 1 second**
#
# One event has one shape, whoever sent it. A sent name that the registry knows under any spelling gets its
# canonical name; any other name is kept unchanged in the category `custom`.

# %%
import pandas as pd

from analytics_lib import schema

# %% [markdown]
# ## The columns of an event
# Identities are pseudonyms at rest. A raw address or user agent has no column at all: it can't be stored.

# %%
pd.DataFrame(
    [(column.name, column.type, column.meaning) for column in schema.COLUMNS], columns=["column", "type", "meaning"]
)

# %% [markdown]
# ## The event types
# `view` marks what counts as looking, `engagement` what counts as doing: a session with one view and no
# engagement is a bounce. `retention` is how long the raw event is kept unless your settings say otherwise.

# %%
kinds = [
    (kind.name, kind.category, ", ".join(kind.aliases), kind.view, kind.engagement, kind.retention)
    for kind in schema.EVENT_TYPES
]
pd.set_option("display.max_rows", 100)
pd.DataFrame(kinds, columns=["event", "category", "other spellings", "view", "engagement", "retention"])

# %% [markdown]
# ## What a name becomes

# %%
{sent: schema.canonical_event(sent) for sent in ["page_view", "page-view", "message_sent", "basket_shaken"]}

# %% [markdown]
# **How to be fooled.** Two systems may send `error` and mean different things. The registry unifies the
# spelling, never the meaning: look at `event_name` (what was sent) and `application_id` before you add them up.
