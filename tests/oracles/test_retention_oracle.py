"""Retention against brute force on thousands of random histories, mode by mode."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.retention import retention
from tests.oracles.retention_oracle import table

MIDNIGHT = pd.Timestamp("2024-05-01", tz="UTC")
USERS = 2000


@pytest.mark.parametrize(
    ("cohort", "kind", "rolling"),
    list(
        product(
            ["first_ever", "first_in_range", "recurring"],
            ["on", "on_or_after", "on_or_before", "streak"],
            [False, True],
        )
    ),
)
def test_every_cohort_and_cell_agrees_with_brute_force(cohort: str, kind: str, rolling: bool) -> None:
    rng = np.random.default_rng(len(cohort) * 10 + len(kind) + rolling)
    lengths = rng.integers(1, 8, USERS)
    frame = pd.DataFrame(
        {
            "user_id": np.repeat([f"u{number}" for number in range(USERS)], lengths),
            "event": rng.choice(["s", "r", "x"], lengths.sum(), p=[0.4, 0.4, 0.2]),
            "hour": rng.integers(0, 24 * 9, lengths.sum()),
        }
    )
    frame["event_time"] = MIDNIGHT + pd.to_timedelta(frame["hour"], "h")

    result = retention(
        frame,
        start_event="s",
        return_event="r",
        periods=4,
        kind=kind,
        cohort=cohort,
        rolling=rolling,
        start=MIDNIGHT + pd.Timedelta("2D"),
        end=MIDNIGHT + pd.Timedelta("6D"),
        observed_until=MIDNIGHT + pd.Timedelta("30D"),
    )

    histories = {
        person: list(zip(rows["hour"].tolist(), rows["event"].tolist(), strict=True))
        for person, rows in frame.groupby("user_id")
    }
    expected = table(histories, first=2, last=6, periods=4, kind=kind, cohort=cohort, rolling=rolling)
    for row in result.to_frame().itertuples():
        size, came = expected[(row.cohort - MIDNIGHT).days, row.period]
        assert (row.cohort_users, row.users) == (size, len(came))
    row = result.to_frame().iloc[9]
    people = result.people(cohort=row["cohort"], period=row["period"])["user_id"].to_pylist()
    assert set(people) == expected[(row["cohort"] - MIDNIGHT).days, row["period"]][1]
    assert len(people) == row["users"]
