"""What was kept aside is listed, mended in a file, and sent on its way again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics_lib.cli.application import application
from analytics_lib.errors import ArgumentError, SourceError
from analytics_lib.workspace import Workspace, create_workspace


def said(*arguments: str) -> str:
    answer = CliRunner(env={"COLUMNS": "200"}).invoke(application, ["quarantine", *arguments], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = create_workspace(tmp_path / "mine")
    (tmp_path / "log.csv").write_text(
        "user_id,event,event_time\nann,page_view,2024-05-13T10:00:00Z\nbob,page_view,yesterday\ncat,,2024-05-13\n"
    )
    made.load(tmp_path / "log.csv")
    return made


def test_the_list_counts_reasons_and_says_where_and_why(workspace: Workspace) -> None:
    output = said("list", "--workspace", str(workspace.folder))
    assert output.startswith("2 events: 1 required_missing, 1 type_mismatch")
    assert "log.csv:4" in output
    assert "the event has no name" in output
    assert "log.csv:3" not in said("list", "--workspace", str(workspace.folder), "--reason", "required_missing")


def test_mended_events_are_stored_and_the_others_stay(workspace: Workspace, tmp_path: Path) -> None:
    folder, file = str(workspace.folder), tmp_path / "aside.ndjson"
    assert said("export", str(file), "--workspace", folder).startswith("2 events are in ")
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    for one in rows:
        if one["reason"] == "type_mismatch":
            one["row"]["event_time"] = "2024-05-13T11:00:00Z"
    file.write_text("".join(json.dumps(one) + "\n" for one in rows))

    output = said("replay", str(file), "--workspace", folder)

    assert "1 accepted" in output
    assert said("list", "--workspace", folder).startswith("1 event: 1 required_missing")
    assert workspace.events().count().execute() == 2
    assert workspace.events()["user_id"].nunique().execute() == 2


def test_whoever_is_named_while_mending_becomes_a_pseudonym(workspace: Workspace, tmp_path: Path) -> None:
    folder, file = str(workspace.folder), tmp_path / "aside.ndjson"
    said("export", str(file), "--workspace", folder)
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    mended = {"event": "page_view", "event_time": "2024-05-13T12:00:00Z"}
    names = iter([{"user_id": "ann"}, {"userId": "dora"}])
    file.write_text("".join(json.dumps({**one, "row": {**mended, **next(names)}}) + "\n" for one in rows))

    assert "2 accepted" in said("replay", str(file), "--workspace", folder)

    people = workspace.events()["user_id"].execute()
    assert not {"ann", "dora"} & set(people)
    assert sorted(people.value_counts()) == [1, 2]  # the same Ann as the one who was loaded


def test_nothing_aside_is_said_and_bad_input_is_named(tmp_path: Path, workspace: Workspace) -> None:
    folder = str(workspace.folder)
    assert said("list", "--workspace", str(create_workspace(tmp_path / "new").folder)) == "nothing was kept aside\n"
    with pytest.raises(ArgumentError, match="reason='odd'"):
        said("list", "--workspace", folder, "--reason", "odd")
    (tmp_path / "x.ndjson").write_text('{"row": 1}\n')
    with pytest.raises(SourceError, match="line 1 of .*x.ndjson"):
        said("replay", str(tmp_path / "x.ndjson"), "--workspace", folder)
    with pytest.raises(SourceError, match="can't be written.*Name a new file"):
        said("export", str(tmp_path / "x.ndjson"), "--workspace", folder)
