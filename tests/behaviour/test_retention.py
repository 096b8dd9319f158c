"""Retention on written cases, published vectors and the edges of its definition."""

from __future__ import annotations

import json
import math

import pandas as pd
import pytest

from analytics_lib.behaviour.funnel_steps import step
from analytics_lib.behaviour.retention import RetentionResult, retention
from analytics_lib.errors import ArgumentError, UnknownEventError
from tests.conftest import shared_data


def events(*rows: tuple[str, str, str], **columns: list) -> pd.DataFrame:
    """Read (user, event, time) rows."""
    frame = pd.DataFrame(rows, columns=["user_id", "event", "event_time"])
    frame["event_time"] = pd.to_datetime(frame["event_time"], utc=True, format="ISO8601")
    return frame.assign(**columns)


def matrix(result: RetentionResult) -> list[list[object]]:
    frame = result.to_frame()
    return [rows["users"].fillna(-1).astype(int).tolist() for _, rows in frame.groupby("cohort")]


S_R = {"start_event": "S", "return_event": "R", "observed_until": "2024-12-31"}


def returned_in(result: RetentionResult) -> list[int]:
    """Periods in which somebody came back."""
    frame = result.to_frame()
    return frame.loc[frame["users"] > 0, "period"].tolist()


@pytest.mark.parametrize(
    ("grain", "start", "back", "calendar", "rolling"),
    [
        ("day", "2024-05-06 20:00", "2024-05-07 06:00", [1], [0]),
        ("week", "2024-05-10 12:00", "2024-05-13 12:00", [1], [0]),
        ("month", "2024-02-25", "2024-03-03", [1], [0]),
        ("week", "2024-05-06", "2024-05-14", [1], [1]),
        ("day", "2024-12-01 17:59", "2024-12-02 17:00", [1], [0]),  # 23 h 1 min; Amplitude floors to the hour: day 1
        ("month", "2024-12-03", "2024-12-31 12:00", [0], [0]),
    ],
    ids=[
        "R1 ten hours",
        "R2 Friday to Monday",
        "R3 February to March",
        "R6 eight days",
        "R4 almost a day",
        "R6 28 days",
    ],
)
def test_calendar_and_rolling_periods_differ_as_written(
    grain: str, start: str, back: str, calendar: list, rolling: list
) -> None:
    table = events(("u", "S", start), ("u", "R", back))

    assert returned_in(retention(table, grain=grain, periods=3, **S_R)) == calendar
    assert returned_in(retention(table, grain=grain, periods=3, rolling=True, **S_R)) == rolling


def test_r5_one_return_counts_once_however_often_one_started() -> None:
    table = events(("u", "S", "2024-05-06 10:00"), ("u", "S", "2024-05-06 20:00"), ("u", "R", "2024-05-07 15:00"))

    assert matrix(retention(table, periods=2, cohort="recurring", **S_R))[0] == [0, 1]


def test_r7_a_young_cell_is_immature_and_one_that_has_not_begun_is_unknown() -> None:
    table = events(("u", "S", "2024-05-06"), ("u", "S", "2024-05-07 12:00"))

    frame = retention(table, periods=3, cohort="first_ever", start_event="S", return_event="S").to_frame()

    assert frame["users"].fillna(-1).tolist() == [1, 1, -1, 0, -1, -1]
    assert frame["mature"].tolist() == [True, False, False, False, False, False]
    assert frame["retention_rate"].isna().tolist() == [False, False, True, True, True, True]


def test_r8_on_or_after_says_that_the_newest_cells_may_still_grow() -> None:
    table = events(("u", "S", "2024-05-01"), ("u", "R", "2024-05-09"), ("v", "S", "2024-05-09"))

    frame = retention(table, start_event="S", return_event="R", kind="on_or_after", periods=3).to_frame()

    assert frame[frame.cohort == "2024-05-01"]["users"].tolist() == [1, 1, 1]
    assert frame[frame.cohort == "2024-05-09"]["mature"].tolist() == [False] * 3


def test_r9_week_start_and_zone_move_the_cohort() -> None:
    table = events(("u", "S", "2024-05-05 19:00"), ("u", "R", "2024-05-06 19:00"))

    def cohort(**calendar: str) -> str:
        frame = retention(table, grain="week", periods=1, **S_R, **calendar).to_frame()
        return frame.loc[frame["cohort_users"] == 1, "cohort"].iloc[0].isoformat()

    assert cohort() == "2024-04-29T00:00:00+00:00"
    assert cohort(week_start="sunday") == "2024-05-05T00:00:00+00:00"
    assert cohort(time_zone="Asia/Kolkata") == "2024-05-05T18:30:00+00:00"


