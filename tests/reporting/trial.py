"""Tiny reports to run: a folder with a notebook and a report.toml, made of a few lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analytics_lib.reporting.definition import ReportDefinition, read_definition

METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
}


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": f"m{abs(hash(text)) % 10**8}", "metadata": {}, "source": text}


def code(source: str, *tags: str, outputs: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    metadata = {"tags": list(tags)} if tags else {}
    return {
        "cell_type": "code", "id": f"c{abs(hash(source)) % 10**8}", "metadata": metadata, "source": source,
        "outputs": outputs or [], "execution_count": None,
    }  # fmt: skip


def shown(html: str, **more: Any) -> dict[str, Any]:
    """Give the output of a cell that shows some HTML."""
    data = {"text/html": html, "text/plain": "text form", **more}
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": dict(METADATA), "nbformat": 4, "nbformat_minor": 5}


def make_report(
    root: Path, *cells: dict[str, Any], name: str = "trial", toml: str = 'title = "Trial"\n'
) -> ReportDefinition:
    """Write a report of these cells below `root` and read it."""
    folder = root / "reports" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.ipynb").write_text(json.dumps(notebook(*cells)))
    (folder / "report.toml").write_text(toml)
    return read_definition(folder)
