from __future__ import annotations

import pytest
from nbformat import v4

from analytics_lib.dashboards.execution import PageExecutor, problem_output
from analytics_lib.widgets.incidents import LOG_VARIABLE


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.setenv(LOG_VARIABLE, str(tmp_path / "log"))
    return tmp_path / "log"


def failed_cell():
    error = v4.new_output("error", ename="KeyError", evalue="password", traceback=["in secret.py"])
    return v4.new_code_cell("boom", outputs=[v4.new_output("stream", text="so far so good"), error])


def test_a_failed_cell_shows_a_number_and_the_log_has_the_rest(log):
    cell = PageExecutor(v4.new_notebook()).strip_code_cell_errors(failed_cell())

    shown = str(cell["outputs"])
    incident = log.read_text().split("incident ")[1][:8]
    assert incident in shown
    assert "KeyError: password" in log.read_text()
    assert "in secret.py" in log.read_text()
    assert not any(word in shown for word in ("KeyError", "password", "secret.py"))


def test_what_was_shown_before_the_failure_stays(log):
    cell = PageExecutor(v4.new_notebook()).strip_code_cell_errors(failed_cell())

    assert cell["outputs"][0]["text"] == "so far so good"


def test_a_step_that_takes_too_long_says_so(log):
    cell = v4.new_code_cell("sleep")

    PageExecutor(v4.new_notebook()).show_code_cell_timeout(cell)

    assert "took too long" in cell["outputs"][0]["data"]["text/html"]


def test_text_is_left_alone(log):
    cell = v4.new_markdown_cell("# Hello")

    assert PageExecutor(v4.new_notebook()).strip_code_cell_errors(cell) == cell


def test_the_words_of_a_problem_are_text():
    assert "<b>" not in problem_output("<b>", "1a2b3c4d")["data"]["text/html"]


def test_a_page_may_wait_for_its_visitor_for_days_but_not_compute_for_ever():
    executor = PageExecutor(v4.new_notebook(), timeout=300)

    assert executor._get_timeout(v4.new_code_cell("chosen = visitor_choices(days=days)")) is None
    assert executor._get_timeout(v4.new_code_cell("funnel(events, steps)")) == 300


def test_what_a_reader_asked_wrongly_is_explained_without_an_incident(log):
    error = v4.new_output("error", ename="ArgumentError", evalue="<the range> ends. Swap.", traceback=["in secret.py"])

    cell = PageExecutor(v4.new_notebook()).strip_code_cell_errors(v4.new_code_cell("", outputs=[error]))

    assert "&lt;the range&gt; ends. Swap." in cell["outputs"][0]["data"]["text/html"]
    assert "secret" not in str(cell["outputs"])
    assert not log.exists()
