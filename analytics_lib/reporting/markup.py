"""The last work on a page's HTML: headings, contents, figures, tables; and that nothing comes from outside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from slugify import slugify

from analytics_lib.errors import ExportError
from analytics_lib.reporting.figures import FIGURE

LONG_TABLE: Final = 12
"""Rows from which a table is folded on screen; on paper it is always open."""
APPENDIX: Final = "The numbers"
"""Heading of the long tables at the end of a printed report."""
_LOADING: Final = ("img", "script", "iframe", "source", "video", "audio", "embed", "object", "link")
_OUTSIDE: Final = re.compile(r"^\s*(?:https?:)?//", re.IGNORECASE)
_IN_STYLE: Final = re.compile(r"""(?:@import\s+|url\()\s*["']?\s*((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FinishedPage:
    """A page ready to be written or printed."""

    html: str
    figures: tuple[str, ...]
    """Names of its figures, in order."""


def finish_page(html: str, *, script: str, paper: bool = False) -> FinishedPage:
    """Give a page its contents list and marked figures, and put the drawing script in if there are charts.

    Parameters
    ----------
    html
        The page as the template made it.
    script
        What draws the charts.
    paper
        Move long tables to the end, in columns, instead of folding them.

    Raises
    ------
    ExportError
        Something on the page would be fetched from outside.
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    _refuse_outside(soup)
    _one_title(soup)
    figures = _mark_figures(soup)
    _wrap_tables(soup)
    if paper:
        _move_long_tables(soup)
    _fill_contents(soup)
    drawing = f"<script>{script}</script>" if soup.select_one("[data-root-id]") else ""
    return FinishedPage(str(soup).replace("<!--drawing-->", drawing), figures)


def _refuse_outside(soup: Any) -> None:
    for element in soup.find_all(_LOADING):
        for attribute in ("src", "href", "data", "srcset", "poster"):
            address = str(element.get(attribute, ""))
            if _OUTSIDE.match(address):
                raise _outside(address)
    for style in [*soup.find_all("style"), *soup.find_all(style=True)]:
        found = _IN_STYLE.search(style.get("style") or style.string or "")
        if found:
            raise _outside(found[1])


def _outside(address: str) -> ExportError:
    fact = f"the notebook shows something from outside ({address[:120]})"
    return ExportError(fact, "Put the file beside the notebook, or embed it: a report needs no network.")


def _one_title(soup: Any) -> None:
    body = soup.select_one("main")
    for heading in body.find_all("h1") if body else ():
        heading.name = "h2"


def _fill_contents(soup: Any) -> None:
    contents, body = soup.select_one("nav.contents ol"), soup.select_one("main")
    if contents is None or body is None:
        return
    taken: set[str] = set()
    for heading in body.find_all(["h2", "h3"]):
        text = " ".join(heading.get_text().split())
        heading["id"] = _unique(slugify(text) or "section", taken)
        if heading.name == "h3" and heading.find_parent(class_="appendix") is not None:
            continue  # one entry for all the tables
        entry = soup.new_tag("li", attrs={"class": f"level-{heading.name[1]}"})
        link = soup.new_tag("a", href=f"#{heading['id']}")
        link.string = text
        entry.append(link)
        entry.append(soup.new_tag("span", attrs={"class": "page", "aria-hidden": "true"}))
        contents.append(entry)
    if not taken:
        contents.parent.decompose()


def _unique(name: str, taken: set[str]) -> str:
    found, number = name, 2
    while found in taken:
        found, number = f"{name}-{number}", number + 1
    taken.add(found)
    return found


def _mark_figures(soup: Any) -> tuple[str, ...]:
    """Name every picture once: our charts, other Bokeh roots, images, drawings and canvases in the text."""
    names: list[str] = []
    body = soup.select_one("main") or soup
    for element in body.select("figure.analytics-chart, [data-root-id], img, svg, canvas"):
        if element.find_parent(attrs={FIGURE: True}) is not None:
            continue
        label = element.get("aria-label") or element.get("alt") or element.get("title") or ""
        short = str(label).split(". ")[0][:80]
        name = f"figure {len(names) + 1}" + (f" (“{short}”)" if short else "")
        element[FIGURE] = name
        names.append(name)
    return tuple(names)


def _wrap_tables(soup: Any) -> None:
    """Let wide tables scroll by themselves and fold long ones, so that neither hides the story."""
    body = soup.select_one("main") or soup
    for table in body.find_all("table"):
        columns = max((len(row.find_all(["td", "th"])) for row in table.find_all("tr")), default=0)
        looks = [name for name, most in (("wide", 7), ("crowded", 12)) if columns > most]
        table["class"] = [*table.get("class", []), *looks]
        if looks:
            _let_heads_break(soup, table)
        table.wrap(soup.new_tag("div", attrs={"class": "scroll analytics-scroll", "tabindex": "0", "role": "region"}))
        table.parent["aria-label"] = _caption(table)
        rows = len(table.select("tbody tr")) or len(table.find_all("tr"))
        if rows > LONG_TABLE:
            fold = table.parent.wrap(soup.new_tag("details", attrs={"class": "numbers"}))
            summary = soup.new_tag("summary")
            summary.string = f"The numbers, {rows} rows"
            fold.insert(0, summary)


def _let_heads_break(soup: Any, table: Any) -> None:
    """Let the names of many columns go on to another line after an underscore, and nowhere else."""
    for head in table.select("thead th"):
        parts = head.get_text().split("_")
        if len(parts) > 1 and head.string is not None:
            head.clear()
            for part in parts[:-1]:
                head.append(f"{part}_")
                head.append(soup.new_tag("wbr"))
            head.append(parts[-1])


def _move_long_tables(soup: Any) -> None:
    """Gather the long tables behind the story, where they can run in columns."""
    folded = soup.select("details.numbers")
    if not folded:
        return
    appendix = soup.new_tag("section", attrs={"class": "appendix"})
    appendix.append(_element(soup, "h2", APPENDIX))
    about = soup.select_one("section.about")
    (about.insert_before if about else soup.select_one("main").append)(appendix)
    for fold in folded:
        heading = fold.find_previous(["h2", "h3"])
        title = heading.get_text().strip() if heading is not None else "Table"
        rows = str(fold.summary.get_text()).rsplit(", ", 1)[-1]
        fold.insert_before(_element(soup, "p", f"{rows.capitalize()}: see “{APPENDIX}”.", "analytics-more"))
        fold.summary.decompose()
        columns = min(max(12 // max(len(fold.find("tr").find_all(["td", "th"])), 1), 1), 3)
        fold.name, fold["class"] = "div", ["numbers", f"columns-{columns}"]
        if columns > 1:  # in columns it stays on one page, below its title
            appendix.append(_element(soup, "h3", title))
        else:
            _title_again(soup, fold, title)
        appendix.append(fold.extract())


def _title_again(soup: Any, fold: Any, title: str) -> None:
    """Put the title into the head of a table: a head stands again on every page that the table goes on to."""
    table = fold.find("table")
    head = table.thead or table.insert(0, soup.new_tag("thead")) or table.thead
    cells = max(len(row.find_all(["td", "th"])) for row in table.find_all("tr"))
    cell = soup.new_tag("th", attrs={"colspan": str(cells), "class": "title"})
    cell.append(_element(soup, "h3", title))
    line = soup.new_tag("tr")
    line.append(cell)
    head.insert(0, line)


def _element(soup: Any, name: str, text: str, kind: str = "") -> Any:
    element = soup.new_tag(name, attrs={"class": kind} if kind else {})
    element.string = text
    return element


def _caption(table: Any) -> str:
    if table.caption is not None:
        return str(table.caption.get_text()).strip()
    heading = table.find_previous(["h2", "h3"])
    return f"Table: {heading.get_text().strip()}" if heading is not None else "Table"
