from __future__ import annotations

import csv
import io

import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.state.anomaly_history import list_anomalies
from analytics_lib.widgets.anomalies import AnomalyMonitorWidget

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
