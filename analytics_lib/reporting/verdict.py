"""The runner's own word on a run, written so that a crash at any moment can't make it claim success."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from analytics_lib.errors import ReportError
from analytics_lib.reporting.outcomes import EXIT_CODES, Outcome

VERDICT = "verdict.json"


@dataclass(frozen=True, slots=True)
class Output:
    """One file a run made."""

    path: str
    """Relative to the run's folder."""
    size_bytes: int
    sha256: str

    @classmethod
    def of(cls, file: Path, folder: Path) -> Output:
        """Describe a file that is there."""
        content = file.read_bytes()
        return cls(file.relative_to(folder).as_posix(), len(content), hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class Failure:
    """Where and why a run failed, in the terms of the notebook's author."""

    error: str
    """Class name of the error, or what the runner saw (``KernelDied``, ``Timeout``)."""
    message: str
    cell: int | None = None
    """Number of the code cell, counted from 1, as in the copy's ``In [n]``; None before the first."""
    heading: str = ""
    """Nearest heading above the cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one run ended."""

    report: str
    run_id: str
    outcome: Outcome
    started_at: str
    """ISO moment, UTC."""
    ended_at: str | None = None
    duration_seconds: float | None = None
    reason: str = ""
    """One sentence for people."""
    failure: Failure | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """All parameters with the values that ran, days and moments as ISO text."""
    parameter_set: str | None = None
    slot: str | None = None
    """The scheduled moment this run answers, ISO, UTC; None when a person started it."""
    attempt: int = 1
    copy: str | None = None
    """The executed copy, relative to the run's folder."""
    outputs: tuple[Output, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """Exit code of the command that made this verdict."""
        return EXIT_CODES[self.outcome]

    def amended(self, **changes: Any) -> Verdict:
        """Give this verdict with some fields replaced."""
        return replace(self, **changes)

    def line(self, notebook: str, folder: Path) -> str:
        """Say in one line how the run ended; a failure names notebook, cell, heading, error and copy."""
        if self.failure is None:
            return f"{self.report}: {self.outcome}{f' – {self.reason}' if self.reason else ''}"
        place = f", cell [{self.failure.cell}]" if self.failure.cell else ""
        under = f" under “{self.failure.heading}”" if self.failure.heading else ""
        copy = f" (copy: {folder / self.copy})" if self.copy else ""
        error = f"{self.failure.error}: {self.failure.message}".splitlines()[0][:300]
        return f"{self.report}: {self.outcome} – {notebook}{place}{under}: {error}{copy}"


def write_verdict(verdict: Verdict, folder: Path) -> Path:
    """Write the verdict in one step: readers see the old one or the new one, never half of one."""
    path = folder / VERDICT
    fresh = folder / f".{VERDICT}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(asdict(verdict), file, indent=2, ensure_ascii=False, default=str)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return path


def read_verdict(folder: Path) -> Verdict:
    """Read the verdict of a run's folder.

    Raises
    ------
    ReportError
        There is none, or it can't be read.
    """
    try:
        told = json.loads((folder / VERDICT).read_text(encoding="utf-8"))
        failure = Failure(**told.pop("failure")) if told.get("failure") else told.pop("failure", None)
        outputs = tuple(Output(**output) for output in told.pop("outputs", ()))
        return Verdict(**{**told, "outcome": Outcome(told["outcome"])}, failure=failure, outputs=outputs)
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise ReportError(f"{folder.name} has no readable {VERDICT} ({problem})", "Run the report again.") from problem
