"""Numbers beside names: the same everywhere, shown nowhere, and every analysis gives the same with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from analytics_lib.behaviour import parts
from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.event_counts import event_counts
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.lifecycle import lifecycle
from analytics_lib.behaviour.paths import paths
from analytics_lib.behaviour.retention import retention
from analytics_lib.behaviour.sessions import sessions
from analytics_lib.behaviour.stickiness import stickiness
from analytics_lib.engine.keys import PERSON_KEY
from analytics_lib.engine.snapshots import with_person_key
from analytics_lib.lake import handles, tables
from analytics_lib.lake.layout import EVENTS, LAYOUTS
from analytics_lib.lake.person_keys import with_person_keys
from analytics_lib.lake.tables import Lake, open_lake

ANALYSES: dict[str, Callable[[Any], Any]] = {
    "funnel": lambda events: funnel(events, ["page.view", "purchase"], within="2d"),
    "funnel of sessions": lambda events: funnel(events, ["page.view", "purchase"], unit="session", entry="every"),
    "funnel by country": lambda events: funnel(events, ["page.view", "purchase"], by="country"),
    "retention": lambda events: retention(events, start_event="page.view", periods=4),
    "rolling retention": lambda events: retention(events, rolling=True, periods=3),
    "active users": lambda events: active_users(events, grain="day"),
    "event counts": lambda events: event_counts(events, grain="day"),
    "sessions": sessions,
    "paths": lambda events: paths(events, unit="user", length=3),
    "lifecycle": lambda events: lifecycle(events, grain="day"),
    "stickiness": lambda events: stickiness(events, grain="day"),
}


def rows(count: int = 400) -> pa.Table:
    random = np.random.default_rng(9)
    return pa.table(
        {
            "event_id": [f"e{number:04d}" for number in range(count)],
            "tenant_id": random.choice(["shop", "other"], count),
            "event": random.choice(["page.view", "purchase", "login"], count),
            "event_time": pa.array(
                pd.Timestamp("2024-05-13", tz="UTC") + pd.to_timedelta(random.integers(0, 8000, count), unit="min")
            ),
            "user_id": pa.array([None if number % 11 == 0 else f"u{number % 17}" for number in range(count)]),
            "country": random.choice(["GB", "DE"], count),
        }
    )


def test_a_key_follows_from_tenant_and_user_and_nobody_has_none() -> None:
    table = pa.table({"tenant_id": ["x", "y", "x", "xa", "x"], "user_id": ["a", "a", None, "", "a"]})

    keys = with_person_keys(table)[PERSON_KEY].to_pylist()

    assert keys[0] == keys[4] == int.from_bytes(blake2b(b"1:xa", digest_size=8).digest(), "big") >> 1
    assert keys[1] == int.from_bytes(blake2b(b"1:ya", digest_size=8).digest(), "big") >> 1
    assert keys[2] is None
    assert len({keys[0], keys[1], keys[3]}) == 3  # owner and name can't run together
    assert with_person_keys(table.slice(0, 0))[PERSON_KEY].type == pa.int64()


def scattered(folder: Path) -> Lake:
    lake, table = open_lake(folder), rows()
    for batch in range(4):
        lake.append("events", table.slice(batch * 100, 100), batch_id=str(batch))
    return lake


def test_keys_are_on_disk_through_compaction_and_deletion_and_are_not_shown(tmp_path: Path) -> None:
    lake = scattered(tmp_path)
    lake.compact("events")
    lake.delete("events", {"tenant_id": ["shop"], "user_id": ["u3"]})

    shown = lake.read("events")
    stored = pa.concat_tables(
        [parquet.ParquetFile(file.path).read(["tenant_id", "user_id", PERSON_KEY])
         for file in lake.snapshot("events").files], promote_options="permissive"
    )  # fmt: skip

    assert shown.columns == tuple(EVENTS.schema.names)
    assert stored.num_rows == shown.count().execute()
    assert {"tenant_id": "shop", "user_id": "u3"} in rows().select(["tenant_id", "user_id"]).to_pylist()
    assert {"tenant_id": "shop", "user_id": "u3"} not in stored.select(["tenant_id", "user_id"]).to_pylist()
    assert with_person_keys(stored.drop_columns([PERSON_KEY])).equals(stored)


@pytest.mark.parametrize("rows_of_a_part", [40, 200_000])
@pytest.mark.parametrize("name", ANALYSES)
def test_an_analysis_of_stored_events_equals_that_of_a_frame(
    name: str, rows_of_a_part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = scattered(tmp_path)
    lake.compact("events")
    expected = ANALYSES[name](rows())
    monkeypatch.setattr(parts, "ROWS_OF_A_PART", rows_of_a_part)

    found = ANALYSES[name](lake.read("events"))

    pd.testing.assert_frame_equal(expected.to_frame(), found.to_frame())
    assert (expected.notes, expected.definition) == (found.notes, found.definition)
    assert found.provenance.data_version.startswith("events@")


@pytest.mark.parametrize("stretch", [{}, {"tenant_id": "shop"}, {"start": "2024-05-14", "end": "2024-05-15"}])
def test_people_are_named_by_their_keys_also_of_chosen_rows(stretch: dict[str, str], tmp_path: Path) -> None:
    stored = scattered(tmp_path).read("events", **stretch)

    keyed = with_person_key(stored)
    number = funnel(stored, ["page.view", "purchase"])
    plain = funnel(stored.to_pyarrow(), ["page.view", "purchase"])

    assert keyed.columns == (*EVENTS.schema.names, PERSON_KEY)
    assert number.people(step=2).to_pylist() == plain.people(step=2).to_pylist()
    assert len(number.people(step=2)) == number.to_frame()["users"].iloc[1]


def test_chosen_columns_frames_and_old_lakes_have_no_key_and_the_same_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = scattered(tmp_path / "new").read("events", columns=["tenant_id", "user_id", "event", "event_time"])
    with monkeypatch.context() as before:
        before.setattr(type(EVENTS), "stored_schema", property(lambda layout: layout.schema))
        before.setattr(handles.TableHandle, "keyed", lambda handle, table: False)
        old = scattered(tmp_path / "old").folder
    lake = open_lake(old)
    lake.append("events", rows(410).slice(400), batch_id="later")
    whole = pa.concat_tables([rows(), rows(410).slice(400)])

    assert with_person_key(few) is few
    assert PERSON_KEY not in with_person_key(lake.read("events")).columns
    assert not lake.snapshot("events").keyed
    assert lake.compact("events").rows_removed == 0
    for stored, frame in ((lake.read("events"), whole), (few, rows())):
        steps = ["page.view", "purchase"]
        pd.testing.assert_frame_equal(funnel(stored, steps).to_frame(), funnel(frame, steps).to_frame())


def test_names_that_were_changed_on_the_way_are_not_told_by_stored_keys(tmp_path: Path) -> None:
    stored = scattered(tmp_path).read("events")
    named = stored.fill_null({"user_id": "nobody"})
    joined = stored.union(ibis.memtable(stored.limit(0).to_pyarrow()))
    several = stored.mutate(user_id=stored.user_id.substr(0, 2))

    for table in (named, joined, several):
        assert with_person_key(table) is table
        found, expected = (funnel(one, ["page.view", "purchase"]).to_frame() for one in (table, table.to_pyarrow()))
        pd.testing.assert_frame_equal(found, expected)
    assert PERSON_KEY in with_person_key(stored.order_by("event_time").limit(5).drop("country")).columns


def test_a_lake_that_got_more_columns_keeps_its_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = pa.schema([field for field in EVENTS.schema if field.name != "sample_weight"])
    with monkeypatch.context() as older:
        older.setattr(tables, "LAYOUTS", {**LAYOUTS, "events": replace(EVENTS, schema=before)})
        folder = scattered(tmp_path).folder
    lake = open_lake(folder)
    lake.append("events", rows(410).slice(400), batch_id="later")
    expected = funnel(pa.concat_tables([rows(), rows(410).slice(400)]), ["page.view", "purchase"])

    assert lake.snapshot("events").evolved
    for _ in range(2):
        stored = lake.read("events")
        assert PERSON_KEY in with_person_key(stored).columns
        assert with_person_key(stored)[PERSON_KEY].count().execute() == stored.user_id.count().execute()
        found = funnel(stored, ["page.view", "purchase"])
        pd.testing.assert_frame_equal(found.to_frame(), expected.to_frame())
        lake.compact("events")
