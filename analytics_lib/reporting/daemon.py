"""A scheduler in the foreground: looks every minute for what is due and runs it, several at a time."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from typing import Any, Final

from analytics_lib.errors import ReportError
from analytics_lib.reporting.history import settle_lost_runs
from analytics_lib.reporting.scheduling import Job, answer_job, answered_until, scheduled_jobs
from analytics_lib.reporting.slots import due
from analytics_lib.reporting.supervision import end_running
from analytics_lib.workspace import Workspace

EVERY_SECONDS: Final = 60


class Daemon:
    """Reads the definitions anew at each look, so that a new or changed report needs no restart."""

    def __init__(self, workspace: Workspace, *, tell: Callable[[str], None], workers: int | None = None) -> None:
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.blocking import BlockingScheduler

        self.workspace = workspace
        self.tell = tell
        self._going: set[tuple[str, datetime]] = set()
        self._stopping = Event()
        executors = {"default": ThreadPoolExecutor(1), "runs": ThreadPoolExecutor(workers or os.cpu_count() or 1)}
        self._scheduler: Any = BlockingScheduler(executors=executors, timezone=UTC)

    def serve(self) -> None:
        """Look and run until SIGINT or SIGTERM; what is running then is ended and written down as failed."""
        lost = settle_lost_runs(self.workspace)
        if lost:
            self.tell(f"{lost} earlier runs had lost their process")
        self._scheduler.add_job(
            self.look,
            "interval",
            seconds=EVERY_SECONDS,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop())
        self._scheduler.start()

    def look(self, now: datetime | None = None) -> None:
        """Hand everything that is due to the workers; a wrong definition is told and does not end the daemon."""
        moment = now or datetime.now(UTC)
        jobs, problems = scheduled_jobs(self.workspace)
        for problem in problems:
            self.tell(f"error: {problem}")
        for job in jobs:
            asked = due(job.schedule, moment, last=answered_until(self.workspace, job, moment))
            for slot in (asked.slots or asked.passed_over)[-1:]:
                self._submit(job, slot, moment)

    def _submit(self, job: Job, slot: datetime, now: datetime) -> None:
        if (job.name, slot) not in self._going:  # else it still waits for a worker
            self._going.add((job.name, slot))
            self._scheduler.add_job(self._answer, args=[job, slot, now], executor="runs", misfire_grace_time=None)

    def _answer(self, job: Job, slot: datetime, now: datetime) -> None:
        try:
            for answer in answer_job(self.workspace, job, now=now, sleep=self._sleep):
                self.tell(answer.line())
        except Exception as problem:  # one broken job must not silence the others; the history has its verdict
            self.tell(f"{job.name}: {type(problem).__name__}: {problem}")
        finally:
            self._going.discard((job.name, slot))

    def _sleep(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise ReportError("the scheduler was ended before the next try", "It tries again at the next moment.")

    def stop(self) -> None:
        """End the scheduler and what it runs."""
        self._stopping.set()
        end_running()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
