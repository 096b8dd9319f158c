"""The files of a finished run: pages from the executed copy, tables from the frames it published."""

from __future__ import annotations

import json
from pathlib import Path

from analytics_lib.errors import ExportError
from analytics_lib.reporting.execution import COPY
from analytics_lib.reporting.frames import write_frame
from analytics_lib.reporting.tables import PublishedFrame, kept_frames, rows_of

FRAMES = "frames"
"""Folder in a run's folder that keeps the published tables."""


def write_export(folder: Path, format_name: str, *, stem: str, title: str, browser: str | None = None) -> list[Path]:
    """Write one format of a finished run into its folder.

    Parameters
    ----------
    folder
        The run's folder with the executed copy and the published tables.
    format_name
        ``html``, ``pdf``, ``xlsx``, ``json`` (one file), ``csv`` or ``parquet`` (one file per table).
    stem
        File name without suffix.
    title
        Title of a workbook.
    browser
        Program that prints PDF; None = the one that is found.

    Raises
    ------
    ExportError
        The file can't be made or proven complete; none is left then.
    BrowserError
        A PDF is asked for and there is no browser.
    """
    if format_name in {"html", "pdf"}:
        return [_write_page(folder / COPY, format_name, folder / f"{stem}.{format_name}", browser)]
    tables = kept_frames(folder / FRAMES)
    if not tables:
        raise ExportError("the report published no table", "Hand its results to publish() in the notebook.")
    if format_name == "xlsx":
        return [_write_workbook(tables, folder / f"{stem}.xlsx", title)]
    if format_name == "json":
        return [_write_tables_json(tables, folder / f"{stem}.json", title)]
    return [write_frame(table.frame, folder / f"{stem}-{table.name}.{format_name}") for table in tables]


def _write_page(copy: Path, format_name: str, target: Path, browser: str | None) -> Path:
    from analytics_lib.reporting.exporters import AnalyticsHTMLExporter, AnalyticsPDFExporter

    kind = AnalyticsPDFExporter if format_name == "pdf" else AnalyticsHTMLExporter
    exporter = kind(browser=browser or "")  # type: ignore[no-untyped-call]  # nbconvert is untyped
    content, _ = exporter.from_filename(str(copy))
    fresh = target.with_name(f".{target.name}.new")
    fresh.write_bytes(content if isinstance(content, bytes) else content.encode())
    fresh.replace(target)
    return target


def _write_workbook(tables: list[PublishedFrame], target: Path, title: str) -> Path:
    from analytics_lib.reporting.workbooks import write_workbook

    write_workbook(tables, target, title=title)
    return target


def _write_tables_json(tables: list[PublishedFrame], target: Path, title: str) -> Path:
    told = {
        table.name: {
            "title": table.title,
            "definition": table.definition,
            "notes": list(table.notes),
            "provenance": table.provenance,
            "rows": rows_of(table.frame),
        }
        for table in tables
    }
    text = json.dumps({"title": title, "tables": told}, ensure_ascii=False, indent=1)
    target.write_text(text + "\n", encoding="utf-8")
    return target
