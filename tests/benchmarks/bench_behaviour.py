"""How fast behaviour is asked for: ours beside pandas, plain DuckDB SQL and (where installed) embedded ClickHouse.

All read the same Parquet file; every line asserts that both gave the same counts.
Run `python -m tests.benchmarks behaviour`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.paths import paths
from analytics_lib.behaviour.portable import funnel_levels
from analytics_lib.behaviour.retention import retention
from analytics_lib.behaviour.sessions import sessions
from analytics_lib.engine.connections import connection
from analytics_lib.engine.tables import to_arrow
from analytics_lib.engine.times import epoch_micros
from tests.benchmarks.events import made_file, made_lake
from tests.benchmarks.timing import Measurement, compare

SIZES = {"small": 100_000, "full": 10_000_000}
FIVE = [f"event_{number:02d}" for number in (2, 5, 8, 11, 14)]
TWENTY = [f"event_{number:02d}" for number in range(20)]
VIEWS = tuple(f"event_{number:02d}" for number in range(5))
ENGAGEMENT = tuple(f"event_{number:02d}" for number in range(5, 12))
WINDOW = 14 * 86_400 * 1_000_000


def measure(scale: str) -> Iterable[Measurement]:
    """Ask the same questions of a file in the order of time, and the funnel of our lake's own layout as well."""
    count = SIZES[scale]
    path, size = made_file(count, "time"), f"{count:,} events by time"
    yield from _asked(path, size)
    yield from _steps_compared(connection().read_parquet(str(path)), size)
    yield from _steps_compared(made_lake(count).read("events"), f"{count:,} events in our lake")
    yield from _portable(path, size)
    yield from _on_the_lake(count, path)


def _steps_compared(table: Any, size: str) -> Iterable[Measurement]:
    """Hold 20 steps against 5: of all twenty names, which are 3.5 times the events, and of the same five names."""
    few = {"ours, 5 steps": partial(_levels, table, FIVE)}
    for words, steps in (("of all names", TWENTY), ("of the same five names", FIVE * 4)):
        lines = compare(f"funnel, 20 steps {words}, {size}", partial(_levels, table, steps), few, repeats=7)
        yield from (replace(line, note="bar 2") for line in lines)


def _portable(path: Path, size: str) -> Iterable[Measurement]:
    table = connection().read_parquet(str(path))
    levels = funnel_levels(table.mutate(_micros=epoch_micros(table)), FIVE, within_micros=WINDOW)
    sums = levels.aggregate(**{f"step_{number}": (levels.level >= number).sum() for number in range(1, 6)})
    ask = lambda: list(to_arrow(sums).to_pylist()[0].values())  # noqa: E731
    yield from compare(f"funnel as one expression, 5 steps, {size}", ask, _clickhouse_funnel(path, FIVE), same=_equal)


def _on_the_lake(count: int, path: Path) -> Iterable[Measurement]:
    lake = made_lake(count)
    peers = {
        **{f"{name}, file by time": ask for name, ask in _clickhouse_funnel(path, FIVE).items()},
        **{
            f"{name}, same files": ask
            for name, ask in _clickhouse_funnel(lake.folder / "events/*/*.parquet", FIVE).items()
        },
    }
    ask = partial(_levels, lake.read("events"), FIVE)
    yield from compare(f"funnel, 5 steps, {count:,} events in our lake", ask, peers, same=_equal)


def _asked(path: Path, size: str) -> Iterable[Measurement]:
    table = connection().read_parquet(str(path))
    lines = {
        **{
            f"funnel, {len(steps)} steps": (partial(_levels, table, steps), _clickhouse_funnel(path, steps))
            for steps in (FIVE, TWENTY)
        },
        "retention 90 × 90": (
            lambda: _matrix(retention(table, periods=90).to_frame()),
            {
                "duckdb": partial(_retention_sql, path),
                "pandas": partial(_retention_pandas, path),
                **_clickhouse(_retention_clickhouse, path),
            },
        ),
        "exact daily users": (
            partial(_daily, table),
            {
                "duckdb": partial(_daily_sql, path),
                "pandas": partial(_daily_pandas, path),
                **_clickhouse(_daily_clickhouse, path),
            },
        ),
        "first five transitions of users": (
            lambda: _transitions(paths(table, unit="user", collapse=False, length=5, top=10_000).to_frame()),
            {"pandas": partial(_paths_pandas, path), **_clickhouse(_paths_clickhouse, path)},
        ),
        "sessions per day": (
            partial(_visits, table),
            {
                "duckdb": partial(_sessions_sql, path),
                "pandas": partial(_sessions_pandas, path),
                **_clickhouse(_sessions_clickhouse, path),
            },
        ),
    }
    for task, (ours, peers) in lines.items():
        yield from compare(f"{task}, {size}", ours, peers, same=_equal)


