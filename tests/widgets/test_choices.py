from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.errors import ArgumentError
from analytics_lib.widgets.choices import Choices, last_days


def choices(**changes):
    return Choices("shop", date(2024, 6, 2), date(2024, 6, 29)).changed(changes)


def test_the_period_before_is_as_long_and_ends_the_day_before():
    before = choices().before

    assert (before.start, before.end, before.days) == (date(2024, 5, 5), date(2024, 6, 1), 28)


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_periods_touch_and_never_overlap(start, length):
    chosen = Choices("shop", start, date.fromordinal(start.toordinal() + length))

    assert chosen.before.end.toordinal() + 1 == chosen.start.toordinal()
    assert chosen.before.days == chosen.days


def test_an_address_holds_every_choice_and_gives_it_back():
    chosen = choices(event="purchase", grain="week")

    assert Choices("shop", date(2020, 1, 1), date(2020, 1, 1)).changed(chosen.to_texts()) == chosen


def test_an_empty_event_means_all_events():
    assert choices(event="purchase").changed({"event": ""}).event == ""


def test_empty_days_leave_the_range_alone():
    assert choices(start="", end=None) == choices()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": "2024-07-01"}, "ends .* before it starts"),
        ({"start": "June"}, "start='June' is not a day"),
        ({"grain": "fortnight"}, "grain="),
        ({"grain": "hour", "start": "2023-01-01"}, "too many hours"),
    ],
)
def test_what_can_not_be_shown_is_refused_with_a_reason(change, message):
    with pytest.raises(ArgumentError, match=message):
        choices(**change)


def test_the_last_days_end_with_the_newest_event_by_the_tenants_clock():
    newest = datetime(2024, 6, 29, 23, 30, tzinfo=UTC)

    assert last_days(newest, "UTC", 7) == (date(2024, 6, 23), date(2024, 6, 29))
    assert last_days(newest, "Europe/London", 7)[1] == date(2024, 6, 30)
