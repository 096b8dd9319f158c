"""Every way a figure can be missing is seen, and what is painted passes."""

from __future__ import annotations

import pytest

from analytics_lib.errors import ExportError
from analytics_lib.reporting.browser import find_browser, in_own_thread, open_page
from analytics_lib.reporting.figures import prove_figures

pytestmark = pytest.mark.browser
WHITE_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII="
LINE = "<line x1='0' y1='0' x2='400' y2='200' stroke='black'/>"
IN_SHADOW = (
    "<div id='host' data-root-id='1'></div><script>document.getElementById('host').attachShadow({mode: 'open'})"
    f".innerHTML = `<svg width='400' height='200'>{LINE}</svg>`</script>"
)
DRAWN_CANVAS = (
    "<canvas id='c' width='400' height='200'></canvas>"
    "<script>document.getElementById('c').getContext('2d').fillRect(9, 9, 50, 50)</script>"
)
PAINTED = [
    f"<svg width='400' height='200'>{LINE}</svg>",
    IN_SHADOW,
    DRAWN_CANVAS,
]
BLANK = [
    ("", "was not drawn"),
    ("<div data-root-id='1'></div>", "was not drawn"),
    ("<svg width='400' height='200'></svg>", "is blank"),
    ("<canvas width='400' height='200'></canvas>", "is blank"),
    (f"<img width='400' height='200' src='data:image/png;base64,{WHITE_PIXEL}'>", "is blank"),
    (f"<svg width='20' height='5'>{LINE}</svg>", "is only 20 × 5 pixels"),
    (f"<div style='display:none'><svg width='400' height='200'>{LINE}</svg></div>", "is only 0 × 0 pixels"),
]


def figure(content: str) -> str:
    return f"<figure class='analytics-chart' data-figure='figure 1'><figcaption>Users</figcaption>{content}</figure>"


def verdicts(bodies: list[str]) -> list[str]:
    """Say for each page what the proof says; empty = painted."""

    def task() -> list[str]:
        said = []
        with open_page(find_browser(), width=642, height=400) as (page, _):
            for body in bodies:
                page.set_content(f"<p style='height:900px'>far above</p>{body}")
                try:
                    prove_figures(page, ["figure 1"])
                except ExportError as problem:
                    said.append(problem.fact)
                else:
                    said.append("")
        return said

    return in_own_thread(task)


def test_painted_figures_pass_and_every_kind_of_blank_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics_lib.reporting.figures.SETTLE_SECONDS", 0.2)

    said = verdicts([figure(content) for content in [*PAINTED, *(content for content, _ in BLANK)]] + ["<p>none</p>"])

    assert said[: len(PAINTED)] == [""] * len(PAINTED)
    expected = [f"figure 1 {what}; no file was written" for _, what in BLANK]
    assert said[len(PAINTED) :] == [*expected, "figure 1 is not on the page; no file was written"]
