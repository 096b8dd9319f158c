"""The funnel on golden cases, published logs and the edges of its definition."""

from __future__ import annotations

import math
from datetime import timedelta

import pandas as pd
import pytest

from analytics_lib.behaviour.funnel import FunnelResult, funnel
from analytics_lib.behaviour.funnel_steps import step
from analytics_lib.errors import ArgumentError, MissingColumnError, UnknownEventError
from tests.conftest import shared_data

NOON = pd.Timestamp("2024-05-01 12:00", tz="UTC")


def history(written: str, *, user: str = "u", unit: str = "min") -> pd.DataFrame:
    """Read "A0 B45 C75" as events at those minutes."""
    parts = written.split()
    return pd.DataFrame(
        {
            "user_id": [user] * len(parts),
            "event": [part[0] for part in parts],
            "event_time": [NOON + pd.Timedelta(float(part[1:]), unit) for part in parts],
        }
    )


def level(result: FunnelResult) -> int:
    return int(result.to_frame()["users"].sum())


GOLDEN = [
    ("T1 re-entry", "A0 A30 B45 C75", "ABC", {"within": "60min"}, 3),
    ("T2 tie in order", "A0 B0", "AB", {"within": "60min"}, 2),
    ("T2r tie, rows reversed", "B0 A0", "AB", {"within": "60min"}, 2),
    ("T4 one event, repeated step", "A0", "AA", {"within": "60min"}, 1),
    ("T4b two events, repeated step", "A0 A5", "AA", {"within": "60min"}, 2),
    ("T5 window edge", "A0 B60", "AB", {"within": "60min"}, 2),
    ("T5b past the edge", "A0 B61", "AB", {"within": "60min"}, 1),
    ("T6 interloper, ordered", "A0 D1 B2", "AB", {}, 2),
    ("T6 interloper, strict", "A0 D1 B2", "AB", {"order": "strict"}, 1),
    ("T7 split entry", "A0 B1 A50 C70", "ABC", {"within": "60min"}, 2),
    ("T7b window per step", "A0 B50 C100", "ABC", {"within": "60min"}, 2),
    ("T7b window from the previous step", "A0 B50 C100", "ABC", {"within": "60min", "window_from": "previous_step"}, 3),
    ("T8 early later step", "A0 C1 B2 C3", "ABC", {}, 3),
    ("T8 early later step, strict", "A0 C1 B2 C3", "ABC", {"order": "strict"}, 1),
    ("T9 exclusion drops", "A0 X1 B2", "AB", {"exclude": "X"}, 0),
    ("T9 exclusion stops", "A0 X1 B2", "AB", {"exclude": "X", "exclude_effect": "stop_at_step"}, 1),
    ("T10 60-day gap", f"A0 B{60 * 24 * 60}", "AB", {"within": "14d"}, 1),
    ("T13 excluded, then clean re-entry", "A0 X1 A2 B3", "AB", {"exclude": "X"}, 2),
    ("T13b exclusion after conversion", "A0 B1 X2", "AB", {"exclude": "X"}, 2),
    ("T14 strict with a tie", "A0 D0 B1", "AB", {"order": "strict"}, 2),
    ("T14b strict, the tie is in the way", "A0 B1 D1 C2", "ABC", {"order": "strict"}, 2),
    ("T17 conversion after the range", "A0 B100", "AB", {"start": NOON, "end": NOON + timedelta(minutes=1)}, 2),
    ("T17b entry outside the range", "A0 B100", "AB", {"start": NOON + timedelta(minutes=1)}, 0),
]


@pytest.mark.parametrize(("case", "written", "steps", "asked", "expected"), GOLDEN, ids=[case[0] for case in GOLDEN])
def test_golden_cases_reach_the_published_level(
    case: str, written: str, steps: str, asked: dict, expected: int
) -> None:
    assert level(funnel(history(written), list(steps), **asked)) == expected


@pytest.mark.parametrize(("grace", "expected"), [(0, 1), (1, 2)])
def test_t3_one_second_early_needs_grace(grace: float, expected: int) -> None:
    assert level(funnel(history("B0 A1", unit="s"), ["A", "B"], grace_seconds=grace)) == expected


def test_t11_all_four_attributions_on_two_browsers() -> None:
    events = history("A0 B1 C2").assign(browser=["Chrome", "Firefox", None])

    def users(attribution: str) -> dict[object, list[int]]:
        frame = funnel(events, ["A", "B", "C"], by="browser", attribution=attribution).to_frame()
        return {
            None if pd.isna(name) else name: rows.users.tolist()
            for name, rows in frame.groupby("browser", dropna=False)
        }

    assert users("first") == {"Chrome": [1, 1, 1]}
    assert users("last") == {None: [1, 1, 1]}
    assert users("step:2") == {"Firefox": [1, 1, 1]}
    assert users("all") == {"Chrome": [1, 1, 1], "Firefox": [1, 1, 1], None: [1, 1, 1]}


