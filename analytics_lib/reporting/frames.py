"""Number tables as files: CSV, JSON, Parquet and Excel, readable by others without surprises."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pandas as pd
from slugify import slugify

from analytics_lib.errors import ExportError
from analytics_lib.reporting.tables import PublishedFrame, published, rows_of
from analytics_lib.results import Result


def write_frame(data: Result | pd.DataFrame, path: Path | str) -> Path:
    """Write a result or frame to a file; the suffix says how. The file name is made safe.

    Times are ISO text in UTC (Excel: UTC without a zone, which Excel can't hold), unknown is empty or
    null, never 0. Text is never turned into a formula.

    Parameters
    ----------
    data
        A result of an analysis, or a pandas frame.
    path
        Where to; ``.csv``, ``.json``, ``.parquet`` or ``.xlsx``.

    Returns
    -------
    Path
        The file that was written: same folder, slugged name.

    Raises
    ------
    ExportError
        The suffix names no format.
    """
    wanted = Path(path)
    writer = _WRITERS.get(wanted.suffix.lower())
    if writer is None:
        raise ExportError(
            f"Unsupported export format: {wanted.suffix or wanted.name!r}", f"Formats: {', '.join(_WRITERS)}."
        )
    target = wanted.with_name(f"{slugify(wanted.stem) or 'table'}{wanted.suffix.lower()}")
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    writer(published(data, wanted.stem), fresh)
    fresh.replace(target)  # a reader never sees half a file
    return target


def _write_csv(table: PublishedFrame, path: Path) -> None:
    pd.DataFrame(rows_of(table.frame), columns=list(table.frame.columns), dtype=object).to_csv(
        path, index=False, encoding="utf-8", lineterminator="\r\n"
    )


def _write_json(table: PublishedFrame, path: Path) -> None:
    path.write_text(json.dumps(rows_of(table.frame), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_parquet(table: PublishedFrame, path: Path) -> None:
    table.frame.to_parquet(path, index=False)


def _write_xlsx(table: PublishedFrame, path: Path) -> None:
    from analytics_lib.reporting.workbooks import write_workbook

    write_workbook([table], path, title=table.title)


_WRITERS: Final[Mapping[str, Callable[[PublishedFrame, Path], None]]] = {
    ".csv": _write_csv,
    ".json": _write_json,
    ".parquet": _write_parquet,
    ".xlsx": _write_xlsx,
}
