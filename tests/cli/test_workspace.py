"""`analytics init` makes a workspace; `analytics lake` shows and tends its tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics_lib.cli.application import application
from analytics_lib.errors import ArgumentError, LakeError, WorkspaceError
from analytics_lib.workspace import Workspace, create_workspace
from tests.lake.made import make_rows


def said(*arguments: str) -> str:
    answer = CliRunner(env={"COLUMNS": "200"}).invoke(application, arguments, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = create_workspace(tmp_path / "mine")
    for batch in range(3):
        made.lake.append("events", make_rows(40, start=40 * batch), batch_id=f"batch-{batch}")
    return made


def test_init_makes_a_workspace_and_says_what_to_do_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    output = said("init", "shop")

    assert "shop is a workspace. What next?" in output
    assert "analytics load FILE --workspace shop --dry-run" in output
    assert (tmp_path / "shop" / "analytics.toml").is_file()


def test_info_lists_every_table_with_its_rows_and_days(workspace: Workspace) -> None:
    output = said("lake", "info", "--workspace", str(workspace.folder))

    assert re.search(r"events\s+3\s+120\s+2024-05-13\s+2024-05-15\s+9\s+[\d.]+ kB", output)
    assert re.search(r"metrics\s+never written\s+0", output)


def test_a_table_in_a_pipe_or_a_narrow_terminal_loses_no_letter(workspace: Workspace) -> None:
    arguments = ["lake", "history", "--workspace", str(workspace.folder)]
    for width in ("80", "40"):
        output = CliRunner(env={"COLUMNS": width}).invoke(application, arguments, catch_exceptions=False).output
        assert "…" not in output
        assert "batch-2" in output.replace("\n", "")


def test_history_shows_the_newest_first(workspace: Workspace) -> None:
    output = said("lake", "history", "--workspace", str(workspace.folder), "--limit", "2")

    assert re.findall(r"append.*(batch-\d)", output) == ["batch-2", "batch-1"]


def test_compact_and_vacuum_tend_the_tables_that_were_written(workspace: Workspace) -> None:
    folder = str(workspace.folder)

    assert said("lake", "compact", "--workspace", folder) == "events: 3 days, 9 files became 3\n"
    assert re.fullmatch(
        r"events: 9 files deleted, [\d.]+ kB freed\n",
        said("lake", "vacuum", "--workspace", folder, "--retention", "0s"),
    )
    assert said("lake", "vacuum", "metrics", "--workspace", folder) == "metrics: 0 files deleted, 0 B freed\n"


def test_an_empty_lake_says_so(tmp_path: Path) -> None:
    folder = str(create_workspace(tmp_path / "new").folder)

    assert said("lake", "history", "--workspace", folder) == "events: never written\n"
    assert said("lake", "compact", "--workspace", folder) == "nothing was ever written\n"


def test_errors_are_ours_with_advice(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="Make it one with `analytics init"):
        said("lake", "info", "--workspace", str(tmp_path))
    with pytest.raises(ArgumentError, match="retention='5' is not a length of time"):
        said("lake", "vacuum", "--workspace", str(workspace.folder), "--retention", "5")
    with pytest.raises(LakeError, match="Did you mean 'events'"):
        said("lake", "history", "event", "--workspace", str(workspace.folder))


def test_a_second_init_says_that_it_is_one_already_and_what_is_new(tmp_path: Path) -> None:
    said("init", str(tmp_path))
    (tmp_path / "reports" / "weekly_overview" / "report.toml").unlink()

    second, third = said("init", str(tmp_path)), said("init", str(tmp_path))

    assert "was a workspace already; nothing of yours was changed" in second
    assert "1 new file of this version:\n  reports/weekly_overview/report.toml" in second
    assert "0 new files of this version\n" in third
    assert "What next?" not in second


def test_a_dry_vacuum_deletes_nothing(workspace: Workspace) -> None:
    workspace.lake.compact("events")
    before = sorted(path for path in (workspace.folder / "lake").rglob("*.parquet"))

    tried = said("lake", "vacuum", "-w", str(workspace.folder), "--retention", "0s", "--dry-run")
    assert sorted(path for path in (workspace.folder / "lake").rglob("*.parquet")) == before
    done = said("lake", "vacuum", "-w", str(workspace.folder), "--retention", "0s")

    [count] = re.findall(r"events: (\d+) files? would be deleted", tried)
    assert int(count) > 0
    assert f"events: {count} file" in done
    assert len(list((workspace.folder / "lake").rglob("*.parquet"))) == len(before) - int(count)
