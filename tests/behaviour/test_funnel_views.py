"""Intervals, times to convert and comparisons of funnels, against published values and plain numpy."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.funnel import FunnelResult, funnel
from analytics_lib.errors import ArgumentError, SmallGroupError
from analytics_lib.privacy.suppression import suppress


def made(**groups: tuple[int, int]) -> FunnelResult:
    """Give a funnel where of `n` people of each group `k` convert, the i-th after i minutes."""
    noon, rows = pd.Timestamp("2024-05-01 12:00", tz="UTC"), []
    for group, (number, converted) in groups.items():
        for place in range(number):
            rows.append((f"{group}{place}", "A", noon, group))
            if place < converted:
                rows.append((f"{group}{place}", "B", noon + pd.Timedelta(place + 1, "min"), group))
    frame = pd.DataFrame(rows, columns=["user_id", "event", "event_time", "group"])
    return funnel(frame, ["A", "B"], by="group")


def test_rates_come_with_wilsons_bounds_as_he_published_them() -> None:
    frame = made(x=(263, 81)).intervals()

    assert frame[["overall_rate_low", "overall_rate_high"]].iloc[1].round(4).tolist() == [0.2553, 0.3662]
    assert frame[["step_rate_low", "step_rate_high"]].iloc[1].round(4).tolist() == [0.2553, 0.3662]
    assert math.isnan(
        funnel(
            made(x=(1, 1)).to_frame().assign(user_id="u", event="z", event_time=pd.Timestamp("2024-05-01")), ["A", "B"]
        )
        .intervals()["overall_rate_low"]
        .iloc[0]
    )


def test_times_to_convert_are_plain_quantiles_per_group() -> None:
    frame = made(x=(9, 4), y=(5, 0)).time_to_convert(quantiles=[0.5, 0.9])

    minutes = np.array([1, 2, 3, 4]) * 60.0
    assert frame["conversions"].tolist() == [4, 0]
    assert frame["mean_seconds"].iloc[0] == minutes.mean()
    assert frame["p50_seconds"].iloc[0] == np.quantile(minutes, 0.5)
    assert frame["p90_seconds"].iloc[0] == pytest.approx(np.quantile(minutes, 0.9))
    assert math.isnan(frame["mean_seconds"].iloc[1])
    with pytest.raises(ArgumentError):
        made(x=(2, 1)).time_to_convert(first=2, last=1)


def test_the_histogram_counts_everybody_who_converted() -> None:
    frame = made(x=(9, 4)).time_histogram(bins=2)

    assert frame["count"].tolist() == [1, 3]
    assert frame["high"].tolist() == [120.0, 240.0]


def test_groups_are_compared_with_the_largest_and_corrected_for_their_number() -> None:
    frame = made(x=(80, 48), y=(70, 56), z=(70, 42)).compare()

    first = frame[frame["group"] == "y"].iloc[0]
    assert (first["control_entries"], first["entries"]) == (80, 70)
    assert [round(first["low"], 4), round(first["high"], 4)] == [0.0524, 0.3339]  # Newcombe 1998, table II (a)
    assert first["adjusted_p_value"] == pytest.approx(min(2 * first["p_value"], 1))
    assert made(x=(80, 48), y=(70, 56)).compare(control="y")["group"].tolist() == ["x"]
    with pytest.raises(ArgumentError, match="no group"):
        made(x=(3, 1), y=(2, 1)).compare(control="w")
    with pytest.raises(ArgumentError, match="two groups"):
        made(x=(3, 1)).compare()


def test_two_funnels_are_compared_step_by_step() -> None:
    frame = made(x=(80, 48)).compare_with(made(y=(70, 56)))

    assert frame["step"].tolist() == [2]
    assert round(frame["difference"].iloc[0], 4) == 0.2


def test_what_is_hidden_in_a_funnel_is_not_shown_by_its_other_views() -> None:
    shown, hidden = made(x=(80, 48)), suppress(made(x=(80, 3)), minimum_users=10)

    bounds = hidden.intervals()

    assert bounds["users"].isna().tolist() == [False, True]
    assert bounds.loc[1, ["overall_rate_low", "overall_rate_high", "step_rate_low"]].isna().all()
    for view in (hidden.time_to_convert, hidden.time_histogram, hidden.compare, lambda: shown.compare_with(hidden)):
        with pytest.raises(SmallGroupError, match="hidden"):
            view()