def test_history_before_the_range_decides_who_is_new() -> None:
    table = events(("old", "S", "2024-04-01"), ("old", "S", "2024-05-01"), ("new", "S", "2024-05-01"))
    asked = {"start_event": "S", "return_event": "S", "start": "2024-05-01", "periods": 1}

    assert retention(table, cohort="first_ever", **asked).to_frame()["cohort_users"].tolist() == [1]
    assert retention(table, cohort="first_in_range", **asked).to_frame()["cohort_users"].tolist() == [2]


def test_the_first_event_ever_and_the_first_that_matches_are_different_people() -> None:
    table = events(("u", "S", "2024-05-01"), ("u", "S", "2024-05-02"), plan=["free", "pro"])
    asked = {"start_event": step("S", where={"plan": "pro"}), "return_event": "S", "periods": 1}

    assert retention(table, cohort="first_ever", **asked).to_frame()["cohort_users"].sum() == 0
    assert retention(table, cohort="first_matching", **asked).to_frame()["cohort_users"].tolist() == [0, 1]


def test_brackets_ask_for_any_of_several_periods() -> None:
    table = events(("u", "S", "2024-05-01"), ("u", "R", "2024-05-04"))

    frame = retention(table, kind="bracket", brackets=[(0, 0), (1, 3), (4, 7)], **S_R).to_frame().iloc[:3]

    assert frame["users"].tolist() == [0, 1, 0]
    assert frame["from_period"].tolist() == [0, 1, 4]


def test_the_average_is_weighted_by_cohort_size_over_mature_cells_only() -> None:
    table = events(
        ("a", "S", "2024-05-01"), ("b", "S", "2024-05-01"), ("c", "S", "2024-05-01"),
        ("d", "S", "2024-05-02"), ("d", "R", "2024-05-03"), ("a", "R", "2024-05-02"),
        ("e", "S", "2024-05-03"),
    )  # fmt: skip

    average = retention(table, start_event="S", return_event="R", periods=2, observed_until="2024-05-03").average()

    assert average["cohorts"].tolist() == [3, 2]
    assert average["retention_rate"].tolist() == [0.0, 2 / 4]
    assert math.isnan(retention(table.iloc[:1], periods=2).average()["retention_rate"].iloc[1])


def test_churn_is_what_did_not_come_back() -> None:
    table = events(("a", "S", "2024-05-01"), ("b", "S", "2024-05-01"), ("a", "S", "2024-05-02"))

    churn = retention(table, periods=2, observed_until="2024-05-02").churn()

    assert churn["lost_users"].tolist()[:2] == [0, 1]
    assert churn["churn_rate"].tolist()[:2] == [0.0, 0.5]


@pytest.mark.parametrize("split", [None, "plan"])
def test_the_people_who_did_not_come_back_are_as_many_as_the_number(split: str | None) -> None:
    table = events(
        ("a", "S", "2024-05-01"), ("b", "S", "2024-05-01"), ("a", "S", "2024-05-02"), ("c", "S", "2024-05-02"),
        plan=["x", "y", "x", "y"], tenant_id=["t"] * 4,
    )  # fmt: skip
    result = retention(table, periods=2, by=split, observed_until="2024-05-03")

    for row in result.churn().to_dict("records"):
        keys = {name: row[name] for name in result.key_columns}
        lost = result.lost_people(**keys)
        assert lost.num_rows == (0 if pd.isna(row["lost_users"]) else row["lost_users"])
        assert not set(lost["user_id"].to_pylist()) & set(result.people(**keys)["user_id"].to_pylist())
    first = {"cohort": "2024-05-01", "period": 1} | ({"plan": "y"} if split else {})
    assert result.lost_people(**first)["user_id"].to_pylist() == ["b"]


