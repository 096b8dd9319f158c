"""How much of a week's and a month's people come on one day: DAU, WAU, MAU and their ratios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.active_users import ActiveUsersResult, active_users
from analytics_lib.behaviour.scope import open_scope
from analytics_lib.engine.tables import AnyTable
from analytics_lib.periods import Moment, floor, next_bucket
from analytics_lib.results import Additive, Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

STRETCHES: Final = {"daily_users": 1, "weekly_users": 7, "monthly_users": 30}
"""Column and the number of days it looks back over, the day itself included."""
RATES: Final = {
    "daily_weekly_rate": ("daily_users", "weekly_users"),
    "daily_monthly_rate": ("daily_users", "monthly_users"),
    "weekly_monthly_rate": ("weekly_users", "monthly_users"),
}
"""Rate, and what is divided by what."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ActiveRatesResult(Result):
    """People of each day, of the 7 and of the 30 days that end with it, and their shares."""

    title: ClassVar[str] = "How much of a month's people come on a day"
    people_columns: ClassVar[tuple[str, ...]] = tuple(STRETCHES)

    def plot(self) -> Chart:
        """Draw one line per rate."""
        from analytics_lib.charts.lines import draw_lines

        names = {name: " of ".join(column.removesuffix("_users") for column in pair) for name, pair in RATES.items()}
        drawn = self.frame.rename(columns=names).melt("time", list(names.values()), "rate", "share")
        return draw_lines(drawn, x="time", y="share", by="rate", title=self.title, value_format="percent")


@remembered
def active_rates(
    events: AnyTable,
    *,
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
) -> ActiveRatesResult:
    """Tell how many people come on a day, in a week and in a month, and what share of a month comes on one day.

    All three numbers are exact distinct people of the days that end with the row's day, so that they move every day
    and a week never counts as more than a month. A rate is unknown until the data reach back as far as it looks:
    the 30 days behind somebody's first week would make everybody look faithful.

    Parameters
    ----------
    events
        A table with ``user_id`` and ``event_time``; with ``tenant_id`` a person is the pair of both.
    start, end, observed_until, time_zone
        As in :func:`~analytics_lib.behaviour.event_counts.event_counts`; events before `start` serve as history.

    Returns
    -------
    ActiveRatesResult
        ``time``, ``daily_users`` (DAU), ``weekly_users`` (WAU, 7 days), ``monthly_users`` (MAU, 30 days),
        ``daily_weekly_rate``, ``daily_monthly_rate``, ``weekly_monthly_rate`` (NaN where nobody came or the past is
        too short), ``complete``. ``.people(time=…, counted="monthly_users")``.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-05-01", "2024-05-07", "2024-05-07"])
    >>> found = active_rates(pd.DataFrame({"user_id": ["a", "b", "c"], "event_time": days})).to_frame()
    >>> found[["daily_users", "weekly_users", "daily_weekly_rate"]].iloc[-1].round(3).tolist()
    [2.0, 3.0, 0.667]
    """
    asked: dict[str, Any] = {"start": start, "end": end, "observed_until": observed_until, "time_zone": time_zone}
    found = {
        name: active_users(events, trailing=None if days == 1 else f"{days}d", **asked)
        for name, days in STRETCHES.items()
    }
    daily = found["daily_users"]
    frame = daily.frame[["time"]].assign(**{name: one.frame["users"] for name, one in found.items()})
    known = _known(frame["time"], events, time_zone)
    for name, (part, whole) in RATES.items():
        share = frame[part].astype("float64") / frame[whole].astype("float64").replace(0, float("nan"))
        frame[name] = share.where(known[whole])
    short = len(frame) and not known["monthly_users"].all()
    note = "Rates whose 7 or 30 days reach back beyond the first event are unknown."
    return ActiveRatesResult(
        frame=frame.assign(complete=daily.frame["complete"]),
        definition=(
            f"Different people with an event on each day, and in the 7 and the 30 days that end with it ({time_zone}); "
            "rates divide one by the other on the same row."
        ),
        provenance=daily.provenance,
        notes=(*daily.notes, *((note,) if short else ())),
        key_columns=("time",),
        people_source=lambda row: _people(found, row),
        structure=tuple(Additive("share", pair) for pair in RATES.values()),
    )


def _known(time: pd.Series[Any], events: AnyTable, time_zone: str) -> pd.DataFrame:
    """Tell for each day and stretch whether the data reach back to where it begins."""
    first = open_scope(events, ["event_time"], analysis="active_rates", count_unknown=False).first
    known = {}
    for name, days in STRETCHES.items():
        if first is None:
            known[name] = pd.Series(False, index=time.index)  # noqa: FBT003
            continue
        begin = floor(first, "day", time_zone=time_zone)
        known[name] = time >= pd.Timestamp(next_bucket(begin, "day", time_zone=time_zone, steps=days - 1))
    return pd.DataFrame(known)


def _people(found: Mapping[str, ActiveUsersResult], row: Mapping[str, Any]) -> pa.Table:
    return found[row["counted"] or "daily_users"].people(time=row["time"])
