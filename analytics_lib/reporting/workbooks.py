"""Excel workbooks of a report: a summary sheet, then one sheet per table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from analytics_lib.reporting.tables import PublishedFrame
from analytics_lib.results import library_version

_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
_FORMATS: Final = {"_rate": "0.0%", "_seconds": "#,##0", "_ms": "#,##0.0"}
_WIDEST: Final = 60
MOST_ROWS: Final = 1_048_575
"""Data rows that one Excel sheet holds below its header."""


def write_workbook(tables: Sequence[PublishedFrame], path: Path, *, title: str) -> None:
    """Write tables as one ``.xlsx``: sheet Summary with definitions and notes, then a sheet for each table.

    Moments are UTC without a zone (Excel has none), rates carry a percent format, text that begins with
    ``=`` stays text. Tables longer than a sheet are cut, and the summary says so.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = f"analytics_lib {library_version()}"
    book.properties.title = title
    names = _sheet_names(tables)
    summary = book.active
    summary.title = "Summary"
    _fill_summary(summary, tables, names, title)
    for table, name in zip(tables, names, strict=True):
        _fill_sheet(book.create_sheet(name), table.frame)
    book.save(path)


def _sheet_names(tables: Sequence[PublishedFrame]) -> list[str]:
    names: list[str] = []
    for table in tables:
        base = _FORBIDDEN.sub(" ", table.name.replace("-", " ")).strip().capitalize()[:28] or "Table"
        name, number = base, 2
        while name.lower() in {taken.lower() for taken in [*names, "summary"]}:
            name, number = f"{base} {number}", number + 1
        names.append(name)
    return names


def _fill_summary(sheet: Any, tables: Sequence[PublishedFrame], names: Sequence[str], title: str) -> None:
    from openpyxl.styles import Alignment, Font

    rows: list[tuple[str, ...]] = [(title,), ("Moments are UTC.",), (), ("Sheet", "What it shows", "Rows")]
    for table, name in zip(tables, names, strict=True):
        cut = f" (only the first {MOST_ROWS:,} are in the sheet)" if len(table.frame) > MOST_ROWS else ""
        rows.append((name, table.title, f"{len(table.frame):,}{cut}"))
        rows.extend(("", line) for line in (table.definition, *table.notes, table.provenance) if line)
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            _put(sheet.cell(number, column), text)
    sheet["A1"].font = Font(bold=True, size=16)
    for cell in sheet[4]:
        cell.font = Font(bold=True)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 110
    for (cell,) in sheet["B5:B1000"]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _fill_sheet(sheet: Any, frame: pd.DataFrame) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for column, name in enumerate(frame.columns, 1):
        head = sheet.cell(1, column)
        _put(head, str(name))
        head.font = Font(bold=True)
        ending = next((ending for ending in _FORMATS if str(name).endswith(ending)), "")
        widest = len(str(name))
        for row, value in enumerate(frame[name].head(MOST_ROWS), 2):
            cell = sheet.cell(row, column)
            _put(cell, _excel_value(value))
            if ending:
                cell.number_format = _FORMATS[ending]
            widest = max(widest, len(str(cell.value or "")))
        sheet.column_dimensions[get_column_letter(column)].width = min(widest + 3, _WIDEST)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _put(cell: Any, value: Any) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    text = isinstance(value, str)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("�", value) if text else value
    if text:
        cell.data_type = "s"  # a text that looks like a formula must not become one


def _excel_value(value: Any) -> Any:
    if isinstance(value, list | tuple | dict):
        return str(value)
    if value is None or pd.isna(value) or value in (float("inf"), float("-inf")):
        return None
    if isinstance(value, pd.Timestamp):
        moment = value if value.tz is None else value.tz_convert("UTC").tz_localize(None)
        return moment.to_pydatetime(warn=False)
    return value.item() if hasattr(value, "item") else value
