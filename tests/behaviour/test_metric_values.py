"""A metric per bucket, against pandas' own grouping."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import analytics_lib
from analytics_lib.behaviour.metric_values import metric_names, metric_values
from analytics_lib.errors import ArgumentError


@pytest.fixture
def rows():
    random = np.random.default_rng(3)
    times = pd.Timestamp("2024-03-29", tz="UTC") + pd.to_timedelta(np.sort(random.integers(0, 7 * 86_400, 300)), "s")
    kinds = random.choice(["load", "sold"], 300)
    return pd.DataFrame({
        "name": kinds, "type": np.where(kinds == "sold", "counter", "gauge"),
        "unit": np.where(kinds == "sold", "", "ms"), "value": random.lognormal(2, 1, 300).round(2), "time": times,
    })  # fmt: skip


@pytest.mark.parametrize(("name", "how"), [("load", "mean"), ("sold", "sum")])
@pytest.mark.parametrize("zone", ["UTC", "Europe/London"])
def test_each_bucket_is_what_pandas_says(rows, events_as, name, how, zone):
    chosen = rows[rows["name"] == name].set_index("time")["value"].tz_convert(zone)
    expected = chosen.resample("D").agg(how)

    frame = metric_values(events_as(rows), name, time_zone=zone).to_frame()

    np.testing.assert_allclose(frame["value"].astype(float), expected)
    assert frame["measured"].tolist() == chosen.resample("D").count().tolist()
    assert frame["complete"].tolist() == [True] * (len(frame) - 1) + [False]


def test_a_bucket_without_a_measurement_is_unknown_and_one_without_a_count_is_zero(rows):
    gap = rows[rows["time"].dt.day != 31]

    for name, missing in (("load", True), ("sold", False)):
        frame = metric_values(gap, name).to_frame()
        row = frame[frame["time"] == pd.Timestamp("2024-03-31", tz="UTC")].iloc[0]
        assert bool(pd.isna(row["value"])) == missing
        assert missing or row["value"] == 0


def test_names_come_with_their_unit_and_how_often_they_were_measured(rows):
    names = {one.name: one for one in metric_names(rows)}

    assert (names["load"].unit, names["load"].summed) == ("ms", False)
    assert names["sold"].summed
    assert sum(one.values for one in names.values()) == len(rows)
    assert metric_names(rows.assign(unit=["ms", "s"] * 150))[0].unit == ""
    assert metric_names(rows.iloc[:0]) == []


def test_an_unknown_metric_is_answered_with_those_there_are(rows):
    with pytest.raises(ArgumentError, match=r"no metric 'lode' was recorded.*load, sold|sold, load"):
        metric_values(rows, "lode")


def test_the_front_door_leads_to_it_and_what_was_asked_can_be_asked_again(rows):
    days = analytics_lib.metric_values(rows, "sold")

    whole = days.question.again(grain="month").to_frame()["value"].sum()

    assert analytics_lib.metric_values is metric_values
    assert days.to_frame()["value"].sum() == pytest.approx(whole)