def test_t12_only_attribution_all_sums_to_more_than_the_total_and_says_so() -> None:
    events = history("A0 B1").assign(browser=["Chrome", "Firefox"])

    overlapping = funnel(events, ["A", "B"], by="browser", attribution="all")

    assert overlapping.to_frame().groupby("step")["users"].sum().tolist() == [2, 2]
    assert "more than the total" in overlapping.notes[-1]
    assert funnel(events, ["A", "B"], by="browser").to_frame().groupby("step")["users"].sum().tolist() == [1, 1]


def test_t15_an_optional_step_is_measured_and_hinders_nobody() -> None:
    steps = ["A", step("B", optional=True), "C"]
    with_it, without = history("A0 B1 C5", user="with"), history("A0 C9", user="without")

    frame = funnel(pd.concat([with_it, without]), steps).to_frame()

    assert frame["users"].tolist() == [2, 1, 2]
    assert frame["step_rate"].tolist() == [1.0, 0.5, 1.0]
    assert frame["median_seconds"].tolist()[1:] == [60.0, 420.0]


def test_t16_twenty_steps_are_no_trouble() -> None:
    letters = "ABCDEFGHIJKLMNOPQRST"
    written = " ".join(f"{letter}{place}" for place, letter in enumerate(letters))

    assert funnel(history(written), list(letters)).to_frame()["users"].tolist() == [1] * 20


def test_t18_a_clock_change_does_not_bend_the_window() -> None:
    night = pd.to_datetime(["2024-03-30 12:00", "2024-03-31 13:00", "2024-03-31 13:01"]).tz_localize("Europe/London")
    events = pd.DataFrame({"user_id": "u", "event": ["A", "B", "C"], "event_time": night})

    assert level(funnel(events, ["A", "B"], within="24h")) == 2
    assert level(funnel(events, ["A", "C"], within="24h")) == 1


def test_t19_events_of_nobody_are_nobody() -> None:
    result = funnel(history("A0 B1").assign(user_id=[None, None]), ["A", "B"])

    assert result.to_frame()["users"].tolist() == [0, 0]
    assert "2 events without a user_id" in result.notes[0]


def test_t20_the_first_ever_event_must_lie_in_the_range() -> None:
    events = history("A0 A100 B110").assign(plan=["free", "pro", "pro"])
    late = {"start": NOON + timedelta(minutes=50)}
    pro = [step("A", where={"plan": "pro"}), "B"]

    assert level(funnel(events, ["A", "B"], **late)) == 2
    assert level(funnel(events, ["A", "B"], first_ever=True, **late)) == 0
    assert level(funnel(events, pro, first_ever="filtered", **late)) == 2
    assert level(funnel(events, pro, first_ever="event", **late)) == 0


def test_rates_medians_and_immature_entries_follow_their_definitions() -> None:
    events = pd.concat(
        [
            history("A0 B10 C20", user="done"),
            history("A0 B30", user="half"),
            history("A90", user="young"),
            history("Z100", user="clock"),
        ]
    )

    frame = funnel(events, ["A", "B", "C", "D"], within="60min").to_frame()

    assert list(frame.columns) == ["step", "event", "users", "step_rate", "overall_rate", "median_seconds", "immature"]
    assert frame["users"].tolist() == [3, 2, 1, 0]
    assert frame["step_rate"].tolist() == [1.0, 2 / 3, 0.5, 0.0]
    assert frame["overall_rate"].tolist() == [1.0, 2 / 3, 1 / 3, 0.0]
    assert frame["median_seconds"].tolist()[1:3] == [1200.0, 600.0]
    assert frame["immature"].tolist() == [1] * 4


def test_a_rate_after_nobody_is_unknown() -> None:
    frame = funnel(history("Z0"), ["A", "B"]).to_frame()

    assert frame["users"].tolist() == [0, 0]
    assert all(math.isnan(rate) for rate in frame["step_rate"])


def test_the_chosen_completion_starts_at_the_latest_entry_that_gets_as_far() -> None:
    assert funnel(history("A0 A5 B7 B9"), ["A", "B"]).to_frame()["median_seconds"].tolist()[1] == 120.0
    assert funnel(history("A0 A5 B7 B9"), ["A", "B"], entry="first").to_frame()["median_seconds"].tolist()[1] == 420.0


