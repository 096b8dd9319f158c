"""Files of numbers, read back by other programs."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from analytics_lib.errors import ExportError
from analytics_lib.reporting.frames import write_frame

FRAME = pd.DataFrame(
    {
        "time": pd.to_datetime(["2024-05-01", "2024-05-02"], utc=True).astype("datetime64[us, UTC]"),
        "country": ["GB", 'say "hi", Köln'],
        "users": pd.array([12, None], dtype="Int64"),
        "step_rate": [0.5, float("nan")],
    }
)


def test_csv_is_read_back_by_the_standard_reader_with_unknown_empty(tmp_path: Path) -> None:
    path = write_frame(FRAME, tmp_path / "Käse & Co.csv")

    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert path.name == "kase-co.csv"
    assert rows == [
        {"time": "2024-05-01T00:00:00+00:00", "country": "GB", "users": "12", "step_rate": "0.5"},
        {"time": "2024-05-02T00:00:00+00:00", "country": 'say "hi", Köln', "users": "", "step_rate": ""},
    ]


def test_json_has_null_for_unknown_and_no_not_a_number(tmp_path: Path) -> None:
    text = write_frame(FRAME, tmp_path / "t.json").read_text(encoding="utf-8")

    assert json.loads(text)[1] == {
        "time": "2024-05-02T00:00:00+00:00",
        "country": 'say "hi", Köln',
        "users": None,
        "step_rate": None,
    }
    assert "NaN" not in text


def test_parquet_keeps_types_and_zone(tmp_path: Path) -> None:
    table = pq.read_table(write_frame(FRAME, tmp_path / "t.parquet"))

    assert str(table.schema.field("time").type) == "timestamp[us, tz=UTC]"
    assert table["users"].to_pylist() == [12, None]


def test_excel_opens_with_a_sheet_for_the_table(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_frame(FRAME, tmp_path / "weekly users.xlsx"))

    assert book.sheetnames == ["Summary", "Weekly users"]
    assert [cell.value for cell in book["Weekly users"][1]] == ["time", "country", "users", "step_rate"]


@pytest.mark.parametrize("name", ["t.docx", "t", "t.xls"])
def test_an_unknown_suffix_lists_the_formats_and_writes_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match=r"Unsupported export format: .* Formats: \.csv, \.json, \.parquet, \.xlsx\."):
        write_frame(FRAME, tmp_path / name)

    assert list(tmp_path.iterdir()) == []
