"""PostHog's bookkeeping where it differs from every rule: exclusion, ties, strict order."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics_lib.behaviour.funnel import funnel

NOON = pd.Timestamp("2024-05-01 12:00", tz="UTC")


def level(written: str, **asked: object) -> int:
    parts = written.split()
    events = pd.DataFrame(
        {"user_id": "u", "event": [one[0] for one in parts],
         "event_time": [NOON + pd.Timedelta(int(one[1:]), "min") for one in parts]}
    )  # fmt: skip
    return int(funnel(events, ["A", "B", "C"], within="60min", dialect="posthog", **asked).to_frame()["users"].sum())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("A0 X1", 0),  # nothing follows, and still the person is out
        ("A0 X1 A2", 1),  # a clean entry gets as far
        ("A0 X1 A2 B3", 2),
        ("A0 X61", 1),  # the window has closed
        ("A0 B0 X0 C5", 3),  # at one time with others an exclusion is not looked at
        ("A0 B1 C2 X3", 3),  # after conversion
        ("A0 B1 X2 C3", 0),
        ("A0 B1 X2 A3", 0),  # the clean entry has not got as far as step 2
    ],
)
def test_exclusion_follows_the_engine(written: str, expected: int) -> None:
    assert level(written, exclude="X") == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("A0 B1 D2 C3", 2),
        ("A0 B1 D1 C2", 3),  # the tie is not looked at: ours gives 2
        ("A0 A1 B2 C3", 3),
        ("A0 X1 B2", 0),
        ("A0 X1 A2 B3 C4", 3),
    ],
)
def test_strict_order_clears_what_an_event_does_not_match(written: str, expected: int) -> None:
    assert level(written, order="strict", exclude="X") == expected


def test_the_first_try_that_gets_furthest_gives_the_times() -> None:
    events = pd.DataFrame(
        {"user_id": "u", "event": list("ABAB"),
         "event_time": [NOON + pd.Timedelta(one, "min") for one in (0, 10, 100, 101)]}
    )  # fmt: skip

    theirs = funnel(events, ["A", "B", "C"], within="60min", dialect="posthog").to_frame()

    assert theirs["median_seconds"][1] == 600
    assert funnel(events, ["A", "B", "C"], within="60min").to_frame()["median_seconds"][1] == 60