def _clickhouse(ask: Callable[[Path], Any], path: Path) -> dict[str, Callable[[], Any]]:
    return {"chdb": partial(ask, path)} if find_spec("chdb") else {}


def _clickhouse_rows(query: str) -> list[list[Any]]:
    import chdb

    answer = str(chdb.query(query, "CSV")).strip()
    return [[float(part) if "." in part else int(part) for part in line.split(",")] for line in answer.splitlines()]


def _levels(table: Any, steps: list[str]) -> list[int]:
    return funnel(table, steps).to_frame()["users"].tolist()


def _daily(table: Any) -> list[int]:
    return active_users(table).to_frame()["users"].tolist()


def _transitions(frame: pd.DataFrame) -> list[int]:
    """Give the number of transitions between events, by step; the start is none."""
    inner = frame[(frame["source"] != "(start)") & (frame["target"] != "(end)")]
    return sorted(inner["transitions"].tolist())


def _equal(ours: Any, theirs: Any) -> bool:
    return bool(ours == theirs)


def _clickhouse_funnel(path: Path, steps: list[str]) -> dict[str, Callable[[], Any]]:
    """Embedded ClickHouse, where it is installed; steps are distinct events, so its default rule is ours."""
    asked = ", ".join(f"assumeNotNull(event) = '{step}'" for step in steps)
    clock = "toUInt64(toUnixTimestamp64Micro(assumeNotNull(event_time)))"
    level = f"windowFunnel({WINDOW})({clock}, {asked}) AS level"
    inner = f"SELECT {level} FROM file('{path}') GROUP BY user_id"  # noqa: S608
    sums = ", ".join(f"countIf(level >= {number})" for number in range(1, len(steps) + 1))

    query = f"SELECT {sums} FROM ({inner})"  # noqa: S608
    return {"chdb": lambda: _clickhouse_rows(query)[0]} if find_spec("chdb") else {}


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


def _retention_clickhouse(path: Path) -> dict[tuple[int, int], int]:
    inner = f"SELECT groupUniqArray(toUInt16(toDate(event_time))) AS d FROM file('{path}') GROUP BY user_id"  # noqa: S608
    query = f"""
        SELECT s - min(s) OVER (), k, c FROM (
            SELECT arrayMin(d) AS s, arrayJoin(d) - s AS k, count() AS c FROM ({inner}) GROUP BY s, k)
    """  # noqa: S608
    return {(cohort, period): users for cohort, period, users in _clickhouse_rows(query) if period < 90}


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


def _daily_clickhouse(path: Path) -> list[int]:
    query = f"SELECT uniqExact(user_id) FROM file('{path}') GROUP BY toDate(event_time) AS d ORDER BY d"  # noqa: S608
    return [row[0] for row in _clickhouse_rows(query)]


def _daily_pandas(path: Path) -> list[int]:
    frame = pd.read_parquet(path, columns=["user_id", "event_time"])
    return frame.groupby(frame["event_time"].dt.floor("D"))["user_id"].nunique().tolist()


def _visits(table: Any) -> list[tuple[float, ...]]:
    """Give sessions, people, share of bounces and median duration by the day of the start."""
    days = sessions(table, maximum="365d", view=VIEWS, engagement=ENGAGEMENT).per_day()
    return _rounded(days[["sessions", "users", "bounce_rate", "median_seconds"]].to_numpy(float).tolist())


def _rounded(rows: Iterable[Iterable[float]]) -> list[tuple[float, ...]]:
    return [tuple(round(float(value), 6) for value in row) for row in rows]


