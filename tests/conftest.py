"""What all tests share: the real data beside the repository, and one frame as every kind of table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"


def shared_data(name: str) -> Path:
    """Give the path of a real data set; skips the test where the set is not there."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"real data set {name} is not beside this checkout")
    return path


@pytest.fixture(params=["pandas", "arrow", "ibis"])
def events_as(request: pytest.FixtureRequest) -> Callable[[pd.DataFrame], Any]:
    """Turn a pandas frame into each kind of table an analysis accepts."""
    import ibis
    import pyarrow as pa

    makers: dict[str, Callable[[pd.DataFrame], Any]] = {
        "pandas": lambda frame: frame,
        "arrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
        "ibis": lambda frame: ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False)),
    }
    return makers[request.param]
