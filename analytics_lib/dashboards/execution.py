"""Runs the cells of a served notebook; a reader of a failed one sees a reference, never a trace."""

from __future__ import annotations

from html import escape
from typing import Any, Final

from nbformat import from_dict
from voila.execute import VoilaExecutor

from analytics_lib.widgets.incidents import is_for_readers, record_incident

WAITING: Final = ("visitor_choices(", "visitor_name(", "wait_for_request(")
"""Calls that return only when somebody has come."""


class PageExecutor(VoilaExecutor):  # type: ignore[misc]
    """The stock executor with our words for what went wrong, and patience where a page waits for its visitor."""

    def _get_timeout(self, cell: Any) -> int | None:
        """Give no limit to the cell in which a kept kernel waits; that may be days."""
        waits = any(name in cell["source"] for name in WAITING)
        limit: int | None = None if waits else super()._get_timeout(cell)
        return limit

    def strip_code_cell_errors(self, cell: Any) -> Any:
        """Keep the trace for the operator and show the reader where to point."""
        if cell["cell_type"] == "code":
            cell["outputs"] = [self._told(output) for output in cell["outputs"]]
        return cell

    def show_code_cell_timeout(self, cell: Any) -> None:
        """Say that a step took too long."""
        incident = record_incident("a cell timed out", where="a dashboard page")
        cell["outputs"] = [problem_output("This page took too long", incident)]

    def _told(self, output: Any) -> Any:
        if output["output_type"] != "error":
            return output
        if is_for_readers(output["ename"]):
            return told_output(escape(output["evalue"]))
        trace = "\n".join([f"{output['ename']}: {output['evalue']}", *output["traceback"]])
        return problem_output("Part of this page could not be made", record_incident(trace, where="a dashboard page"))


def problem_output(fact: str, incident: str) -> dict[str, Any]:
    """Give the cell output that tells a reader about an incident."""
    words = f"{escape(fact)} (ref <code>{incident}</code>). The operator finds the reason under this number."
    return told_output(words)


def told_output(words: str) -> dict[str, Any]:
    """Give the cell output that shows some words, already HTML, as a problem."""
    html = f'<div class="analytics-problem" role="alert"><p>{words}</p></div>'
    data = {"text/html": html, "text/plain": "This page could not be shown completely."}
    output: dict[str, Any] = from_dict(  # type: ignore[no-untyped-call]
        {"output_type": "display_data", "data": data, "metadata": {}}
    )
    return output