def _sessions_sql(path: Path) -> list[tuple[float, ...]]:
    query = f"""
        WITH gaps AS (
            SELECT user_id, epoch_us(event_time) AS t, event, t - lag(t) OVER (PARTITION BY user_id ORDER BY t) AS gap
            FROM '{path}'),
        cut AS (
            SELECT user_id, t, event, sum(CASE WHEN gap > 1800000000 THEN 1 ELSE 0 END)
                OVER (PARTITION BY user_id ORDER BY t ROWS UNBOUNDED PRECEDING) AS visit
            FROM gaps),
        visits AS (
            SELECT user_id, min(t) // 86400000000 AS day, max(t) - min(t) AS length,
                count(*) FILTER (event IN {VIEWS}) = 1 AND count(*) FILTER (event IN {ENGAGEMENT}) = 0 AS bounced
            FROM cut GROUP BY user_id, visit)
        SELECT count(*), count(DISTINCT user_id), avg(bounced::INT), median(length) / 1e6
        FROM visits GROUP BY day ORDER BY day
    """  # noqa: S608
    return _rounded(duckdb.sql(query).fetchall())


def _sessions_clickhouse(path: Path) -> list[tuple[float, ...]]:
    """Cut each person's sorted array where a gap is long; window functions take several times as long there."""
    name = "assumeNotNull(event)"
    row = f"(toUnixTimestamp64Micro(assumeNotNull(event_time)), {name} IN {VIEWS}, {name} IN {ENGAGEMENT})"
    inner = f"SELECT user_id, arraySort(groupArray({row})) AS a FROM file('{path}') GROUP BY user_id"  # noqa: S608
    cuts = "arrayPushFront(arrayMap((x, y) -> y.1 - x.1 > 1800000000, arrayPopBack(a), arrayPopFront(a)), 0)"
    split = f"SELECT user_id, arrayJoin(arraySplit((x, y) -> y, a, {cuts})) AS s FROM ({inner})"  # noqa: S608
    visits = f"""
        SELECT user_id, intDiv(s[1].1, 86400000000) AS day, s[-1].1 - s[1].1 AS length,
            arraySum(x -> x.2, s) = 1 AND arraySum(x -> x.3, s) = 0 AS bounced FROM ({split})
    """  # noqa: S608
    return _rounded(
        _clickhouse_rows(f"""
            SELECT count(), uniqExact(user_id), avg(bounced), quantileExactInclusive(0.5)(length) / 1e6
            FROM ({visits}) GROUP BY day ORDER BY day
        """)  # noqa: S608
    )


def _paths_clickhouse(path: Path) -> list[int]:
    pair = "tuple(toUnixTimestamp64Micro(assumeNotNull(event_time)), assumeNotNull(event))"
    inner = f"SELECT arraySlice(arraySort(groupArray({pair})), 1, 5).2 AS e FROM file('{path}') GROUP BY user_id"  # noqa: S608
    edges = "arrayZip(arrayEnumerate(arrayPopBack(e)), arrayPopBack(e), arrayPopFront(e))"
    query = f"SELECT count() FROM (SELECT arrayJoin({edges}) AS x FROM ({inner})) GROUP BY x"  # noqa: S608
    return sorted(row[0] for row in _clickhouse_rows(query))


def _paths_pandas(path: Path) -> list[int]:
    frame = pd.read_parquet(path, columns=["user_id", "event", "event_time"])
    frame = frame.sort_values(["user_id", "event_time", "event"])
    people = frame.groupby("user_id")
    frame["target"], frame["step"] = people["event"].shift(-1), people.cumcount()
    inner = frame[(frame["step"] < 4) & frame["target"].notna()]
    return sorted(inner.groupby(["step", "event", "target"]).size().tolist())


def _sessions_pandas(path: Path) -> list[tuple[float, ...]]:
    frame = pd.read_parquet(path, columns=["user_id", "event", "event_time"]).sort_values(["user_id", "event_time"])
    gap = frame.groupby("user_id")["event_time"].diff()
    frame["visit"] = (gap.isna() | (gap > pd.Timedelta("30min"))).cumsum()
    frame["view"], frame["engagement"] = frame["event"].isin(VIEWS), frame["event"].isin(ENGAGEMENT)
    visits = frame.groupby("visit").agg(
        user_id=("user_id", "first"),
        start=("event_time", "min"),
        end=("event_time", "max"),
        views=("view", "sum"),
        engagements=("engagement", "sum"),
    )
    visits["seconds"] = (visits["end"] - visits["start"]).dt.total_seconds()
    visits["bounced"] = (visits["views"] == 1) & (visits["engagements"] == 0)
    days = visits.groupby(visits["start"].dt.floor("D")).agg(
        sessions=("seconds", "size"),
        users=("user_id", "nunique"),
        bounce_rate=("bounced", "mean"),
        median_seconds=("seconds", "median"),
    )
    return _rounded(days.to_numpy(float).tolist())
