"""Number tables on their way out of a report: a frame and the words that say what it means."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from slugify import slugify

from analytics_lib.results import Result


@dataclass(frozen=True, slots=True)
class PublishedFrame:
    """One table that left a report, with the words that say what it means."""

    name: str
    """Name the report gave it; a slug."""
    title: str
    frame: pd.DataFrame
    definition: str = ""
    notes: tuple[str, ...] = ()
    provenance: str = ""


def published(data: Result | pd.DataFrame, name: str) -> PublishedFrame:
    """Give a result or a plain frame as a table that can leave, under a name that is safe in a path.

    Examples
    --------
    >>> published(pd.DataFrame({"users": [3]}), "Söhne & Töchter/2024").name
    'sohne-tochter-2024'
    """
    slug = slugify(name) or "table"
    if isinstance(data, Result):
        return PublishedFrame(
            slug, data.title, data.to_frame(), data.definition, tuple(data.notes), str(data.provenance)
        )
    return PublishedFrame(slug, name, data.copy())


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows as plain values: ISO times, None for unknown; fit for JSON.

    Examples
    --------
    >>> rows_of(pd.DataFrame({"users": pd.array([1, None], dtype="Int64"), "rate": [0.5, float("nan")]}))
    [{'users': 1, 'rate': 0.5}, {'users': None, 'rate': None}]
    """
    return [{str(name): _plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if value is None or pd.isna(value) or value in (float("inf"), float("-inf")):
        return None
    if isinstance(value, pd.Timedelta):
        return value.total_seconds()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def keep_frame(table: PublishedFrame, folder: Path) -> None:
    """Keep a published table in a run's folder, for the formats that are written after the run."""
    folder.mkdir(parents=True, exist_ok=True)
    number = len(list(folder.glob("*.json"))) + 1
    told = {
        "name": table.name,
        "title": table.title,
        "definition": table.definition,
        "notes": list(table.notes),
        "provenance": table.provenance,
    }
    stem = f"{number:02d}-{table.name}"
    table.frame.to_parquet(folder / f"{stem}.parquet", index=False)
    (folder / f"{stem}.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def kept_frames(folder: Path) -> list[PublishedFrame]:
    """Give the tables a run kept, in the order of the report."""
    found = []
    for path in sorted(folder.glob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        frame = pd.read_parquet(path.with_suffix(".parquet"))
        found.append(PublishedFrame(frame=frame, **{**told, "notes": tuple(told["notes"])}))
    return found
