"""Made events for benchmarks: a power law of users, twenty names, ninety days."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from analytics_lib.lake.tables import Lake, open_lake

DAY_MICROS = 86_400_000_000
_MOST_AT_ONCE = 20_000_000
_COLUMNS = pa.schema({"user_id": pa.string(), "event": pa.string(), "event_time": pa.timestamp("us", "UTC")})
FIRST_MICROS = 1_704_067_200_000_000  # 2024-01-01 UTC


def make_events(count: int, *, users: int, days: int = 90, seed: int = 7) -> pa.Table:
    """Give `count` canonical events in time order; the same for the same seed."""
    random = np.random.default_rng(seed)
    times = np.sort(random.integers(FIRST_MICROS, FIRST_MICROS + days * DAY_MICROS, count))
    people = (users * random.random(count) ** 2).astype(np.int64)
    names = random.choice(20, count, p=np.arange(20, 0, -1) / 210)
    user_values = pa.array([f"u{number:07d}" for number in range(users)])
    name_values = pa.array([f"event_{number:02d}" for number in range(20)])
    return pa.table(
        {
            "event_id": pa.array(np.char.add("e", np.arange(count).astype(str))),
            "tenant_id": pa.array(np.full(count, "bench")),
            "event": name_values.take(pa.array(names)),
            "event_time": pa.array(times, pa.timestamp("us", tz="UTC")),
            "user_id": user_values.take(pa.array(people)),
        }
    )


def made_file(count: int, order: str) -> Path:
    """Give a Parquet file of made events, in order of ``time`` or ``user``; made once, kept for the next run."""
    folder = Path(tempfile.gettempdir()) / "analytics-bench"
    path = folder / f"{order}-{count}.parquet"
    if path.exists():
        return path
    folder.mkdir(exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    if count > _MOST_AT_ONCE:
        assert order == "time", "so many events are made stretch by stretch"
        _write_stretches(unfinished, count)
    else:
        events = make_events(count, users=count // 20).select(["user_id", "event", "event_time"])
        keys = [("user_id", "ascending"), ("event_time", "ascending")]
        parquet.write_table(events.sort_by(keys) if order == "user" else events, unfinished, compression="zstd")
    unfinished.rename(path)
    return path


def _write_stretches(path: Path, count: int, *, days: int = 90) -> None:
    """Write many events with little memory, fifty stretches of time one after the other."""
    random, parts = np.random.default_rng(7), 50
    users, names = (
        pa.array([f"u{one:07d}" for one in range(count // 20)]),
        pa.array([f"event_{one:02d}" for one in range(20)]),
    )
    with parquet.ParquetWriter(path, _COLUMNS, compression="zstd") as writer:
        for part in range(parts):
            low, high = (FIRST_MICROS + days * DAY_MICROS * edge // parts for edge in (part, part + 1))
            times = np.sort(random.integers(low, high, count // parts))
            people = (len(users) * random.random(len(times)) ** 2).astype(np.int64)
            kinds = random.choice(20, len(times), p=np.arange(20, 0, -1) / 210)
            columns = [users.take(pa.array(people)), names.take(pa.array(kinds)), pa.array(times, _COLUMNS[2].type)]
            writer.write_table(pa.table(columns, schema=_COLUMNS))


def made_lake(count: int) -> Lake:
    """Give a lake of the same events as the files of :func:`made_file`, three days a load; made once."""
    folder = Path(tempfile.gettempdir()) / "analytics-bench" / f"lake-{count}"
    finished = folder / "finished"
    lake = open_lake(folder)
    if finished.exists():
        return lake
    events = make_events(count, users=count // 20)
    days = (events["event_time"].cast(pa.int64()).to_numpy() - FIRST_MICROS) // DAY_MICROS
    edges = [*np.searchsorted(days, np.arange(0, 90, 3)).tolist(), count]
    for batch, (begin, stop) in enumerate(itertools.pairwise(edges)):
        lake.append("events", events.slice(begin, stop - begin), batch_id=f"bench-{batch}")
    finished.touch()
    return lake
