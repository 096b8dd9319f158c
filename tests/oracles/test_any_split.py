"""The same answer for any split of the files, any order of their rows and any number of threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour import parts
from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.lifecycle import lifecycle
from analytics_lib.behaviour.paths import paths
from analytics_lib.behaviour.retention import retention
from analytics_lib.behaviour.sessions import sessions
from analytics_lib.behaviour.stickiness import stickiness
from analytics_lib.engine.connections import connection, tune
from analytics_lib.engine.tables import as_table

STEPS = ["a", "b", "c"]
ANALYSES: dict[str, Callable[[Any], pd.DataFrame]] = {
    "funnel": lambda events: funnel(events, STEPS, within="2h", by="country").to_frame(),
    "attempts": lambda events: funnel(events, STEPS, within="2h", entry="every", order="any").to_frame(),
    "strict": lambda events: funnel(events, STEPS, within="2h", order="strict", unit="session").to_frame(),
    "retention": lambda events: retention(events, periods=4).to_frame(),
    "recurring": lambda events: retention(events, periods=4, cohort="recurring", kind="on_or_after").to_frame(),
    "people a day": lambda events: active_users(events, by="country").to_frame(),
    "lifecycle": lambda events: lifecycle(events).to_frame(),
    "stickiness": lambda events: stickiness(events).to_frame(),
    "at least": lambda events: stickiness(events, at_least=True).to_frame(),
    "sessions": lambda events: sessions(events).to_frame(),
    "sessions of tenants": lambda events: sessions(by_tenant(events)).to_frame(),
    "paths": lambda events: paths(events, length=4, top=12).to_frame(),
}


def by_tenant(events: Any) -> Any:
    """Give each event to two tenants, whose people and sessions are called alike."""
    table = as_table(events)
    names = table.mutate(session_id=ibis.literal("s") + table.event.length().cast("string"))
    return names.mutate(tenant_id=ibis.literal("one")).union(names.mutate(tenant_id=ibis.literal("two")))


def history(rows: int = 6_000) -> pd.DataFrame:
    """Make five days of 400 people, with equal times and events of nobody."""
    random = np.random.default_rng(3)
    people = np.append([f"u{number}" for number in range(400)], None)
    return pd.DataFrame(
        {
            "user_id": random.choice(people, rows),
            "event": random.choice([*STEPS, "page.view"], rows),
            "event_time": pd.Timestamp("2024-05-01", tz="UTC") + pd.to_timedelta(random.integers(0, 7200, rows), "min"),
            "country": random.choice(np.array(["GB", "NL", None], dtype=object), rows),
        }
    )


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Cut even few rows into parts; give the engine its threads back."""
    monkeypatch.setattr(parts, "ROWS_OF_A_PART", 1_000)
    [(threads,)] = connection().raw_sql("SELECT current_setting('threads')").fetchall()
    yield
    tune(threads=int(threads))


def split_into(frame: pd.DataFrame, files: int, order: list[str], folder: Path) -> Any:
    """Write the rows into files, in an order or in none."""
    rows = frame.sort_values(order, kind="stable") if order else frame.sample(frac=1, random_state=files)
    paths_ = []
    for number, piece in enumerate(np.array_split(np.arange(len(rows)), files)):
        paths_.append(str(folder / f"{number}.parquet"))
        rows.iloc[piece].to_parquet(paths_[-1], index=False)
    return connection().read_parquet(paths_)


@pytest.mark.parametrize("analysis", ANALYSES)
def test_files_rows_and_threads_do_not_matter(analysis: str, tmp_path: Path) -> None:
    frame = history()
    ask = ANALYSES[analysis]
    whole = ask(frame)

    for threads, files, order in ((1, 1, ["event_time"]), (4, 7, []), (3, 2, ["user_id", "event_time"])):
        tune(threads=threads)
        folder = tmp_path / f"{threads}"
        folder.mkdir()
        pd.testing.assert_frame_equal(ask(split_into(frame, files, order, folder)), whole)
