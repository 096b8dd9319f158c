"""Runs what is due: once for each scheduled moment, with retries, and never twice at the same time."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from slugify import slugify

from analytics_lib.errors import AnalyticsError, ReportError
from analytics_lib.reporting.definition import ReportDefinition, Schedule
from analytics_lib.reporting.history import SEARCHED, settle_lost_runs
from analytics_lib.reporting.outcomes import EXIT_CODES, Outcome
from analytics_lib.reporting.reports import open_report, report_names, run_report
from analytics_lib.reporting.run import Run, build_folder
from analytics_lib.reporting.slots import due
from analytics_lib.state.runs import RunRecord, list_runs, record_run
from analytics_lib.workspace import Workspace

NO_FAILURE: Final = (Outcome.SUCCESS, Outcome.SKIPPED)


@dataclass(frozen=True, slots=True)
class Job:
    """One parameter set of one scheduled report."""

    report: ReportDefinition
    schedule: Schedule
    parameter_set: str | None

    @property
    def name(self) -> str:
        """Report and set, for people and locks."""
        return f"{self.report.name}/{self.parameter_set}" if self.parameter_set else self.report.name


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one scheduled moment."""

    job: Job
    slot: datetime
    outcome: Outcome
    reason: str = ""
    run: Run | None = None
    """The last try; None when nothing was run."""

    def line(self) -> str:
        """Say it in one line."""
        when = self.slot.isoformat(timespec="minutes")
        said = self.run.line() if self.run else f"{self.job.name}: {self.outcome} – {self.reason}"
        return f"{when}  {said}"


def scheduled_jobs(workspace: Workspace) -> tuple[list[Job], list[AnalyticsError]]:
    """List what a workspace's reports ask to be run by themselves, and what is wrong with the others.

    A half-written report must not silence the rest; whoever asks tells the problems and fails for them.
    """
    found, problems = [], []
    for name in report_names(workspace):
        try:
            found.append(open_report(workspace, name))
        except AnalyticsError as problem:
            problems.append(problem)
    return [Job(one, one.schedule, named) for one in found if one.schedule for named in one.scheduled_sets()], problems


def last_answered(workspace: Workspace, job: Job) -> datetime | None:
    """Give the newest moment of a job that was run or passed over; None = none ever."""
    runs = list_runs(workspace.state, report=job.report.name, limit=SEARCHED)
    slots = [run.slot.astimezone(UTC) for run in runs if run.slot and run.parameter_set == job.parameter_set]
    return max(slots, default=None)


def run_due(
    workspace: Workspace, *, now: datetime | None = None, sleep: Callable[[float], None] = time.sleep
) -> list[Answer]:
    """Run everything that is due, one after the other; for cron or a timer that calls every minute.

    Reports that can't be read are passed by; :func:`scheduled_jobs` tells them.

    Parameters
    ----------
    now
        Aware time; None = the clock's.
    sleep
        Waits between tries.
    """
    moment = now or datetime.now(UTC)
    settle_lost_runs(workspace)
    return [
        answer for job in scheduled_jobs(workspace)[0] for answer in answer_job(workspace, job, now=moment, sleep=sleep)
    ]


def answer_job(
    workspace: Workspace, job: Job, *, now: datetime, sleep: Callable[[float], None] = time.sleep
) -> list[Answer]:
    """Run the moments of one job that are due; what the policy lets go is written down as skipped."""
    if not due(job.schedule, now, last=last_answered(workspace, job)).slots:
        return _pass_over(workspace, job, now)
    with _alone(workspace, job) as alone:
        asked = due(job.schedule, now, last=last_answered(workspace, job))  # another process may have run it meanwhile
        if not alone:
            return [_skipped(workspace, job, slot, "the previous run is still going") for slot in asked.slots[-1:]]
        return [_run_with_retries(workspace, job, slot, sleep) for slot in asked.slots]


def _pass_over(workspace: Workspace, job: Job, now: datetime) -> list[Answer]:
    missed = due(job.schedule, now, last=last_answered(workspace, job)).passed_over
    if not missed:
        return []
    times = "moment was" if len(missed) == 1 else "moments were"
    return [_skipped(workspace, job, missed[-1], f"{len(missed)} {times} missed (policy: {job.schedule.missed})")]


def _skipped(workspace: Workspace, job: Job, slot: datetime, reason: str) -> Answer:
    now = datetime.now(UTC)
    record = RunRecord(
        run_id=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}",
        report=job.report.name,
        outcome=Outcome.SKIPPED.value,
        started_at=now,
        ended_at=now,
        duration_seconds=0.0,
        slot=slot,
        parameter_set=job.parameter_set,
        reason=reason,
    )
    record_run(workspace.state, record)
    return Answer(job, slot, Outcome.SKIPPED, reason)


@contextmanager
def _alone(workspace: Workspace, job: Job) -> Iterator[bool]:
    """Hold the job's lock; tells whether it could be had. The system frees it when the process dies."""
    from filelock import FileLock, Timeout

    folder = build_folder(workspace.folder) / job.report.name
    folder.mkdir(parents=True, exist_ok=True)
    tries = job.report.retries + 1
    patience = job.report.timeout.total_seconds() * tries if job.schedule.overlap == "queue" else 0
    lock = FileLock(folder / f".{slugify(job.parameter_set or 'defaults')}.lock", timeout=patience)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _run_with_retries(workspace: Workspace, job: Job, slot: datetime, sleep: Callable[[float], None]) -> Answer:
    from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt, wait_exponential

    report = job.report
    tried: list[Run] = []

    def attempt() -> Run:
        run = run_report(
            report.name,
            workspace=workspace,
            parameter_set=job.parameter_set,
            slot=slot,
            attempt=len(tried) + 1,
        )
        tried.append(run)
        return run

    def last_try(_: RetryCallState) -> Run:
        return tried[-1]

    retrying = Retrying(
        stop=stop_after_attempt(report.retries + 1),
        wait=wait_exponential(multiplier=report.retry_wait.total_seconds()),
        retry=retry_if_result(lambda run: run.verdict.outcome in report.retry_on),
        sleep=sleep,
        retry_error_callback=last_try,
    )
    run: Run = retrying(attempt)
    return Answer(job, slot, run.verdict.outcome, run.verdict.reason, run)


def worst_exit_code(answers: list[Answer]) -> int:
    """Give the exit code of a command that answered several moments: the highest of those that failed, else 0."""
    return max((EXIT_CODES[answer.outcome] for answer in answers if answer.outcome not in NO_FAILURE), default=0)


def find_job(workspace: Workspace, name: str) -> list[Job]:
    """Give the jobs of one report.

    Raises
    ------
    ReportError
        No such report, or it has no schedule.
    """
    report = open_report(workspace, name)
    if report.schedule is None:
        raise ReportError(f"the report {name!r} has no schedule", "Add a [schedule] to its report.toml.")
    return [Job(report, report.schedule, named) for named in report.scheduled_sets()]
