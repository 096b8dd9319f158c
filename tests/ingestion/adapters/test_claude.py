"""A real session gives the token counts and costs that were worked out for it by hand."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from analytics_lib.ingestion.files import read_events
from tests.conftest import shared_data


@pytest.fixture(scope="module")
def session():
    events, receipt = read_events(shared_data("claude-sessions-a"), format="claude", return_receipt=True)
    return [{**row, "said": json.loads(row["properties"])} for row in events.to_pylist()], receipt


@pytest.fixture(scope="module")
def oracle():
    return json.loads(shared_data("claude-sessions-a/oracle_tokens.json").read_text())


def test_tokens_are_those_of_the_last_line_of_each_answer(session, oracle):
    usage = [row["said"] for row in session[0] if row["event"] == "token.usage"]
    right = oracle["right"]["total"]["total"]
    assert len(usage) == oracle["counts"]["unique_api_answers"]
    assert sum(said["output_tokens"] for said in usage) == right["output"] == 38_908
    assert sum(said["input_tokens"] for said in usage) == right["input"]
    assert sum(said["cache_creation_tokens"] for said in usage) == right["cache_creation"]
    assert sum(said["cache_read_tokens"] for said in usage) == right["cache_read"]
    assert sum(said["cost"] for said in usage) == pytest.approx(right["cost_usd"], abs=1e-6)


def test_tokens_by_model(session, oracle):
    by_model: Counter[str] = Counter()
    for row in session[0]:
        if row["event"] == "token.usage":
            by_model[row["said"]["model"]] += row["said"]["output_tokens"]
    assert by_model == {model: right["output"] for model, right in oracle["right"]["by_model"].items()}


def test_tool_calls_results_and_compactions_are_counted(session, oracle):
    rows, _ = session
    tools = Counter(row["said"]["tool"] for row in rows if row["event"] == "tool.call")
    results = [row["said"]["is_error"] for row in rows if row["event"] == "tool.result"]
    assert tools == oracle["counts"]["tool_calls"]
    assert (len(results), sum(results)) == (oracle["counts"]["tool_results"], oracle["counts"]["tool_errors"])
    assert sum(row["event"] == "conversation.compacted" for row in rows) == oracle["counts"]["compactions"]


def test_subagents_belong_to_the_session_of_their_parent(session):
    rows, receipt = session
    assert len({row["session_id"] for row in rows}) == 1
    assert any(row["said"]["is_subagent"] for row in rows)
    assert any("1,335 progress lines" in note for note in receipt.notes)


def test_no_text_of_a_message_is_kept(session):
    rows, _ = session
    messages = [row["said"] for row in rows if row["event"] == "conversation.message"]
    assert all("messageLength" in said for said in messages)
    assert not any("content" in said or "text" in said for said in messages)


def test_every_kind_of_line_of_the_catalogue_is_taken_or_counted(tmp_path):
    for path in sorted(shared_data("claude-message-catalog/claude-code").rglob("*.jsonl")):
        _, receipt = read_events(path, format="claude", return_receipt=True)
        assert receipt.quarantined == 0, path.name
