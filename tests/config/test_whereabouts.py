"""Where a workspace is found, and what is told where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics_lib.errors import WorkspaceError
from analytics_lib.workspace import Workspace, create_workspace, open_workspace


@pytest.fixture(autouse=True)
def _nobody_names_a_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANALYTICS_WORKSPACE", raising=False)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = create_workspace(tmp_path / "mine")
    (made.folder / "analytics.toml").write_text('[tenants.retail]\ntime_zone = "Asia/Kolkata"\n', encoding="utf-8")
    return open_workspace(made.folder)


def test_a_workspace_is_found_by_folder_by_file_from_inside_and_by_name(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace.folder
    assert open_workspace(folder).folder == folder
    assert open_workspace(folder / "analytics.toml").folder == folder

    monkeypatch.chdir(folder / "notebooks" / "explore")
    assert open_workspace().folder == folder

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANALYTICS_WORKSPACE", str(folder))
    assert open_workspace().folder == folder


def test_what_is_no_workspace_is_refused_with_the_way_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(WorkspaceError, match=r"no analytics\.toml\. Make it one with `analytics init "):
        open_workspace(tmp_path)
    (tmp_path / "events.csv").write_text("")
    with pytest.raises(WorkspaceError, match=r"events\.csv is a file; a workspace is a folder\. Give the folder"):
        open_workspace(tmp_path / "events.csv")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WorkspaceError, match="neither .* nor any folder above it is a workspace"):
        open_workspace()
    monkeypatch.setenv("ANALYTICS_WORKSPACE", str(tmp_path / "gone"))
    with pytest.raises(WorkspaceError, match=r"gone \(named by ANALYTICS_WORKSPACE\) is not a workspace"):
        open_workspace()


def test_the_demonstration_is_found_from_a_notebook_of_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create_workspace(tmp_path / ".demo")
    (tmp_path / "notebooks" / "explore").mkdir(parents=True)
    monkeypatch.delenv("ANALYTICS_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path / "notebooks" / "explore")

    assert open_workspace().folder == made.folder
