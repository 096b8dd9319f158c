"""The history of runs: newest first, found again by its scheduled moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.state.database import State, open_state
from analytics_lib.state.runs import RunRecord, last_run, list_runs, record_run, update_run

NOON = datetime(2024, 5, 13, 12, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> State:
    return open_state(tmp_path / "state.db")


def test_a_run_is_found_again_as_it_was_written(state: State) -> None:
    run = RunRecord(run_id="a", report="weekly", outcome="running", started_at=NOON, parameters={"end": "2024-06-09"})

    record_run(state, run)

    assert list_runs(state) == [run]


def test_the_end_of_a_run_is_added_to_its_line(state: State) -> None:
    record_run(state, RunRecord(run_id="a", report="weekly", outcome="running", started_at=NOON))

    update_run(state, "a", outcome="success", ended_at=NOON + timedelta(seconds=3), duration_seconds=3.0)

    assert [(run.outcome, run.duration_seconds) for run in list_runs(state, report="weekly")] == [("success", 3.0)]


def test_the_last_run_of_a_slot_is_the_last_attempt(state: State) -> None:
    for attempt in (1, 2):
        record_run(
            state,
            RunRecord(
                run_id=str(attempt), report="weekly", outcome="timeout", started_at=NOON, slot=NOON, attempt=attempt
            ),
        )

    found = last_run(state, "weekly", slot=NOON)

    assert found is not None
    assert found.attempt == 2
    assert last_run(state, "weekly", slot=NOON + timedelta(days=7)) is None
    assert last_run(state, "monthly") is None


def test_changing_a_run_that_is_not_there_is_an_error(state: State) -> None:
    with pytest.raises(ArgumentError, match="no run 'z'"):
        update_run(state, "z", outcome="success")
