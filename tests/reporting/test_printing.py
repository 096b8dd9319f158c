"""Pages on paper, read back; and figures that are not there, seeded one by one."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from pypdf import PdfReader

from analytics_lib.charts.bokehjs import bokehjs
from analytics_lib.charts.lines import draw_lines
from analytics_lib.errors import ExportError
from analytics_lib.reporting.printing import PageLines, print_pdf

pytestmark = pytest.mark.browser
LINES = PageLines("Weekly <overview>", "Synthetic data", "Data: events@12")


def page(body: str, *, script: str = "") -> str:
    return (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>Trial</title>"
        f"<script>{script}</script></head>"
        f"<body><h1>Why?</h1><nav class='contents'><ol><li><a href='#b'>Second  page</a><span class='page'></span></li>"
        f"</ol></nav>{body}</body></html>"
    )


def chart() -> str:
    frame = pd.DataFrame({"time": pd.date_range("2024-05-13", periods=9, tz="UTC"), "users": range(9)})
    html = draw_lines(frame, x="time", y="users", title="Users").to_html(static=True)
    return html.replace("<figure ", "<figure data-figure='figure 1 (“Users”)' ", 1)


def test_paper_has_header_page_numbers_bookmarks_contents_and_a4() -> None:
    body = f"{chart()}<h2 id='b' style='break-before:page'>Second page</h2><p>Zwölf Größen</p>"

    reader = PdfReader(io.BytesIO(print_pdf(page(body, script=bokehjs()), figures=["figure 1 (“Users”)"], lines=LINES)))

    texts = [one.extract_text() for one in reader.pages]
    assert len(texts) == 2
    for number, text in enumerate(texts, 1):
        assert f"page {number} / 2" in text
        assert "Weekly <overview>" in text
        assert "Synthetic data" in text
        assert "Data: events@12" in text
    assert "Second page" in texts[0].replace("\n", " ")
    assert texts[0].replace("\n", " ").split("Second page")[1].strip().startswith("2"), "contents name the page"
    assert "Zwölf Größen" in texts[1]
    assert "15 May" in texts[0], "the chart is drawn as vectors: its axis can be searched"
    titles = [entry.title for entry in reader.outline[0:1]] + [entry.title for entry in reader.outline[1]]
    assert titles == ["Why?", "Second page"]
    assert [round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]] == [210, 297]
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"], "tagged for screen readers"
    assert reader.metadata is not None
    assert reader.metadata.title == "Trial"


def test_a_seeded_blank_figure_fails_the_export_by_name() -> None:
    blank = "<figure data-figure='figure 1 (“Users”)'><svg width='400' height='200'></svg></figure>"

    with pytest.raises(ExportError, match="“Users”.* is blank; no file was written"):
        print_pdf(page(blank), figures=["figure 1 (“Users”)"], lines=LINES)


def test_a_page_that_asks_for_something_outside_or_breaks_is_no_report() -> None:
    with pytest.raises(ExportError, match=r"it asked for https://example.invalid/a.css"):
        print_pdf(page("<link rel='stylesheet' href='https://example.invalid/a.css'>"), figures=[], lines=LINES)
    with pytest.raises(ExportError, match="nonsense is not defined"):
        print_pdf(page("<script>nonsense()</script>"), figures=[], lines=LINES)


def test_a_table_wider_than_the_paper_is_made_to_fit() -> None:
    cells = "".join(f"<td style='white-space:nowrap;padding:0 9px'>value number {number}</td>" for number in range(14))
    table = f"<main><div><table><tr>{cells}</tr></table></div></main>"

    [paper] = PdfReader(io.BytesIO(print_pdf(page(table), figures=[], lines=LINES))).pages
    rights: list[float] = []

    def look(text: str, place: list[float], matrix: list[float], *_: object) -> None:
        if "13" in text:
            rights.append(place[0] * matrix[4] + place[4])

    paper.extract_text(visitor_text=look)

    assert rights
    assert max(rights) < float(paper.mediabox.right) - 20 / 25.4 * 72
