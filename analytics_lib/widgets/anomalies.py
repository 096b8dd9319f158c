"""The anomaly page: a measure over time, what was expected, what left it, and what people made of that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ipywidgets import HTML, Box, Dropdown

from analytics_lib import checks
from analytics_lib.alerts.anomaly_counts import keep_anomalies
from analytics_lib.charts.bands import draw_band
from analytics_lib.charts.chart import Chart
from analytics_lib.state.anomaly_history import (
    AnomalyRecord,
    flagged_records,
    list_anomalies,
    review_anomaly,
)
from analytics_lib.widgets.anomaly_numbers import MEASURES, Recorded, Watched, watch
from analytics_lib.widgets.anomaly_reviews import AnomalyReviews
from analytics_lib.widgets.cards import Kpi, KpiCard
from analytics_lib.widgets.chart_view import ChartView
from analytics_lib.widgets.dashboard import Dashboard, definitions_html
from analytics_lib.widgets.debounce import Debounced
from analytics_lib.widgets.download import csv_bytes

if TYPE_CHECKING:
    from analytics_lib.workspace import Workspace

RATES: Final = {"0.1 (few, sure)": "0.1", "1": "1", "5": "5", "10 (many)": "10"}
"""Promised flags per 1,000 ordinary buckets, by what the page calls them."""
USUAL_RATE: Final = "1"
NO_METRICS: Final = (
    "Nobody has recorded a metric here, so only events and people can be watched. Rows of the lake's table "
    "<code>metrics</code> (name, value, unit, time) appear in this list."
)
_FILE: Final = ("time", "value", "expected", "low", "high", "score", "is_anomaly", "severity", "reason")


class AnomalyMonitorWidget(Dashboard):
    """Shows which buckets of a measure are out of line.

    A box drawn over the chart zooms into that stretch; Back zooms out again. Each flagged bucket can be confirmed or
    dismissed; the answer is kept in the anomaly history.

    Parameters
    ----------
    workspace
        Whose data.
    reader
        Who looks, if known; the name under which reviews are kept.
    **given
        ``tenant_id``, ``start``, ``end`` (inclusive), ``event``, ``grain``, ``measure`` (``events``, ``users``, or
        ``metric:`` with the name of a recorded metric), ``per_1000``.
    """

    def __init__(self, workspace: Workspace, *, reader: str | None = None, **given: Any) -> None:
        self.reader = reader or ""
        super().__init__(workspace, controls={}, **given)

    def take_own(self, given: Mapping[str, Any]) -> None:
        """Take measure and rate."""
        measure, rate = str(given.get("measure") or "events"), f"{given.get('per_1000') or USUAL_RATE}"
        self.recorded = Recorded.of(self.workspace, self.audience.tenant_id)
        known = measure in MEASURES or self.recorded.find(measure) is not None
        self.measure = measure if known else "events"
        self.remark = "" if known else f"There is no measure {measure!r}; events are watched."
        self.per_1000 = f"{checks.number_between('per_1000', float(rate), 0, 500):g}"
        if hasattr(self, "measure_field"):
            self._set_fields()

    def own_texts(self) -> dict[str, str]:
        """Give measure and rate for the address."""
        return {
            "measure": "" if self.measure == "events" else self.measure,
            "per_1000": "" if self.per_1000 == USUAL_RATE else self.per_1000,
        }

    def own_fields(self) -> list[Any]:
        """Give the row with measure and rate."""
        return [self.fields]

    def build(self) -> list[Any]:
        """Make fields, cards, chart and table."""
        self.fields = self._make_fields()
        self.answer = self._watched()
        self.cards = [KpiCard(kpi) for kpi in self._kpis()]
        self.chart = ChartView(self._chart())
        self.chart.on_pick(self._picked)
        self.reviews = AnomalyReviews(reader=self.reader, on_review=self._answered, make_file=self._file)
        self.definitions = HTML()
        self._fresh = True
        cards = Box(self.cards)
        cards.add_class("analytics-cards")
        return [cards, self.chart, self.reviews, self.definitions]

    def update(self) -> None:
        """Answer the present choices."""
        if not self._fresh:
            self.answer = self._watched()
            for card, kpi in zip(self.cards, self._kpis(), strict=True):
                card.show(kpi)
            self.chart.show(self._chart())
        self._fresh = False
        self._show_reviews()
        none = "" if self.recorded.names else f'<ul class="analytics-notes"><li>{NO_METRICS}</li></ul>'
        self.definitions.value = none + definitions_html(self.answer.result, self.answer.counted)

    def summary_html(self) -> str:
        """Give one line about what is shown."""
        chosen, judged = self.choices, int(self.answer.result.frame["is_anomaly"].notna().sum())
        return (
            f"<strong>{chosen.start:%-d %b %Y} – {chosen.end:%-d %b %Y}</strong> in {self.audience.time_zone}; judged "
            f"with all {judged:,} finished buckets up to its end. Draw a box over the chart to zoom in."
        )

    def _make_fields(self) -> Box:
        self.measure_field = Dropdown(description="Watch")
        self.rate_field = Dropdown(description="False alarms per 1,000")
        self._quiet = False
        self._set_fields()
        touched = Debounced(self._own_chosen)
        fields = Box([self.measure_field, self.rate_field])
        for field in fields.children:
            field.observe(lambda _change: None if self._quiet else touched(), names="value")
        fields.add_class("analytics-controls")
        return fields

    def _set_fields(self) -> None:
        self._quiet = True
        self.measure_field.options, self.rate_field.options = self.recorded.options(), self._rates()
        self.measure_field.value, self.rate_field.value = self.measure, self.per_1000
        self._quiet = False

    def _rates(self) -> list[tuple[str, str]]:
        """Give the usual rates, and the one that the address names."""
        named = {} if self.per_1000 in RATES.values() else {self.per_1000: self.per_1000}
        return sorted((RATES | named).items(), key=lambda rate: float(rate[1]))

    def _own_chosen(self) -> None:
        self.guarded(self._take_fields)()

    def _take_fields(self) -> None:
        self.take_own({"measure": self.measure_field.value, "per_1000": self.rate_field.value})
        self.refresh()

    def _watched(self) -> Watched:
        return watch(self.audience, self.choices, measure=self.measure, per_1000=float(self.per_1000),
                     recorded=self.recorded)  # fmt: skip

    def _kpis(self) -> tuple[Kpi, ...]:
        flagged = self.answer.flagged
        judged = int(self.answer.frame["is_anomaly"].notna().sum())
        chance = float(self.per_1000) * judged / 1000
        return (
            Kpi("Flagged", float(len(flagged)), compared=False),
            Kpi("Of them high", float((flagged["severity"] == "high").sum()), compared=False),
            Kpi("Buckets judged", float(judged), compared=False),
            Kpi("Flags to expect by chance", chance, compared=False),
        )

    def _chart(self) -> Chart:
        title, unit = self._words()
        return draw_band(
            self.answer.frame, title=f"{title} per {self.choices.grain}", expected="expected", flag="is_anomaly",
            y_label=unit, time_zone=self.audience.time_zone, selectable=True,
        )  # fmt: skip

    def _words(self) -> tuple[str, str]:
        """Give the name and the unit of what is watched."""
        metric = self.recorded.find(self.measure)
        if metric is not None:
            return f"{metric.name}, {'sum' if metric.summed else 'mean'}", metric.unit or "value"
        if self.measure == "users":
            return f"{self.choices.event} (active people)" if self.choices.event else "Active people", "people"
        return self.choices.event or "Events", "events"

    def _picked(self, rows: list[int]) -> None:
        self.guarded(self._zoom)(rows)

    def _zoom(self, rows: list[int]) -> None:
        if len(rows) < 2:
            return
        times = self.answer.frame["time"].iloc[[min(rows), max(rows)]].dt.tz_convert(self.audience.time_zone)
        first, last = (moment.date() for moment in times)
        if self.choices.grain in ("week", "month"):
            last = min(last + timedelta(days=6 if self.choices.grain == "week" else 27), self.choices.end)
        self.choose(start=first, end=last)

    def _found(self) -> list[AnomalyRecord]:
        rows: Any = self.answer.flagged.to_dict("records")
        return flagged_records(
            rows, series=self.answer.series, found_at=datetime.now(UTC), tenant_id=self.audience.tenant_id
        )

    def _show_reviews(self) -> None:
        known = list_anomalies(
            self.workspace.state, tenant_id=self.audience.tenant_id, series=self.answer.series, limit=None
        )
        reviewed = {one.anomaly_id: one for one in known}
        found = [reviewed.get(one.anomaly_id, one) for one in self._found()]
        pattern = "%-d %b %Y %H:%M" if self.choices.grain == "hour" else "%-d %b %Y"
        local = self.answer.flagged["time"].dt.tz_convert(self.audience.time_zone)
        times = {one.anomaly_id: moment.strftime(pattern) for one, moment in zip(found, local, strict=True)}
        self.reviews.show(found, times)

    def _answered(self, one: AnomalyRecord, status: str) -> None:
        self.guarded(self._review)(one, status)

    def _review(self, one: AnomalyRecord, status: str) -> None:
        by, note = self.reviews.name.value, self.reviews.note.value.strip()
        keep_anomalies(self.workspace.state, self.workspace.lake, [one])
        review_anomaly(
            self.workspace.state, one.anomaly_id, status, reviewed_by=by, reviewed_at=datetime.now(UTC), note=note
        )
        self.notice.layout.display = "none"
        self.reviews.note.value = ""
        self._show_reviews()

    def _file(self) -> tuple[str, bytes]:
        frame = self.answer.frame
        measure = re.sub(r"\W+", "-", self.measure)
        name = f"anomalies-{measure}-{self.choices.start:%Y%m%d}-{self.choices.end:%Y%m%d}.csv"
        rows = frame[list(_FILE)].astype(object).where(frame[list(_FILE)].notna(), "")
        return name, csv_bytes(_FILE, rows.itertuples(index=False, name=None))
