from __future__ import annotations

import multiprocessing
import time
from pathlib import Path
from typing import Any

import pytest

from analytics_lib.errors import LakeBusyError
from analytics_lib.lake.locks import sink_lock


def hold_until_killed(folder: str, ready: Any) -> None:
    with sink_lock(Path(folder), "events", timeout_seconds=5):
        ready.set()
        time.sleep(60)


def test_a_second_writer_waits_and_then_says_who_is_in_the_way(tmp_path: Path):
    with (
        sink_lock(tmp_path, "events", timeout_seconds=1),
        pytest.raises(LakeBusyError, match="'events' for 0.1 seconds") as caught,
        sink_lock(tmp_path, "events", timeout_seconds=0.1),
    ):
        pytest.fail("two writers at once")

    assert "events.lock" in str(caught.value)


def test_two_tables_do_not_wait_for_each_other(tmp_path: Path):
    with sink_lock(tmp_path, "events", timeout_seconds=1), sink_lock(tmp_path, "metrics", timeout_seconds=0.1):
        pass


def test_a_killed_writer_leaves_no_lock_behind(tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=hold_until_killed, args=(str(tmp_path), ready))
    holder.start()
    assert ready.wait(30)

    holder.kill()
    holder.join()

    with sink_lock(tmp_path, "events", timeout_seconds=1):
        pass
