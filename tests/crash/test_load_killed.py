"""A load that is killed at any moment can be run again: every event once, none lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from analytics_lib.ingestion.load import load
from analytics_lib.lake.tables import open_lake

LOADER = """
import sys
from analytics_lib.ingestion import load as loading
from analytics_lib.lake.tables import open_lake
loading.BATCH_ROWS = 500
print("ready", flush=True)
loading.load(sys.argv[1], lake=open_lake(sys.argv[2]), progress=lambda done, all: print(done, flush=True))
"""


@pytest.mark.crash
def test_kill_minus_nine_loses_nothing_and_doubles_nothing(tmp_path):
    for part in range(8):
        rows = [f"{part}-{number},a,2024-05-{part + 1:02d}T10:00:00Z,u{number % 50}" for number in range(500)]
        (tmp_path / f"{part}.csv").write_text("id,event,timestamp,userId\n" + "\n".join([*rows, "broken"]) + "\n")
    source, lake = str(tmp_path / "*.csv"), str(tmp_path / "lake")
    killed = 0
    for blocks in (1, 4):
        worker = subprocess.Popen([sys.executable, "-c", LOADER, source, lake], stdout=subprocess.PIPE, text=True)
        for _ in range(blocks + 1):
            worker.stdout.readline()
        time.sleep(0.02 * blocks)  # in the middle of a write
        if worker.poll() is None:
            os.kill(worker.pid, signal.SIGKILL)
            killed += 1
        worker.wait()
        worker.stdout.close()
    receipt = load(source, lake=open_lake(lake))
    stored = open_lake(lake).read("events")
    assert killed == 2
    assert receipt.sent == 4008
    assert (receipt.accepted + receipt.duplicate, receipt.quarantined) == (4000, 8)
    assert (stored.count().execute(), stored.event_id.nunique().execute()) == (4000, 4000)
    assert open_lake(lake).read("quarantine").count().execute() == 8
    assert load(source, lake=open_lake(lake)).duplicate == 4000
