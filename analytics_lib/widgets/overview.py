"""The overview: events and people over time, the most frequent events, and the people behind a stretch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from ipywidgets import HTML, Box

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.charts.areas import draw_areas
from analytics_lib.charts.bars import draw_bars
from analytics_lib.charts.chart import Chart, empty_chart
from analytics_lib.charts.formats import axis_label
from analytics_lib.charts.lines import draw_lines
from analytics_lib.charts.model_view import model_view_class
from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.cards import KpiCard
from analytics_lib.widgets.chart_view import ChartView
from analytics_lib.widgets.dashboard import Dashboard, definitions_html
from analytics_lib.widgets.overview_numbers import OTHERS, Overview, overview
from analytics_lib.widgets.people import People, PeopleList

if TYPE_CHECKING:
    from analytics_lib.workspace import Workspace

_TRAILING = {"hour": "h", "day": "d"}


class OverviewWidget(Dashboard):
    """Shows what happens and to how many people.

    A box drawn on one of the upper charts selects the same stretch in the other and lists the people
    who were active in it; a tap on a bar shows that event alone.

    Parameters
    ----------
    workspace
        Whose data.
    **given
        ``tenant_id``, ``start``, ``end`` (inclusive), ``event``, ``grain``; empty or missing ones get
        their default: the last four weeks of the tenant's data.
    """

    def __init__(self, workspace: Workspace, **given: Any) -> None:
        super().__init__(workspace, controls={}, **given)

    @staticmethod
    def warm_up(workspace: Workspace, tenant_id: str = "") -> None:
        """Do before a visitor comes what needs no visitor: load libraries, read the snapshot, answer once.

        Nothing that a page could show is made; if the lake has changed by the time somebody comes, it
        is read again.
        """
        if not tenant_id or tenant_id in workspace.tenants():
            audience = Audience.of(workspace, workspace.chosen_tenant(tenant_id).tenant_id)
            overview(audience, audience.choices({}))
        model_view_class()

    def build(self) -> list[Any]:
        """Make cards, charts and list."""
        self.answer: Overview = overview(self.audience, self.choices)
        self.cards = [KpiCard(kpi) for kpi in self.answer.cards]
        self.events, self.users, self.names, self.parts = (ChartView(chart) for chart in self._charts())
        hint = "Draw a box over a stretch of a chart above, or tap a point, to list who was active then."
        self.people = PeopleList(hint=hint, on_clear=lambda: self._pick([]), save=self.save_people)
        self.definitions = HTML()
        self.events.on_pick(lambda rows: self._picked(rows, self.users))
        self.users.on_pick(lambda rows: self._picked(rows, self.events))
        self.names.on_pick(self._named)
        self._fresh = True
        cards, charts = Box(self.cards), Box([self.events, self.users, self.names, self.parts])
        cards.add_class("analytics-cards")
        charts.add_class("analytics-grid")
        return [cards, charts, self.people, self.definitions]

    def update(self) -> None:
        """Answer the present choices."""
        if not self._fresh:  # the parts were just made from this very answer
            self.answer = overview(self.audience, self.choices)
            for card, kpi in zip(self.cards, self.answer.cards, strict=True):
                card.show(kpi)
            views = (self.events, self.users, self.names, self.parts)
            for view, chart in zip(views, self._charts(), strict=True):
                view.show(chart)
        self._fresh = False
        self.people.show(None)
        self.names.pick([row for row, name in enumerate(self.answer.names["event"]) if name == self.choices.event])
        self.definitions.value = definitions_html(self.answer.events, self.answer.users)

    def _charts(self) -> tuple[Chart, ...]:
        answer, zone, per = self.answer, self.audience.time_zone, f"per {self.choices.grain}"
        what = self.choices.event or "Events"
        events = draw_lines(answer.events.frame, x="time", y="events", title=f"{what} {per}", time_zone=zone,
                            selectable=True)  # fmt: skip
        users = draw_lines(answer.users.frame, x="time", y="users", title=f"Active people {per}", time_zone=zone,
                           y_label="people", selectable=True)  # fmt: skip
        names = draw_bars(answer.names, x="event", y="events", title="Most frequent events", horizontal=True,
                          height=280, selectable=True)  # fmt: skip
        return events, users, names, self._parts_chart(what, per)

    def _parts_chart(self, what: str, per: str) -> Chart:
        column = self.audience.breakdown
        if self.answer.parts is None or column is None:
            return empty_chart("Events by group", "This data has no device, country or category to split by")
        title = f"{what} {per} by {axis_label(column)}"
        zone = self.audience.time_zone
        return draw_areas(self.answer.parts, x="time", y="events", by=column, title=title, time_zone=zone, last=OTHERS)

    def _picked(self, rows: list[int], other: ChartView) -> None:
        self.guarded(self._show_people)(rows, other)

    def _show_people(self, rows: list[int], other: ChartView) -> None:
        other.pick(rows)
        if not rows:
            self.people.show(None)
            return
        times = self.answer.users.frame["time"].iloc[[min(rows), max(rows)]].tolist()
        first, last = (time.tz_convert(self.audience.time_zone) for time in times)
        pattern = "%-d %b %Y %H:%M" if self.choices.grain == "hour" else "%-d %b %Y"
        unit = "" if self.choices.grain in _TRAILING else f"{self.choices.grain} of "
        stretch = first.strftime(pattern) if first == last else f"{first.strftime(pattern)} – {last.strftime(pattern)}"
        found = self._people_between(min(rows), max(rows))
        name = f"people-{first:%Y%m%d}-{last:%Y%m%d}"
        self.people.show(People(f"active in {unit}{stretch}", found, name, self.answer.users.definition))

    def _people_between(self, first: int, last: int) -> pa.Table:
        """Give the people of a run of buckets, through the library's own definition of an active person."""
        frame = self.answer.users.frame
        unit = _TRAILING.get(self.choices.grain)
        if unit is None or first == last:
            found = [self.answer.users.people(time=frame["time"].iloc[row]) for row in range(first, last + 1)]
            return pa.concat_tables(found).group_by("user_id").aggregate([]).sort_by("user_id")
        begins = frame["time"].iloc[last].to_pydatetime()
        calendar = {**self.audience.calendar(self.choices), "start": begins, "end": self._ends(last)}
        counted = active_users(self.audience.events(self.choices.event), grain=self.choices.grain,
                               trailing=f"{last - first + 1}{unit}", **calendar)  # fmt: skip
        return self.audience.shown(counted).people(time=begins)

    def _ends(self, row: int) -> Any:
        from analytics_lib.periods import next_bucket

        begins = self.answer.users.frame["time"].iloc[row].to_pydatetime()
        return next_bucket(begins, self.choices.grain, time_zone=self.audience.time_zone)

    def _named(self, rows: list[int]) -> None:
        if rows:
            name = str(self.answer.names["event"].iloc[rows[0]])
            self.guarded(self.choose)(event="" if name == self.choices.event else name)

    def _pick(self, rows: list[int]) -> None:
        for view in (self.events, self.users):
            view.pick(rows)
        self.people.show(None)
