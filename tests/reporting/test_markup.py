"""The last work on a page: contents, one title, named figures, and nothing from outside."""

from __future__ import annotations

import pytest

from analytics_lib.errors import ExportError
from analytics_lib.reporting.markup import finish_page

FRAME = '<html><head><!--drawing--></head><body><h1>Title</h1><nav class="contents"><ol></ol></nav><main>{}</main>'


def test_the_contents_lists_every_heading_and_links_to_it() -> None:
    page = finish_page(
        FRAME.format("<h1>Sales</h1><h2>By day</h2><h2>By day</h2><h3>Köln & <em>Bonn</em></h3>"), script=""
    )

    assert page.html.count("<h1>") == 1
    for identity, text in [
        ("sales", "Sales"),
        ("by-day", "By day"),
        ("by-day-2", "By day"),
        ("koln-bonn", "Köln &amp; Bonn"),
    ]:
        assert f'<a href="#{identity}">{text}</a>' in page.html
        assert f'id="{identity}"' in page.html


def test_a_page_without_headings_has_no_contents() -> None:
    assert "contents" not in finish_page(FRAME.format("<p>short</p>"), script="").html


def test_figures_are_named_once_by_their_label() -> None:
    body = (
        '<figure class="analytics-chart" aria-label="Users per day. A line."><div data-root-id="1"></div></figure>'
        '<p><img alt="A map" src="data:,"></p><svg></svg><figure class="analytics-chart"><svg></svg></figure>'
    )

    assert finish_page(FRAME.format(body), script="").figures == (
        "figure 1 (“Users per day”)",
        "figure 2 (“A map”)",
        "figure 3",
        "figure 4",
    )


def test_the_drawing_script_is_there_once_and_only_when_something_is_drawn() -> None:
    drawn = finish_page(FRAME.format('<div data-root-id="1"></div><div data-root-id="2"></div>'), script="draw()").html

    assert drawn.count("<script>draw()</script>") == 1
    assert "draw()" not in finish_page(FRAME.format("<p>words</p>"), script="draw()").html


@pytest.mark.parametrize(
    "body",
    [
        '<img src="https://example.org/a.png">',
        '<script src="//example.org/a.js"></script>',
        '<link rel="stylesheet" href="http://example.org/a.css">',
        '<iframe src="HTTPS://example.org"></iframe>',
        "<style>@import url('https://example.org/a.css')</style>",
        '<p style="background: url(//example.org/a.png)">x</p>',
    ],
)
def test_what_would_be_fetched_from_outside_is_refused(body: str) -> None:
    with pytest.raises(ExportError, match="something from outside"):
        finish_page(FRAME.format(body), script="")


def test_a_link_that_a_reader_may_follow_is_no_request() -> None:
    assert "https://example.org" in finish_page(FRAME.format('<a href="https://example.org">more</a>'), script="").html


def test_long_tables_fold_and_wide_ones_get_smaller_type() -> None:
    row = "<tr>" + "<td>1</td>" * 9 + "</tr>"
    long = "<h2>Users</h2><table><tbody>" + "<tr><td>1</td></tr>" * 13 + "</tbody></table>"
    wide = f"<table><tbody>{row * 2}</tbody></table>"

    html = finish_page(FRAME.format(long + wide), script="").html

    assert "<summary>The numbers, 13 rows</summary>" in html
    assert html.count("<details") == 1
    assert html.count('class="wide"') == 1
    assert 'aria-label="Table: Users"' in html


def test_on_paper_long_tables_move_behind_the_story_and_run_in_columns() -> None:
    rows = "<tr><th>day</th><th>users</th></tr>" + "<tr><td>1</td><td>2</td></tr>" * 13
    about = "<section class='about'><h2>About</h2></section>"
    body = f"<h2>Users</h2><table><tbody>{rows}</tbody></table><h2>Money</h2>{about}"

    html = finish_page(FRAME.format(body), script="", paper=True).html

    assert "<details" not in html
    assert html.index("14 rows: see “The numbers”.") < html.index(">Money</h2>") < html.index(">The numbers</h2>")
    assert html.index("<table") > html.index(">The numbers</h2>")
    assert html.index("columns-3") < html.index(">About</h2>")
    assert html.count("<li") == 4, "the tables have one entry in the contents"


def test_the_names_of_many_columns_break_after_an_underscore_only() -> None:
    heads = "".join(f"<th>mean_{n}</th>" for n in range(9))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody><tr>{'<td>1</td>' * 9}</tr></tbody></table>"

    html = finish_page(FRAME.format(table), script="", paper=True).html

    assert 'class="wide"' in html
    assert "<th>mean_<wbr/>8</th>" in html


def test_a_table_that_may_go_on_to_another_page_takes_its_title_along() -> None:
    rows = f"<tr>{'<td>1</td>' * 9}</tr>" * 30
    table = f"<table><thead><tr>{'<th>a</th>' * 9}</tr></thead><tbody>{rows}</tbody></table>"

    html = finish_page(FRAME.format(f"<h2>Any day?</h2>{table}"), script="", paper=True).html

    appendix = html[html.index('class="appendix"') :]
    assert 'columns-1"' in appendix
    head = appendix[appendix.index("<thead>") : appendix.index("</thead>")]
    assert '<th class="title" colspan="9"><h3 id="any-day-2">Any day?</h3></th>' in head  # repeated with the head
    assert appendix.count("<h3") == 1
