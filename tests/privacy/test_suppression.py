"""No hidden number can be got back: a linear program tries, on every shape of result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.charts.chart import Chart
from analytics_lib.errors import ArgumentError, SmallGroupError
from analytics_lib.privacy.shapes import structure_of
from analytics_lib.privacy.suppression import suppress
from analytics_lib.results import Additive, Result
from tests.privacy.attack import Knowledge, knows_funnel, knows_groups, knows_lifecycle, knows_retention

counts = st.integers(0, 60)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Counted(Result):
    people_columns: ClassVar[tuple[str, ...]] = ("users",)
    by: tuple[str, ...] = ()
    total: int | None = None

    def plot(self) -> Chart:
        raise AssertionError("not drawn here")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Lifecycle(Counted):
    people_columns: ClassVar[tuple[str, ...]] = ("new", "returning", "resurrecting", "dormant")


def people(row):
    return pa.table({"user_id": [f"u{n}" for n in range(int(row["users"]))]})


def counted(frame: pd.DataFrame, keys: tuple[str, ...], **more) -> Counted:
    kind = more.pop("kind", Counted)
    return kind(frame=frame, definition="test", key_columns=keys, people_source=people, **more)


def funnel(levels: list[int], country: str | None = None) -> pd.DataFrame:
    frame = pd.DataFrame({"step": range(1, len(levels) + 1), "users": pd.array(levels, "Int64")})
    frame["step_rate"] = frame["users"].astype(float) / frame["users"].astype(float).shift()
    frame["overall_rate"] = frame["users"].astype(float) / max(levels[0], 1)
    frame["median_seconds"] = 5.0
    frame["immature"] = pd.array([1] * len(levels), "Int64")
    if country:
        frame["country"] = country
    return frame


def nested(drawn: list[int]) -> list[int]:
    return sorted(drawn, reverse=True)


def safe(reader: Knowledge, minimum: int) -> None:
    """Nobody learns a small group better than to within the smallest group shown."""
    for name, (low, high) in reader.ranges(minimum).items():
        assert name not in reader.seen
        assert high >= minimum, f"{name} is pinned below the minimum"
        assert high - low >= minimum, f"{name} lies in [{low}, {high}]"


def test_the_note_names_what_is_hidden_when_only_a_difference_is_small():
    result = suppress(counted(funnel([40, 38]), ("step",)), 10)
    assert result.to_frame()["users"].isna().tolist() == [False, True]
    assert result.notes == ("1 number is hidden, from which a group of fewer than 10 people could be worked out.",)


@settings(max_examples=25, deadline=None)
@given(st.lists(counts, min_size=2, max_size=6), st.sampled_from([2, 5, 10]))
def test_a_funnel_gives_nobody_away(drawn, minimum):
    true = funnel(nested(drawn))
    safe(knows_funnel(true, suppress(counted(true, ("step",)), minimum).to_frame()), minimum)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(counts, min_size=3, max_size=3), min_size=2, max_size=5), st.sampled_from([5, 10]))
def test_a_funnel_split_by_country_gives_nobody_away_even_beside_the_whole(drawn, minimum):
    true = pd.concat([funnel(nested(levels), f"c{n}") for n, levels in enumerate(drawn)], ignore_index=True)
    shown = suppress(counted(true, ("country", "step"), by=("country",)), minimum).to_frame()
    whole = true.groupby("step", as_index=False)["users"].sum()
    safe(knows_funnel(true, shown, suppress(counted(whole, ("step",)), minimum).to_frame()), minimum)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(counts, min_size=5, max_size=5), min_size=1, max_size=4), st.sampled_from([5, 10]))
def test_retention_gives_nobody_away(drawn, minimum):
    rows = [
        (f"k{cohort}", period, max(sizes), users)
        for cohort, sizes in enumerate(drawn)
        for period, users in enumerate(sizes[1:])
    ]
    true = pd.DataFrame(rows, columns=["cohort", "period", "cohort_users", "users"])
    true["retention_rate"] = true["users"] / true["cohort_users"].where(true["cohort_users"] > 0)
    shown = suppress(counted(true, ("cohort", "period")), minimum).to_frame()
    safe(knows_retention(true, shown), minimum)
    sizes = shown.groupby("cohort")["cohort_users"].agg(lambda size: size.isna().nunique())
    assert (sizes == 1).all()  # a cohort's size is hidden in all of its rows or in none


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(counts, min_size=4, max_size=4), min_size=1, max_size=5), st.sampled_from([5, 10]))
def test_lifecycle_gives_nobody_away(drawn, minimum):
    true = pd.DataFrame(drawn, columns=["new", "returning", "resurrecting", "dormant"])
    true["time"] = pd.date_range("2024-01-01", periods=len(true), tz="UTC")
    shown = suppress(counted(true, ("time",), kind=Lifecycle), minimum).to_frame()
    safe(knows_lifecycle(true, shown, minimum), minimum)


@settings(max_examples=25, deadline=None)
@given(st.lists(counts, min_size=2, max_size=8), st.sampled_from([2, 5, 10]))
def test_groups_of_a_known_total_give_nobody_away(drawn, minimum):
    true = pd.DataFrame({"country": [f"c{n}" for n in range(len(drawn))], "users": drawn})
    safe(
        knows_groups(true, suppress(counted(true, ("country",), by=("country",)), minimum).to_frame(), minimum), minimum
    )


def test_one_small_group_takes_the_next_smallest_with_it():
    frame = pd.DataFrame({"country": ["GB", "DE", "FR"], "users": [500, 3, 80]})
    after = suppress(counted(frame, ("country",), by=("country",)), 10)
    assert after.to_frame()["users"].isna().tolist() == [False, True, True]
    assert after.notes[-1] == (
        "1 number of fewer than 10 people is hidden, and 1 more from which a group as small could be worked out."
    )


def test_nobody_is_no_group_and_is_shown():
    after = suppress(counted(funnel([50, 20, 0]), ("step",)), 10)
    assert after.to_frame()["users"].tolist() == [50, 20, 0]
    assert after.notes == ()


def test_the_few_lost_between_two_steps_are_protected():
    after = suppress(counted(funnel([100, 98, 50]), ("step",)), 10)
    assert after.to_frame()["users"].isna().tolist() == [False, True, False]


def test_the_few_of_a_cohort_who_stayed_away_are_protected():
    frame = pd.DataFrame({"cohort": "k", "period": [0, 1, 2], "cohort_users": 100, "users": [100, 97, 60]})
    after = suppress(counted(frame, ("cohort", "period")), 10)
    assert after.to_frame()["users"].isna().tolist() == [False, True, False]
    assert after.to_frame()["cohort_users"].tolist() == [100, 100, 100]


def test_rates_that_would_give_a_hidden_number_away_are_hidden_too():
    after = suppress(counted(funnel([100, 60, 4]), ("step",)), 10).to_frame()
    assert after.loc[2, ["step_rate", "overall_rate", "median_seconds", "immature"]].isna().all()
    assert after.loc[1, ["step_rate", "overall_rate"]].notna().all()

    middle = suppress(counted(funnel([100, 98, 50]), ("step",)), 10).to_frame()
    assert np.isnan(middle.loc[2, "step_rate"])  # its base is hidden
    first = suppress(counted(funnel([8, 4, 2]), ("step",)), 10).to_frame()
    assert first["overall_rate"].isna().all()


def test_the_people_of_a_hidden_row_are_not_listed():
    after = suppress(counted(funnel([100, 60, 4]), ("step",)), 10)
    assert after.people(step=2).num_rows == 60
    with pytest.raises(SmallGroupError, match="too few to be listed"):
        after.people(step=3)


def test_a_field_that_counts_few_people_is_hidden():
    frame = pd.DataFrame({"time": pd.date_range("2024-01-01", periods=1, tz="UTC"), "users": [4]})
    assert suppress(counted(frame, ("time",), total=4), 10).total is pd.NA
    assert suppress(counted(frame, ("time",), total=4), 3).total == 4


def test_a_result_may_say_how_its_counts_add_up():
    frame = pd.DataFrame({"place": ["a", "b", "c"], "users": [4, 40, 400]})
    plain = counted(frame, ("place",))
    told = counted(frame, ("place",), structure=(Additive("groups", ("users",), ("place",)),))
    assert structure_of(plain) == ()
    assert suppress(plain, 10).to_frame()["users"].isna().sum() == 1
    assert suppress(told, 10).to_frame()["users"].isna().sum() == 2


def test_one_shows_everything_and_less_is_refused():
    result = counted(funnel([3, 2, 1]), ("step",))
    assert suppress(result, 1) is result
    with pytest.raises(ArgumentError, match="minimum_users=0"):
        suppress(result, 0)


def test_hiding_costs_at_most_two_more_numbers_for_each_small_one():
    random = np.random.default_rng(5)
    small, hidden = 0, 0
    for _ in range(12):
        shares = random.dirichlet(np.full(8, 0.5))
        levels = [sorted(random.multinomial(1000, [share, 1 - share])[0] for _ in range(4))[::-1] for share in shares]
        frame = pd.concat([funnel(list(map(int, row)), f"c{n}") for n, row in enumerate(levels)], ignore_index=True)
        after = suppress(counted(frame, ("country", "step"), by=("country",)), 10).to_frame()
        rest = frame["users"] - frame.groupby("country")["users"].shift(-1)
        small += int(frame["users"].between(1, 9).sum() + rest.between(1, 9).sum())
        hidden += int(after["users"].isna().sum())
    assert hidden <= 3 * small


def test_a_large_retention_table_is_quick():
    random = np.random.default_rng(1)
    rows = [(c, p, 100, int(random.integers(0, 101))) for c in range(90) for p in range(90)]
    frame = pd.DataFrame(rows, columns=["cohort", "period", "cohort_users", "users"])
    frame["users"] = frame["users"].where(frame["period"] % 3 > 0, 97)
    after = suppress(counted(frame, ("cohort", "period")), 10).to_frame()
    assert after["users"].isna().sum() == frame["users"].between(1, 9).sum() + frame["users"].between(91, 99).sum()
