"""How a run can end, what each end means to a script, and how an error is told apart from another."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from analytics_lib import errors


class Outcome(StrEnum):
    """How a run ended."""

    RUNNING = "running"
    """Not ended; a folder that still says so long after belongs to a runner that was killed."""
    SUCCESS = "success"
    """Every cell ran, in order, without error, and every promised file is there."""
    FAILED_CODE = "failed_code"
    """The notebook raised an error."""
    BAD_PARAMETERS = "bad_parameters"
    """A value broke the contract; no kernel was started."""
    FAILED_DATA = "failed_data"
    """Data the notebook needs is missing or can't be read."""
    FAILED_INFRASTRUCTURE = "failed_infrastructure"
    """The kernel died, memory or disk ran out, a lock or a browser could not be had."""
    TIMEOUT = "timeout"
    """The run took longer than its report allows."""
    SKIPPED = "skipped"
    """Nothing was to be done: the notebook said so, or the previous run was still going."""


EXIT_CODES: Final = {
    Outcome.SUCCESS: 0,
    Outcome.FAILED_CODE: 1,
    Outcome.BAD_PARAMETERS: 2,
    Outcome.FAILED_DATA: 3,
    Outcome.FAILED_INFRASTRUCTURE: 4,
    Outcome.TIMEOUT: 5,
    Outcome.SKIPPED: 6,
    Outcome.RUNNING: 7,
}
"""Exit code of the command that ran the report; 2 is also every wrong use of a command."""

_DATA: Final = (
    errors.IngestionError,
    errors.MissingColumnError,
    errors.UnknownEventError,
    errors.SnapshotError,
    errors.WorkspaceError,
    errors.SmallGroupError,
)
_INFRASTRUCTURE: Final = (errors.LakeBusyError, errors.InstallationError, errors.BrowserError)
_DATA_NAMES: Final = {"FileNotFoundError", "EmptyDataError", "IsADirectoryError"}
_INFRASTRUCTURE_NAMES: Final = {
    "MemoryError", "ConnectionError", "ConnectionRefusedError", "ConnectionResetError", "TimeoutError",
    "BrokenPipeError", "PermissionError", "OutOfMemoryException", "DeadKernelError",
}  # fmt: skip


def classify(error: str, message: str = "") -> Outcome:
    """Tell what kind of failure an error is, by its class name as a notebook's output gives it.

    Parameters
    ----------
    error
        Class name.
    message
        Its text; only an ``OSError`` needs it (a full disk has no class of its own).

    Examples
    --------
    >>> classify("SourceError").value, classify("MemoryError").value, classify("KeyError").value
    ('failed_data', 'failed_infrastructure', 'failed_code')
    >>> classify("OSError", "[Errno 28] No space left on device").value
    'failed_infrastructure'
    """
    if error in _DATA_NAMES | _names(_DATA):
        return Outcome.FAILED_DATA
    if error in _INFRASTRUCTURE_NAMES | _names(_INFRASTRUCTURE):
        return Outcome.FAILED_INFRASTRUCTURE
    if error == "OSError" and "No space left" in message:
        return Outcome.FAILED_INFRASTRUCTURE
    return Outcome.FAILED_CODE


def _names(roots: tuple[type[Exception], ...]) -> set[str]:
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        kind = waiting.pop()
        found.add(kind.__name__)
        waiting.extend(kind.__subclasses__())
    return found
