"""state.db opens, migrates, and refuses what it can't understand."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from analytics_lib.errors import WorkspaceError
from analytics_lib.state.database import MIGRATIONS, open_state


def test_a_new_database_gets_all_tables_and_opening_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        state = open_state(tmp_path / "state.db")
        tables = set(inspect(state.engine).get_table_names())
        with state.engine.begin() as connection:
            versions = connection.execute(text("SELECT count(*) FROM schema_version")).scalar()
        state.close()

    assert tables >= {"runs", "consents", "tokens", "audit", "loads", "schema_version"}
    assert versions == len(MIGRATIONS)


def test_a_database_of_the_future_is_refused_not_damaged(tmp_path: Path) -> None:
    state = open_state(tmp_path / "state.db")
    with state.engine.begin() as connection:
        connection.execute(text("INSERT INTO schema_version VALUES (99)"))

    with pytest.raises(WorkspaceError, match="version 99.*Upgrade analytics-lib"):
        open_state(tmp_path / "state.db")


def test_a_folder_that_is_not_there_is_explained(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="can't be opened.*analytics doctor"):
        open_state(tmp_path / "gone" / "state.db")


def test_commits_survive_power_loss_settings(tmp_path: Path) -> None:
    state = open_state(tmp_path / "state.db")

    with state.engine.begin() as connection:
        mode = connection.execute(text("PRAGMA journal_mode")).scalar()
        synchronous = connection.execute(text("PRAGMA synchronous")).scalar()

    assert (mode, synchronous) == ("wal", 2)