def test_every_attempt_counts_entries_and_people_once() -> None:
    frame = funnel(history("A0 A1 B2 A3 B4 A5"), ["A", "B"], entry="every").to_frame()

    assert frame["entries"].tolist() == [3, 2]
    assert frame["users"].tolist() == [1, 1]
    assert frame["overall_rate"].tolist() == [1.0, 2 / 3]


def test_any_order_counts_at_least_so_many_steps() -> None:
    frame = funnel(history("C0 B1 A70"), ["A", "B", "C"], order="any", within="60min").to_frame()

    assert frame["users"].tolist() == [1, 1, 0]
    assert frame["event"].tolist()[1] == "any 2 of 3"


def test_held_values_must_be_the_same_on_all_steps() -> None:
    events = history("A0 B1 A2 B3").assign(product=["x", "y", "z", "z"])

    assert level(funnel(events.iloc[:2], ["A", "B"], hold_constant="product")) == 1
    assert level(funnel(events, ["A", "B"], hold_constant="product")) == 2
    assert level(funnel(events.iloc[[0, 3]], ["A", "B"], hold_constant="product", order="strict")) == 1
    assert level(funnel(events.assign(product=None), ["A", "B"], hold_constant="product")) == 0


def test_a_session_is_a_unit_whether_it_was_sent_or_is_made() -> None:
    events = history("A0 B10 A100 A101 B500")
    sent = events.assign(session_id=["s1", "s2", "s3", "s3", "s3"])

    made = funnel(events, ["A", "B"], unit="session").to_frame()
    given = funnel(sent, ["A", "B"], unit="session").to_frame()

    assert made["sessions"].tolist() == [2, 1]
    assert given["sessions"].tolist() == [2, 1]
    assert given["users"].tolist() == [1, 1]


def test_any_column_can_be_the_unit() -> None:
    events = pd.concat([history("A0", user="u"), history("B1", user="v")]).assign(account=["x", "x"])

    frame = funnel(events, ["A", "B"], unit="account").to_frame()

    assert frame["entities"].tolist() == [1, 1]
    assert frame["users"].tolist() == [1, 1]
    assert funnel(events, ["A", "B"], unit="account").people(step=2)["user_id"].to_pylist() == ["u"]


def test_a_window_of_sessions_counts_sessions_instead_of_time() -> None:
    events = history("A0 B100 A200 C300")

    assert level(funnel(events, ["A", "B"], within="1 session")) == 1
    assert level(funnel(events, ["A", "B"], within="2 sessions")) == 2
    assert level(funnel(events, ["A", "C"], within="2 sessions")) == 2
    assert level(funnel(events.iloc[[0, 3]], ["A", "C"], within="2 sessions")) == 2


def test_tenants_share_no_people() -> None:
    events = history("A0 B1").assign(tenant_id=["x", "y"])

    result = funnel(events, ["A", "B"])

    assert result.to_frame()["users"].tolist() == [1, 0]
    assert result.people(step=1).to_pylist() == [{"user_id": "u", "tenant_id": "x"}]


def test_every_kind_of_table_gives_the_same_funnel(events_as) -> None:
    result = funnel(events_as(history("A0 B1")), ["A", "B"])

    assert result.to_frame()["users"].tolist() == [1, 1]
    assert result.people(step=2)["user_id"].to_pylist() == ["u"]


def test_conditions_on_columns_and_properties_make_a_step() -> None:
    events = history("A0 A1 A2").assign(
        country=["GB", "NL", None], properties=['{"price": 9}', '{"price": 120, "plan": "pro"}', "{}"]
    )

    def users(**where: object) -> int:
        return int(funnel(events, [step("A", where=where), "A"]).to_frame()["users"].iloc[0])

    assert users(country="NL") == 1
    assert users(country=["DE", "FR"]) == 0
    assert users(country=None) == 1
    assert users(country=("!=", "GB")) == 1
    assert users(**{"properties.price": (">", 100)}) == 1
    assert users(**{"properties.plan": "free"}) == 0


def test_a_step_nobody_did_is_zero_and_an_unknown_name_is_noted_with_the_nearest() -> None:
    result = funnel(history("A0").assign(event="purchase"), ["purchase", "purchse"])

    assert result.to_frame()["users"].tolist() == [1, 0]
    assert result.notes == ("No event is named 'purchse'. Did you mean 'purchase'?",)
    assert funnel(history("A0"), ["A", "content.view"]).notes == ()
    with pytest.raises(UnknownEventError, match="purchse"):
        funnel(history("A0"), ["A", "purchse"], strict_names=True)


