"""RFM against published counts of CDNOW, and against the quantiles of pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics_lib.behaviour.rfm import SEGMENTS, rfm, scores_of
from tests.conftest import shared_data


def orders(*rows: tuple[str, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["user_id", "event_time", "amount"])
    return frame.assign(event="order.placed", event_time=pd.to_datetime(frame["event_time"]))


def test_the_counts_of_cdnow_are_the_published_ones() -> None:
    """Fader and Hardie: 2,357 people, of whom 1,411 bought on no second day in the first 39 weeks."""
    names = ["big", "user_id", "day", "copies", "amount"]
    table = pd.read_csv(
        shared_data("cdnow-sample") / "CDNOW_sample.txt", sep=r"\s+", names=names, dtype={"user_id": str, "day": str}
    )
    table = table.assign(event="order.placed", event_time=pd.to_datetime(table["day"], format="%Y%m%d"))

    result = rfm(table, amount="amount", as_of="1997-10-01")

    assert result.total == len(result.buyers) == 2_357
    assert int((result.buyers["orders"] == 1).sum()) == 1_411
    assert result.to_frame()["users"].sum() == 2_357
    assert "fifths are not fifths" in result.notes[0]


def test_without_ties_the_fifths_are_those_of_pandas() -> None:
    values = pd.Series(np.random.default_rng(1).permutation(500))

    expected = pd.qcut(values, 5, labels=False) + 1

    assert scores_of(values).tolist() == expected.tolist()


def test_every_pair_of_scores_has_one_name() -> None:
    pairs = [(r, f) for recency, frequency in SEGMENTS.values() for r in recency for f in frequency]

    assert sorted(pairs) == [(r, f) for r in range(1, 6) for f in range(1, 6)]


def test_lines_of_one_invoice_are_one_order_and_the_future_is_not_known() -> None:
    table = orders(("a", "2024-05-01", 10), ("a", "2024-05-01", 5), ("a", "2024-05-20", 100))

    (row,) = rfm(table, amount="amount", as_of="2024-05-11").buyers.to_dict("records")

    assert (row["recency_days"], row["orders"], row["amount"]) == (10.0, 1, 15.0)


def test_the_people_behind_each_segment_are_as_many_as_it_says() -> None:
    random = np.random.default_rng(2)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 100, 400), "D")
    people, tenants = random.integers(0, 60, 400).astype(str), random.choice(["x", "y"], 400)
    table = pd.DataFrame({"user_id": people, "tenant_id": tenants, "event": "order.placed", "event_time": days})
    result = rfm(table.assign(properties='{"amount": 3}'))

    for row in result.to_frame().itertuples():
        assert result.people(segment=row.segment).num_rows == row.users
    assert result.total == len(table.drop_duplicates(["user_id", "tenant_id"]))


def test_nobody_bought_is_an_answer() -> None:
    result = rfm(orders(("a", "2024-05-01", 1)), event="order.cancelled", amount="amount")

    assert (result.total, result.to_frame()["users"].sum()) == (0, 0)
    assert "Nobody bought." in result.notes
    assert "<table" in result._repr_html_()
