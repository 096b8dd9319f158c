"""Runs of tiny reports with real kernels: each way to end gets its own verdict, and no copy lies."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest

from analytics_lib.errors import ArgumentError, ReportError
from analytics_lib.reporting.copies import read_copy
from analytics_lib.reporting.definition import ReportDefinition
from analytics_lib.reporting.outcomes import Outcome
from analytics_lib.reporting.run import Run, output_path, run_definition, run_folders
from analytics_lib.reporting.verdict import read_verdict
from analytics_lib.workspace import create_workspace
from tests.reporting.trial import code, make_report, markdown

pytestmark = pytest.mark.notebooks


def run(report: ReportDefinition, given: dict[str, Any] | None = None, **options: Any) -> Run:
    build = report.folder.parent / "_build"
    return run_definition(report, given, build=build, **{"formats": [], **options})


def states(copy: dict[str, Any]) -> list[str]:
    told = [cell["metadata"].get("papermill", {}) for cell in copy["cells"] if cell["cell_type"] == "code"]
    return [state["status"] for state in told]


def failing(tmp_path: Path, source: str, toml: str = 'title = "Trial"') -> ReportDefinition:
    return make_report(
        tmp_path, markdown("# Why?"), code("before = 1"), markdown("## The risky part"), code(source),
        code("after = 1"), toml=toml,
    )  # fmt: skip


def test_a_run_keeps_parameters_outputs_tables_and_provenance(tmp_path: Path) -> None:
    report = make_report(
        tmp_path,
        markdown("# Does it all arrive?"),
        code("from datetime import date\nfrom typing import Literal"),
        code(
            'zip_code: str = "00000"\nn: int = 1\nmode: Literal["a", "b"] = "a"\nday: date = "2024-05-01"', "parameters"
        ),
        code(
            "import pandas as pd\n"
            "from analytics_lib.reporting.publish import cover\n"
            "from analytics_lib.reporting.run import output_path\n"
            "assert (zip_code, n, mode, day) == ('00123', 7, 'b', '2024-05-02'), (zip_code, n, mode, day)\n"
            "output_path('numbers.csv').write_text('n\\n7\\n')\n"
            "cover({'Tenant': 'shop'}, data_version='events@12', label='Synthetic data')"
        ),
        code("raise KeyError('expected')", "raises-exception"),
        toml='title = "Trial"\noutputs = ["numbers.csv"]',
    )

    ended = run(report, {"zip_code": "00123", "n": "7", "mode": "b", "day": "2024-05-02"}, formats=["html"])

    verdict = read_verdict(ended.folder)
    assert verdict == ended.verdict
    assert (verdict.outcome, verdict.exit_code) == (Outcome.SUCCESS, 0), ended.line()
    assert verdict.parameters == {"zip_code": "00123", "n": 7, "mode": "b", "day": "2024-05-02"}
    assert [Path(output.path).suffix for output in verdict.outputs] == [".csv", ".html"]
    assert verdict.provenance["data_versions"] == ["events@12"]
    assert len(verdict.provenance["environment_sha256"]) == 64
    copy = read_copy(ended.folder / "executed.ipynb")
    assert copy is not None
    assert copy["metadata"]["analytics"]["run_id"] == verdict.run_id
    assert copy["metadata"]["papermill"]["parameters"] == verdict.parameters
    assert str(tmp_path) not in json.dumps(copy), "a copy names no folder of the machine"
    page = (ended.folder / verdict.outputs[1].path).read_text()
    assert "Synthetic data" in page
    assert "00123" in page
    assert "executed.ipynb" not in [output.path for output in verdict.outputs]


def test_a_killed_kernel_is_a_failure_although_papermill_calls_every_cell_completed(tmp_path: Path) -> None:
    ended = run(failing(tmp_path, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"))

    assert (ended.verdict.outcome, ended.verdict.exit_code) == (Outcome.FAILED_INFRASTRUCTURE, 4)
    assert ended.verdict.failure is not None
    assert (ended.verdict.failure.error, ended.verdict.failure.cell) == ("KernelDied", 2)
    assert ended.verdict.failure.heading == "The risky part"
    copy = read_copy(ended.folder / "executed.ipynb")
    assert copy is not None
    assert states(copy) == ["completed", "failed", "pending"]
    assert copy["metadata"]["papermill"]["exception"] is True
    assert "This run did not finish" in copy["cells"][0]["source"]
    assert str(ended.folder / "executed.ipynb") in ended.line()


def test_a_run_over_its_time_is_ended_with_its_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "kernel.pid"
    source = f"import os, pathlib, time\npathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\ntime.sleep(60)"
    wait = subprocess.Popen.wait

    def impatient(child: subprocess.Popen[bytes], timeout: float | None = None) -> int:
        if "analytics_lib.reporting.execution" not in child.args or timeout is None:
            return wait(child, timeout)
        while child.poll() is None and not (
            mark.exists() and mark.read_text()
        ):  # the deadline comes when the cell is running
            time.sleep(0.02)
        raise subprocess.TimeoutExpired("child", timeout)

    monkeypatch.setattr(subprocess.Popen, "wait", impatient)
    ended = run(failing(tmp_path, source))

    assert (ended.verdict.outcome, ended.verdict.exit_code) == (Outcome.TIMEOUT, 5)
    kernel = int(mark.read_text())
    assert not psutil.pid_exists(kernel) or psutil.Process(kernel).status() == psutil.STATUS_ZOMBIE
    copy = read_copy(ended.folder / "executed.ipynb")
    assert copy is not None
    assert states(copy) == ["completed", "failed", "pending"]


def test_the_deadline_counts_from_the_start_of_the_process(tmp_path: Path) -> None:
    ended = run(failing(tmp_path, "after = 2", toml='title = "Trial"\ntimeout = "300ms"'))

    assert ended.verdict.outcome is Outcome.TIMEOUT
    assert ended.verdict.reason == "Timeout: not done after 0.3 s"
    assert ended.verdict.copy is None


def test_an_exit_code_given_by_the_notebook_is_a_failure_that_keeps_it(tmp_path: Path) -> None:
    ended = run(failing(tmp_path, "import sys\nsys.exit(3)"))

    assert (ended.verdict.outcome, ended.verdict.exit_code) == (Outcome.FAILED_CODE, 1)
    assert ended.verdict.failure is not None
    assert (ended.verdict.failure.error, ended.verdict.failure.message) == ("SystemExit", "3")


def test_a_notebook_with_nothing_to_do_is_skipped_and_its_copy_says_no_exception(tmp_path: Path) -> None:
    ended = run(failing(tmp_path, "import sys\nsys.exit(0)"))

    assert (ended.verdict.outcome, ended.verdict.exit_code) == (Outcome.SKIPPED, 6)
    copy = read_copy(ended.folder / "executed.ipynb")
    assert copy is not None
    assert copy["metadata"]["papermill"]["exception"] is False
    assert states(copy) == ["completed", "completed", "pending"]


def test_missing_data_is_told_apart_from_wrong_code_in_one_line(tmp_path: Path) -> None:
    source = "from analytics_lib.errors import SourceError\nraise SourceError('orders.csv is not there', 'Fetch it.')"

    ended = run(failing(tmp_path, source))

    assert (ended.verdict.outcome, ended.verdict.exit_code) == (Outcome.FAILED_DATA, 3)
    assert "trial/report.ipynb, cell [2] under “The risky part”: SourceError: orders.csv is not there" in ended.line()
    assert ended.line().count("\n") == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"n": "abc"}, "parameter n='abc' is not a whole number"),
        ({"typo": "1"}, "there is no parameter 'typo'"),
    ],
)
def test_bad_parameters_are_refused_before_any_kernel_starts(
    tmp_path: Path, given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = make_report(tmp_path, code("n: int = 1", "parameters"), code("print(n)"))
    monkeypatch.setattr("analytics_lib.reporting.run.execute_supervised", lambda *_, **__: pytest.fail("a kernel"))
    begun = time.monotonic()

    ended = run(report, given)

    assert time.monotonic() - begun < 0.2
    assert (ended.verdict.outcome, ended.verdict.exit_code) == (Outcome.BAD_PARAMETERS, 2)
    assert said in ended.line()
    assert sorted(path.name for path in ended.folder.iterdir()) == ["source.ipynb", "verdict.json"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"tenant_id": "shoop"}, "no tenant 'shoop' in mine. Did you mean 'shop'?"),
        ({"start": "2024-05-13", "end": "2024-05-12"}, "ends (2024-05-12) before it starts (2024-05-13)"),
    ],
)
def test_what_the_data_cannot_answer_is_refused_before_any_kernel_starts(
    tmp_path: Path, given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = create_workspace(tmp_path / "mine").folder
    (home / "analytics.toml").write_text("[tenants.shop]\n", encoding="utf-8")
    declared = 'tenant_id: str = "shop"\nstart: date | None = None\nend: date | None = None'
    report = make_report(tmp_path, code(declared, "parameters"))
    monkeypatch.setattr("analytics_lib.reporting.run.execute_supervised", lambda *_, **__: pytest.fail("a kernel"))

    ended = run(report, given, workspace=home)

    assert (ended.verdict.outcome, ended.verdict.exit_code) == (Outcome.BAD_PARAMETERS, 2)
    assert said in ended.line()


def test_a_runner_that_crashes_never_leaves_a_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = make_report(tmp_path, code("n = 1"))

    def crash(*_: object, **__: object) -> None:
        [folder] = run_folders(report.folder.parent / "_build")
        assert read_verdict(folder).outcome is Outcome.RUNNING
        raise RuntimeError("disk on fire")

    monkeypatch.setattr("analytics_lib.reporting.run.execute_supervised", crash)
    with pytest.raises(RuntimeError, match="disk on fire"):
        run(report)

    [folder] = run_folders(report.folder.parent / "_build")
    verdict = read_verdict(folder)
    assert verdict.outcome is Outcome.FAILED_INFRASTRUCTURE
    assert verdict.reason == "RuntimeError: disk on fire"


def test_a_format_nobody_knows_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    report = make_report(tmp_path, code("n = 1"))

    with pytest.raises(ArgumentError, match="Unsupported export format"):
        run(report, formats=["docx"])

    assert not (report.folder.parent / "_build").exists()


def test_the_path_of_a_promised_file_stays_inside_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYTICS_RUN_FOLDER", str(tmp_path))

    assert output_path("numbers.csv") == tmp_path / "outputs" / "numbers.csv"
    with pytest.raises(ReportError, match="leads out"):
        output_path("../../numbers.csv")


def test_tables_that_a_run_published_are_written_in_every_format(tmp_path: Path) -> None:
    from analytics_lib.reporting.exports import write_export
    from analytics_lib.reporting.tables import keep_frame, published

    frame = pd.DataFrame({"step": [1, 2], "users": pd.array([80, None], dtype="Int64")})
    keep_frame(published(frame, "Payment funnel"), tmp_path / "frames")

    made = [
        path
        for name in ("xlsx", "csv", "json", "parquet")
        for path in write_export(tmp_path, name, stem="trial-1", title="Trial")
    ]

    assert [path.name for path in made] == [
        "trial-1.xlsx", "trial-1-payment-funnel.csv", "trial-1.json", "trial-1-payment-funnel.parquet",
    ]  # fmt: skip
    assert made[1].read_text() == "step,users\n1,80\n2,\n"
    assert json.loads(made[2].read_text())["tables"]["payment-funnel"]["rows"][1] == {"step": 2, "users": None}
