"""The funnel page: choose the steps, see where people stop, and list who did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from ipywidgets import HTML, Box, Dropdown

from analytics_lib.behaviour.funnel import FunnelResult, funnel
from analytics_lib.charts.formats import axis_label
from analytics_lib.charts.funnels import draw_funnel
from analytics_lib.errors import ArgumentError
from analytics_lib.widgets.cards import Kpi, KpiCard
from analytics_lib.widgets.chart_view import ChartView
from analytics_lib.widgets.controls import event_options
from analytics_lib.widgets.dashboard import Dashboard
from analytics_lib.widgets.debounce import Debounced
from analytics_lib.widgets.people import People, PeopleList
from analytics_lib.widgets.tables import table_html

if TYPE_CHECKING:
    from analytics_lib.workspace import Workspace

MOST_STEPS: Final = 5
_HEADINGS: Final = {
    "event": "step", "users": "people", "step_rate": "of the step before", "overall_rate": "of all",
    "median_seconds": "median time", "immature": "still open",
}  # fmt: skip
_SHORT: Final = {name: _HEADINGS[name] for name in ("event", "users", "overall_rate")}
WINDOWS: Final = {"1 hour": "1h", "1 day": "1d", "7 days": "7d", "14 days": "14d", "30 days": "30d", "no limit": ""}
UNLIMITED: Final = "none"
"""How an address says that there is no limit; the empty text is the default."""


class FunnelWidget(Dashboard):
    """Shows how many people go from step to step.

    A tap on a bar lists the people who reached that step.

    Parameters
    ----------
    workspace
        Whose data.
    **given
        ``tenant_id``, ``start``, ``end`` (inclusive), ``steps`` (event names), ``within`` (such as
        ``"14d"``; ``"none"`` = no limit), ``by`` (a column). Steps that the tenant's data does not know
        are replaced by its most frequent event, twice: who comes back?
    """

    def __init__(self, workspace: Workspace, **given: Any) -> None:
        super().__init__(workspace, controls={"with_event": False, "with_grain": False}, **given)

    def take_own(self, given: Mapping[str, Any]) -> None:
        """Take steps, window and split."""
        steps = given.get("steps") or []
        named = steps.split(",") if isinstance(steps, str) else list(steps)
        known = [name for name in named if name in self.audience.counts]
        self.steps = known[:MOST_STEPS] if len(known) >= 2 else usual_steps(self.audience.counts)
        self.within = given.get("within") or "14d"
        self.by = given.get("by") if given.get("by") in self.audience.breakdowns else None
        if hasattr(self, "step_fields"):
            self._set_fields()

    def own_texts(self) -> dict[str, str]:
        """Give steps, window and split for the address."""
        return {
            "steps": ",".join(self.steps),
            "within": "" if self.within == "14d" else self.within,
            "by": self.by or "",
        }

    def own_fields(self) -> list[Any]:
        """Give the row with steps, window and split."""
        return [self.fields]

    def build(self) -> list[Any]:
        """Make fields, cards, chart, table and list."""
        self.fields = self._make_fields()
        self.answer = self._funnel(self.by)
        self.cards = [KpiCard(kpi) for kpi in self._kpis()]
        self.chart = ChartView(self._chart())
        self.chart.on_pick(self._picked)
        self.table = HTML()
        self.table.add_class("analytics-card")
        self.people = PeopleList(hint="Tap a bar to list who reached that step.", on_clear=self._clear)
        self.definitions = HTML()
        self._fresh = True
        cards, halves = Box(self.cards), Box([self.chart, self.table])
        cards.add_class("analytics-cards")
        halves.add_class("analytics-grid")
        return [cards, halves, self.people, self.definitions]

    def _make_fields(self) -> Box:
        self.step_fields = [Dropdown(description=f"Step {number}") for number in range(1, MOST_STEPS + 1)]
        windows = [(words, code or UNLIMITED) for words, code in WINDOWS.items()]
        self.window, self.split = Dropdown(options=windows, description="Within"), Dropdown(description="Split by")
        self._quiet = False
        self._set_fields()
        touched = Debounced(self._own_chosen)
        fields = Box([*self.step_fields, self.window, self.split])
        for field in fields.children:
            field.observe(lambda _change: None if self._quiet else touched(), names="value")
        fields.add_class("analytics-controls")
        return fields

    def update(self) -> None:
        """Answer the present choices."""
        if not self._fresh:
            self.answer = self._funnel(self.by)
            for card, kpi in zip(self.cards, self._kpis(), strict=True):
                card.show(kpi)
            self.chart.show(self._chart())
        self._fresh = False
        self.people.show(None)
        table = table_html(self.answer.frame, {self.by: axis_label(self.by), **_SHORT} if self.by else _HEADINGS)
        self.table.value = f'<div class="analytics-title">In numbers</div><div class="analytics-numbers">{table}</div>'
        explained = self.answer.explanation_html()
        self.definitions.value = f"<details><summary>How these numbers are defined</summary>{explained}</details>"

    def _funnel(self, by: str | None, *, before: bool = False) -> FunnelResult:
        choices = self.choices.before if before else self.choices
        within = None if self.within == UNLIMITED else self.within
        calendar = self.audience.calendar(choices)
        return self.audience.shown(funnel(self.audience.table, self.steps, within=within, by=by, **calendar))

    def _kpis(self) -> tuple[Kpi, ...]:
        now = self.answer.frame if self.by is None else self._funnel(None).frame
        then = self._funnel(None, before=True).frame
        return (
            Kpi("Entered", _number(now["users"].iloc[0]), _number(then["users"].iloc[0])),
            Kpi("Reached the last step", _number(now["users"].iloc[-1]), _number(then["users"].iloc[-1])),
            Kpi("Conversion", _number(now["overall_rate"].iloc[-1]), _number(then["overall_rate"].iloc[-1]), "percent"),
            Kpi("Median time of the last step", _number(now["median_seconds"].iloc[-1]),
                _number(then["median_seconds"].iloc[-1]), "duration", up_is_good=False),
        )  # fmt: skip

    def _chart(self) -> Any:
        split = f" by {axis_label(self.by)}" if self.by else ""
        return draw_funnel(
            self.answer.frame, by=self.by, title=f"People who reach each step{split}", selectable=not self.by
        )

    def _show_people(self, rows: list[int]) -> None:
        if not rows:
            self.people.show(None)
            return
        row = self.answer.frame.iloc[rows[0]]
        found = self.answer.people(step=int(row["step"]))
        self.people.show(People(f"reached step {row['step']}, {row['event']}", found, f"people-step-{row['step']}.csv"))

    def _picked(self, rows: list[int]) -> None:
        self.guarded(self._show_people)(rows)

    def _clear(self) -> None:
        self.chart.pick([])
        self.people.show(None)

    def _own_chosen(self) -> None:
        self.guarded(self._take_fields)()

    def _take_fields(self) -> None:
        steps = [field.value for field in self.step_fields if field.value]
        if len(steps) < 2:
            raise ArgumentError("a funnel needs two steps", "Choose an event for step 1 and step 2.")
        self.take_own({"steps": steps, "within": self.window.value, "by": self.split.value})
        self.refresh()

    def _set_fields(self) -> None:
        self._quiet = True
        try:
            for number, field in enumerate(self.step_fields):
                name = self.steps[number] if number < len(self.steps) else ""
                nothing = [("choose an event", "")] if number < 2 else [("–", "")]
                field.options = [*nothing, *event_options(self.audience.counts, name)[1:]]
                field.value = name
            self.window.value = self.within if self.within in (*WINDOWS.values(), UNLIMITED) else "14d"
            self.split.options = [("nothing", ""), *((axis_label(name), name) for name in self.audience.breakdowns)]
            self.split.value = self.by or ""
        finally:
            self._quiet = False


def usual_steps(counts: Mapping[str, int]) -> list[str]:
    """Give a funnel for data nobody has described: the most frequent event, and that event again.

    Examples
    --------
    >>> usual_steps({"order.placed": 9, "order.cancelled": 1})
    ['order.placed', 'order.placed']
    """
    first = next(iter(counts), "page.view")
    return [first, first]


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
