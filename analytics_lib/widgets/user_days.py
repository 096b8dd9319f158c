"""The people page: how engaged, active and loyal people are, day by day, and the daily record as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final

import pandas as pd

from analytics_lib.behaviour.user_days import MAPS, POINTS, SCORES, ScoreBandsResult, UserDaysResult, user_days
from analytics_lib.charts.chart import Chart
from analytics_lib.charts.lines import draw_lines
from analytics_lib.widgets.analysis import AnalysisPage
from analytics_lib.widgets.cards import Kpi, known_number
from analytics_lib.widgets.choices import Choices
from analytics_lib.widgets.fields import Field
from analytics_lib.widgets.people import People

NAMES: Final = {score: score.removesuffix("_score") for score in sorted(SCORES)}
_HEADINGS: Final = {
    "day": "day", "users": "people", "events": "events", "sessions": "sessions", "engagement_score": "engagement",
    "activity_score": "activity", "loyalty_score": "loyalty",
}  # fmt: skip


class UserDaysWidget(AnalysisPage):
    """Shows the daily record of people: scores by day, people by tenths of a score, all rows as a file.

    Days and bands with fewer people than may be shown are empty. Where none of a tenant's events has points by
    convention, each event has one, and a note says so.

    Parameters
    ----------
    workspace
        Whose data.
    **given
        ``tenant_id``, ``start``, ``end`` (inclusive), ``score``.
    """

    own: ClassVar[tuple[Field, ...]] = (
        Field("score", "Score", "engagement_score", tuple((name, score) for score, name in NAMES.items())),
    )
    hint = "Tap a bar to list who had such a score when last seen."
    file_name = "user-days"
    table_under = "all"

    answer: UserDaysResult

    def asked(self, choices: Choices) -> UserDaysResult:
        """Ask for the daily record of the chosen days."""
        return self.audience.answer(("user_days", choices), lambda: self._computed(choices))

    def _computed(self, choices: Choices) -> UserDaysResult:
        table = self.audience.table_with(["url", "content_id", "properties"])
        scored = [name for name in self.audience.counts if name in POINTS]
        points = POINTS if scored else dict.fromkeys(self.audience.counts, 1.0)
        asked = {"start": choices.start, "end": choices.end, "time_zone": self.audience.time_zone}
        found = user_days(table, points=points, **asked)  # type: ignore[arg-type]
        note = "None of these events has points by convention, so each event counts one point."
        return found if scored else replace(found, notes=(*found.notes, note))

    def bands(self) -> ScoreBandsResult:
        """Give people by tenths of the chosen score, small groups hidden."""
        return self.audience.shown(self.answer.bands(self.texts["score"]))

    def kpis(self) -> tuple[Kpi, ...]:
        """Give how many people there were, and the median of each score when they were last seen."""
        now, then = self.answer.newest(), self.asked(self.choices.before).newest()
        return (
            Kpi("People", self._enough(now, len(now)), self._enough(then, len(then))),
            *(
                Kpi(f"Median {name}", self._enough(now, now[score].median()), self._enough(then, then[score].median()))
                for score, name in NAMES.items()
            ),
        )

    def _enough(self, rows: pd.DataFrame, value: float) -> float | None:
        """Give a number about people, if there are enough of them."""
        return known_number(value) if not 0 < len(rows) < self.audience.minimum_users else None

    def drawn(self) -> tuple[Chart, ...]:
        """Give people by band, and the median scores by day."""
        days = self.listed().melt(id_vars="day", value_vars=list(NAMES), var_name="score", value_name="median")
        days = days.assign(score=days["score"].map(NAMES), time=pd.to_datetime(days["day"]))
        lines = draw_lines(
            days, x="time", y="median", by="score", title="Median scores of the people of each day", x_label="day",
            y_label="score, of 100",
        )  # fmt: skip
        return self.bands().plot(), lines

    def listed(self) -> pd.DataFrame:
        """Give one row per day: people, what they did, and their median scores; nothing of days with too few."""
        named = {"users": ("user_id", "size"), "events": ("events", "sum"), "sessions": ("sessions", "sum")}
        days = self.answer.frame.groupby("day").agg(**named, **{score: (score, "median") for score in NAMES})
        few = days["users"] < self.audience.minimum_users
        return days.astype("Float64").mask(few).reset_index()

    def file_rows(self) -> pd.DataFrame:
        """Give the daily record: a row per person and day, what was counted by value as JSON."""
        frame = self.answer.frame
        return frame.assign(**{name: frame[name].map(json.dumps) for name in MAPS if name in frame})

    def headings(self) -> Mapping[str, str]:
        """Give the columns."""
        return _HEADINGS

    def summary_html(self) -> str:
        """Say what is shown, and what the file has."""
        return f"{super().summary_html()} The file has a row per person, by pseudonym, and day."

    def picked(self, datum: Mapping[str, Any]) -> People | None:
        """Give the people of a band."""
        if "row" not in datum:
            return None
        bands = self.bands()
        band = bands.frame["band"].iloc[int(datum["row"])]
        name = NAMES[self.texts["score"]]
        title = f"with {name} from {band} when last seen"
        return People(title, bands.people(band=band), f"people-{name}-{band.replace(' ', '-')}", bands.definition)
