"""One expression per analysis: the same numbers as the analysis, and as brute force; and Spark's words for it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import ibis
import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.paths import paths
from analytics_lib.behaviour.portable import funnel_levels, path_steps, retention_cells, session_rows
from analytics_lib.behaviour.retention import retention
from analytics_lib.behaviour.sessions import sessions
from analytics_lib.engine.tables import Table, to_frame
from analytics_lib.engine.times import epoch_micros
from tests.oracles.funnel_oracle import Asked, Event, counted

DAY = 86_400_000_000
START = pd.Timestamp("2024-05-01", tz="UTC")


def events_of(seed: int, *, moments: int = 12, step: str = "6h") -> pd.DataFrame:
    """Give 300 short histories with many equal times, and events of nobody."""
    random = np.random.default_rng(seed)
    rows = 1500
    people = random.choice([*(f"u{number}" for number in range(300)), None], rows)
    names = random.choice(["a", "b", "c", "x"], rows)
    times = START + pd.to_timedelta(random.integers(0, moments, rows) * pd.Timedelta(step).value)
    return pd.DataFrame({"user_id": people, "event": names, "event_time": times})


def with_micros(frame: pd.DataFrame) -> Table:
    table = ibis.memtable(frame)
    return table.mutate(_micros=epoch_micros(table))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("hours", [0, 6, 18, None])
def test_levels_are_those_of_the_funnel_and_of_brute_force(seed: int, hours: int | None) -> None:
    frame, steps = events_of(seed), ["a", "b", "c"]
    within = None if hours is None else hours * 3_600_000_000

    found = to_frame(funnel_levels(with_micros(frame), steps, within_micros=within)).set_index("user_id")["level"]

    fast = funnel(frame, steps, within=None if hours is None else timedelta(hours=hours)).to_frame()["users"].tolist()
    assert [int((found >= number).sum()) for number in (1, 2, 3)] == fast
    for user, rows in frame[frame["event"] != "x"].groupby("user_id"):
        moments = ((rows["event_time"] - START) / pd.Timedelta("6h")).round().astype(int)
        history = [Event(at, frozenset([steps.index(name)])) for at, name in zip(moments, rows["event"], strict=True)]
        history.sort(key=lambda event: event.time)
        best = counted(history, Asked(3, within=None if hours is None else hours // 6), [])
        assert found.get(user, 0) == sum(time is not None for row in best for time in row)


@pytest.mark.parametrize("seed", range(3))
def test_cells_are_those_of_retention(seed: int) -> None:
    frame = events_of(seed, moments=40)

    found = to_frame(retention_cells(with_micros(frame), period_micros=DAY, periods=5))

    cells = retention(frame, periods=5, observed_until="2024-06-01").to_frame()
    cells = cells[cells["users"] > 0]
    first = int(START.timestamp()) // 86_400
    assert {(row.cohort - first, row.period): row.users for row in found.itertuples()} == {
        ((row.cohort - START).days, row.period): row.users for row in cells.itertuples()
    }


@pytest.mark.parametrize("seed", range(3))
def test_rows_are_those_of_sessions(seed: int) -> None:
    frame = events_of(seed, moments=60, step="10min")

    found = to_frame(session_rows(with_micros(frame), gap_micros=30 * 60 * 1_000_000))

    wanted = sessions(frame, maximum="365d").to_frame()
    wanted = wanted.assign(start=wanted["start"].astype("int64"), end=wanted["end"].astype("int64"))
    columns = ["user_id", "start", "end", "events"]
    assert Counter(found[columns].itertuples(index=False, name=None)) == Counter(
        wanted[columns].itertuples(index=False, name=None)
    )


@pytest.mark.parametrize("seed", range(3))
def test_steps_are_those_of_paths(seed: int) -> None:
    frame = events_of(seed)

    found = to_frame(path_steps(with_micros(frame), length=3))

    wanted = paths(frame, unit="user", collapse=False, length=4, top=1000).to_frame()
    wanted = wanted[(wanted["source"] != "(start)") & (wanted["target"] != "(end)")]
    assert {(row.step, row.source, row.target): row.transitions for row in found.itertuples()} == {
        (row.step - 1, row.source, row.target): row.transitions for row in wanted.itertuples()
    }


def test_spark_has_words_for_each() -> None:
    table = ibis.table({"user_id": "string", "event": "string", "_micros": "int64"}, name="events")
    asked = [
        funnel_levels(table, ["a", "b", "c"], within_micros=DAY),
        retention_cells(table, period_micros=DAY, periods=8),
        session_rows(table, gap_micros=1_800_000_000),
        path_steps(table, length=5),
    ]

    for expression in asked:
        assert "FROM `events`" in str(ibis.to_sql(expression, dialect="pyspark"))


def test_a_name_that_is_two_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="two steps"):
        funnel_levels(ibis.memtable({"user_id": ["a"], "event": ["a"], "_micros": [0]}), ["a", "a"])
