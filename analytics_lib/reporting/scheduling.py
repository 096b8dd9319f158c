"""Runs what is due: once for each scheduled moment, with retries, and never twice at the same time."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from slugify import slugify

from analytics_lib.config.settings import SETTINGS_FILE
from analytics_lib.display import format_count, format_duration
from analytics_lib.errors import AnalyticsError, ReportError
from analytics_lib.reporting.definition import DEFINITION, ReportDefinition, Schedule
from analytics_lib.reporting.history import SEARCHED, settle_lost_runs
from analytics_lib.reporting.outcomes import EXIT_CODES, Outcome
from analytics_lib.reporting.reports import open_report, report_names, run_report
from analytics_lib.reporting.run import Run, build_folder
from analytics_lib.reporting.slots import ON_TIME, Due, due
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
    note: str = ""
    """Why it ran so late, and what became of the moments before it; empty for a run on time."""

    def line(self) -> str:
        """Say it in one line."""
        when = self.slot.isoformat(timespec="minutes")
        said = self.run.line() if self.run else f"{self.job.name}: {self.outcome} – {self.reason}"
        return f"{when}  {said}{f' ({self.note})' if self.note else ''}"


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


def answered_until(workspace: Workspace, job: Job, now: datetime) -> datetime:
    """Give the moment up to which nothing is missed: the last answered one, else when the schedule came to be.

    A new workspace, and a report that was just written, have missed nothing: nobody watched for them before.
    What is on time is always due.
    """
    last = last_answered(workspace, job)
    if last is not None:
        return last
    files = (job.report.folder / DEFINITION, workspace.folder / SETTINGS_FILE)
    written = [datetime.fromtimestamp(file.stat().st_mtime, UTC) for file in files if file.exists()]
    return min(max(written, default=now), now - ON_TIME - timedelta(microseconds=1))


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
    if not due(job.schedule, now, last=answered_until(workspace, job, now)).slots:
        return _pass_over(workspace, job, now)
    with _alone(workspace, job) as alone:
        asked = due(job.schedule, now, last=answered_until(workspace, job, now))  # another may have run it meanwhile
        if not alone:
            return [_skipped(workspace, job, slot, "the previous run is still going") for slot in asked.slots[-1:]]
        note = _why_late(job, asked, now)
        return [replace(_run_with_retries(workspace, job, slot, sleep), note=note) for slot in asked.slots]


def _pass_over(workspace: Workspace, job: Job, now: datetime) -> list[Answer]:
    missed = due(job.schedule, now, last=answered_until(workspace, job, now)).passed_over
    if not missed:
        return []
    return [_skipped(workspace, job, missed[-1], _why_not(job, missed, now))]


def _why_late(job: Job, asked: Due, now: datetime) -> str:
    """Say why a run is late, and why moments before it are not run."""
    late = format_duration((now - asked.slots[0]).total_seconds()) if asked.slots else ""
    told = [f"late by {late}"] if asked.slots and asked.slots[0] < now - ON_TIME else []
    if asked.passed_over:
        told.append(_why_not(job, asked.passed_over, now))
    return "; ".join(told)


def _why_not(job: Job, missed: Sequence[datetime], now: datetime) -> str:
    """Say how many moments are not run any more, and which rule of report.toml says so."""
    schedule, count = job.schedule, len(missed)
    moments = f"{format_count(count, 'moment')} {'was' if count == 1 else 'were'} missed and not run"
    oldest = now - max(schedule.maximum_staleness, ON_TIME)
    if schedule.missed == "skip":
        return f'{moments}: missed = "skip"'
    if all(slot < oldest for slot in missed):
        return (
            f"{moments}: older than maximum_staleness ({format_duration(schedule.maximum_staleness.total_seconds())})"
        )
    return f'{moments}: missed = "{schedule.missed}" runs the newest only'


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
