"""Shares of a week's and a month's people against sets of people built by hand for each day."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.active_rates import RATES, STRETCHES, active_rates

ZONE = "Europe/Berlin"


def visits(seed: int, rows: int = 300) -> pd.DataFrame:
    """Give visits of 60 days across a clock change, some of nobody, at two tenants."""
    random = np.random.default_rng(seed)
    later = pd.to_timedelta(random.integers(0, 60 * 24, rows), "h")
    return pd.DataFrame(
        {
            "user_id": random.choice([*"abcdefgh", None], rows).astype(object),
            "tenant_id": random.choice(["x", "y"], rows),
            "event_time": pd.Timestamp("2024-03-01", tz="UTC") + later,
        }
    )


def people_of(events: pd.DataFrame, day: pd.Timestamp, length: int) -> set[tuple[str, str]]:
    """Collect the people of the days that end with one, by the dates on the wall."""
    dates = {day.date() - timedelta(days=number) for number in range(length)}
    known = events.dropna(subset="user_id")
    inside = known[known["event_time"].dt.tz_convert(ZONE).dt.date.isin(dates)]
    return set(zip(inside["user_id"], inside["tenant_id"], strict=True))


@pytest.mark.parametrize("seed", range(3))
def test_each_number_and_rate_equals_the_sets_of_people(seed: int) -> None:
    events = visits(seed)

    result = active_rates(events, time_zone=ZONE)

    first = events["event_time"].min().tz_convert(ZONE).date()
    for row in result.to_frame().to_dict("records"):
        day = row["time"].tz_convert(ZONE)
        people = {name: people_of(events, day, length) for name, length in STRETCHES.items()}
        assert {name: row[name] for name in STRETCHES} == {name: len(who) for name, who in people.items()}
        for rate, (part, whole) in RATES.items():
            known = (day.date() - first).days >= STRETCHES[whole] - 1 and people[whole]
            share = len(people[part]) / len(people[whole]) if known else np.nan
            assert row[rate] == pytest.approx(share, nan_ok=True)


@pytest.mark.parametrize("counted", STRETCHES)
def test_the_people_of_each_stretch_are_those_of_the_sets(counted: str) -> None:
    events = visits(4)
    result = active_rates(events, time_zone=ZONE)

    for row in result.to_frame().iloc[::13].to_dict("records"):
        people = result.people(time=row["time"], counted=counted)
        day = row["time"].tz_convert(ZONE)
        assert set(map(tuple, people.to_pandas().to_numpy())) == people_of(events, day, STRETCHES[counted])


def test_events_before_the_range_are_history_of_its_first_day() -> None:
    events = visits(5)
    whole = active_rates(events).to_frame()

    late = active_rates(events, start="2024-04-10", end="2024-04-20")

    inside = whole[whole["time"].between("2024-04-10", "2024-04-20")].reset_index(drop=True)
    pd.testing.assert_frame_equal(late.to_frame(), inside)
    assert late.notes == (
        f"{events['user_id'].isna().sum():,} events without a user_id count as events, not as people.",
    )


def test_a_rate_is_unknown_before_the_data_reach_back_so_far() -> None:
    daily = pd.DataFrame({"user_id": "a", "event_time": pd.date_range("2024-05-01", periods=31, tz="UTC")})

    result = active_rates(daily)

    assert result.to_frame()["daily_weekly_rate"].first_valid_index() == 6
    assert result.to_frame()["daily_monthly_rate"].first_valid_index() == 29
    assert "beyond the first event" in " ".join(result.notes)


def test_a_day_without_anybody_has_a_share_of_0_and_a_month_without_anybody_none() -> None:
    two = pd.DataFrame({"user_id": "a", "event_time": pd.to_datetime(["2024-01-01", "2024-05-01"], utc=True)})

    rates = active_rates(two).to_frame().set_index("time")["daily_monthly_rate"]

    assert rates["2024-01-30"] == 0
    assert np.isnan(rates["2024-02-15"])


def test_nothing_is_an_answer_and_the_picture_names_the_rates() -> None:
    assert active_rates(visits(6).head(0)).to_frame().empty
    assert "daily of monthly" in active_rates(visits(6)).plot().to_html()
