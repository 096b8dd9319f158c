from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analytics_lib.engine.connections import connection, tune
from analytics_lib.errors import ArgumentError


def setting(name: str) -> object:
    return connection().raw_sql(f"SELECT current_setting('{name}')").fetchall()[0][0]


def in_a_new_process(program: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**os.environ, **environment}
    )
    return done.stdout.strip()


def test_times_are_utc_whatever_the_machine_says() -> None:
    program = (
        "from analytics_lib.engine.connections import connection\n"
        "query = \"SELECT date_trunc('day', TIMESTAMPTZ '2024-07-01 23:30:00Z')::VARCHAR\"\n"
        "print(connection().raw_sql(query).fetchall())"
    )

    assert in_a_new_process(program, TZ="Asia/Kolkata") == "[('2024-07-01 00:00:00+00',)]"


def test_a_process_has_one_engine() -> None:
    assert connection() is connection()


def test_threads_and_memory_can_be_set_and_nonsense_is_refused() -> None:
    threads, memory_limit = setting("threads"), setting("memory_limit")
    try:
        tune(threads=1, memory_limit="3GB")
        assert setting("threads") == 1
        assert setting("memory_limit") == "2.7 GiB"
    finally:
        tune(threads=int(str(threads)), memory_limit=str(memory_limit))

    with pytest.raises(ArgumentError, match=r"memory_limit='lots'.*a size such as \"2GB\""):
        tune(memory_limit="lots")
    with pytest.raises(ArgumentError, match="threads='0'"):
        tune(threads=0)


def test_variables_set_threads_and_memory_of_a_process() -> None:
    program = (
        "from analytics_lib.engine.connections import connection\n"
        "print(connection().raw_sql(\"SELECT current_setting('threads')\").fetchall()[0][0])"
    )

    assert in_a_new_process(program, ANALYTICS_THREADS="1") == "1"


def test_what_is_spilled_to_disk_is_private_and_gone_with_the_process(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path\n"
        "from analytics_lib.engine.connections import connection\n"
        "folder = Path(connection().raw_sql(\"SELECT current_setting('temp_directory')\").fetchall()[0][0])\n"
        "print(folder, oct(folder.stat().st_mode & 0o777))"
    )

    folder, mode = in_a_new_process(program, TMPDIR=str(tmp_path)).split()

    assert (Path(folder).parent, mode) == (tmp_path, "0o700")
    assert list(tmp_path.iterdir()) == []


def test_a_sort_larger_than_memory_still_ends() -> None:
    program = (
        "from analytics_lib.engine.connections import connection, tune\n"
        "tune(threads=1, memory_limit='100MB')\n"
        "rows = connection().raw_sql('SELECT count(DISTINCT md5(range::VARCHAR)) FROM range(1000000)').fetchall()\n"
        "print(rows[0][0])"
    )

    assert in_a_new_process(program) == "1000000"
