"""What is no number is missing: NaN and null are one group everywhere, whoever hands the table over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.cohort_revenue import cohort_revenue
from analytics_lib.behaviour.event_counts import event_counts
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_steps import step
from analytics_lib.behaviour.paths import paths
from analytics_lib.behaviour.recommendations import recommendations
from analytics_lib.behaviour.retention import retention
from analytics_lib.behaviour.survival import survival
from analytics_lib.engine.connections import connection
from analytics_lib.results import Result

NAMES = ["a", "b", "view", "click"]
ANALYSES: dict[str, Callable[[Any], Result]] = {
    "funnel": lambda events: funnel(events, ["a", "b"], by="size"),
    "attribution": lambda events: funnel(events, ["a", "b"], by=["size", "country"], attribution="all"),
    "held": lambda events: funnel(events, ["a", "b"], hold_constant="size"),
    "condition": lambda events: funnel(events, [step("a", where={"size": None}), "b"]),
    "above": lambda events: funnel(events, [step("a", where={"size": (">", 2)}), "b"]),
    "unit": lambda events: funnel(events, ["a", "b"], unit="size"),
    "retention": lambda events: retention(events, periods=3, by="size"),
    "recurring": lambda events: retention(events, periods=3, by="size", cohort="recurring"),
    "active users": lambda events: active_users(events, by="size"),
    "event counts": lambda events: event_counts(events, by=["country", "size"]),
    "survival": lambda events: survival(events, start_event="a", end_event="b", by="size"),
    "revenue": lambda events: cohort_revenue(
        events, order_event="a", refund_event="b", amount="amount", periods=2, by="size"
    ),
    "recommendations": lambda events: recommendations(
        events, of="size", shown="view", clicked="click", goal="a", within="2d"
    ),
    "paths": lambda events: paths(events, node="size", unit="user"),
}


def history(rows: int = 1_500) -> pa.Table:
    """Make four days of 60 people whose size is often NaN and often null."""
    random = np.random.default_rng(5)
    size, kind = random.integers(1, 5, rows).astype(float), random.integers(0, 4, rows)
    size[kind == 0] = np.nan
    return pa.table(
        {
            "user_id": [f"u{number}" for number in random.integers(0, 60, rows)],
            "event": random.choice(NAMES, rows),
            "event_time": pa.array(
                (pd.Timestamp("2024-05-01") + pd.to_timedelta(random.integers(0, 5760, rows), "min")).as_unit("us"),
                pa.timestamp("us", "UTC"),
            ),
            "size": pa.array(size, mask=kind == 1),
            "amount": pa.array(np.where(kind == 2, np.nan, 3.0)),
            "country": random.choice(["GB", "NL"], rows),
            "session_id": [f"s{number}" for number in random.integers(0, 400, rows)],
        }
    )


def holder(kind: str, table: pa.Table, folder: Path) -> Any:
    """Hand the rows over as a pandas frame, an Arrow table, or a table of DuckDB."""
    if kind == "pandas":
        return table.to_pandas()
    if kind == "pandas with Arrow":
        return table.to_pandas(types_mapper=pd.ArrowDtype)
    if kind == "arrow":
        return table
    pq.write_table(table, folder / "sizes.parquet")
    return connection().read_parquet(folder / "sizes.parquet")


@pytest.mark.parametrize("kind", ["pandas", "pandas with Arrow", "arrow", "duckdb"])
@pytest.mark.parametrize("analysis", ANALYSES)
def test_what_is_no_number_is_missing(analysis: str, kind: str, tmp_path: Path) -> None:
    ask, table = ANALYSES[analysis], history()
    plain = table.to_pandas()
    whole = ask(pa.Table.from_pandas(plain)).to_frame()

    found = ask(holder(kind, table, tmp_path))

    pd.testing.assert_frame_equal(found.to_frame(), whole)
    if "size" in whole and "users" in whole and found.people_source is not None:
        for _, missing in whole[whole["size"].isna()].dropna(subset="users").head(3).iterrows():
            assert found.people(**{name: missing[name] for name in found.key_columns}).num_rows == missing["users"]
