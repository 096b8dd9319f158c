"""Workbooks that Excel opens without a question and a reader understands."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd

from analytics_lib.reporting.tables import PublishedFrame
from analytics_lib.reporting.workbooks import write_workbook


def table(name: str, frame: pd.DataFrame) -> PublishedFrame:
    return PublishedFrame(name, "What it shows", frame, "How it is counted.", ("A note.",), "Data: events@12.")


def test_rates_moments_and_text_have_the_right_type(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "time": pd.to_datetime(["2024-05-01T08:30:00Z"]),
            "step_rate": [0.5],
            "users": pd.array([None], dtype="Int64"),
            "label": ["=1+1"],
            "text": ["bell \x07 rings"],
        }
    )

    write_workbook([table("payment-funnel", frame)], tmp_path / "t.xlsx", title="Trial")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Payment funnel"]

    assert [cell.value for cell in sheet[2]] == [datetime(2024, 5, 1, 8, 30), 0.5, None, "=1+1", "bell � rings"]  # noqa: DTZ001
    assert sheet["B2"].number_format == "0.0%"
    assert sheet["D2"].data_type == "s", "a text is never a formula"
    assert sheet.freeze_panes == "A2"


def test_the_summary_explains_every_sheet_and_says_who_made_it(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": range(3)})

    write_workbook([table("users", frame)], tmp_path / "t.xlsx", title="Weekly overview")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    words = [cell.value for row in book["Summary"] for cell in row if cell.value]

    assert words[:2] == ["Weekly overview", "Moments are UTC."]
    assert {"Users", "What it shows", "3", "How it is counted.", "A note.", "Data: events@12."} <= set(words)
    assert book.properties.creator.startswith("analytics_lib ")


def test_sheet_names_are_short_legal_and_unique(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": [1]})
    names = ["a" * 50, "a" * 50, "summary", "b/c:d?[e]", "Users", "users"]

    write_workbook([table(name, frame) for name in names], tmp_path / "t.xlsx", title="Trial")
    made = openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames

    assert len({name.lower() for name in made}) == 7
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in made)
