from __future__ import annotations

import logging

from analytics_lib.widgets.incidents import LOG_VARIABLE, is_for_readers, record_incident


def fail():
    raise ValueError("the reason")


def recorded():
    try:
        fail()
    except ValueError as problem:
        return record_incident(problem, where="a test")


def test_the_operator_finds_the_trace_under_the_number(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv(LOG_VARIABLE, str(tmp_path / "log"))

    with caplog.at_level(logging.ERROR):
        incident = recorded()

    kept = (tmp_path / "log").read_text()
    assert f"incident {incident} in a test" in kept
    assert "the reason" in kept
    assert "in fail" in kept
    assert incident in caplog.text


def test_two_incidents_have_two_numbers(monkeypatch):
    monkeypatch.delenv(LOG_VARIABLE, raising=False)

    assert recorded() != recorded()


def test_a_log_that_can_not_be_written_does_not_hide_the_number(tmp_path, monkeypatch):
    monkeypatch.setenv(LOG_VARIABLE, str(tmp_path))  # a folder

    assert len(recorded()) == 8


def test_only_what_a_reader_asked_for_is_explained_to_readers():
    named = ["ArgumentError", "ParameterError", "SmallGroupError", "LakeError", "SettingsError", "ValueError"]

    assert [name for name in named if is_for_readers(name)] == ["ArgumentError", "ParameterError", "SmallGroupError"]
