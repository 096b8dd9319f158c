# %% [markdown]
# # 10 · How do my files become events, and was anything lost?
# **Reads** a file · **uses** `read_events`, `make_shop_events` · **about 5 seconds**
#
# Loading never stops at a bad line and never loses one. Every line gets one verdict, and the counts add up:
# sent = accepted + duplicate + quarantined + rejected.

# %% tags=["parameters"]
file: str = ""  # CSV, JSON, NDJSON or Parquet; empty = the shop log that comes with the library
file_format: str = "auto"  # auto, shop, retail, snowplow, claude, csv, json, ndjson or parquet

# %%
from analytics_lib import read_events
from analytics_lib.datasets.published import shop_events_file

source = file or shop_events_file()
events, receipt = read_events(source, format=file_format, return_receipt=True)
receipt

# %% [markdown]
# ## The canonical events
# Whatever the file called its columns, the events have one shape now. Times are UTC.

# %%
columns = ["event_time", "user_id", "session_id", "event", "device_type"]
events.select(columns).slice(0, 8).to_pandas()

# %% [markdown]
# ## Into the lake
# `read_events` only looks. To keep the events, load them into a workspace, in a notebook or in a terminal:
#
# ```
# analytics init my-workspace
# analytics load my-events.csv --workspace my-workspace --tenant my-shop
# ```
#
# Loading the same file again adds nothing: identities come from the content, so each line is a `duplicate`.
#
# **How to be fooled.** Times in seconds, milliseconds, microseconds and nanoseconds look alike in a file.
# They are told apart by size, per column; look at the first and last time on the receipt before you trust them.
