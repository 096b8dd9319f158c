"""Groups are named where they are sure, and refused where they are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.clusters import clusters
from analytics_lib.errors import ArgumentError

RANDOM = np.random.default_rng(6)


def people(low: int, high: int) -> pd.DataFrame:
    orders = np.concatenate([RANDOM.lognormal(0.5, 0.2, low), RANDOM.lognormal(3.5, 0.2, high)])
    amount = orders * RANDOM.lognormal(3, 0.2, low + high)
    return pd.DataFrame({"user_id": [f"u{n}" for n in range(low + high)], "orders": orders, "amount": amount})


def test_planted_groups_are_found_with_their_people() -> None:
    result = clusters(people(120, 80), features=["orders", "amount"])

    assert result.stable
    assert result.to_frame()["users"].tolist() == [120, 80]
    assert result.to_frame()["cluster"].tolist() == ["1: low orders, low amount", "2: high orders, high amount"]
    for row in result.to_frame().itertuples():
        assert result.people(cluster=row.cluster).num_rows == row.users
    assert set(result.people(cluster=result.to_frame()["cluster"][1])["user_id"].to_pylist()) == {
        f"u{n}" for n in range(120, 200)
    }


def test_one_cloud_gets_no_names() -> None:
    result = clusters(people(200, 0), features=["orders", "amount"])

    assert not result.stable
    assert result.to_frame()["cluster"].tolist() == ["everyone"]
    assert "No groups that can be relied on" in result.notes[0]
    assert result.people(cluster="everyone").num_rows == result.total == 200


def test_too_few_and_missing_people_are_said() -> None:
    table = people(20, 10)
    table.loc[0, "orders"] = np.nan

    result = clusters(table, features=["orders"])

    assert result.total == 29
    assert result.notes[0].startswith("1 people without a value")
    assert "Too few" in result.notes[1]


def test_what_cannot_be_scaled_is_refused() -> None:
    with pytest.raises(ArgumentError, match="below 0"):
        clusters(pd.DataFrame({"user_id": ["a"], "x": [-1.0]}), features=["x"])
    with pytest.raises(ArgumentError, match="no features"):
        clusters(people(1, 1), features=[])
