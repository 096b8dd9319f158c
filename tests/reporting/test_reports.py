"""Reports of a workspace: its own come before those that ship, and every run is in the history."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics_lib.errors import ReportError
from analytics_lib.reporting.outcomes import Outcome
from analytics_lib.reporting.reports import open_report, report_names, report_roots, run_report
from analytics_lib.state.runs import list_runs
from analytics_lib.workspace import Workspace, open_workspace
from tests.reporting.trial import code, make_report


def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "analytics.toml").write_text("")
    make_report(tmp_path, code("n: int = 1", "parameters"))
    return open_workspace(tmp_path)


def test_own_reports_come_before_those_that_ship(tmp_path: Path) -> None:
    home = workspace(tmp_path)

    assert "trial" in report_names(home)
    assert report_roots(home)[0] == tmp_path / "reports"
    with pytest.raises(ReportError, match="no report 'trail'"):
        open_report(home, "trail")


def test_a_refused_run_is_in_the_history_with_its_reason(tmp_path: Path) -> None:
    home = workspace(tmp_path)

    run = run_report("trial", {"n": "many"}, workspace=home)

    [record] = list_runs(home.state, report="trial")
    assert run.verdict.outcome is Outcome.BAD_PARAMETERS
    assert (record.run_id, record.outcome) == (run.verdict.run_id, "bad_parameters")
    assert "parameter n='many' is not a whole number" in record.reason
    assert (tmp_path / str(record.folder) / "verdict.json").is_file()


def test_a_runner_that_breaks_is_a_failure_in_the_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = workspace(tmp_path)

    def broken(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("analytics_lib.reporting.run.execute_supervised", broken)
    with pytest.raises(OSError, match="no space left"):
        run_report("trial", workspace=tmp_path)

    assert [run.outcome for run in list_runs(home.state)] == ["failed_infrastructure"]
