"""The daily record of a person against loops over their events, and scores against their formulas."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.sessions import sessions
from analytics_lib.behaviour.user_days import COUNTED, POINTS, SCORES, user_days
from analytics_lib.errors import ArgumentError

ZONE = "America/New_York"


def history(rows: int = 300) -> pd.DataFrame:
    """Make four months over a clock change."""
    random = np.random.default_rng(4)
    later = pd.to_timedelta(random.integers(0, 170_000, rows), "min")
    return pd.DataFrame(
        {
            "user_id": random.choice(["a", "b", "c", None], rows, p=[0.5, 0.3, 0.1, 0.1]),
            "event": random.choice([*POINTS, "other"], rows),
            "event_time": pd.Timestamp("2024-01-20", tz="UTC") + later,
            "url": random.choice(["/", "/x", None], rows),
            "content_id": random.choice(["m1", "m2", None], rows),
            "properties": [f'{{"watch_seconds": {number}}}' for number in random.integers(0, 9, rows)],
        }
    )  # fmt: skip


EVENTS = history()
KNOWN = EVENTS.dropna(subset="user_id").assign(day=lambda rows: rows["event_time"].dt.tz_convert(ZONE).dt.date)


def test_each_record_equals_a_loop_over_the_events() -> None:
    frame = user_days(EVENTS, time_zone=ZONE).to_frame()

    assert len(frame) == len(KNOWN.drop_duplicates(["user_id", "day"]))
    for row in frame.to_dict("records"):
        mine = KNOWN[KNOWN["user_id"] == row["user_id"]]
        today, active = mine[mine["day"] == row["day"]], set(mine["day"])
        back = [row["day"] - timedelta(days=number) for number in range(84)]
        points = today["event"].map(dict(POINTS)).sum()
        assert row["events"] == len(today)
        assert row["pages_visited"] == today["url"].nunique()
        assert row["unique_content_views"] == today[today["event"] == "content.view"]["content_id"].nunique()
        assert row["total_watch_time"] == sum(int(text[18:-1]) for text in today["properties"])
        assert [row[name] for name in COUNTED] == [int((today["event"] == name).sum()) for name in COUNTED.values()]
        assert row["engagement_score"] == pytest.approx(100 * points / (points + 10))
        assert row["activity_score"] == pytest.approx(100 * len(active & set(back[:7])) / 7)
        weeks = [active & set(back[first : first + 7]) for first in range(0, 84, 7)]
        assert row["loyalty_score"] == pytest.approx(100 * sum(map(bool, weeks)) / 12)


def test_sessions_are_those_of_the_sessions_analysis() -> None:
    frame = user_days(EVENTS, time_zone=ZONE).to_frame()
    visits = sessions(EVENTS, time_zone=ZONE).to_frame().dropna(subset="user_id")

    assert frame["sessions"].sum() == len(visits)
    assert frame["return_visits"].sum() == len(visits) - visits["user_id"].nunique()
    assert frame["total_session_duration"].sum() == pytest.approx(visits["duration_seconds"].sum())


def test_a_record_does_not_change_with_what_comes_later_or_with_where_the_range_starts() -> None:
    whole = user_days(EVENTS, time_zone=ZONE).to_frame()

    cut = user_days(EVENTS, start="2024-03-01", end="2024-04-01", time_zone=ZONE).to_frame()

    same = whole[(whole["day"] >= date(2024, 3, 1)) & (whole["day"] <= date(2024, 4, 1))].reset_index(drop=True)
    names = ["user_id", "day", "events", *SCORES]
    pd.testing.assert_frame_equal(cut[names], same[names])


def test_scores_stay_between_0_and_100_and_a_daily_person_is_fully_active() -> None:
    days = pd.date_range("2024-01-01", periods=90, tz="UTC")
    daily = pd.DataFrame({"user_id": "a", "event": "content.share", "event_time": days})

    frame = user_days(daily, points={"content.share": 1e9}).to_frame()

    assert frame[list(SCORES)].min().min() > 0
    assert frame[list(SCORES)].iloc[-1].tolist() == pytest.approx([100, 100, 100], abs=1e-5)
    assert frame["loyalty_score"].iloc[0] == pytest.approx(100 / 12)
    assert frame[list(SCORES)].max().max() <= 100


def test_nothing_is_an_answer_and_nonsense_is_refused() -> None:
    assert user_days(EVENTS.head(0)).to_frame().empty
    for wrong in ({"half_points": 0}, {"points": {"a": -1}}):
        with pytest.raises(ArgumentError, match="points"):
            user_days(EVENTS, **wrong)  # type: ignore[arg-type]


def test_the_same_name_at_two_tenants_is_two_people() -> None:
    two = pd.concat([EVENTS.assign(tenant_id="t1"), EVENTS.head(100).assign(tenant_id="t2")])

    frame = user_days(two, time_zone=ZONE).to_frame()

    alone = user_days(EVENTS, time_zone=ZONE).to_frame()
    names = ["user_id", "day", "events", "sessions", *SCORES]
    first = frame[frame["tenant_id"] == "t1"].reset_index(drop=True)
    pd.testing.assert_frame_equal(first[names], alone[names])


def test_devices_and_preferences_are_counted_by_value_day_by_day() -> None:
    noon = pd.Timestamp("2024-05-01 12:00", tz="UTC")
    events = pd.DataFrame({
        "user_id": ["a", "a", "a", "a", "b", None], "event": "content.view",
        "event_time": [noon, noon, noon, noon + pd.Timedelta("1D"), noon, noon],
        "device_type": ["mobile", "desktop", "mobile", "desktop", None, "tablet"],
        "language": ["nl", "en", None, "nl", "en", "de"],
    })  # fmt: skip

    frame = user_days(events).to_frame().set_index(["user_id", "day"])

    first, second = frame.loc["a"].iloc[0], frame.loc["a"].iloc[1]
    assert list(first["device_types"].items()) == [("mobile", 2), ("desktop", 1)]
    assert list(first["preferred_languages"].items()) == [("en", 1), ("nl", 1)]
    assert (second["device_types"], frame.loc["b"].iloc[0]["device_types"]) == ({"desktop": 1}, {})
    assert "browser_types" not in frame
    assert not user_days(events.iloc[:0]).to_frame().shape[0]


def test_people_named_by_numbers_have_the_same_record() -> None:
    numbers = EVENTS.assign(user_id=EVENTS["user_id"].map({"a": 1, "b": 2, "c": 3}).astype("Int64"))

    frame = user_days(numbers, time_zone=ZONE).to_frame()

    named = frame.assign(user_id=frame["user_id"].map({"1": "a", "2": "b", "3": "c"}))
    pd.testing.assert_frame_equal(named, user_days(EVENTS, time_zone=ZONE).to_frame())


def test_bands_hold_each_person_once_with_their_newest_day() -> None:
    events = pd.DataFrame({
        "user_id": ["a", "a", "b", "c"], "event": ["page.view", "content.share", "page.view", "content.share"],
        "event_time": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-01", "2024-05-02"], utc=True),
    })  # fmt: skip

    result = user_days(events).bands("engagement_score")

    counted = result.to_frame().set_index("low")["users"]
    assert counted[counted > 0].to_dict() == {0: 1, 30: 2}  # 100 × 1 / 11 = 9.1, 100 × 5 / 15 = 33.3
    assert result.people(band="30 to 40")["user_id"].to_pylist() == ["a", "c"]
    with pytest.raises(ArgumentError):
        user_days(events).bands("fame")


def test_the_last_band_holds_a_hundred() -> None:
    days = pd.date_range("2024-05-01", periods=90, freq="D", tz="UTC")

    result = user_days(pd.DataFrame({"user_id": "a", "event": "page.view", "event_time": days})).bands("loyalty_score")

    assert result.to_frame()["users"].tolist() == [0] * 9 + [1]
