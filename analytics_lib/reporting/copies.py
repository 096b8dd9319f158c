"""Executed copies: read what really happened in one, and correct what Papermill wrote about it.

Papermill marks every cell ``completed`` and no exception when the kernel was killed or timed out, and
an exception when a notebook ends itself with ``sys.exit(0)``. The start times it writes are true, so the
last started cell is where a run ended.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analytics_lib.reporting.outcomes import Outcome
from analytics_lib.reporting.verdict import Failure, Verdict

MARK: Final = "papermill-error-cell-tag"
"""Papermill's tag for cells that tell of a failure; it drops them when the copy is run again."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What the cells of a copy show, whatever its metadata says."""

    complete: bool
    """Every code cell ran, in order, and none ended in an error."""
    failure: Failure | None
    """The first error output, or the cell in which the run stopped without one."""
    exit_value: str | None
    """What the notebook passed to ``sys.exit``; None when it did not call it."""


def read_copy(path: Path) -> dict[str, Any] | None:
    """Read a copy; None when it is not there or cut off."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return notebook if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list) else None


def audit(notebook: dict[str, Any]) -> Audit:
    """Look at every cell of an executed copy: order, counts, errors."""
    counts: list[int | None] = []
    number, heading = 0, ""
    for cell in notebook["cells"]:
        heading = _heading(cell) or heading
        if not _runs(cell):
            continue
        number += 1
        error = _error(cell)
        if error:
            name, message = str(error.get("ename", "")), str(error.get("evalue", ""))
            exit_value = message if name == "SystemExit" else None
            return Audit(complete=False, failure=Failure(name, message, number, heading), exit_value=exit_value)
        counts.append(cell.get("execution_count"))
    complete = counts == list(range(1, len(counts) + 1))
    return Audit(complete=complete, failure=None if complete else _stopped(notebook), exit_value=None)


def _stopped(notebook: dict[str, Any]) -> Failure:
    cell, heading = last_started(notebook)
    message = "the run stopped in this cell" if cell else "no cell was started"
    return Failure("RunStopped", message, cell, heading)


def last_started(notebook: dict[str, Any]) -> tuple[int | None, str]:
    """Give number and heading of the last code cell that was started; None when none was."""
    found: tuple[int | None, str] = (None, "")
    number, heading = 0, ""
    for cell in notebook["cells"]:
        heading = _heading(cell) or heading
        if _runs(cell):
            number += 1
            if _told(cell).get("start_time"):
                found = (number, heading)
    return found


def repair_copy(path: Path, verdict: Verdict) -> None:
    """Make a copy agree with the verdict: cell states, the notebook's own flag, a banner, our block.

    A copy that can't be read is left as it is: it is evidence.
    """
    notebook = read_copy(path)
    if notebook is None:
        return
    failed = verdict.outcome not in {Outcome.SUCCESS, Outcome.SKIPPED}
    _repair_cells(notebook, failed=failed)
    told = notebook.setdefault("metadata", {}).setdefault("papermill", {})
    told["exception"] = failed
    notebook["metadata"]["analytics"] = {
        "run_id": verdict.run_id,
        "report": verdict.report,
        "outcome": verdict.outcome.value,
        "reason": verdict.reason,
        "provenance": dict(verdict.provenance),
    }
    if failed:
        _mark_failure(notebook, verdict)
    else:
        notebook["cells"] = [cell for cell in notebook["cells"] if MARK not in _tags(cell)]
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh.replace(path)


def _repair_cells(notebook: dict[str, Any], *, failed: bool) -> None:
    started = [cell for cell in notebook["cells"] if _told(cell).get("start_time")]
    for cell in notebook["cells"]:
        told = _told(cell)
        if not told:
            continue
        if not told.get("start_time"):
            told["status"] = "pending"
        elif failed and cell is started[-1]:
            told.update(status="failed", exception=True)
        else:
            told.update(status="completed", exception=False)


def _mark_failure(notebook: dict[str, Any], verdict: Verdict) -> None:
    if any(MARK in _tags(cell) for cell in notebook["cells"]):
        return  # Papermill saw this one itself
    last = max((index for index, cell in enumerate(notebook["cells"]) if _told(cell).get("start_time")), default=0)
    anchor = '<span id="papermill-error-cell"></span>**The run ended here.**'
    banner = f"**This run did not finish: {verdict.outcome}.** {verdict.reason} [Go to the cell](#papermill-error-cell)"
    notebook["cells"].insert(last, _markdown(anchor))
    notebook["cells"].insert(0, _markdown(banner))


def _markdown(text: str) -> dict[str, Any]:
    import uuid

    return {"cell_type": "markdown", "id": uuid.uuid4().hex[:8], "metadata": {"tags": [MARK]}, "source": text}


def _runs(cell: dict[str, Any]) -> bool:
    if cell.get("cell_type") != "code" or not _source(cell).strip():
        return False
    return "skip-execution" not in _tags(cell)


def _error(cell: dict[str, Any]) -> dict[str, Any] | None:
    if "raises-exception" in _tags(cell):
        return None
    return next((output for output in cell.get("outputs", ()) if output.get("output_type") == "error"), None)


def _told(cell: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = cell.get("metadata", {}).get("papermill", {})
    return told


def _tags(cell: dict[str, Any]) -> list[str]:
    tags: list[str] = cell.get("metadata", {}).get("tags", [])
    return tags


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell.get("source", ""))


def _heading(cell: dict[str, Any]) -> str:
    if cell.get("cell_type") != "markdown" or MARK in _tags(cell):
        return ""
    lines = [line.strip() for line in _source(cell).splitlines() if line.startswith("#")]
    return lines[-1].lstrip("# ").strip() if lines else ""
