"""Our export formats, as `jupyter nbconvert` and JupyterLab find them, in a real browser and on paper."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from pypdf import PdfReader

from analytics_lib.charts.heatmaps import draw_heatmap
from analytics_lib.charts.lines import draw_lines
from analytics_lib.errors import ExportError
from analytics_lib.reporting.browser import find_browser, in_own_thread, open_page
from analytics_lib.reporting.exporters import AnalyticsHTMLExporter, AnalyticsPDFExporter
from analytics_lib.reporting.provenance import COVER
from tests.reporting.trial import code, markdown, notebook, shown

COVER_DATA = {"report": "Weekly overview", "label": "Synthetic data", "facts": [["Tenant", "shop"]]}


def chart_html() -> str:
    frame = pd.DataFrame({"time": pd.date_range("2024-05-13", periods=9, tz="UTC"), "users": range(9)})
    return f'<div class="analytics-result">{draw_lines(frame, x="time", y="users", title="Users").to_html(static=True)}'


def executed(*more: dict[str, Any]) -> Any:
    table = (
        "<table><thead><tr><th>day</th><th>users</th></tr></thead><tbody><tr><td>Monday</td><td>12</td></tr></tbody>"
    )
    cells = notebook(
        markdown("# What changed?\n\nAn introduction."),
        code("import secret_of_the_author"),
        code("n: int = 1  # how many", "parameters"),
        code("n = 5", "injected-parameters"),
        code("cover()", outputs=[shown("", **{COVER: COVER_DATA})]),
        markdown("## Users per day"),
        code("chart", outputs=[shown(f"{chart_html()}{table}</table></div>")]),
        code("gone", "remove-cell", outputs=[shown("<p>not for readers</p>")]),
        *more,
    )
    cells["metadata"]["papermill"] = {"parameters": {"n": 5}}
    return nbformat.from_dict(cells)


def html_of(book: Any) -> str:
    page, _ = AnalyticsHTMLExporter().from_notebook_node(book)
    return str(page)


def test_both_formats_are_registered_with_nbconvert() -> None:
    from nbconvert.exporters import get_export_names, get_exporter

    names = {entry.name: entry.value for entry in entry_points(group="nbconvert.exporters")}

    assert names["analytics_html"] == "analytics_lib.reporting.exporters:AnalyticsHTMLExporter"
    assert get_exporter("analytics_pdf") is AnalyticsPDFExporter
    assert {"analytics_html", "analytics_pdf"} <= set(get_export_names())
    assert AnalyticsPDFExporter().output_mimetype == "application/pdf"
    assert AnalyticsHTMLExporter.export_from_notebook, "JupyterLab lists formats by this name"


def test_a_page_has_title_cover_parameters_and_results_but_no_code() -> None:
    page = html_of(executed())

    assert page.count("<h1>") == 1
    assert "<h1>What changed?</h1>" in page
    assert '<html lang="en">' in page
    assert "<title>Weekly overview – What changed?</title>" in page
    assert '<p class="label" role="note">Synthetic data</p>' in page
    assert '<a href="#users-per-day">Users per day</a>' in page
    assert '<th scope="row">n</th><td>5</td><td>how many</td>' in page
    for hidden in ("secret_of_the_author", "injected", "not for readers"):
        assert hidden not in page


def test_code_is_shown_on_request() -> None:
    from traitlets.config import Config

    exporter = AnalyticsHTMLExporter(config=Config(AnalyticsHTMLExporter={"exclude_input": False}))

    assert "secret_of_the_author" in exporter.from_notebook_node(executed())[0]


@pytest.mark.browser
def test_in_a_browser_the_page_draws_itself_and_asks_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(html_of(executed()))

    def task() -> tuple[list[str], list[str], int, bool]:
        problems: list[str] = []
        asked: list[str] = []
        with open_page(find_browser(), width=360, height=800) as (page, refused):
            page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda problem: problems.append(str(problem)))
            page.on("request", lambda request: asked.append(request.url))
            page.goto(path.as_uri())
            page.wait_for_function("window.Bokeh && Bokeh.documents.length == 1 && Bokeh.documents[0].is_idle")
            lines = page.evaluate(
                "(() => { const all = root => [...root.querySelectorAll('*')].flatMap(e => e.shadowRoot ?"
                " [e, ...all(e.shadowRoot)] : [e]); return all(document).filter(e => e.localName == 'path').length })()"
            )
            narrow = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        return problems, [*refused, *(url for url in asked if not url.startswith(("file:", "data:")))], lines, narrow

    problems, outside, lines, narrow = in_own_thread(task)

    assert problems == []
    assert outside == []
    assert lines > 5
    assert narrow, "no sideways scroll at 360 px"


@pytest.mark.browser
def test_on_a_phone_a_wide_picture_scrolls_by_itself_and_long_code_breaks(tmp_path: Path) -> None:
    cells = pd.DataFrame({"period": range(12), "cohort": "May", "users": range(1_000_000, 1_000_012)})
    wide = draw_heatmap(cells, x="period", y="cohort", value="users", title="Users").to_html(static=True)
    words = markdown(f"The function `{'save_cohort' * 9}` keeps them.")
    path = tmp_path / "page.html"
    path.write_text(html_of(executed(code("wide", outputs=[shown(wide)]), words)))

    def task() -> tuple[bool, bool]:
        with open_page(find_browser(), width=360, height=800) as (page, _):
            page.goto(path.as_uri())
            page.wait_for_function("window.Bokeh && Bokeh.documents.length == 2")
            page.wait_for_timeout(500)
            narrow = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            scrolls = page.evaluate("[...document.querySelectorAll('figure')].some(e => e.scrollWidth > e.clientWidth)")
        return bool(narrow), bool(scrolls)

    assert in_own_thread(task) == (True, True)


@pytest.mark.browser
def test_on_paper_the_label_is_on_every_page_and_nothing_is_cut(tmp_path: Path) -> None:
    wide = "<table><thead><tr>" + "".join(f"<th>column_{n}</th>" for n in range(16)) + "</tr></thead><tbody><tr>"
    wide += "".join(f"<td>value {n}</td>" for n in range(16)) + "</tr></tbody></table>"
    long = "<table><tbody>" + "".join(f"<tr><td>row {n}</td></tr>" for n in range(60)) + "</tbody></table>"
    book = executed(markdown("## Wide"), code("w", outputs=[shown(wide)]), code("l", outputs=[shown(long)]))

    content, resources = AnalyticsPDFExporter().from_notebook_node(book)

    reader = PdfReader(io.BytesIO(content))
    texts = [page.extract_text() for page in reader.pages]
    assert resources["output_extension"] == ".pdf"
    assert len(texts) >= 2
    for number, text in enumerate(texts, 1):
        assert "Synthetic data" in text
        assert f"page {number} / {len(texts)}" in text
    whole = "\n".join(texts).replace("\n", "")
    assert "value 15" in whole or "value15" in whole
    assert "row 59" in whole, "a folded table is open on paper"
    assert "About this run" in [entry.title for entry in _flat(reader.outline)]


def _flat(outline: list[Any]) -> list[Any]:
    return [one for entry in outline for one in (_flat(entry) if isinstance(entry, list) else [entry])]


def test_a_picture_from_outside_is_refused_with_its_address() -> None:
    with pytest.raises(ExportError, match="https://example.org/a.png"):
        html_of(executed(markdown("![map](https://example.org/a.png)")))


def test_a_notebook_of_anybody_can_be_exported(tmp_path: Path) -> None:
    book = nbformat.from_dict(
        notebook(
            markdown("Only words, and a formula $x^2$."),
            code("print(1)", outputs=[{"output_type": "stream", "name": "stdout", "text": "hello <world>"}]),
            code("1/0", outputs=[{"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["Trace <b>"]}]),
        )
    )

    page = html_of(book)

    assert "<h1>Report</h1>" in page
    assert "hello &lt;world&gt;" in page
    assert "Trace &lt;b&gt;" in page
    assert json.dumps("Bokeh") not in page, "no drawing script where nothing is drawn"


def test_a_notebook_is_run_first_where_that_is_asked(tmp_path: Path) -> None:
    book = nbformat.from_dict(notebook(code("n = 6", "parameters"), code("print(7 * n)")))
    exporter = AnalyticsHTMLExporter(config={"ExecutePreprocessor": {"enabled": True}})

    page, _ = exporter.from_notebook_node(book, {"metadata": {"path": str(tmp_path)}})

    assert ">42" in page.replace("\n", "")
    assert "n = 6" not in page


def test_a_plain_page_of_an_executed_notebook_draws_its_charts_without_a_network(tmp_path: Path) -> None:
    """``jupyter nbconvert --to html --execute``: not our format, and yet no blank chart."""
    source = (
        "import pandas as pd\nfrom analytics_lib import funnel\n"
        "times = pd.to_datetime(['2024-05-01', '2024-05-02', '2024-05-01'])\n"
        "events = pd.DataFrame({'user_id': ['a', 'a', 'b'], 'event': ['x', 'y', 'x'], 'event_time': times})\n"
        "number = funnel(events, ['x', 'y'])\n"
    )
    cells = [code(f"{source}number"), code("number.plot()")]
    nbformat.write(nbformat.from_dict(notebook(*cells)), tmp_path / "page.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", str(tmp_path / "page.ipynb")]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PATH": path})

    def task() -> int:
        with open_page(find_browser(), width=900, height=800) as (page, _):
            page.goto((tmp_path / "page.html").as_uri())
            page.wait_for_function("() => window.Bokeh && Bokeh.documents.length === 2", timeout=60_000)
            page.wait_for_timeout(500)
            drawn: int = page.evaluate(
                "() => [...document.querySelectorAll('.bk-Figure')]"
                ".filter(figure => figure.shadowRoot.querySelector('.bk-Canvas, canvas, svg')).length"
            )
            page.screenshot(path=str(tmp_path / "page.png"), full_page=True)
            return drawn

    assert in_own_thread(task) == 2
