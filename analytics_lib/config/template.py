"""The ``analytics.toml`` that a new workspace begins with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from analytics_lib.config.settings import SETTINGS_FILE

TEMPLATE: Final = """\
# The settings of this workspace. What begins with "#" shows the default; remove the "#" to change it.
# Any setting can also come from the environment, which stands above this file:
#   ANALYTICS_<SECTION>__<KEY>, for example ANALYTICS_ENGINE__THREADS=2
# `analytics doctor` checks this file and everything it names.

[workspace]
name = "{name}"
# time_zone = "UTC"              # IANA name, like "Europe/London": where days begin
# week_start = "monday"

# One table for each owner of data; only what differs.
# [tenants.shop]
# title = "Our shop"
# time_zone = "Europe/London"
# week_start = "sunday"
# synthetic = true               # made-up data: every page says so
# label = "Published by …"       # shown on every page
# minimum_users = 5
# funnel = ["page.view", "signup", "order.placed"]   # the way that matters; default: the usual steps

[privacy]
# minimum_users = 10             # smallest group of people that is shown
# consent = "assumed"            # or "required": keep only events of people who said yes

[ingestion]
# strict = false                 # true: one bad event rejects its whole batch
# future_tolerance = "1h"        # events further ahead of our clock are quarantined
# geo_file = "geo.mmdb"          # none: countries as the sender says

[lake]
# history = "90d"                # how long past versions stay readable
# patience = "10min"             # how long a writer waits for another

[engine]
# threads = 2                    # default: all cores
# memory_limit = "2GB"           # default: 80 % of the machine's memory

[state]
# address = "postgresql+psycopg://…"   # default: state.db in this folder; best given by the environment

[dashboards]
# address = "127.0.0.1"
# port = 0                       # 0: any free one
# token = "…"                    # default: a new one at each start; best given by the environment

[reports]
# browser = "/usr/bin/chromium"  # prints PDF; default: the one that is found
"""


def write_default_settings(folder: Path, *, name: str | None = None) -> Path:
    """Write the settings file of a new workspace; an existing one is left alone.

    Parameters
    ----------
    name
        Name of the workspace; default: its folder's.
    """
    path = folder / SETTINGS_FILE
    if not path.exists():
        shown = (name or folder.resolve().name or "analytics").replace("\\", "").replace('"', "'")
        path.write_text(TEMPLATE.replace("{name}", shown), encoding="utf-8")
    return path
