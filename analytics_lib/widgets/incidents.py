"""What went wrong, kept for the operator under a number that the reader can tell."""

from __future__ import annotations

import logging
import os
import secrets
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from analytics_lib.errors import AnalyticsError, ArgumentError, PrivacyError

LOG_VARIABLE: Final = "ANALYTICS_INCIDENT_LOG"
"""Environment variable with the file that incidents are appended to; the dashboard server sets it."""

_FOR_READERS: Final = (ArgumentError, PrivacyError)
"""Errors about what a reader asked for; others may tell paths and settings."""

_logger = logging.getLogger("analytics_lib.incidents")


def is_for_readers(error_name: str) -> bool:
    """Tell by its class name whether an error's words are meant for whoever asked.

    Examples
    --------
    >>> is_for_readers("UnknownEventError"), is_for_readers("WorkspaceError"), is_for_readers("KeyError")
    (True, False, False)
    """
    return error_name in {kind.__name__ for root in _FOR_READERS for kind in _family(root)}


def _family(kind: type[AnalyticsError]) -> Iterator[type[AnalyticsError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _family(child)


def record_incident(problem: BaseException | str, *, where: str) -> str:
    """Keep a problem with its trace and give its id, such as ``1a2b3c4d``.

    The trace goes to the log and, where ``ANALYTICS_INCIDENT_LOG`` names a file, to that file. A page
    shows the id only: a trace holds paths, code and perhaps data.

    Parameters
    ----------
    problem
        The exception, or the text of a trace that came from elsewhere.
    where
        What was being done, for the operator.
    """
    incident = secrets.token_hex(4)
    trace = problem if isinstance(problem, str) else "".join(traceback.format_exception(problem))
    _logger.error("incident %s in %s\n%s", incident, where, trace)
    named = os.environ.get(LOG_VARIABLE)
    if named:
        _append(Path(named), f"{datetime.now(UTC).isoformat()} incident {incident} in {where}\n{trace}\n")
    return incident


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8") as log:
            log.write(text)
    except OSError as problem:  # a full disk must not take the page down as well
        _logger.warning("the incident could not be written to %s: %s", path, problem)
