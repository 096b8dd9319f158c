"""Retention against brute force on thousands of random histories, mode by mode."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.retention import RetentionResult, retention
from tests.oracles.retention_oracle import table

MIDNIGHT = pd.Timestamp("2024-05-01", tz="UTC")
USERS = 2000


COHORTS = ["first_ever", "first_in_range", "recurring"]
KINDS = ["on", "on_or_after", "on_or_before", "streak", "bracket"]
BRACKETS = [(0, 0), (1, 2), (2, 2), (3, 5)]


def histories(seed: int) -> pd.DataFrame:
    """Give 2,000 random histories of nine days."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 8, USERS)
    frame = pd.DataFrame(
        {
            "user_id": np.repeat([f"u{number}" for number in range(USERS)], lengths),
            "event": rng.choice(["s", "r", "x"], lengths.sum(), p=[0.4, 0.4, 0.2]),
            "hour": rng.integers(0, 24 * 9, lengths.sum()),
        }
    )
    return frame.assign(event_time=MIDNIGHT + pd.to_timedelta(frame["hour"], "h"))


def answer(frame: pd.DataFrame, cohort: str, kind: str, *, rolling: bool, **more: Any) -> RetentionResult:
    """Ask our retention what the oracle is asked."""
    return retention(
        frame,
        start_event="s",
        return_event="r",
        periods=4,
        kind=kind,
        brackets=BRACKETS if kind == "bracket" else None,
        cohort=cohort,
        rolling=rolling,
        start=MIDNIGHT + pd.Timedelta("2D"),
        end=MIDNIGHT + pd.Timedelta("6D"),
        **{"observed_until": MIDNIGHT + pd.Timedelta("30D"), **more},
    )


def expected(frame: pd.DataFrame, cohort: str, kind: str, *, rolling: bool) -> dict[tuple[int, int], Any]:
    """Ask the oracle."""
    people = {
        person: list(zip(rows["hour"].tolist(), rows["event"].tolist(), strict=True))
        for person, rows in frame.groupby("user_id")
    }
    spans = BRACKETS if kind == "bracket" else [(period, period) for period in range(4)]
    return table(people, first=2, last=6, spans=spans, kind=kind, cohort=cohort, rolling=rolling)


def check(result: RetentionResult, wanted: dict[tuple[int, int], Any]) -> None:
    """Compare every cell."""
    for row in result.to_frame().itertuples():
        size, came = wanted[(row.cohort - MIDNIGHT).days, row.period]
        assert (row.cohort_users, row.users) == (size, len(came))
        assert row.retention_rate == (len(came) / size if size else pytest.approx(np.nan, nan_ok=True))


@pytest.mark.parametrize(("cohort", "kind", "rolling"), list(product(COHORTS, KINDS, [False, True])))
def test_every_cohort_and_cell_agrees_with_brute_force(cohort: str, kind: str, rolling: bool) -> None:
    frame = histories(len(cohort) * 10 + len(kind) + rolling)

    result, wanted = answer(frame, cohort, kind, rolling=rolling), expected(frame, cohort, kind, rolling=rolling)

    check(result, wanted)
    row = result.to_frame().iloc[9]
    people = result.people(cohort=row["cohort"], period=row["period"])["user_id"].to_pylist()
    assert set(people) == wanted[(row["cohort"] - MIDNIGHT).days, row["period"]][1]
    assert len(people) == row["users"]


@pytest.mark.parametrize("until", [30, 7], ids=["over", "going on"])
@pytest.mark.parametrize(
    ("reference", "average", "kind"),
    list(product(["start", "previous_period"], ["weighted", "simple"], ["on", "on_or_before", "streak"])),
)
def test_every_rate_and_average_agrees_with_brute_force(reference: str, average: str, kind: str, until: int) -> None:
    """People of the period before (of the cohort, for period 0) by counting names; averages by adding up cohorts."""
    frame = histories(41).iloc[:400]  # small cohorts, in which nobody may come back
    result = answer(
        frame, "first_ever", kind, rolling=False, reference=reference, average=average,
        observed_until=MIDNIGHT + pd.Timedelta(until, "D"),
    )  # fmt: skip
    wanted = expected(frame, "first_ever", kind, rolling=False)

    def compared(day: int, period: int) -> int:
        size = wanted[day, period][0]
        return size if reference == "start" or period == 0 else len(wanted[day, period - 1][1])

    for row in result.to_frame().itertuples():
        day = (row.cohort - MIDNIGHT).days
        rate = len(wanted[day, row.period][1]) / compared(day, row.period) if compared(day, row.period) else np.nan
        begun = day + row.period <= until
        assert np.isclose(row.retention_rate, rate if begun else np.nan, equal_nan=True)
    for line in result.average().itertuples():
        days = [day for day in range(2, 6) if day + line.period + 1 <= until and compared(day, line.period) > 0]
        came, of = ([one(day, line.period) for day in days] for one in (lambda d, p: len(wanted[d, p][1]), compared))
        mean = np.mean([one / other for one, other in zip(came, of, strict=True)]) if days else np.nan
        rate = mean if average == "simple" else sum(came) / sum(of) if days else np.nan
        assert (line.cohorts, line.users) == (len(days), sum(came))
        assert np.isclose(line.retention_rate, rate, equal_nan=True)
