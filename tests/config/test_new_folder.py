"""A folder becomes a workspace; what is there already stays as it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analytics_lib.config.new_folder import make_workspace_folder
from analytics_lib.errors import WorkspaceError
from analytics_lib.workspace import create_workspace, open_workspace


@pytest.fixture(autouse=True)
def _nobody_names_a_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANALYTICS_WORKSPACE", raising=False)


def test_a_new_workspace_has_settings_keys_tables_and_content(tmp_path: Path) -> None:
    made = create_workspace(tmp_path / "new" / "one")

    assert made.settings.workspace.name == "one"
    assert {path.name for path in made.folder.iterdir()} == {
        ".gitignore", "alerts", "analytics.toml", "keys", "lake", "notebooks", "plans", "reports",
    }  # fmt: skip
    assert (made.folder / "keys").stat().st_mode & 0o777 == 0o700
    assert (made.folder / "notebooks" / "explore" / "00_start_here.ipynb").is_file()
    assert not list(made.folder.rglob("*.py"))
    assert "keys/" in (made.folder / ".gitignore").read_text()


def test_making_it_again_adds_what_is_missing_and_overwrites_nothing(tmp_path: Path) -> None:
    made = create_workspace(tmp_path)
    mine = made.folder / "notebooks" / "explore" / "00_start_here.ipynb"
    mine.write_text("mine", encoding="utf-8")
    gone = made.folder / "notebooks" / "explore" / "20_funnel.ipynb"
    gone.unlink()

    again = make_workspace_folder(tmp_path, name="other")

    assert mine.read_text(encoding="utf-8") == "mine"
    assert gone.is_file()
    assert again.existed
    assert again.added == (gone.relative_to(tmp_path),)
    assert open_workspace(tmp_path).settings.workspace.name == tmp_path.name


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_can_not_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(WorkspaceError, match="no workspace can be made in"):
        create_workspace(tmp_path / "new")


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("", encoding="utf-8")

    with pytest.raises(WorkspaceError, match="no workspace can be made in .*Choose a folder"):
        create_workspace(tmp_path / "new")
