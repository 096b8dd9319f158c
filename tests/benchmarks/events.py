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
    events = make_events(count, users=count // 20).select(["user_id", "event", "event_time"])
    keys = [("user_id", "ascending"), ("event_time", "ascending")]
    unfinished = path.with_suffix(".unfinished")
    parquet.write_table(events.sort_by(keys) if order == "user" else events, unfinished, compression="zstd")
    unfinished.rename(path)
    return path


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
