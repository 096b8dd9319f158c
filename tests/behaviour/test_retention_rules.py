"""The arguments of retention, and the words made of them."""

from __future__ import annotations

from analytics_lib.behaviour.retention_rules import read_retention_rules, retention_words


def test_the_words_say_cohort_cell_clock_and_split() -> None:
    usual = {"start_event": "sign_up", "return_event": None, "grain": "weekly", "periods": 3, "brackets": None}
    rules = read_retention_rules(**usual, kind="on_or_after", cohort="first_ever", rolling=False, value_from="both")

    said = retention_words(rules, time_zone="Europe/London", week_start="sunday", by=("os",))

    for word in ("first sign_up ever", "any event in period k or any later", "calendar weeks of Europe/London, Sunday"):
        assert word in said
    assert "start and return event share" in said
    assert rules.spans == ((0, 0), (1, 1), (2, 2))


def test_a_rolling_month_is_thirty_days() -> None:
    rules = read_retention_rules(
        start_event=None, return_event=None, grain="month", periods=2, kind="on", cohort="recurring", brackets=None,
        rolling=True, value_from="start",
    )  # fmt: skip

    assert rules.period_micros == 30 * 86_400 * 1_000_000
    said = retention_words(rules, time_zone="UTC", week_start="monday", by=())
    assert "720 h from each person's own start" in said
    assert "people with any event in the month" in said


def test_the_first_event_of_any_kind_is_called_the_first_event() -> None:
    rules = read_retention_rules(
        start_event=None, return_event=None, grain="week", periods=2, kind="on", cohort="first_ever", brackets=None,
        rolling=False, value_from="start",
    )  # fmt: skip

    assert "people whose first event ever lies in the week" in retention_words(
        rules, time_zone="UTC", week_start="monday", by=()
    )
