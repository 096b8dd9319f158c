"""Runs the cells of a served notebook; a reader of a failed one sees a reference, never a trace."""

from __future__ import annotations

from html import escape
from typing import Any

from nbformat import from_dict
from voila.execute import VoilaExecutor

from analytics_lib.widgets.incidents import record_incident


class PageExecutor(VoilaExecutor):  # type: ignore[misc]
    """The stock executor with our words for what went wrong."""

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
        trace = "\n".join([f"{output['ename']}: {output['evalue']}", *output["traceback"]])
        return problem_output("Part of this page could not be made", record_incident(trace, where="a dashboard page"))


def problem_output(fact: str, incident: str) -> dict[str, Any]:
    """Give the cell output that tells a reader about an incident."""
    words = f"{escape(fact)} (ref <code>{incident}</code>). The operator finds the reason under this number."
    html = f'<div class="analytics-problem" role="alert"><p>{words}</p></div>'
    text = f"{fact} (ref {incident})."
    data = {"text/html": html, "text/plain": text}
    output: dict[str, Any] = from_dict(  # type: ignore[no-untyped-call]
        {"output_type": "display_data", "data": data, "metadata": {}}
    )
    return output
