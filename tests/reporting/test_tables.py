"""Tables on their way out keep values, unknowns and words, and their names are safe in a path."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analytics_lib.reporting.tables import keep_frame, kept_frames, published, rows_of


def test_values_become_plain_and_unknown_is_none() -> None:
    frame = pd.DataFrame(
        {
            "time": pd.to_datetime(["2024-05-01T08:00:00Z", None]),
            "users": pd.array([3, None], dtype="Int64"),
            "rate": [0.25, np.nan],
            "flag": pd.array([True, None], dtype="boolean"),
            "wait": pd.to_timedelta(["90s", None]),
            "path": [["a", "b"], None],
            "share": [np.inf, 1.0],
        }
    )

    assert rows_of(frame) == [
        {
            "time": "2024-05-01T08:00:00+00:00", "users": 3, "rate": 0.25, "flag": True, "wait": 90.0,
            "path": ["a", "b"], "share": None,
        },
        {"time": None, "users": None, "rate": None, "flag": None, "wait": None, "path": None, "share": 1.0},
    ]  # fmt: skip


def test_kept_tables_come_back_in_order_with_their_words(tmp_path: Path) -> None:
    for number in range(11):
        keep_frame(published(pd.DataFrame({"n": [number]}), f"../Table {number}"), tmp_path)

    kept = kept_frames(tmp_path)

    assert [table.frame["n"].iloc[0] for table in kept] == list(range(11))
    assert [table.name for table in kept[:2]] == ["table-0", "table-1"]
    assert all(path.parent == tmp_path for path in tmp_path.iterdir())
