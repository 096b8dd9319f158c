"""Runs one report: parameters, kernel, audit, verdict, files. The verdict is ours, never Papermill's.

One folder per run holds everything: the snapshot that ran (``source.ipynb``), the executed copy, the
log, the exported files, and ``verdict.json``. It says ``running`` until the end is known.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics_lib.errors import AnalyticsError, ArgumentError, ParameterError, ReportError
from analytics_lib.parameters.notebooks import read_parameters
from analytics_lib.parameters.texts import wire_value
from analytics_lib.parameters.validation import validate
from analytics_lib.reporting import copies
from analytics_lib.reporting.definition import ReportDefinition, format_name
from analytics_lib.reporting.execution import COPY, SOURCE
from analytics_lib.reporting.outcomes import Outcome, classify
from analytics_lib.reporting.provenance import data_versions, run_provenance
from analytics_lib.reporting.settlement import settle, titled
from analytics_lib.reporting.supervision import LOG, Evidence, execute_supervised
from analytics_lib.reporting.verdict import VERDICT, Failure, Output, Verdict, write_verdict

OUTPUTS = "outputs"
"""Folder in a run's folder where the notebook puts the files it promises."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that ended: its verdict and its folder."""

    verdict: Verdict
    folder: Path

    @property
    def succeeded(self) -> bool:
        """Whether everything that was asked for is there."""
        return self.verdict.outcome is Outcome.SUCCESS

    @property
    def files(self) -> list[Path]:
        """The files the run made for readers."""
        return [self.folder / output.path for output in self.verdict.outputs]

    def line(self) -> str:
        """Say in one line how the run ended."""
        return self.verdict.line(f"{self.verdict.report}/report.ipynb", self.folder)


def run_definition(
    definition: ReportDefinition,
    given: Mapping[str, object] | None = None,
    *,
    build: Path,
    workspace: Path | None = None,
    parameter_set: str | None = None,
    formats: Iterable[str] | None = None,
    browser: str | None = None,
    slot: datetime | None = None,
    attempt: int = 1,
    begun: Callable[[Verdict, Path], None] | None = None,
) -> Run:
    """Run a report once and say how it ended; a failing notebook is an answer, not an exception.

    Parameters
    ----------
    definition
        The report.
    given
        Parameter values over those of the definition, as text or native.
    build
        Folder that gets ``<report>/<run id>/``.
    workspace
        Workspace the notebook opens; None leaves the choice to the environment.
    parameter_set
        A named set of ``report.toml``.
    formats
        File formats; None = those of the definition.
    browser
        Program that prints PDF; None = the one that is found.
    slot
        The scheduled moment this run answers.
    attempt
        1 for the first try.
    begun
        Called once the folder is there, with the running verdict.

    Raises
    ------
    ArgumentError
        A format nobody knows.
    ReportError
        No such parameter set.
    """
    wanted = [format_name(word) for word in (definition.formats if formats is None else formats)]
    asked = definition.given(parameter_set, given)
    run_id, folder = _new_folder(build / definition.name)
    verdict = Verdict(
        report=definition.name,
        run_id=run_id,
        outcome=Outcome.RUNNING,
        started_at=_now().isoformat(),
        parameters={name: wire_value(value) for name, value in asked.items()},
        parameter_set=parameter_set,
        slot=slot.astimezone(UTC).isoformat() if slot else None,
        attempt=attempt,
    )
    write_verdict(verdict, folder)
    if begun is not None:
        begun(verdict, folder)
    try:
        shutil.copyfile(definition.notebook, folder / SOURCE)
        verdict = _run(definition, verdict, folder, workspace=workspace)
        if verdict.outcome is Outcome.SUCCESS:
            verdict = _export(definition, verdict, folder, formats=wanted, browser=browser)
    except BaseException as problem:
        _finish(_failed(verdict, Outcome.FAILED_INFRASTRUCTURE, type(problem).__name__, str(problem)), folder)
        raise
    return Run(_finish(verdict, folder), folder)


def _new_folder(parent: Path) -> tuple[str, Path]:
    run_id = f"{_now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    folder = parent / run_id
    folder.mkdir(parents=True)
    return run_id, folder


def _now() -> datetime:
    return datetime.now(UTC)


def _finish(verdict: Verdict, folder: Path) -> Verdict:
    ended = _now()
    seconds = (ended - datetime.fromisoformat(verdict.started_at)).total_seconds()
    made = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _is_ours(path, folder)]
    verdict = verdict.amended(
        ended_at=ended.isoformat(),
        duration_seconds=round(seconds, 3),
        outputs=tuple(Output.of(path, folder) for path in made),
    )
    write_verdict(verdict, folder)
    return verdict


def _is_ours(path: Path, folder: Path) -> bool:
    inside = path.relative_to(folder)
    return inside.parts[0] in {SOURCE, COPY, LOG, VERDICT, "evidence.json", "frames"} or inside.name.startswith(".")


def _failed(verdict: Verdict, outcome: Outcome, error: str, message: str) -> Verdict:
    return verdict.amended(
        outcome=outcome, failure=Failure(error, message), reason=f"{error}: {message}".splitlines()[0]
    )


