"""Revenue of cohorts on written orders, real retail orders and CDNOW, against plain pandas and published facts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.cohort_revenue import cohort_revenue
from analytics_lib.behaviour.retention import retention
from analytics_lib.errors import ArgumentError
from tests.conftest import shared_data


def orders(*rows: tuple[str, str, str, float | None]) -> pd.DataFrame:
    """Read (user, event, time, amount) rows."""
    frame = pd.DataFrame(rows, columns=["user_id", "event", "event_time", "amount"])
    frame["event"] = frame["event"].map({"+": "order.placed", "-": "order.cancelled"})
    return frame.assign(event_time=pd.to_datetime(frame["event_time"], utc=True))


STORY = orders(
    ("a", "+", "2024-01-05", 10.0), ("b", "+", "2024-01-20", 30.0), ("a", "+", "2024-02-03", 5.0),
    ("b", "-", "2024-03-01", -30.0), ("c", "+", "2024-02-10", 7.0), ("d", "-", "2024-01-07", 99.0),
)  # fmt: skip


def test_refunds_are_booked_when_they_come_and_divided_by_everybody() -> None:
    frame = cohort_revenue(STORY, amount="amount", periods=3, observed_until="2024-03-31").to_frame()

    january = frame[frame["cohort"] == "2024-01-01"]
    assert january["revenue"].tolist() == [40.0, 5.0, -30.0]
    assert january["lifetime_revenue_per_user"].tolist() == [20.0, 22.5, 7.5]
    assert january[["cohort_users", "users"]].to_numpy().tolist() == [[2, 2], [2, 1], [2, 0]]
    assert frame["revenue"].sum() == 10 + 30 + 5 - 30 + 7  # d never ordered, so their refund has no cohort


def test_a_month_that_has_not_begun_is_unknown_and_one_that_is_not_over_is_not_averaged() -> None:
    result = cohort_revenue(STORY, amount="amount", periods=3)

    frame = result.to_frame()
    assert frame[frame["cohort"] == "2024-02-01"]["revenue"].isna().tolist() == [False, False, True]
    average = result.average()
    assert average["cohorts"].tolist() == [2, 1, 0]
    assert average["lifetime_revenue_per_user"].tolist()[:2] == pytest.approx([47 / 3, 47 / 3 + 5 / 2])
    assert np.isnan(average["lifetime_revenue_per_user"].iloc[2])


def test_amounts_that_are_not_known_count_nothing_and_are_noted() -> None:
    result = cohort_revenue(orders(("a", "+", "2024-01-05", None)), amount="amount", periods=1)

    assert result.to_frame()["revenue"].tolist() == [0.0]
    assert any("no known amount" in note for note in result.notes)


def test_the_people_are_as_many_as_the_number(events_as) -> None:  # type: ignore[no-untyped-def]
    result = cohort_revenue(events_as(STORY), amount="amount", periods=3, observed_until="2024-04-30")

    for row in result.to_frame().itertuples():
        assert result.people(cohort=row.cohort, period=row.period).num_rows == row.users
    assert result.people(cohort="2024-01-01", period=1)["user_id"].to_pylist() == ["a"]


def test_no_orders_and_a_range_without_history() -> None:
    assert cohort_revenue(STORY.iloc[:0], amount="amount").to_frame().empty
    later = cohort_revenue(STORY, amount="amount", start="2024-02-01", end="2024-02-28", periods=1).to_frame()
    assert later[["cohort_users", "revenue"]].to_numpy().tolist() == [[1, 7.0]]
    assert cohort_revenue(STORY, amount="amount").plot().title == "Revenue per customer so far, * not over yet"


def test_cdnow_customers_are_one_cohort_quarter_and_their_spending_adds_up() -> None:
    """Fader, Hardie (2001): 2,357 customers, all of whose first purchase lies in January to March 1997."""
    log = pd.read_csv(
        shared_data("cdnow-sample/CDNOW_sample.txt"), sep=r"\s+", header=None, dtype={2: str},
        names=["master", "user_id", "day", "discs", "amount"],
    )  # fmt: skip
    log["event_time"] = pd.to_datetime(log["day"], format="%Y%m%d", utc=True)
    table = log.assign(event="order.placed", user_id=log["user_id"].astype(str))

    result = cohort_revenue(table, amount="amount", periods=18)

    frame = result.to_frame()
    sizes = frame.drop_duplicates("cohort").set_index("cohort")["cohort_users"]
    assert (sizes.sum(), sizes.iloc[3:].sum()) == (2357, 0)
    assert frame["revenue"].sum() == pytest.approx(log["amount"].sum())
    first = log.groupby("user_id")["event_time"].transform("min").dt.month
    last = frame[frame["cohort"] == "1997-01-01"]["cumulative_revenue"].dropna().iloc[-1]
    assert last == pytest.approx(log.loc[first == 1, "amount"].sum())
    came = retention(table, grain="month", periods=18).to_frame()
    assert frame["users"].fillna(-1).tolist() == came["users"].fillna(-1).tolist()


def test_real_retail_orders_lose_their_cancellations() -> None:
    lines = pd.read_csv(shared_data("online-retail-ii/online_retail.csv.xz"), dtype={"Invoice": str}, nrows=120_000)
    lines = lines.dropna(subset="Customer ID")
    cancelled = lines["Invoice"].str.startswith("C")
    table = pd.DataFrame({
        "user_id": lines["Customer ID"].astype(int).astype(str),
        "event": np.where(cancelled, "order.cancelled", "order.placed"),
        "event_time": pd.to_datetime(lines["InvoiceDate"], format="%m/%d/%Y %H:%M", utc=True),
        "revenue": lines["Quantity"] * lines["Price"],
    })  # fmt: skip

    result = cohort_revenue(table, amount="revenue", grain="month", periods=6)

    first = table[~cancelled].groupby("user_id")["event_time"].min()
    known = table[table["event_time"] >= table["user_id"].map(first)]
    assert cancelled.sum() > 1000
    assert result.to_frame()["revenue"].sum() == pytest.approx(known["revenue"].sum())
    assert result.to_frame().drop_duplicates("cohort")["cohort_users"].sum() == len(first)


def test_groups_are_those_of_the_first_order_and_sum_to_the_whole() -> None:
    table = STORY.assign(country=["GB", None, "NL", "GB", "GB", "NL"])
    asked = {"amount": "amount", "periods": 3, "observed_until": "2024-03-31"}

    split, whole = cohort_revenue(table, by="country", **asked), cohort_revenue(table, **asked)

    frame = split.to_frame()
    january = frame[frame["cohort"] == "2024-01-01"].groupby("country", dropna=False)["revenue"].apply(list)
    assert january["GB"] == [10.0, 5.0, 0.0]  # a's second order was made in NL, and counts where a began
    assert january[np.nan] == [30.0, 0.0, -30.0]
    sums = frame.groupby(["cohort", "period"])[["cohort_users", "users", "revenue"]].sum(min_count=1)
    wanted = whole.to_frame()[list(sums.columns)]
    assert sums.fillna(-1).to_numpy().tolist() == wanted.fillna(-1).to_numpy().tolist()
    for row in frame.dropna(subset="users").itertuples():
        assert split.people(country=row.country, cohort=row.cohort, period=row.period).num_rows == row.users
    average = split.average().set_index(["country", "period"])
    assert average.loc[("GB", 0), "lifetime_revenue_per_user"] == pytest.approx(17 / 2)
    assert split.plot().title == "Revenue per customer so far"
    assert cohort_revenue(table.iloc[:0], by="country", amount="amount").to_frame().empty


def test_rolling_periods_start_with_each_customer() -> None:
    result = cohort_revenue(STORY, amount="amount", periods=3, rolling=True, observed_until="2024-03-30")

    frame = result.to_frame()
    january = frame[frame["cohort"] == "2024-01-01"]
    assert january["revenue"].tolist() == [45.0, -30.0, 0.0]  # a came again after 29 days, b took back after 41
    # the last who may begin in January begins as it ends: 30 days on is 2 March, 60 is the 1 April that is not over
    assert january["mature"].tolist() == [True, False, False]
    with pytest.raises(ArgumentError, match="no rolling form"):
        cohort_revenue(STORY, amount="amount", grain="15min", rolling=True)
