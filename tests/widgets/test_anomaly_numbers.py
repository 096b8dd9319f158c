from __future__ import annotations

from datetime import date

from analytics_lib.behaviour.event_counts import event_counts
from analytics_lib.statistics.anomalies import anomalies
from analytics_lib.widgets.anomaly_numbers import series_name, watch
from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.choices import Choices

RANGE = Choices("shop", date(2024, 6, 3), date(2024, 6, 29))


def test_the_page_judges_as_the_library_does_and_shows_the_range(workspace):
    audience = Audience.of(workspace, "shop")

    shown = watch(audience, RANGE, measure="events", per_1000=10.0)

    whole = anomalies(
        event_counts(audience.table, end="2024-06-29", observed_until=audience.newest), per_1000=10.0
    ).to_frame()
    expected = whole[whole["time"] >= "2024-06-03"]
    assert shown.frame["value"].tolist() == expected["value"].tolist()
    assert shown.frame["is_anomaly"].tolist()[:-1] == expected["is_anomaly"].tolist()[:-1]


def test_the_day_of_the_newest_event_is_not_finished_and_not_judged(workspace):
    last = watch(Audience.of(workspace, "shop"), RANGE, measure="events", per_1000=1.0).frame.iloc[-1]

    assert not last["complete"]
    assert str(last["is_anomaly"]) == "<NA>"


def test_before_the_first_event_nothing_was_observed(workspace):
    audience = Audience.of(workspace, "corner")
    choices = Choices("corner", date(2024, 5, 1), date(2024, 6, 2))

    frame = watch(audience, choices, measure="users", per_1000=1.0).frame

    assert frame["time"].min().tz_convert("Europe/London").date() == date(2024, 5, 30)


def test_a_week_that_began_before_the_range_is_shown(workspace):
    choices = Choices("shop", date(2024, 5, 1), date(2024, 6, 29), grain="week")

    frame = watch(Audience.of(workspace, "shop"), choices, measure="events", per_1000=1.0).frame

    assert [str(day.date()) for day in frame["time"].iloc[[0, -1]]] == ["2024-04-29", "2024-06-24"]


def test_the_name_of_a_series_tells_measure_event_and_grain():
    assert series_name("users", RANGE) == "users:all:day"
