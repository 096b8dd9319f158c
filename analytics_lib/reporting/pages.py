"""From an executed notebook to what a page shows: title, cover, parameters, outputs that stay still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from analytics_lib.display import UNKNOWN
from analytics_lib.errors import AnalyticsError, ExportError
from analytics_lib.parameters.declarations import parse_parameters
from analytics_lib.parameters.kinds import Parameter
from analytics_lib.parameters.texts import to_text, wire_value
from analytics_lib.reporting.provenance import COVER, covers

WIDGET: Final = "application/vnd.jupyter.widget-view+json"
_LOADS_BOKEH: Final = "application/vnd.bokehjs_load.v0+json"
STILL: Final = ("text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg")
"""Forms of an output that show a picture or a table without a kernel, the best first."""

Notebook = dict[str, Any]
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words around the cells of a page."""

    title: str
    """The notebook's question; the page's only H1."""
    kicker: str = ""
    """Name of the report, above the title."""
    label: str = ""
    """Said on every page, for example that the data is made up."""
    facts: tuple[Fact, ...] = ()
    """Name and value of what the cover says: period, tenant, data."""
    parameters: tuple[tuple[str, str, str], ...] = ()
    """Name, value and help of each parameter."""
    run: tuple[Fact, ...] = ()
    """Name and value of what the run stands on."""

    @property
    def source(self) -> str:
        """One line for the foot of every page: where the numbers come from."""
        wanted = ("Data", "Run")
        return " · ".join(f"{name}: {value}" for name, value in (*self.facts, *self.run) if name in wanted)


def words_of(notebook: Notebook) -> PageWords:
    """Gather the words of a page; the title's line is taken out of its cell, so it is said once.

    The notebook is changed: hand a copy.
    """
    told = next(covers(notebook), {})
    ours = notebook.get("metadata", {}).get("analytics", {})
    return PageWords(
        title=_take_title(notebook) or str(told.get("report") or "Report"),
        kicker=str(told.get("report", "")),
        label=str(told.get("label", "")),
        facts=tuple((str(name), str(value)) for name, value in told.get("facts", ())),
        parameters=tuple(_parameters(notebook)),
        run=tuple(_run_facts(ours)),
    )


def _take_title(notebook: Notebook) -> str:
    for cell in notebook["cells"]:
        if cell["cell_type"] != "markdown":
            continue
        lines = "".join(cell["source"]).splitlines()
        title = next((line for line in lines if line.startswith("# ")), "")
        if title:
            lines.remove(title)
            cell["source"] = "\n".join(lines).strip()
            return title.removeprefix("# ").strip()
    return ""


def _parameters(notebook: Notebook) -> Iterator[tuple[str, str, str]]:
    given = notebook.get("metadata", {}).get("papermill", {}).get("parameters", {})
    declared = {parameter.name: parameter for parameter in _declared(notebook)}
    for name in [*declared, *(name for name in given if name not in declared)]:
        value = given[name] if name in given else wire_value(declared[name].default)
        yield name, to_text(value) or UNKNOWN, declared[name].help if name in declared else ""


def _declared(notebook: Notebook) -> tuple[Parameter, ...]:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and "parameters" in cell.get("metadata", {}).get("tags", []):
            try:
                return parse_parameters("".join(cell["source"]))
            except AnalyticsError:  # any notebook can be exported, also one without our contract
                return ()
    return ()


def _run_facts(ours: dict[str, Any]) -> Iterator[Fact]:
    told = ours.get("provenance", {})
    commit = str(told.get("commit", ""))[:12]
    changed = " with uncommitted changes" if told.get("uncommitted_changes") else ""
    facts = {
        "Run": ours.get("run_id"),
        "Whose data": _whose(told),
        "Library": f"analytics_lib {told['library']}" if "library" in told else None,
        "Code": f"commit {commit}{changed}" if commit else None,
        "Python": told.get("python"),
        "Environment": str(told.get("environment_sha256", ""))[:16],
        "Notebook": str(told.get("notebook_sha256", ""))[:16],
    }
    yield from ((name, str(value)) for name, value in facts.items() if value)


def _whose(told: dict[str, Any]) -> str | None:
    reason = f" ({told['tenant_reason']})" if "tenant_reason" in told else ""
    return f"{told['tenant_id']}{reason}" if "tenant_id" in told else None


def leave_out_unanswered(notebook: Notebook) -> None:
    """Leave out code tagged ``optional`` that ran and shows nothing, with the text that is about it.

    That is the text before it, and the text behind it that is tagged ``optional`` too. A part that was not asked
    for would else be a heading over nothing. The notebook is changed.
    """
    kept: list[dict[str, Any]] = []
    unanswered = False
    for cell in notebook["cells"]:
        optional = "optional" in _tags(cell)
        if cell["cell_type"] == "code":
            unanswered = optional and cell.get("execution_count") is not None and not cell.get("outputs")
            if unanswered and kept and kept[-1]["cell_type"] == "markdown":
                kept.pop()
        if not (unanswered and (optional or cell["cell_type"] == "code")):
            kept.append(cell)
    notebook["cells"] = kept


def keep_still_forms(notebook: Notebook) -> None:
    """Leave in every output only what a page without a kernel can show; the notebook is changed.

    Raises
    ------
    ExportError
        An output is a live object and nothing else: it would be blank on the page.
    """
    notebook.get("metadata", {}).pop("widgets", None)
    for number, cell in enumerate(notebook["cells"], 1):
        if cell["cell_type"] == "code" and not {"remove-cell", "remove-output"} & set(_tags(cell)):
            cell["outputs"] = [output for output in cell.get("outputs", ()) if _is_shown(output, number)]


def _tags(cell: dict[str, Any]) -> list[str]:
    tags: list[str] = cell.get("metadata", {}).get("tags", [])
    return tags


def _is_shown(output: dict[str, Any], number: int) -> bool:
    data = output.get("data")
    if data is None:
        return True
    if COVER in data or _LOADS_BOKEH in data:  # the cover is at the top; BokehJS is in the page once
        return False
    if WIDGET in data:
        if not any(form in data for form in STILL):
            fact = f"cell {number} shows a live widget that has no static form; it would be blank on the page"
            raise ExportError(fact, "Show a result or a chart of this library, or tag the cell remove-output.")
        del data[WIDGET]
    return True


def figures_in_outputs(notebook: Notebook) -> int:
    """Count the charts and pictures that the outputs of a notebook show."""
    return sum(
        _figures(output["data"])
        for cell in notebook["cells"]
        if not {"remove-cell", "remove-output"} & set(_tags(cell))
        for output in cell.get("outputs", ())
        if "data" in output
    )


def _figures(data: dict[str, Any]) -> int:
    shown = next((form for form in STILL if form in data), "")
    if shown == "text/html":
        return "".join(data[shown]).count('class="analytics-chart"')
    return int(shown.startswith("image/"))
