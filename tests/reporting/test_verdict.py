"""A verdict survives the disk unchanged, and half of one is never seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics_lib.errors import ReportError
from analytics_lib.reporting.outcomes import Outcome
from analytics_lib.reporting.verdict import Failure, Output, Verdict, read_verdict, write_verdict

VERDICT = Verdict(
    report="weekly",
    run_id="20240610T070000Z-abc123",
    outcome=Outcome.FAILED_CODE,
    started_at="2024-06-10T07:00:00+00:00",
    failure=Failure("KeyError", "'käse'\nsecond line", 3, "Sales"),
    parameters={"day": "2024-06-09", "steps": ["a", "b"]},
    copy="executed.ipynb",
    outputs=(Output("report.html", 12, "00"),),
)


def test_a_verdict_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_verdict(VERDICT, tmp_path)

    assert read_verdict(tmp_path) == VERDICT
    assert [path.name for path in tmp_path.iterdir()] == ["verdict.json"]


def test_one_line_names_notebook_cell_heading_error_and_copy(tmp_path: Path) -> None:
    line = VERDICT.line("weekly/report.ipynb", tmp_path)

    assert line == (
        f"weekly: failed_code – weekly/report.ipynb, cell [3] under “Sales”: KeyError: 'käse' "
        f"(copy: {tmp_path / 'executed.ipynb'})"
    )


def test_an_output_is_described_by_size_and_digest(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")

    output = Output.of(tmp_path / "a.csv", tmp_path)

    assert output == Output("a.csv", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


@pytest.mark.parametrize("content", [None, "", "{}", '{"outcome": "happy"}'])
def test_a_verdict_that_can_not_be_read_is_no_success(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "verdict.json").write_text(content)

    with pytest.raises(ReportError, match=r"no readable verdict.json"):
        read_verdict(tmp_path)
