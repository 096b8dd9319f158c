"""Numbers to text: readable, and unknown is never zero."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from analytics_lib import display


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("users", 1_234_567, "1,234,567"),
        ("users", pd.NA, "–"),
        ("step_rate", 0.125, "12.5 %"),
        ("step_rate", float("nan"), "–"),
        ("click_rate_low", 0.0738, "7.4 %"),
        ("median_seconds_high", 90, "1 min 30 s"),
        ("relative_change", -0.5, "-50.0 %"),
        ("median_seconds", 93_600, "1 d 2 h"),
        ("latency_ms", 12.5, "12.50 ms"),
        ("size_bytes", 1_500_000, "1.5 MB"),
        ("p_value", 0.00001, "< 0.0001"),
        ("time", pd.Timestamp("2024-05-13", tz="UTC"), "2024-05-13"),
        ("time", pd.NaT, "–"),
        ("complete", True, "yes"),
        ("event", "purchase", "purchase"),
        ("value", 0.00012345, "0.0001"),
    ],
)
def test_the_column_decides_how_a_value_reads(column: str, value: object, text: str) -> None:
    assert display.format_value(column, value) == text


@pytest.mark.parametrize(
    ("column", "values", "texts"),
    [
        ("score", [0.0, 0.1699, 0.5], ["0.0000", "0.1699", "0.5000"]),
        ("score", [0.0, 3.14159, 12], ["0.00", "3.14", "12.00"]),
        ("score", [0.0012, 3.14159], ["0.0012", "3.1416"]),  # nothing that is not 0 reads as 0
        ("expected", [995.333, 1003.2, None], ["995.33", "1,003.20", "–"]),
        ("expected", [2995.333, 1003.2], ["2,995", "1,003"]),
        ("users", pd.Series([3, None, 1200], dtype="Int64"), ["3", "–", "1,200"]),
        ("users", [], []),
        ("latency_ms", [12.5, 3], ["12.50 ms", "3.00 ms"]),
        ("step_rate", [1, 0.125], ["100.0 %", "12.5 %"]),
        ("p_value", [0.00001, 0.5], ["< 0.0001", "0.5000"]),
        ("what", [True, "a", 1.5], ["yes", "a", "1.50"]),
        ("value", [float("inf"), 2500.5, -0.25], ["–", "2,500.50", "-0.25"]),
    ],
)
def test_the_numbers_of_a_column_have_the_same_digits(column: str, values: list[object], texts: list[str]) -> None:
    assert display.format_column(column, values) == texts


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (0.004, "4 ms"), (59.6, "1 min"), (3600, "1 h"), (-90, "−1 min 30 s"), (None, "–")],
)
def test_durations_show_their_two_largest_units(seconds: float | None, text: str) -> None:
    assert display.format_duration(seconds) == text


@pytest.mark.parametrize(("change", "text"), [(0.0, "■ 0.0 %"), (1.5, "▲ +150.0 %"), (float("nan"), "–")])
def test_changes_carry_their_direction_in_shape_and_sign(change: float, text: str) -> None:
    assert display.format_change(change) == text


@pytest.mark.parametrize(
    ("difference", "text"), [(0.0, "■ 0.0 points"), (-0.356, "▼ −35.6 points"), (float("nan"), "–")]
)
def test_what_a_share_moved_is_told_in_points(difference: float, text: str) -> None:
    assert display.format_points(difference) == text


def test_moments_lose_an_idle_midnight() -> None:
    assert display.format_moment(datetime(2024, 5, 13, 8, 30, tzinfo=UTC)) == "2024-05-13 08:30:00"


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(days=1, hours=25), "2 days of 24 hours 1 hour"),
        (timedelta(minutes=1, seconds=1.5), "1 minute 1.5 seconds"),
        (timedelta(seconds=1), "1 second"),
    ],
)
def test_promised_lengths_are_spelt_out_exactly(length: timedelta, text: str) -> None:
    assert display.spell_duration(length) == text
