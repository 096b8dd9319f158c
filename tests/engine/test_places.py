"""Which of a few texts a column holds."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from analytics_lib.engine import places
from analytics_lib.engine.connections import connection
from analytics_lib.engine.places import place_in
from analytics_lib.engine.tables import to_arrow


@pytest.mark.parametrize("engine", ["duckdb", "some warehouse"])
def test_the_place_is_counted_from_one_and_other_texts_have_none(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "dialect", lambda _table: engine)
    table = ibis.memtable(pd.DataFrame({"row": range(5), "event": ["buy", "view", None, "it's", "other"]}))

    found = to_arrow(table.select("row", place=place_in(table, "event", ["view", "buy", "it's"])).order_by("row"))

    assert found["place"].type == pa.int32()
    assert [place or 0 for place in found["place"].to_pylist()] == [2, 1, 0, 3, 0]


def test_a_filter_on_it_keeps_the_order_of_many_files(tmp_path) -> None:  # type: ignore[no-untyped-def]
    names = np.array([f"event_{number:02d}" for number in range(20)])
    files = []
    for number in range(40):
        rows = {"place": np.arange(20_000) + number * 20_000, "event": names[np.arange(20_000) % 20]}
        files.append(str(tmp_path / f"{number:02d}.parquet"))
        parquet.write_table(pa.table(rows), files[-1])
    table = connection().read_parquet(files)

    kept = to_arrow(table.filter(place_in(table, "event", names[:7].tolist()) > 0))["place"].to_numpy()

    assert kept.tolist() == [place for place in range(800_000) if place % 20 < 7]
