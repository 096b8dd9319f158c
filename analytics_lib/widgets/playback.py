"""The playback page: one recorded visit of a person who agreed to it, and where all who agreed click and scroll."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, Final

from ipywidgets import HTML, Box, Dropdown, IntSlider, Play, jslink

from analytics_lib.behaviour.playback import PlaybackResult, no_events, playback
from analytics_lib.behaviour.pointer import (
    POINTER,
    WIDTHS,
    ClickMapResult,
    ScrollReachResult,
    click_map,
    scroll_reach,
)
from analytics_lib.behaviour.recording import PURPOSE, only_consenting
from analytics_lib.behaviour.scope import open_scope
from analytics_lib.charts.chart import Chart, empty_chart
from analytics_lib.display import format_count
from analytics_lib.engine.tables import to_arrow
from analytics_lib.results import Provenance
from analytics_lib.state.consents import decided_users
from analytics_lib.widgets.analysis import AnalysisPage
from analytics_lib.widgets.cards import Kpi, known_number
from analytics_lib.widgets.choices import Choices
from analytics_lib.widgets.dashboard import definitions_html
from analytics_lib.widgets.fields import Field
from analytics_lib.widgets.people import People

if TYPE_CHECKING:
    from analytics_lib.workspace import Workspace

MOST_PAGES: Final = 50
"""Pages that are offered."""
MOST_VISITS: Final = 200
"""Visits that are offered, the newest first."""
SPEEDS: Final = (("as it was", 1), ("2 ×", 2), ("5 ×", 5), ("10 ×", 10), ("30 ×", 30))
_HEADINGS: Final = {
    "position": "number", "seconds": "second", "idle_seconds": "pause left out", "kind": "kind", "url": "page",
    "event": "event", "what": "what",
}  # fmt: skip
_NOBODY: Final = "Nobody with a visit in these days agreed to session recording, so there is nothing to play."

_NO_PAGES: Final = "No page was recorded in these days of people who agreed to session recording"


class PlaybackWidget(AnalysisPage):
    """Plays the recorded events of one visit, a pause of more than half a minute shortened.

    Only visits of people whose newest decision allows session recording are offered, and only those are played.
    Below is where on a page all of them click, and how far down they get. Of several tenants the page opens with the
    first that has such people.

    Parameters
    ----------
    workspace
        Whose data.
    **given
        ``tenant_id``, ``start``, ``end`` (inclusive), ``session_id`` (empty = the newest visit), ``idle``,
        ``url`` (empty = the page with most pointer events), ``width``.
    """

    own: ClassVar[tuple[Field, ...]] = (
        Field("session_id", "Visit", "", (), kind="text", empty="the newest"),
        Field("idle", "Pauses play at most", "30s", (("5 seconds", "5s"), ("30 seconds", "30s"), ("in full", "24h"))),
        Field("url", "Clicks on page", "", (), kind="text", empty="the one with most"),
        Field("width", "In windows of", "desktop", tuple((name, name) for name in WIDTHS)),
    )
    hint = "The list of people is empty here: a visit is one person's, and who that is stays unnamed."
    file_name = "visit"
    wide = True
    table_under = "all"

    answer: PlaybackResult
    clicks: ClickMapResult
    reach: ScrollReachResult

    def usual_tenant(self, workspace: Workspace) -> str:
        """Give the first tenant that has people who agreed to session recording, else the usual one."""
        agreed = (
            name for name in workspace.settings.tenants if decided_users(workspace.state, PURPOSE, tenant_id=name)
        )
        return next(agreed, super().usual_tenant(workspace))

    def asked(self, choices: Choices) -> PlaybackResult:
        """Ask for the events of the chosen visit, else of the newest one."""
        self.clicks, self.reach = self._pointer(choices)
        visits = self.visits(choices)
        chosen = self.texts["session_id"] or next(iter(visits), "")
        if not chosen:
            return PlaybackResult(frame=no_events(), definition=_NOBODY, provenance=Provenance(), notes=(_NOBODY,))
        return playback(self._table(), chosen, consented=self._agreed(), idle=self.texts["idle"])

    def _pointer(self, choices: Choices) -> tuple[ClickMapResult, ScrollReachResult]:
        """Ask where people click on the chosen page, and how far down they get."""
        url = self.page(choices)
        asked: dict[str, Any] = {
            "consented": self._agreed(), "width": self.texts["width"], "start": choices.start, "end": choices.end,
            "time_zone": self.audience.time_zone,
        }  # fmt: skip
        clicks = click_map(self._table(), url, columns=10, rows=10, **asked)
        reach = scroll_reach(self._table(), url, **asked)
        return self.audience.shown(clicks), self.audience.shown(reach)

    def page(self, choices: Choices) -> str:
        """Give the chosen page, else the one with most pointer events."""
        return self.texts["url"] or next(iter(self.pages(choices)), "/")

    def pages(self, choices: Choices) -> list[str]:
        """Give the pages with pointer events of people who agreed, those with most first."""
        return self.audience.answer(("pages", choices, self._agreed()), lambda: self._look_for_pages(choices))

    def _look_for_pages(self, choices: Choices) -> list[str]:
        needed = ["user_id", "event", "event_time", "url"]
        scope = open_scope(self._table(), needed, analysis="playback", **self.audience.calendar(choices))
        agreed, _ = only_consenting(scope.inside(), self._agreed())
        found = agreed.filter((agreed["event"] == POINTER) & agreed["url"].notnull())
        counted = found.group_by("url").aggregate(events=found.count())
        rows = counted.order_by([counted["events"].desc(), counted["url"]]).limit(MOST_PAGES)
        return [str(name) for name in to_arrow(rows)["url"].to_pylist()]

    def visits(self, choices: Choices) -> list[str]:
        """Give the visits that may be played, the newest first."""
        question = ("visits", choices, self._agreed())
        return self.audience.answer(question, lambda: self._look_for_visits(choices))

    def _look_for_visits(self, choices: Choices) -> list[str]:
        asked = self.audience.calendar(choices)
        scope = open_scope(self._table(), ["user_id", "session_id", "event_time"], analysis="playback", **asked)
        agreed, _ = only_consenting(scope.inside(), self._agreed())
        known = agreed.filter(agreed["session_id"].notnull())
        newest = known.group_by("session_id").aggregate(newest=known["_micros"].max())
        rows = newest.order_by([newest["newest"].desc(), newest["session_id"]]).limit(MOST_VISITS)
        return [str(name) for name in to_arrow(rows)["session_id"].to_pylist()]

    def _agreed(self) -> frozenset[str]:
        return decided_users(self.workspace.state, PURPOSE, tenant_id=self.audience.tenant_id)

    def _table(self) -> Any:
        return self.audience.table_with(["url", "properties", "event_id"])

    def build(self) -> list[Any]:
        """Make the player above the parts of every page."""
        self.play, self.place = Play(value=0, interval=1000, show_repeat=False), IntSlider(value=0, readout=False)
        self.speed = Dropdown(options=list(SPEEDS), value=1, description="Speed")
        self.now = HTML()
        jslink((self.play, "value"), (self.place, "value"))
        jslink((self.play, "max"), (self.place, "max"))
        self.place.observe(lambda change: self.guarded(self._show_moment)(change["new"]), names="value")
        self.speed.observe(lambda change: setattr(self.play, "step", change["new"]), names="value")
        self.player = Box([self.play, self.place, self.speed, self.now])
        self.player.add_class("analytics-card")
        self.player.add_class("analytics-player")
        cards, halves, people, definitions = super().build()
        people.layout.display = "none"
        return [cards, self.player, halves, people, definitions]

    def update(self) -> None:
        """Answer the present choices, from the first second."""
        visits = self.visits(self.choices)
        self.fields.offer("session_id", [(name, name) for name in visits], self.texts["session_id"])
        self.fields.offer("url", [(name, name) for name in self.pages(self.choices)], self.texts["url"])
        super().update()
        self.definitions.value = definitions_html(self.answer, self.clicks, self.reach)
        self.play.playing = False
        self.play.max = self.place.max = max(math.ceil(self.answer.played_seconds), 1)
        self.play.value = self.place.value = 0
        self._show_moment(0)

    def _show_moment(self, second: int) -> None:
        """Show how far the visit is, and what happened last."""
        past = self.answer.frame[self.answer.frame["played_seconds"] <= second]
        self.now.value = moment_html(past.iloc[-1].to_dict() if len(past) else None, second, len(past))
        self.views[0].show(self.answer.plot(at=float(second)))

    def kpis(self) -> tuple[Kpi, ...]:
        """Give length, pages, clicks and what was left out."""
        frame = self.answer.frame
        empty = frame.empty
        return (
            Kpi(
                "Length of the visit", None if empty else self.answer.duration_seconds, None, "duration", compared=False
            ),
            Kpi("Pages", None if empty else float((frame["kind"] == "page").sum()), compared=False),
            Kpi("Clicks", None if empty else float((frame["kind"] == "click").sum()), compared=False),
            Kpi(
                "Pauses left out",
                None if empty else float(frame["idle_seconds"].sum()),
                None,
                "duration",
                compared=False,
            ),
        )

    def drawn(self) -> tuple[Chart, ...]:
        """Give the timeline, nothing played yet; where people click and how far they get."""
        if not (self.texts["url"] or self.pages(self.choices)):
            titles = ("Clicks on a page", "How far down people get on a page")
            clicks, reach = (empty_chart(title, _NO_PAGES) for title in titles)
            return self.answer.plot(at=0.0), clicks, reach
        where = f"{self.page(self.choices)}, {self.texts['width']}"
        clicks = replace(self.clicks.plot(), title=f"Clicks on {where}")
        reach = replace(self.reach.plot(), title=f"How far down people get on {where}")
        if known_number(self.clicks.total) == 0:
            clicks = empty_chart(clicks.title, f"Nobody who agreed clicked here with a {self.texts['width']} window")
        return self.answer.plot(at=0.0), clicks, reach

    def headings(self) -> Mapping[str, str]:
        """Give the columns."""
        return _HEADINGS

    def picked(self, datum: Mapping[str, Any]) -> People | None:
        """Name nobody: a visit is one person's."""
        del datum
        return None

    def summary_html(self) -> str:
        """Say how many visits there are to choose from, and which one is played."""
        visits = self.visits(self.choices)
        most = f"the newest {MOST_VISITS} visits" if len(visits) == MOST_VISITS else format_count(len(visits), "visit")
        chosen = self.texts["session_id"] or next(iter(visits), "")
        played = f" Playing <strong>{escape(chosen)}</strong>{'' if self.texts['session_id'] else ', the newest'}."
        told = f"<strong>{self.summary_words()}</strong>: {most} of people who agreed to session recording."
        return told + (played if chosen else "")


def moment_html(event: Mapping[Any, Any] | None, second: int, number: int) -> str:
    """Give what happened last as HTML.

    Examples
    --------
    >>> moment_html({"kind": "page", "url": "/cart", "what": "", "event": "page.view"}, 7, 2)
    '<div role="status">second 7, event 2: <strong>page</strong> /cart</div>'
    """
    if event is None:
        return f'<div role="status">second {second:,}: nothing yet</div>'
    words = " ".join(str(event[name]) for name in ("url", "what") if event[name] and event[name] == event[name])
    said = f"<strong>{escape(str(event['kind']))}</strong> {escape(words or str(event['event']))}"
    return f'<div role="status">second {second:,}, event {number:,}: {said}</div>'
