"""How fast behaviour is asked for: ours beside pandas, plain DuckDB SQL and (where installed) embedded ClickHouse.

All read the same Parquet file; times are whole milliseconds and the table has one tenant. Every line
asserts that both gave the same counts. Run `python -m tests.benchmarks behaviour`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from pyarrow import parquet

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.retention import retention
from analytics_lib.behaviour.sessions import sessions
from analytics_lib.engine.connections import connection
from tests.benchmarks.events import make_events
from tests.benchmarks.timing import Measurement, compare

SIZES = {"small": (100_000,), "full": (1_000_000, 10_000_000)}
FIVE = [f"event_{number:02d}" for number in (2, 5, 8, 11, 14)]
TWENTY = [f"event_{number:02d}" for number in range(20)]
WINDOW = 14 * 86_400 * 1_000_000


def measure(scale: str) -> Iterable[Measurement]:
    """Ask the same questions of files of growing size, in time order and in the order of users."""
    with tempfile.TemporaryDirectory() as name:
        for count in SIZES[scale]:
            events = make_events(count, users=count // 20).select(["user_id", "event", "event_time"])
            for order in ("time", "user"):
                path = Path(name) / f"{order}-{count}.parquet"
                keys = [("user_id", "ascending"), ("event_time", "ascending")]
                parquet.write_table(events.sort_by(keys) if order == "user" else events, path, compression="zstd")
                yield from _asked(path, f"{count:,} events by {order}")


def _asked(path: Path, size: str) -> Iterable[Measurement]:
    table = connection().read_parquet(str(path))
    for steps in (FIVE, TWENTY):
        yield from compare(
            f"funnel, {len(steps)} steps, {size}",
            partial(_levels, table, steps),
            _clickhouse_funnel(path, steps),
            same=_equal,
        )
    yield from compare(
        f"retention 90 × 90, {size}",
        lambda: _matrix(retention(table, periods=90).to_frame()),
        {"duckdb": lambda: _retention_sql(path), "pandas": lambda: _retention_pandas(path)},
        same=_equal,
    )
    yield from compare(
        f"exact daily users, {size}",
        active_users(table).to_frame()["users"].tolist,
        {"duckdb": lambda: _daily_sql(path), "pandas": lambda: _daily_pandas(path)},
        same=_equal,
    )
    yield from compare(
        f"sessions by gaps alone, {size}",
        lambda: len(sessions(table, maximum="365d").to_frame()),
        {"duckdb": lambda: _sessions_sql(path), "pandas": lambda: _sessions_pandas(path)},
        same=_equal,
    )


def _levels(table: Any, steps: list[str]) -> list[int]:
    return funnel(table, steps).to_frame()["users"].tolist()


def _equal(ours: Any, theirs: Any) -> bool:
    return bool(ours == theirs)


def _clickhouse_funnel(path: Path, steps: list[str]) -> dict[str, Callable[[], Any]]:
    """Embedded ClickHouse, where it is installed; steps are distinct events, so its default rule is ours."""
    if find_spec("chdb") is None:
        return {}
    import chdb

    asked = ", ".join(f"assumeNotNull(event) = '{step}'" for step in steps)
    clock = "toUInt64(toUnixTimestamp64Micro(assumeNotNull(event_time)))"
    level = f"windowFunnel({WINDOW})({clock}, {asked}) AS level"
    inner = f"SELECT {level} FROM file('{path}') GROUP BY user_id"  # noqa: S608
    sums = ", ".join(f"countIf(level >= {number})" for number in range(1, len(steps) + 1))

    def run() -> list[int]:
        answer = str(chdb.query(f"SELECT {sums} FROM ({inner})", "CSV"))  # noqa: S608
        return [int(part) for part in answer.strip().split(",")]

    return {"chdb": run}


def _matrix(frame: pd.DataFrame) -> dict[tuple[int, int], int]:
    first = frame["cohort"].min()
    cells = frame[frame["users"].fillna(0) > 0]
    return {((row.cohort - first).days, row.period): row.users for row in cells.itertuples()}


def _retention_sql(path: Path) -> dict[tuple[int, int], int]:
    query = f"""
        WITH days AS (SELECT DISTINCT user_id, epoch_us(event_time) // 86400000000 AS day FROM '{path}'),
             first AS (SELECT user_id, min(day) AS start FROM days GROUP BY 1),
             least AS (SELECT min(start) AS zero FROM first)
        SELECT start - zero, day - start, count(*) FROM days JOIN first USING (user_id), least
        WHERE day - start < 90 GROUP BY 1, 2
    """  # noqa: S608  # a path of our own
    return {(cohort, period): users for cohort, period, users in duckdb.sql(query).fetchall()}


def _retention_pandas(path: Path) -> dict[tuple[int, int], int]:
    frame = pd.read_parquet(path, columns=["user_id", "event_time"])
    frame["day"] = frame["event_time"].dt.floor("D")
    days = frame[["user_id", "day"]].drop_duplicates()
    start = days.groupby("user_id")["day"].transform("min")
    zero = start.min()
    cells = pd.DataFrame({"cohort": (start - zero).dt.days, "period": (days["day"] - start).dt.days})
    return cells[cells["period"] < 90].value_counts().to_dict()


def _daily_sql(path: Path) -> list[int]:
    day = "epoch_us(event_time) // 86400000000"
    query = f"SELECT count(DISTINCT user_id) FROM '{path}' GROUP BY {day} ORDER BY {day}"  # noqa: S608
    return [row[0] for row in duckdb.sql(query).fetchall()]


def _daily_pandas(path: Path) -> list[int]:
    frame = pd.read_parquet(path, columns=["user_id", "event_time"])
    return frame.groupby(frame["event_time"].dt.floor("D"))["user_id"].nunique().tolist()


def _sessions_sql(path: Path) -> int:
    query = f"""
        SELECT sum(CASE WHEN gap IS NULL OR gap > 1800000000 THEN 1 ELSE 0 END) FROM (
            SELECT epoch_us(event_time) - lag(epoch_us(event_time))
                OVER (PARTITION BY user_id ORDER BY event_time) AS gap FROM '{path}')
    """  # noqa: S608
    return int(duckdb.sql(query).fetchall()[0][0])


def _sessions_pandas(path: Path) -> int:
    frame = pd.read_parquet(path, columns=["user_id", "event_time"]).sort_values(["user_id", "event_time"])
    gap = frame.groupby("user_id")["event_time"].diff()
    return int((gap.isna() | (gap > pd.Timedelta("30min"))).sum())
