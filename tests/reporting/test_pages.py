"""What a page takes from a notebook, and what it leaves behind."""

from __future__ import annotations

import pytest

from analytics_lib.errors import ExportError
from analytics_lib.reporting.pages import figures_in_outputs, keep_still_forms, leave_out_unanswered, words_of
from analytics_lib.reporting.provenance import COVER
from tests.reporting.trial import code, markdown, notebook, shown

WIDGET = "application/vnd.jupyter.widget-view+json"


def test_title_cover_parameters_and_run_are_gathered() -> None:
    told = {"report": "Weekly", "label": "Synthetic data", "facts": [["Tenant", "shop"], ["Data", "events@12"]]}
    book = notebook(
        markdown("# What changed?\n\nAn introduction."),
        code('tenant_id: str = "shop"  # whose data\nlast: date | None = None', "parameters"),
        code("cover()", outputs=[shown("", **{COVER: told})]),
    )
    book["metadata"]["papermill"] = {"parameters": {"tenant_id": "retail", "extra": 1}}
    book["metadata"]["analytics"] = {"run_id": "r1", "provenance": {"library": "0.1", "commit": "ab" * 20}}

    words = words_of(book)

    assert (words.title, words.kicker, words.label) == ("What changed?", "Weekly", "Synthetic data")
    assert words.parameters == (("tenant_id", "retail", "whose data"), ("last", "–", ""), ("extra", "1", ""))
    assert dict(words.run) == {"Run": "r1", "Library": "analytics_lib 0.1", "Code": "commit abababababab"}
    assert words.source == "Data: events@12 · Run: r1"
    assert book["cells"][0]["source"] == "An introduction.", "the title is said once"


def test_a_notebook_that_never_ran_shows_its_defaults_and_a_broken_contract_is_passed_over() -> None:
    assert words_of(notebook(code("n: int = 3", "parameters"))).parameters == (("n", "3", ""),)
    assert words_of(notebook(code("n = f()", "parameters"))).parameters == ()


def test_a_part_that_was_not_asked_for_leaves_no_heading_behind() -> None:
    answer, nothing = code("1", "optional", outputs=[shown("<p>1</p>")]), code("None", "optional")
    nothing["execution_count"] = answer["execution_count"] = 1
    told = {**markdown("About the chart above."), "metadata": {"tags": ["optional"]}}
    book = notebook(markdown("## Kept"), answer, told, markdown("## Gone"), nothing, told, markdown("## Next"))

    leave_out_unanswered(book)

    assert [cell["source"] for cell in book["cells"]] == ["## Kept", "1", "About the chart above.", "## Next"]
    unexecuted = notebook(markdown("## Kept"), code("None", "optional"))
    leave_out_unanswered(unexecuted)
    assert len(unexecuted["cells"]) == 2, "what has not run is shown as it is"


def test_live_views_give_way_to_still_forms_and_widget_state_goes() -> None:
    book = notebook(code("1", outputs=[shown("<p>still</p>", **{WIDGET: {"model_id": "1"}})]))
    book["metadata"]["widgets"] = {"state": {}}

    keep_still_forms(book)

    assert "widgets" not in book["metadata"]
    assert book["cells"][0]["outputs"][0]["data"] == {"text/html": "<p>still</p>", "text/plain": "text form"}


def test_a_live_view_without_a_still_form_is_refused_unless_it_is_not_shown() -> None:
    live = {"output_type": "display_data", "metadata": {}, "data": {WIDGET: {}, "text/plain": "IntSlider()"}}

    with pytest.raises(ExportError, match="cell 1 shows a live widget"):
        keep_still_forms(notebook(code("1", outputs=[live])))
    keep_still_forms(notebook(code("1", "remove-output", outputs=[live])))


def test_charts_and_pictures_in_shown_outputs_are_counted() -> None:
    chart = '<figure class="analytics-chart"></figure>'
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "AA==", "text/plain": "x"}}
    both = shown("<p>a table</p>", **{"image/png": "AA=="})  # a page shows the HTML of these

    book = notebook(
        code("1", outputs=[shown(chart + chart), picture, both]), code("2", "remove-cell", outputs=[shown(chart)])
    )

    assert figures_in_outputs(book) == 3
