"""The numbers of the overview: what happened, to how many people, compared with the time before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics_lib.behaviour.active_users import ActiveUsersResult, active_users
from analytics_lib.behaviour.event_counts import EventCountsResult, event_counts
from analytics_lib.behaviour.lifecycle import lifecycle
from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.cards import Kpi, known_number
from analytics_lib.widgets.choices import Choices

MOST_PARTS = 6
"""Parts of a stacked picture; smaller ones are added up."""
OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Overview:
    """The answer to one set of choices; small groups are hidden already."""

    events: EventCountsResult
    """Events per bucket."""
    users: ActiveUsersResult
    """Active people per bucket."""
    cards: tuple[Kpi, ...]
    """The numbers on top."""
    names: pd.DataFrame
    """``event``, ``events``: the most frequent events of the range, whatever event is chosen."""
    parts: pd.DataFrame | None
    """``time``, the column of the breakdown, ``events``; None where the data has no such column."""


def overview(audience: Audience, choices: Choices) -> Overview:
    """Give the overview; each number is that of the library's function of the same name."""
    return audience.answer(("overview", choices), lambda: _overview(audience, choices))


def _overview(audience: Audience, choices: Choices) -> Overview:
    table = audience.events(choices.event)
    events, users, new = _measured(audience, table, choices)
    events_before, users_before, new_before = _measured(audience, table, choices.before)
    per_head, per_head_before = _share(events.total, users.total), _share(events_before.total, users_before.total)
    cards = (
        Kpi("Events", float(events.total), float(events_before.total), course=_course(events.frame["events"])),
        Kpi(
            "Active people",
            known_number(users.total),
            known_number(users_before.total),
            course=_course(users.frame["users"]),
        ),
        Kpi("New people", new, new_before),
        Kpi("Events per person", per_head, per_head_before),
    )
    return Overview(events, users, cards, _names(audience, choices), _parts(audience, table, choices))


def _measured(
    audience: Audience, table: Any, choices: Choices
) -> tuple[EventCountsResult, ActiveUsersResult, float | None]:
    calendar = {**audience.calendar(choices), "grain": choices.grain, "week_start": audience.week_start}
    users = audience.shown(active_users(table, **calendar))
    new = audience.shown(lifecycle(table, **{**calendar, "grain": "day"}))  # days add up to the range exactly
    return event_counts(table, **calendar), users, _sum(new.frame["new"])


def _names(audience: Audience, choices: Choices) -> pd.DataFrame:
    counted = event_counts(audience.table, by="event", **audience.calendar(choices), grain="month").frame
    summed = counted.groupby("event", dropna=False, observed=True)["events"].sum().sort_values(ascending=False)
    return summed.head(10).rename_axis("event").reset_index()


def _parts(audience: Audience, table: Any, choices: Choices) -> pd.DataFrame | None:
    column = audience.breakdown
    if column is None:
        return None
    calendar = {**audience.calendar(choices), "grain": choices.grain, "week_start": audience.week_start}
    frame = event_counts(table, by=column, **calendar).frame
    named = frame.assign(**{column: frame[column].astype(object).where(frame[column].notna(), "unknown")})
    sizes = named.groupby(column)["events"].sum().sort_values(ascending=False)
    if len(sizes) > MOST_PARTS:
        small = set(sizes.index[MOST_PARTS - 1 :])
        named[column] = [OTHERS if name in small else name for name in named[column]]
    return named.groupby(["time", column])["events"].sum(min_count=1).rename("events").reset_index()


def _sum(column: pd.Series[Any]) -> float | None:
    return None if column.isna().any() else float(column.sum())


def _share(whole: Any, people: Any) -> float | None:
    return None if pd.isna(people) or not people else float(whole) / float(people)


def _course(column: pd.Series[Any]) -> list[float | None]:
    return [known_number(value) for value in column]