def test_an_empty_table_is_an_answer() -> None:
    result = funnel(history("A0").iloc[:0], ["A", "B"], by="user_id")

    assert len(result.to_frame()) == 0
    assert funnel(history("A0").iloc[:0], ["A", "B"]).to_frame()["users"].tolist() == [0, 0]


@pytest.mark.parametrize(
    "asked",
    [
        {"steps": ["A"]},
        {"steps": "AB"},
        {"steps": ["A"] * 21},
        {"steps": [step("A", optional=True), "B"]},
        {"within": 60},
        {"order": "sorted"},
        {"order": "any", "window_from": "previous_step"},
        {"exclude": "A"},
        {"attribution": "step:3"},
        {"grace_seconds": -1},
        {"first_ever": "always"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(asked: dict) -> None:
    arguments = {"steps": ["A", "B"], **asked}

    with pytest.raises(ArgumentError):
        funnel(history("A0"), **arguments)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(MissingColumnError, match="country"):
        funnel(history("A0"), ["A", "B"], by="country")


def test_one_user_with_very_many_events_is_no_trouble() -> None:
    many = pd.DataFrame({"user_id": "u", "event_time": pd.date_range(NOON, periods=200_000, freq="s")})
    many["event"] = "A"

    assert funnel(many, ["A", "A", "A"], entry="every").to_frame()["entries"].tolist() == [66_667, 66_667, 66_666]
    assert level(funnel(many, ["A", "B"])) == 1


def onboarding(*names: str) -> pd.DataFrame:
    folder, units = shared_data("retentioneering-onboarding"), {"train": "ns", "test": "us"}
    frames = []
    for name in names:
        frame = pd.read_csv(folder / f"{name}.csv")
        frame["event_time"] = pd.to_datetime(frame["event_timestamp"], unit=units[name])
        frames.append(frame.rename(columns={"event_name": "event", "user_pseudo_id": "user_id"}))
    return pd.concat(frames)


ONBOARDING = [
    "onboarding_welcome_screen",
    "onboarding__chooseLoginType",
    "onboarding_privacy_policyAccepted",
    "passed",
]


def test_the_published_onboarding_log_gives_its_published_numbers() -> None:
    assert funnel(onboarding("train"), ONBOARDING).to_frame()["users"].tolist() == [4120, 2160, 2038, 1488]
    assert funnel(onboarding("train", "test"), ONBOARDING).to_frame()["users"].tolist() == [4531, 2312, 2174, 1488]


@pytest.mark.parametrize(
    ("start", "end", "ordered", "either"),
    [
        ("2024-05-01", "2024-05-18", [96, 44], 80),
        ("2024-05-19", "2024-06-07", [130, 28], 46),
        ("2024-06-08", None, [165, 76], 141),
    ],
)
def test_the_payment_incident_of_the_shop_log_shows(start: str, end: str | None, ordered: list, either: int) -> None:
    shop = pd.read_csv(shared_data("retentioneering-ecom5/ecom.csv.gz")).rename(columns={"timestamp": "event_time"})
    shop["event_time"] = pd.to_datetime(shop["event_time"], format="ISO8601")
    asked = {"unit": "session", "start": start, "end": end}

    in_order = funnel(shop, ["payment_details", "purchase"], **asked).to_frame()
    any_order = funnel(shop, ["payment_details", "purchase"], order="any", **asked).to_frame()

    assert in_order["sessions"].tolist() == ordered
    assert any_order["sessions"].tolist()[1] == either


def test_the_words_carry_the_arguments() -> None:
    events = history("A0").assign(os="x")
    definition = funnel(events, ["A", "B"], within="30min", exclude="X", by="os").definition

    assert "A > B" in definition
    assert "at most 30 minutes (inclusive)" in definition
    assert "X strictly between" in definition
    assert "Split by os on the first event" in definition


def test_an_event_without_the_held_value_is_no_entry_in_strict_order_either() -> None:
    events = history("A0 B1").assign(color=[None, None])

    for order in ("ordered", "strict", "any"):
        assert level(funnel(events, ["A", "B"], order=order, hold_constant="color")) == 0


def test_sessions_that_overlap_tick_when_they_begin_and_who_is_still_in_the_last_one_may_go_on() -> None:
    events = history("A0 X5 A50 B60").assign(session_id=["s", "t", "s", "s"])

    assert level(funnel(events, ["A", "B"], within="1 session", end="2024-05-01 12:30")) == 1
    assert level(funnel(events, ["A", "B"], within="1 session")) == 2
    assert funnel(events, ["A", "C"], within="1 session").to_frame()["immature"].tolist() == [1, 1]
    assert funnel(events, ["A", "C"], within="1 session", end="2024-05-01 12:01").to_frame()["immature"].tolist() == [
        0,
        0,
    ]
