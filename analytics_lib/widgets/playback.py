"""The playback page: one recorded visit of a person who agreed to it, with play, pause and speed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import Any, ClassVar, Final

from ipywidgets import HTML, Box, Dropdown, IntSlider, Play, jslink

from analytics_lib.behaviour.playback import PlaybackResult, no_events, playback
from analytics_lib.behaviour.recording import PURPOSE, only_consenting
from analytics_lib.behaviour.scope import open_scope
from analytics_lib.charts.chart import Chart
from analytics_lib.engine.tables import to_arrow
from analytics_lib.results import Provenance
from analytics_lib.state.consents import decided_users
from analytics_lib.widgets.analysis import AnalysisPage
from analytics_lib.widgets.cards import Kpi
from analytics_lib.widgets.choices import Choices
from analytics_lib.widgets.fields import Field
from analytics_lib.widgets.people import People

MOST_VISITS: Final = 200
"""Visits that are offered, the newest first."""
SPEEDS: Final = (("as it was", 1), ("2 ×", 2), ("5 ×", 5), ("10 ×", 10), ("30 ×", 30))
_HEADINGS: Final = {
    "position": "number", "seconds": "second", "idle_seconds": "pause left out", "kind": "kind", "url": "page",
    "event": "event", "what": "what",
}  # fmt: skip
_NOBODY: Final = "Nobody with a visit in these days agreed to session recording, so there is nothing to play."


class PlaybackWidget(AnalysisPage):
    """Plays the recorded events of one visit, a pause of more than half a minute shortened.

    Only visits of people whose newest decision allows session recording are offered, and only those are played.

    Parameters
    ----------
    workspace
        Whose data.
    **given
        ``tenant_id``, ``start``, ``end`` (inclusive), ``session_id`` (empty = the newest visit), ``idle``.
    """

    own: ClassVar[tuple[Field, ...]] = (
        Field("session_id", "Visit", "", (), kind="text"),
        Field("idle", "Pauses play at most", "30s", (("5 seconds", "5s"), ("30 seconds", "30s"), ("in full", "24h"))),
    )
    hint = "The list of people is empty here: a visit is one person's, and who that is stays unnamed."
    file_name = "visit"
    wide = True

    answer: PlaybackResult

    def asked(self, choices: Choices) -> PlaybackResult:
        """Ask for the events of the chosen visit, else of the newest one."""
        visits = self.visits(choices)
        chosen = self.texts["session_id"] or next(iter(visits), "")
        if not chosen:
            return PlaybackResult(frame=no_events(), definition=_NOBODY, provenance=Provenance(), notes=(_NOBODY,))
        return playback(self._table(), chosen, consented=self._agreed(), idle=self.texts["idle"])

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
        super().update()
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
        """Give the timeline, nothing played yet."""
        return (self.answer.plot(at=0.0),)

    def headings(self) -> Mapping[str, str]:
        """Give the columns."""
        return _HEADINGS

    def picked(self, datum: Mapping[str, Any]) -> People | None:
        """Name nobody: a visit is one person's."""
        del datum
        return None

    def summary_html(self) -> str:
        """Say how many visits there are to choose from."""
        visits = len(self.visits(self.choices))
        most = f"the newest {MOST_VISITS}" if visits == MOST_VISITS else f"{visits:,}"
        return f"<strong>{self.summary_words()}</strong>: {most} visits of people who agreed to session recording."


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
