"""What all tests share: the real data beside the repository, and one frame as every kind of table."""

from __future__ import annotations

import itertools
import lzma
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"

# No test is timed: a busy machine is not a wrong answer. `make bench` measures.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


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


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace like that of `make demo`: the whole shop log, made-up visits, two months of retail orders.

    Made once for all workers of a test run; tests that change it copy it first.
    """
    from filelock import FileLock

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "demo-workspace"
    with FileLock(shared / "demo-workspace.lock"):
        if not (folder / "ready").exists():
            _make_demo(folder, shared / "retail.csv")
            (folder / "ready").touch()
    return folder


def _make_demo(folder: Path, slice_of_retail: Path) -> None:
    from analytics_lib.cli.demo import DATA, prepare_workspace, record_decisions, record_measurements
    from analytics_lib.datasets.published import retail_orders_file, shop_events_file

    with lzma.open(retail_orders_file(), "rt", encoding="utf-8") as lines:
        slice_of_retail.write_text("".join(itertools.islice(lines, 60_000)), encoding="utf-8")
    workspace = prepare_workspace(folder)
    workspace.load(shop_events_file(), format="shop", tenant_id="shop")
    magazine = next(data for data in DATA if data.tenant_id == "magazine")
    workspace.load(magazine.find(slice_of_retail.parent), format="csv", tenant_id="magazine")
    workspace.load(slice_of_retail, format="retail", tenant_id="retail")
    record_decisions(workspace)
    record_measurements(workspace)
