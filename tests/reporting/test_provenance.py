"""What a run stands on is told without a path or a name of the machine."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

from analytics_lib.reporting.provenance import COVER, code_version, data_versions, run_provenance
from tests.reporting.trial import code, notebook, shown


def test_notebook_environment_and_library_are_told_by_digest_and_version(tmp_path: Path) -> None:
    path = tmp_path / "report.ipynb"
    path.write_text("{}")

    told = run_provenance(path)

    assert told["notebook_sha256"] == hashlib.sha256(b"{}").hexdigest()
    assert len(told["environment_sha256"]) == 64
    assert "commit" not in told
    assert str(tmp_path) not in json.dumps(told)


def test_in_a_checkout_the_commit_is_told_and_whether_files_differ(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=n", "-c", "user.email=e@example.org", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()

    git("init", "-q")
    (tmp_path / "a").write_text("1")
    git("add", "a")
    git("commit", "-qm", "one")
    commit = git("rev-parse", "HEAD")

    assert code_version(tmp_path) == {"commit": commit, "uncommitted_changes": False}
    (tmp_path / "a").write_text("2")
    assert code_version(tmp_path) == {"commit": commit, "uncommitted_changes": True}


def test_data_versions_come_from_the_covers_each_once() -> None:
    told = shown("", **{COVER: {"data_version": "events@12"}})
    other = shown("", **{COVER: {"data_version": "metrics@3"}})

    assert data_versions(notebook(code("1", outputs=[told, told]), code("2", outputs=[other]))) == [
        "events@12",
        "metrics@3",
    ]
    assert data_versions(None) == []
