"""The audit log shows any change, even one made behind our back."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics_lib.state.audit import append_audit, broken_entry, read_audit
from analytics_lib.state.database import open_state

NOON = datetime(2024, 5, 13, 12, 0, 0, 123_457, tzinfo=UTC)


def write(path: Path, count: int) -> None:
    state = open_state(path)
    for number in range(count):
        append_audit(state, at=NOON, actor="ann", action="report.run", subject="weekly", details={"number": number})


def tamper(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    for verb in ("update", "delete"):
        connection.execute(f"DROP TRIGGER audit_no_{verb}")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_an_untouched_log_holds(tmp_path: Path) -> None:
    write(tmp_path / "state.db", 5)
    state = open_state(tmp_path / "state.db")

    assert broken_entry(state) is None
    assert [entry.details["number"] for entry in read_audit(state, limit=2)] == [4, 3]


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET actor = 'bob' WHERE sequence = 3", 3),
        ("UPDATE audit SET details = '{}' WHERE sequence = 1", 1),
        ("DELETE FROM audit WHERE sequence = 2", 2),
    ],
)
def test_a_change_behind_our_back_is_found(tmp_path: Path, statement: str, broken: int) -> None:
    write(tmp_path / "state.db", 5)

    tamper(tmp_path / "state.db", statement)

    assert broken_entry(open_state(tmp_path / "state.db")) == broken


def test_the_database_itself_refuses_to_change_an_entry(tmp_path: Path) -> None:
    write(tmp_path / "state.db", 1)
    connection = sqlite3.connect(tmp_path / "state.db")

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("DELETE FROM audit")
    connection.close()


def test_writers_at_once_make_one_chain(tmp_path: Path) -> None:
    open_state(tmp_path / "state.db")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: write(tmp_path / "state.db", 5), range(4)))

    state = open_state(tmp_path / "state.db")

    assert len(read_audit(state)) == 20
    assert broken_entry(state) is None
