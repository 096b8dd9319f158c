"""What rates are shares of, and how cohorts are averaged."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.retention import retention
from analytics_lib.behaviour.retention_average import averages
from analytics_lib.errors import ArgumentError
from analytics_lib.privacy.suppression import suppress

DAY = pd.Timestamp("2024-05-01", tz="UTC")


def came(*days: tuple[str, int], **columns: list[str]) -> pd.DataFrame:
    names, numbers = zip(*days, strict=True)
    return pd.DataFrame({"user_id": names, "event_time": DAY + pd.to_timedelta(numbers, "D"), **columns})


def crowd(*sizes: int) -> pd.DataFrame:
    """So many of the same people on each day."""
    return came(*((f"p{number}", day) for day, size in enumerate(sizes) for number in range(size)))


def test_a_share_of_the_period_before_may_exceed_one_and_begins_with_the_cohort() -> None:
    result = retention(crowd(20, 4, 10), periods=3, reference="previous_period", end="2024-05-01")

    assert result.to_frame()["retention_rate"].tolist() == [1.0, 0.2, 2.5]
    assert result.average()["reference_users"].tolist()[:2] == [20, 20]
    assert "the share of those who came in the period before" in result.definition
    assert result.churn()["churn_rate"].tolist() == [0.0, 0.8, 0.5]


def test_nobody_before_is_no_base() -> None:
    frame = retention(crowd(3, 0, 2), periods=3, reference="previous_period", end="2024-05-01").to_frame()

    assert frame["retention_rate"].tolist()[1] == 0
    assert math.isnan(frame["retention_rate"].tolist()[2])


def test_in_a_simple_average_a_small_cohort_counts_as_much_as_a_large_one() -> None:
    """Of the first cohort 1 of 4 comes back, of the second 1 of 1."""
    events = came(("a", 0), ("b", 0), ("c", 0), ("d", 0), ("a", 1), ("e", 1), ("e", 2), ("f", 3))
    asked = {"periods": 2, "end": "2024-05-02", "observed_until": "2024-05-04"}

    weighted, simple = (retention(events, average=how, **asked) for how in ("weighted", "simple"))

    assert weighted.average()["retention_rate"].tolist() == [1.0, 2 / 5]
    assert simple.average()["retention_rate"].tolist() == [1.0, 5 / 8]
    assert weighted.average("simple").equals(simple.average())
    assert "each cohort counting the same" in simple.definition
    assert "weighted by the people" in weighted.definition


@pytest.mark.parametrize("how", ["weighted", "simple"])
@pytest.mark.parametrize("reference", ["start", "previous_period"])
def test_groups_put_together_average_as_if_they_had_never_been_split(reference: str, how: str) -> None:
    rng = np.random.default_rng(3)
    people = rng.integers(0, 60, 300)
    events = came(
        *((f"p{person}", int(day)) for person, day in zip(people, rng.integers(0, 8, 300), strict=True)),
        os=["x" if person % 3 else "y" for person in people],
    )
    asked = {"periods": 4, "reference": reference, "average": how}
    whole, split = retention(events, **asked), retention(events, by="os", **asked)

    together = averages(split.to_frame(), split.rules, by=("os",), across=("os",), how=how)

    pd.testing.assert_frame_equal(together, whole.average())


def test_a_hidden_period_is_not_given_away_by_the_share_of_the_next() -> None:
    shown = suppress(retention(crowd(40, 3, 20), periods=3, reference="previous_period", end="2024-05-01"), 10)

    frame = shown.to_frame()
    assert frame["users"].isna().tolist() == [False, True, False]
    assert frame["retention_rate"].isna().tolist() == [False, True, True]
    assert shown.average()["retention_rate"].isna().tolist() == [False, True, True]
    assert shown.average()["cohorts"].fillna(-1).tolist() == [1, -1, 0]  # period 2 is not over


def test_an_average_is_not_made_of_the_cohorts_that_are_not_hidden() -> None:
    """Of three cohorts 30, 4 and nobody come back: without the four the rate would be 20 %, with them it is 15 %."""
    moments = [("2024-05-01", 100, 30), ("2024-05-02", 80, 4), ("2024-05-03", 50, 0), ("2024-05-04", 3, 2)]
    rows = [
        (f"{first}-{number}", "act", pd.Timestamp(first, tz="UTC") + pd.Timedelta(days=day))
        for first, size, back in moments
        for day, count in ((0, size), (1, back))
        for number in range(count)
    ]
    found = retention(pd.DataFrame(rows, columns=["user_id", "event", "event_time"]), periods=3, end="2024-05-06")

    shown = suppress(found, 10).average().set_index("period")

    assert found.average()["retention_rate"].iloc[1] == pytest.approx(34 / 230)
    assert shown.loc[0, "cohorts"] == 3  # the cohort of three people is hidden as a whole
    assert pd.isna(shown.loc[1, "retention_rate"])
    assert pd.isna(shown.loc[1, "users"])


@pytest.mark.parametrize("asked", [{"reference": "period_0"}, {"average": "mean"}])
def test_unknown_words_are_refused(asked: dict[str, str]) -> None:
    with pytest.raises(ArgumentError, match="is not one of|Use one of|Did you mean"):
        retention(crowd(1), **asked)  # type: ignore[arg-type]


def test_an_average_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ArgumentError):
        retention(crowd(1)).average("median")
