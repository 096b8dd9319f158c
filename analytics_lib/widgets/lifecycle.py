"""The lifecycle page: who is new, stays, comes back or goes quiet, and how often people come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np
import pandas as pd
from ipywidgets import VBox

from analytics_lib.behaviour.lifecycle import LifecycleResult, lifecycle
from analytics_lib.behaviour.lifecycle_periods import ACTIVE, STATES, state_by_state
from analytics_lib.behaviour.stickiness import StickinessResult, stickiness
from analytics_lib.charts.bars import draw_bars
from analytics_lib.charts.chart import Chart
from analytics_lib.charts.columns import wall_clock
from analytics_lib.charts.lines import draw_lines
from analytics_lib.widgets.analysis import AnalysisPage
from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.cards import Kpi, known_number
from analytics_lib.widgets.choices import Choices
from analytics_lib.widgets.dashboard import definitions_html
from analytics_lib.widgets.fields import Field, Options
from analytics_lib.widgets.people import People
from analytics_lib.widgets.table_view import TableView

CREATED: Final = "entity_created"
BIRTHS: Final = (
    ("their first event ever", "first_event_in_store"), ("their first in the range", "first_event_in_range"),
    ("when they were created", CREATED),
)  # fmt: skip
_PATTERNS: Final = {"hour": "%Y-%m-%d %H:%M", "month": "%Y-%m"}


def moments_of(audience: Audience) -> Options:
    """Offer the properties that may tell when a person was created."""
    return [("choose …", ""), *((name.removeprefix("properties."), name) for name in audience.properties)]


class LifecycleWidget(AnalysisPage):
    """Shows how many people are new, stay, come back and go quiet, and how many come how often.

    A tap on a point lists the people of that state and period, a tap on a bar those who came so often.

    Parameters
    ----------
    workspace
        Whose data.
    **given
        ``tenant_id``, ``start``, ``end`` (inclusive), ``grain``, ``at_least`` of
        :func:`~analytics_lib.behaviour.stickiness.stickiness`, ``birth`` and ``created`` of
        :func:`~analytics_lib.behaviour.lifecycle.lifecycle`.
    """

    own: ClassVar[tuple[Field, ...]] = (
        Field("birth", "New is", "first_event_in_store", BIRTHS),
        Field("created", "Created, as told by", "", moments_of),
        Field("at_least", "Came in", "false", (("exactly so many", "false"), ("so many or more", "true"))),
    )
    common: ClassVar[Mapping[str, bool]] = {"with_event": False, "with_grain": True}
    hint = "Tap a point to list who was in that state then, or a bar to list who came so often."
    file_name = "lifecycle"
    table_under = "first"
    usual: ClassVar[Mapping[str, Any]] = {"days": 90, "grain": "week"}

    answer: LifecycleResult
    often: StickinessResult

    def asked(self, choices: Choices) -> LifecycleResult:
        """Ask who is new, stays, comes back and goes quiet; with it, how often people come."""
        self.often = self._often(choices)
        return self._states(choices)

    def _states(self, choices: Choices) -> LifecycleResult:
        birth, created = self.texts["birth"], self.texts["created"] if self.texts["birth"] == CREATED else None
        question = ("lifecycle", choices, birth, created)
        table = self.audience.table_with(["properties"] if created else [])
        ask = self._calendar(choices) | {"birth": birth, "created": created or None}
        return self.audience.answer(question, lambda: self.audience.shown(lifecycle(table, **ask)))

    def _often(self, choices: Choices) -> StickinessResult:
        ask = self._calendar(choices) | {"at_least": self.texts["at_least"] == "true"}
        question = ("stickiness", choices, self.texts["at_least"])
        return self.audience.answer(question, lambda: self.audience.shown(stickiness(self.audience.table, **ask)))

    def _calendar(self, choices: Choices) -> dict[str, Any]:
        return {**self.audience.calendar(choices), "grain": choices.grain, "week_start": self.audience.week_start}

    def build(self) -> list[Any]:
        """Make the parts of every page, and a second table under the bars."""
        self.often_table = TableView(lambda: self.often.frame, "stickiness")
        parts = super().build()
        first, bars = self.halves.children
        column = VBox([bars, self.often_table])
        column.add_class("analytics-column")
        self.halves.children = (first, column)
        return parts

    def update(self) -> None:
        """Answer the present choices; what tells the creation is asked only where creation counts."""
        self.fields.editors["created"].layout.display = None if self.texts["birth"] == CREATED else "none"
        super().update()
        self.definitions.value = definitions_html(self.answer, self.often)
        headings = {"active_periods": f"{self.choices.grain}s with an event", "users": "people"}
        self.often_table.show(self.often.frame, headings)

    def kpis(self) -> tuple[Kpi, ...]:
        """Give how many people there were, how many were new, how often they came, and how many went quiet."""
        (now, often), (then, before) = (
            (self._states(choices), self._often(choices)) for choices in (self.choices, self.choices.before)
        )
        grain = self.choices.grain
        return (
            Kpi("People", known_number(often.total), known_number(before.total)),
            Kpi("New people", _sum(now.frame["new"]), _sum(then.frame["new"])),
            Kpi(f"{grain.capitalize()}s per person", _mean(often), _mean(before)),
            Kpi(f"Went quiet, last whole {grain}", _last(now.frame), _last(then.frame), up_is_good=False),
        )

    def drawn(self) -> tuple[Chart, ...]:
        """Give the states over time, and how many people came how often."""
        zone, grain = self.audience.time_zone, self.choices.grain
        states = state_by_state(self.answer.frame)
        title = f"New, returning, resurrecting and dormant people per {grain}"
        lines = draw_lines(states, x="time", y="users", by="state", title=title, time_zone=zone, selectable=True)
        how = f"in so many {grain}s or more" if self.often.at_least else f"in exactly so many {grain}s"
        times = self.often.frame.assign(active_periods=self.often.frame["active_periods"].astype(str))
        bars = draw_bars(
            times, x="active_periods", y="users", title=f"People who came {how}", horizontal=False, selectable=True,
            x_label=f"{grain}s with an event",
        )  # fmt: skip
        return lines, bars

    def listed(self) -> pd.DataFrame:
        """Give the periods by their names, with all who were active."""
        frame = self.answer.frame
        local = pd.to_datetime(frame["time"], utc=True).dt.tz_convert(self.audience.time_zone)
        named = local.dt.strftime(_PATTERNS.get(self.choices.grain, "%Y-%m-%d"))
        over = frame["complete"].map({True: "yes", False: "no"})
        return self.file_rows().assign(time=named, over=over)

    def file_rows(self) -> pd.DataFrame:
        """Give the periods with all who were active, as the table has them."""
        frame = self.answer.frame.copy()
        frame.insert(1, "active", frame[list(ACTIVE)].sum(axis=1, skipna=False))
        return frame

    def headings(self) -> Mapping[str, str]:
        """Give the columns."""
        grain = self.choices.grain
        return {"time": grain, "active": "active", **{state: state for state in STATES}, "over": f"whole {grain}"}

    def picked(self, datum: Mapping[str, Any]) -> People | None:
        """Give the people of a point or of a bar."""
        return self._who_came(datum) if "value" in datum else self._who_was(datum)

    def _who_came(self, datum: Mapping[str, Any]) -> People:
        times = int(datum["name"])
        how = f"{times} or more" if self.often.at_least else f"exactly {times}"
        title = f"who came in {how} {self.choices.grain}{'' if times == 1 else 's'}"
        found = self.often.people(active_periods=times)
        return People(title, found, f"people-{times}-{self.choices.grain}s", self.often.definition)

    def _who_was(self, datum: Mapping[str, Any]) -> People | None:
        frame, state = self.answer.frame, str(datum["name"])
        places = wall_clock(frame["time"], self.audience.time_zone)
        rows = np.flatnonzero(places == np.datetime64(datum["x"], "ms"))
        if not rows.size or pd.isna(frame[state].iloc[rows[0]]):
            return None
        row, name = int(rows[0]), self.listed()["time"].iloc[int(rows[0])]
        found = self.answer.people(time=frame["time"].iloc[row], state=state)
        words = f"who were {state} in the {self.choices.grain} of {name}"
        return People(words, found, f"people-{state}-{name}", self.answer.definition)


def _sum(column: pd.Series[Any]) -> float | None:
    return None if column.isna().any() else float(column.sum())


def _mean(often: StickinessResult) -> float | None:
    """Give the mean of the active periods per person; None where a count is hidden or nobody came."""
    frame, total = often.frame, known_number(often.total)
    weights = 1 if often.at_least else frame["active_periods"]
    periods = _sum(frame["users"] * weights)
    return periods / total if periods is not None and total else None


def _last(frame: pd.DataFrame) -> float | None:
    """Give how many went quiet in the last period that is over."""
    over = frame[frame["complete"].fillna(value=False).astype(bool)]
    return known_number(over["dormant"].iloc[-1]) if len(over) else None
