"""The formats of a finished run that need no browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analytics_lib.errors import ExportError
from analytics_lib.reporting.exports import write_export
from tests.reporting.trial import code, markdown, notebook, shown


def test_a_page_is_written_whole_from_the_executed_copy(tmp_path: Path) -> None:
    (tmp_path / "executed.ipynb").write_text(
        json.dumps(notebook(markdown("# Why?"), code("1", outputs=[shown("<p>42</p>")])))
    )

    [path] = write_export(tmp_path, "html", stem="trial-1", title="Trial")

    assert path.name == "trial-1.html"
    assert "<p>42</p>" in path.read_text()


@pytest.mark.parametrize("name", ["xlsx", "csv", "json", "parquet"])
def test_a_report_that_published_no_table_can_not_be_one(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match=r"published no table. Hand its results to publish\(\)"):
        write_export(tmp_path, name, stem="trial-1", title="Trial")


def test_a_page_that_can_not_be_made_leaves_no_file(tmp_path: Path) -> None:
    live = {"output_type": "display_data", "metadata": {}, "data": {
        "application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "IntSlider()",
    }}  # fmt: skip
    (tmp_path / "executed.ipynb").write_text(json.dumps(notebook(code("1", outputs=[live]))))

    with pytest.raises(ExportError, match="a live widget that has no static form"):
        write_export(tmp_path, "html", stem="trial-1", title="Trial")

    assert [path.name for path in tmp_path.iterdir()] == ["executed.ipynb"]