def test_a_split_follows_the_start_event_or_asks_both_to_agree() -> None:
    table = events(("u", "S", "2024-05-01"), ("u", "R", "2024-05-02"), browser=["Chrome", "Firefox"])

    from_start = retention(table, by="browser", periods=2, **S_R)
    from_both = retention(table, by="browser", value_from="both", periods=2, **S_R)

    assert from_start.to_frame().iloc[1]["users"] == 1
    assert from_both.to_frame().iloc[1]["users"] == 0
    assert from_start.people(browser="Chrome", cohort="2024-05-01", period=1)["user_id"].to_pylist() == ["u"]


def test_empty_cohorts_of_the_range_are_rows_and_there_is_no_total() -> None:
    table = events(("u", "S", "2024-05-02"))

    frame = retention(table, start="2024-05-01", end="2024-05-03", periods=1, observed_until="2024-06-01").to_frame()

    assert frame["cohort_users"].tolist() == [0, 1, 0]
    assert list(frame.columns) == ["cohort", "period", "cohort_users", "users", "retention_rate", "mature"]


def test_tenants_share_no_people_and_nobody_is_nobody(events_as) -> None:
    table = events(("u", "S", "2024-05-01"), ("u", "R", "2024-05-01"), (None, "S", "2024-05-01"))
    table["tenant_id"] = ["x", "y", "x"]

    result = retention(events_as(table), periods=1, **S_R)

    assert result.to_frame()["cohort_users"].iloc[0] == 1
    assert result.to_frame()["users"].iloc[0] == 0
    assert "1 events without a user_id" in result.notes[0]


def test_names_nothing_knows_are_noted_or_refused() -> None:
    table = events(("u", "purchase", "2024-05-01"))

    assert "purchase" in retention(table, start_event="purchse").notes[0]
    with pytest.raises(UnknownEventError):
        retention(table, start_event="purchse", strict_names=True)


@pytest.mark.parametrize(
    "asked",
    [{"kind": "bracket"}, {"brackets": [(0, 1)]}, {"kind": "bracket", "brackets": [(3, 1)]}, {"periods": 0},
     {"cohort": "first"}, {"rolling": True, "grain": "minute"}, {"by": "cohort"}],
    ids=str,
)  # fmt: skip
def test_what_makes_no_sense_is_refused(asked: dict) -> None:
    with pytest.raises(ArgumentError):
        retention(events(("u", "S", "2024-05-01")), **asked)


def test_an_empty_table_has_no_cohorts() -> None:
    assert len(retention(events()).to_frame()) == 0


def vectors() -> list[dict]:
    path = shared_data("peer-vectors/posthog_retention.json")
    return [case for case in json.loads(path.read_text())["cases"] if case.get("expected")]


def test_the_published_retention_vectors_of_another_product_come_out() -> None:
    checked = 0
    for case in vectors():
        query = case["query"]
        if case.get("version_dependent"):
            continue
        person = {alias: name for name, aliases in case["persons"].items() for alias in aliases}
        rows = [event for event in case["events"] if matches(event, person, query)]
        table = pd.DataFrame(
            {
                "user_id": [person.get(event["distinct_id"]) for event in rows],
                "event": [event["event"] for event in rows],
                "event_time": pd.to_datetime([event["timestamp"] for event in rows], utc=True),
            }
        )
        cohort = {"recurring": "recurring", "first_time": "first_ever"}[query["type"]]
        start, grain = pd.to_datetime(query["date_from"], utc=True), query["period"]
        one = (
            pd.DateOffset(months=1)
            if grain == "month"
            else pd.Timedelta({"hour": 1, "day": 24, "week": 168}[grain], "h")
        )
        count = query["intervals"]
        end = start + one * count
        frame = retention(
            table, start_event=query["target_event"], return_event=query["returning_event"], grain=grain, periods=count,
            cohort=cohort, start=start, end=end, observed_until=end + pd.Timedelta("900D"),
            week_start=query.get("week_start", "monday"),
        ).to_frame()  # fmt: skip
        got = []
        for number, (_, cells) in enumerate(frame.groupby("cohort")):
            later = cells["users"].tolist()[1 : len(case["expected"][number])]
            got.append([int(cells["cohort_users"].iloc[0]), *later])
        assert got == case["expected"], case["name"]
        checked += 1
    assert checked >= 10


def matches(event: dict, person: dict, query: dict) -> bool:
    allowed = query.get("person_in")
    wanted = query.get("event_filter", {})
    same = all(event.get("properties", {}).get(name) == value for name, value in wanted.items())
    return same and (allowed is None or person.get(event["distinct_id"]) in allowed)
