from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.state.anomaly_history import list_anomalies
from analytics_lib.statistics.anomalies import anomalies
from analytics_lib.statistics.calibration import nulls
from analytics_lib.widgets.anomalies import AnomalyMonitorWidget
from analytics_lib.workspace import create_workspace, open_workspace

GIVEN = {"tenant_id": "shop", "start": "2024-06-01", "end": "2024-06-29", "grain": "hour", "per_1000": 10.0}


@pytest.fixture
def page(workspace):
    return AnomalyMonitorWidget(workspace, reader="ada", **GIVEN)


def test_the_page_shows_flags_and_how_many_chance_alone_would_give(page):
    flagged = page.answer.flagged

    assert page.cards[0].kpi.value == len(flagged) > 0
    judged = page.answer.frame["is_anomaly"].notna().sum()
    assert page.cards[3].kpi.value == pytest.approx(judged * 10 / 1000, abs=0.01)
    assert len(page.reviews.rows) == min(len(flagged), 10)


def test_a_chance_far_below_one_flag_is_not_shown_as_none(workspace):
    given = {**GIVEN, "start": "2024-06-03", "end": "2024-06-29", "grain": "day", "per_1000": 0.1}
    page = AnomalyMonitorWidget(workspace, **given)
    assert page.cards[2].kpi.value == 26

    assert page.cards[3].kpi.value == pytest.approx(26 * 0.1 / 1000)
    assert "0.0026" in page.cards[3].value


def test_what_is_said_of_few_values_is_seen_before_a_reader_asks(workspace, monkeypatch):
    """The fixture's counts are judged as counts, so what is said of 50 other values stands in."""
    notes = anomalies(nulls.daily(nulls.noise(1, 50))).notes
    monkeypatch.setattr(
        "analytics_lib.widgets.anomaly_numbers.anomalies",
        lambda *given, **how: replace(anomalies(*given, **how), notes=notes),
    )
    shown = AnomalyMonitorWidget(workspace, **{**GIVEN, "per_1000": 3.0}).definitions.value.split("<details>")[0]
    assert "Only 50 values: too few to tell skewed or heavy tails from anomalies." in shown


def test_looking_writes_nothing_and_an_answer_is_kept(workspace, page):
    before = len(list_anomalies(workspace.state))
    page.reviews.note.value = "a campaign"

    page.reviews.rows[0].children[1].children[0].click()

    (kept,) = list_anomalies(workspace.state, status="confirmed")
    assert before == 0
    assert (kept.reviewed_by, kept.note, kept.series) == ("ada", "a campaign", "events:all:hour")
    assert kept.time == page.answer.flagged["time"].iloc[0]
    assert "confirmed by ada: a campaign" in page.reviews.rows[0].children[0].value
    again = AnomalyMonitorWidget(workspace, **GIVEN)
    assert "confirmed by ada" in again.reviews.rows[0].children[0].value


def test_an_answer_without_a_name_is_asked_for(page):
    page.reviews.name.value = ""

    page.reviews.rows[-1].children[1].children[0].click()

    assert "a review needs a name" in page.notice.value


def test_a_box_zooms_in_and_the_address_knows(page):
    page.chart.chart.source.selected.indices = list(range(24 * 10, 24 * 13))

    assert page.address.values["start"] == "2024-06-11"
    assert page.address.values["end"] == "2024-06-13"
    assert len(page.answer.frame) == 72


def test_measure_and_rate_are_choices_of_the_page(page):
    page.measure_field.value = "users"
    page.rate_field.value = "0.1"

    assert page.address.values["measure"] == "users"
    assert page.address.values["per_1000"] == "0.1"
    assert page.answer.series == "users:all:hour"


def test_the_address_brings_a_page_back(workspace, page):
    texts = {**page.address.values, "measure": "users", "per_1000": "5"}
    page.address.wanted = texts

    assert (page.measure, page.per_1000) == ("users", "5")


def test_any_rate_of_the_address_is_kept_and_shown(workspace):
    page = AnomalyMonitorWidget(workspace, **GIVEN | {"per_1000": 2.5})

    assert page.rate_field.value == page.address.values["per_1000"] == "2.5"
    assert page.cards[3].kpi.value == pytest.approx(page.answer.frame["is_anomaly"].notna().sum() * 0.0025, abs=0.01)
    page.rate_field.value = "1"
    assert page.address.values["per_1000"] == ""


def test_a_rate_that_none_can_promise_is_refused(workspace):
    with pytest.raises(ArgumentError, match="per_1000"):
        AnomalyMonitorWidget(workspace, **GIVEN | {"per_1000": 900.0})


def test_the_file_holds_every_bucket(page):
    name, data = page._file()

    rows = list(csv.DictReader(io.StringIO(data.decode())))
    assert name == "anomalies-events-20240601-20240629.csv"
    assert len(rows) == len(page.answer.frame)
    assert sum(row["is_anomaly"] == "True" for row in rows) == len(page.answer.flagged)
    assert rows[-1]["is_anomaly"] == ""


@pytest.fixture
def measured(tmp_path):
    """A workspace whose magazine has recorded how long its pages take, with one slow day."""
    workspace = create_workspace(tmp_path / "measured", name="measured")
    (tmp_path / "events.csv").write_text(
        "user_id,event,event_time\nann,visit,2024-06-02\nbob,visit,2024-06-29T23:59:59\n"
    )
    workspace.load(tmp_path / "events.csv", tenant_id="magazine")
    times = pd.date_range("2024-03-01", "2024-06-29 23:00", freq="h", tz="UTC")
    random = np.random.default_rng(1)
    values = random.normal(300, 10, len(times)) + np.where(times.date == date(2024, 6, 20), 400, 0)
    rows = {
        "metric_id": [f"m{place}" for place in range(len(times))], "tenant_id": "magazine", "name": "page load",
        "type": "gauge", "value": values, "unit": "ms", "time": times,
    }  # fmt: skip
    workspace.lake.append("metrics", pa.Table.from_pandas(pd.DataFrame(rows), preserve_index=False), batch_id="one")
    return open_workspace(workspace.folder)


def test_a_recorded_metric_can_be_watched_by_name_and_unit(measured):
    page = AnomalyMonitorWidget(measured)
    assert page.measure_field.options[-1] == ("page load (ms)", "metric:page load")

    page.measure_field.value = "metric:page load"

    assert page.chart.chart.title == "page load, mean per day"
    assert page.answer.flagged["time"].dt.date.tolist() == [date(2024, 6, 20)]
    assert page.answer.series == "metric:page load:all:day"
    assert page.address.values["measure"] == "metric:page load"
    assert "Nobody has recorded" not in page.definitions.value
    assert page._file()[0].startswith("anomalies-metric-page-load-2024")


def test_a_metric_that_is_not_there_is_passed_over_in_words(measured):
    page = AnomalyMonitorWidget(measured, measure="metric:gone")

    assert page.measure == "events"
    assert "no measure &#x27;metric:gone&#x27;" in page.notice.value


def test_where_no_metric_is_recorded_the_page_says_so(workspace):
    page = AnomalyMonitorWidget(workspace, tenant_id="corner")

    assert [value for _, value in page.measure_field.options] == ["events", "users"]
    assert "Nobody has recorded a metric here" in page.definitions.value
