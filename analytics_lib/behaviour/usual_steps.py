"""A funnel for data that nobody has described: what most people do, in the order in which they come to it."""

from __future__ import annotations

from typing import Final

from analytics_lib import checks
from analytics_lib.engine.tables import AnyTable, as_table, to_frame
from analytics_lib.engine.times import epoch_micros

_NOTHING_KNOWN: Final = "page.view"


def usual_steps(events: AnyTable, *, most: int = 3) -> list[str]:
    """Give the events that most people have, in the order in which people usually first do them.

    A place to begin, not a finding: a way that matters is named by its owner, in ``analytics.toml``.
    Data with one event only gives it twice (who does it again?).

    Parameters
    ----------
    events
        A table with ``user_id``, ``event`` and ``event_time``.
    most
        Steps at the most.

    Examples
    --------
    >>> import pandas as pd
    >>> times = pd.to_datetime(["2024-05-01 10:00", "2024-05-01 10:01", "2024-05-02 10:00", "2024-05-02 10:01"])
    >>> who, what = ["a", "a", "b", "b"], ["visit", "order", "visit", "order"]
    >>> usual_steps(pd.DataFrame({"user_id": who, "event": what, "event_time": times}))
    ['visit', 'order']
    """
    checks.whole_number("most", most, at_least=2)
    table = as_table(events, ["user_id", "event", "event_time"], analysis="usual_steps")
    known = table.filter(table["user_id"].notnull(), table["event"].notnull())
    who = [name for name in ("tenant_id", "user_id") if name in table.columns]
    first = known.group_by([*who, "event"]).aggregate(first=epoch_micros(known).min())
    later = first.mutate(after=first["first"] - first["first"].min().over(group_by=who))
    found = to_frame(later.group_by("event").aggregate(users=later.count(), after=later["after"].median()))
    common = found.sort_values(["users", "event"], ascending=[False, True]).head(most)
    steps = [
        str(event) for event in common.sort_values(["after", "users", "event"], ascending=[True, False, True]).event
    ]
    return steps if len(steps) > 1 else (steps or [_NOTHING_KNOWN]) * 2