def _run(definition: ReportDefinition, verdict: Verdict, folder: Path, *, workspace: Path | None) -> Verdict:
    try:
        values = validate(read_parameters(folder / SOURCE), verdict.parameters)
    except ParameterError as problem:
        return _failed(verdict, Outcome.BAD_PARAMETERS, "ParameterError", str(problem))
    try:
        settled = settle(values, workspace)
    except ArgumentError as problem:
        return _failed(verdict, Outcome.BAD_PARAMETERS, "ArgumentError", str(problem))
    verdict = verdict.amended(
        parameters={name: wire_value(value) for name, value in settled.values.items()},
        provenance={**run_provenance(definition.notebook), **settled.provenance},
    )
    evidence = execute_supervised(
        folder,
        verdict.parameters,
        timeout_seconds=definition.timeout.total_seconds(),
        environment=_environment(definition, verdict, folder, workspace),
    )
    verdict = judge(verdict, evidence, copies.read_copy(folder / COPY))
    verdict = _check_promises(definition, verdict, folder)
    copies.repair_copy(folder / COPY, verdict)
    return verdict


def _environment(
    definition: ReportDefinition, verdict: Verdict, folder: Path, workspace: Path | None
) -> dict[str, str]:
    """Say to the notebook where it runs; parameters never travel this way."""
    told = {
        "ANALYTICS_MODE": "report",
        "ANALYTICS_RUN_FOLDER": str(folder.resolve()),
        "ANALYTICS_RUN_ID": verdict.run_id,
        "ANALYTICS_REPORT_TITLE": titled(definition.title, verdict.provenance),
        "ANALYTICS_MINIMUM_USERS": str(definition.minimum_users or ""),
    }
    root = workspace or (Path(os.environ["ANALYTICS_WORKSPACE"]) if "ANALYTICS_WORKSPACE" in os.environ else None)
    return {**told, "ANALYTICS_WORKSPACE": str(root.resolve())} if root else told


def judge(verdict: Verdict, evidence: Evidence, copy: dict[str, Any] | None) -> Verdict:
    """Say how an execution ended, from what the child saw and what the cells show; both must agree on success."""
    provenance = {**verdict.provenance, "data_versions": data_versions(copy)}
    verdict = verdict.amended(copy=COPY if copy else None, provenance=provenance)
    audit = copies.audit(copy) if copy else None
    if evidence.timed_out:
        return _stopped(verdict, Outcome.TIMEOUT, evidence, copy)
    if audit is None:
        return _stopped(verdict, Outcome.FAILED_INFRASTRUCTURE, evidence, copy)
    # Papermill also fails a run for an error that a cell was allowed to raise; the cells know better.
    if audit.complete and (evidence.finished or evidence.error == "PapermillExecutionError"):
        return verdict.amended(outcome=Outcome.SUCCESS)
    if audit.exit_value in {"", "0", "None"}:
        return verdict.amended(outcome=Outcome.SKIPPED, reason="the notebook said that there is nothing to do")
    if audit.failure and audit.failure.error != "RunStopped":
        outcome = classify(audit.failure.error, audit.failure.message)
        reason = f"{audit.failure.error}: {audit.failure.message}".splitlines()[0]
        return verdict.amended(outcome=outcome, failure=audit.failure, reason=reason)
    return _stopped(verdict, Outcome.FAILED_INFRASTRUCTURE, evidence, copy)


def _stopped(verdict: Verdict, outcome: Outcome, evidence: Evidence, copy: dict[str, Any] | None) -> Verdict:
    """Name the cell in which a run was cut off: the last one that was started."""
    error = {"DeadKernelError": "KernelDied", "": "RunStopped"}.get(evidence.error, evidence.error)
    message = evidence.message or "the run stopped without an error"
    cell, heading = copies.last_started(copy) if copy else (None, "")
    failure = Failure(error, message, cell, heading)
    return verdict.amended(outcome=outcome, failure=failure, reason=f"{error}: {message}".splitlines()[0])


def _check_promises(definition: ReportDefinition, verdict: Verdict, folder: Path) -> Verdict:
    missing = [name for name in definition.outputs if not (folder / OUTPUTS / name).is_file()]
    if verdict.outcome is not Outcome.SUCCESS or not missing:
        return verdict
    return _failed(verdict, Outcome.FAILED_CODE, "OutputMissing", f"the notebook did not write {', '.join(missing)}")


def _export(
    definition: ReportDefinition, verdict: Verdict, folder: Path, *, formats: list[str], browser: str | None
) -> Verdict:
    from analytics_lib.reporting.exports import write_export

    stem = f"{definition.name.replace('_', '-')}-{verdict.run_id}"
    for name in formats:
        try:
            write_export(folder, name, stem=stem, title=titled(definition.title, verdict.provenance), browser=browser)
        except AnalyticsError as problem:
            error = type(problem).__name__
            verdict = _failed(verdict, classify(error, str(problem)), error, f"{name}: {problem}")
    return verdict


def build_folder(workspace: Path | None) -> Path:
    """Give the folder that holds all runs: in the workspace, else below the current folder."""
    return (workspace or Path()) / "reports" / "_build"


def run_folders(build: Path, report: str | None = None) -> list[Path]:
    """List the folders of all runs, newest first."""
    return sorted(
        (path.parent for path in build.glob(f"{report or '*'}/*/{VERDICT}")), key=lambda path: path.name, reverse=True
    )


def output_path(name: str) -> Path:
    """Give the path where a notebook writes a file it promises in ``report.toml``.

    Outside of a run it is a folder ``outputs`` in the current directory.

    Raises
    ------
    ReportError
        The name leads out of that folder.
    """
    folder = Path(os.environ.get("ANALYTICS_RUN_FOLDER", ".")) / OUTPUTS
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ReportError(f"{name!r} leads out of the run's folder", "Give a plain file name.")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
