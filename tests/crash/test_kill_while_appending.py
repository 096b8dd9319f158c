"""A writer that is killed again and again loses nothing and stores nothing twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analytics_lib.lake.tables import open_lake
from tests.conftest import ROOT
from tests.lake.made import make_rows

ROWS, BATCHES, KILLS = 40, 36, 10

WRITER = """
import sys
from pathlib import Path
from analytics_lib.lake.tables import open_lake
from tests.lake.made import make_rows

folder, acknowledged, rows, batches = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
lake = open_lake(folder)
done = len(acknowledged.read_text().split())
with acknowledged.open("a") as told:
    for number in range(max(0, done - 1), batches):  # the last one again: who knows whether it was heard
        lake.append("events", make_rows(rows, start=rows * number), batch_id=f"batch-{number}")
        if number >= done:
            told.write(f"{number}\\n")
            told.flush()
        if number % 9 == 8:
            lake.compact("events")
"""


@pytest.mark.crash
def test_killed_writers_lose_nothing_and_store_nothing_twice(tmp_path: Path) -> None:
    chance, acknowledged = random.Random(20240513), tmp_path / "acknowledged"
    acknowledged.touch()
    command = [sys.executable, "-c", WRITER, str(tmp_path / "lake"), str(acknowledged), str(ROWS), str(BATCHES)]

    def heard() -> int:
        return len(acknowledged.read_text().split())

    for _ in range(KILLS):
        before = heard()
        writer = subprocess.Popen(command, cwd=ROOT)
        while heard() == before:  # it gets somewhere each time, so the whole comes to an end
            assert writer.poll() is None, "ended before it could be killed"
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.1))  # then at any point of a later append
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    subprocess.run(command, cwd=ROOT, check=True)

    lake = open_lake(tmp_path / "lake")
    stored = lake.read("events").select("event_id", "properties").to_pandas().sort_values("event_id")
    sent = make_rows(ROWS * BATCHES).select(["event_id", "properties"]).to_pandas()
    assert len(stored) == ROWS * BATCHES, "nothing lost, nothing twice"
    assert stored.values.tolist() == sent.values.tolist()
    assert lake.append("events", make_rows(ROWS), batch_id="batch-0").repeated
