"""Prints a page as PDF: A4, 20 mm margins, header, page numbers, contents with pages, bookmarks, proven figures."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

from analytics_lib.errors import ExportError
from analytics_lib.reporting.browser import find_browser, in_own_thread, open_page
from analytics_lib.reporting.figures import prove_figures

MARGIN: Final = "20mm"
PRINT_WIDTH: Final = 642
"""CSS pixels between the margins of A4: 170 mm."""
_LINE_STYLE: Final = (
    "font: 7.5pt 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', 'DejaVu Sans Condensed', sans-serif;"
    f"color: #64748b; width: 100%; margin: 0 {MARGIN}; display: flex; justify-content: space-between; gap: 2em;"
)
_FLATTEN_CHARTS: Final = """() => {
  for (const opened of window.Bokeh ? Bokeh.documents : [])
    for (const root of opened.roots()) if (root.height) root.height = Math.round(root.height * 0.84);
  return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
"""On paper two sections share a page if their charts are a little lower than on screen."""
_FIT_TABLES: Final = """() => {
  for (const table of document.querySelectorAll('main table')) {
    const holder = table.parentElement, style = getComputedStyle(holder);
    const columns = parseInt(style.columnCount) || 1, gap = parseFloat(style.columnGap) || 0;
    const room = (holder.clientWidth - gap * (columns - 1)) / columns;
    const width = Math.max(...[...table.getClientRects()].map(part => part.width));  // one part per column
    if (width > room + 0.5) table.style.zoom = Math.floor(room / width * 990) / 1000;
  }
}"""
_FILL_CONTENTS: Final = """headings => {
  let next = 0;
  for (const entry of document.querySelectorAll('nav.contents a[href^="#"]')) {
    const title = entry.textContent.trim().replace(/\\s+/g, ' ');
    const found = headings.findIndex((heading, place) => place >= next && heading[0] === title);
    const page = entry.parentElement.querySelector('.page');
    if (found >= 0 && page) { page.textContent = headings[found][1]; next = found + 1; }
  }
}"""


@dataclass(frozen=True, slots=True)
class PageLines:
    """What stands above and below every printed page."""

    title: str
    label: str = ""
    """Said on every page, for example that the data is made up."""
    source: str = ""
    """Where the numbers come from."""

    def header(self) -> str:
        """Give the header as Chromium's template."""
        label = f'<b style="color: #9a3412">{escape(self.label)}</b>'
        return f'<div style="{_LINE_STYLE}"><span>{escape(self.title)}</span>{label}</div>'

    def footer(self) -> str:
        """Give the footer as Chromium's template; the browser fills in the numbers."""
        numbers = 'page <span class="pageNumber"></span> / <span class="totalPages"></span>'
        return f'<div style="{_LINE_STYLE}"><span>{escape(self.source)}</span><span>{numbers}</span></div>'


def print_pdf(html: str, *, figures: Sequence[str], lines: PageLines, browser: str = "") -> bytes:
    """Print a page that needs nothing from outside.

    Parameters
    ----------
    html
        The whole page.
    figures
        Names of the figures that must be painted (see :mod:`.figures`).
    lines
        What stands above and below every page.
    browser
        Program that prints; empty = the one that is found.

    Raises
    ------
    BrowserError
        No browser, or it does not start or answer.
    ExportError
        A figure was not painted, the page asked for something outside, or the file is not complete.
    """
    program = find_browser(browser)
    return in_own_thread(lambda: _print(program, html, figures, lines))


def _print(browser: Path, html: str, figures: Sequence[str], lines: PageLines) -> bytes:
    with tempfile.TemporaryDirectory() as folder, open_page(browser, width=PRINT_WIDTH, height=900) as opened:
        page, refused = opened
        problems: list[str] = []
        page.on("pageerror", lambda problem: problems.append(str(problem)))
        source = Path(folder, "page.html")
        source.write_text(html, encoding="utf-8")
        page.emulate_media(media="print", color_scheme="light")
        page.goto(source.as_uri(), wait_until="load")
        page.evaluate(_FLATTEN_CHARTS)
        prove_figures(page, figures)
        if problems or refused:
            said = problems[0].splitlines()[0] if problems else f"it asked for {refused[0]}"
            raise ExportError(f"the page does not work by itself ({said})", "Remove what needs the network.")
        page.evaluate(_FIT_TABLES)
        first = _pdf(page, lines)
        page.evaluate(_FILL_CONTENTS, _pages_of_headings(first))
        return _proven(_pdf(page, lines))


def _pdf(page: Any, lines: PageLines) -> bytes:
    content: bytes = page.pdf(
        format="A4",
        margin=dict.fromkeys(("top", "right", "bottom", "left"), MARGIN),
        print_background=True,
        display_header_footer=True,
        header_template=lines.header(),
        footer_template=lines.footer(),
        outline=True,
        tagged=True,
    )
    return content


def _pages_of_headings(content: bytes) -> list[tuple[str, int]]:
    """Read from the bookmarks on which page each heading came to stand, in their order."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    found: list[tuple[str, int]] = []

    def walk(entries: Sequence[Any]) -> None:
        for entry in entries:
            if isinstance(entry, list):
                walk(entry)
            else:
                page = reader.get_destination_page_number(entry)
                found.append((" ".join(str(entry.title).split()), (page or 0) + 1))

    walk(reader.outline)
    return found


def _proven(content: bytes) -> bytes:
    """Give the file back if it can be read, has text and, where there are headings, bookmarks."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if not reader.pages or not any(page.extract_text().strip() for page in reader.pages):
        raise ExportError("the printed file has no text", "Open the HTML page and look for what is missing.")
    if not reader.outline:
        raise ExportError("the printed file has no bookmarks", "Update the browser: it must be Chromium 122 or later.")
    return content
