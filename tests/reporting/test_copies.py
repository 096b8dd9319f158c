"""What an executed copy shows, and what is corrected in it (the lies are those Papermill 2.7 was seen to tell)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analytics_lib.reporting.copies import MARK, audit, last_started, read_copy, repair_copy
from analytics_lib.reporting.outcomes import Outcome
from analytics_lib.reporting.verdict import Failure, Verdict
from tests.reporting.trial import code, markdown, notebook


def ran(source: str, count: int | None, *tags: str, error: tuple[str, str] | None = None) -> dict[str, Any]:
    """A cell that Papermill started; it always writes the state ``completed``."""
    outputs = [{"output_type": "error", "ename": error[0], "evalue": error[1], "traceback": []}] if error else []
    cell = code(source, *tags, outputs=outputs)
    cell["execution_count"] = count
    cell["metadata"]["papermill"] = {"start_time": "2024-06-10T07:00:00", "status": "completed", "exception": False}
    return cell


def waiting(source: str) -> dict[str, Any]:
    cell = code(source)
    cell["metadata"]["papermill"] = {"start_time": None, "status": "completed", "exception": None}
    return cell


def verdict(outcome: Outcome) -> Verdict:
    failure = Failure("KernelDied", "Kernel died", 2) if outcome is not Outcome.SUCCESS else None
    return Verdict(report="trial", run_id="r1", outcome=outcome, started_at="", failure=failure, reason="Kernel died")


def test_cells_that_all_ran_in_order_are_complete() -> None:
    assert audit(notebook(markdown("# Why?"), ran("1", 1), ran("2", 2), code("  "))).complete


@pytest.mark.parametrize(
    "cells",
    [
        [ran("1", 1), waiting("2")],
        [ran("1", 1), ran("2", None)],
        [ran("1", 2), ran("2", 1)],
        [ran("1", 1), ran("2", 1)],
    ],
)
def test_a_missing_or_repeated_count_is_not_complete(cells: list[dict[str, Any]]) -> None:
    seen = audit(notebook(*cells))

    assert not seen.complete
    assert seen.failure is not None
    assert seen.failure.error == "RunStopped"


def test_the_first_error_is_found_with_cell_and_heading() -> None:
    seen = audit(notebook(markdown("# Why?\n## Money"), ran("1", 1), ran("2", 2, error=("KeyError", "'a'"))))

    assert seen.failure == Failure("KeyError", "'a'", 2, "Money")
    assert seen.exit_value is None


def test_an_error_a_cell_may_raise_and_a_cell_to_skip_are_no_failures() -> None:
    skipped = code("3", "skip-execution")

    assert audit(notebook(ran("1", 1, "raises-exception", error=("KeyError", "")), skipped, ran("2", 2))).complete


def test_the_value_of_an_exit_is_kept() -> None:
    assert audit(notebook(ran("1", 1, error=("SystemExit", "0")))).exit_value == "0"


def test_after_a_killed_kernel_the_copy_is_corrected(tmp_path: Path) -> None:
    path = tmp_path / "executed.ipynb"
    lying = notebook(ran("1", 1), ran("2", None), waiting("3"))
    lying["metadata"]["papermill"] = {"exception": None}
    path.write_text(json.dumps(lying))

    repair_copy(path, verdict(Outcome.FAILED_INFRASTRUCTURE))
    repair_copy(path, verdict(Outcome.FAILED_INFRASTRUCTURE))  # twice is once

    copy = read_copy(path)
    assert copy is not None
    code_cells = [cell for cell in copy["cells"] if cell["cell_type"] == "code"]
    marks = [index for index, cell in enumerate(copy["cells"]) if MARK in cell["metadata"].get("tags", [])]
    assert [cell["metadata"]["papermill"]["status"] for cell in code_cells] == ["completed", "failed", "pending"]
    assert [cell["metadata"]["papermill"]["exception"] for cell in code_cells] == [False, True, None]
    assert copy["metadata"]["papermill"]["exception"] is True
    assert copy["metadata"]["analytics"]["outcome"] == "failed_infrastructure"
    assert marks == [0, 2], "a banner on top, an anchor before the cell"
    assert last_started(copy) == (2, "")


def test_a_success_carries_no_failure_marks(tmp_path: Path) -> None:
    path = tmp_path / "executed.ipynb"
    banner = markdown("An Exception was encountered")
    banner["metadata"]["tags"] = [MARK]
    path.write_text(json.dumps(notebook(banner, ran("1", 1, "raises-exception", error=("KeyError", "")))))

    repair_copy(path, verdict(Outcome.SUCCESS))

    copy = read_copy(path)
    assert copy is not None
    assert len(copy["cells"]) == 1
    assert copy["metadata"]["papermill"]["exception"] is False


@pytest.mark.parametrize("content", [None, "", "[]", '{"cells": 1}', '{"cells": [{"cell_ty'])
def test_a_copy_that_is_missing_or_cut_off_is_none_and_is_left_alone(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "executed.ipynb"
    if content is not None:
        path.write_text(content)

    repair_copy(path, verdict(Outcome.TIMEOUT))

    assert read_copy(path) is None
    assert content is None or path.read_text() == content
