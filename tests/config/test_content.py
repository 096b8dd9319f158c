"""Shipped content is found in a checkout and in an installed wheel alike."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from analytics_lib.config import content
from analytics_lib.errors import InstallationError
from tests.conftest import ROOT


def test_a_checkout_has_the_content_beside_the_package() -> None:
    assert content.content_folder("notebooks") == ROOT / "notebooks"


def test_a_wheel_has_the_content_inside_and_it_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "analytics_lib"
    inside = package / "_content" / "reports"
    inside.mkdir(parents=True)
    (tmp_path / "reports").mkdir()
    monkeypatch.setattr(content, "_PACKAGE", package)

    assert content.content_folder("reports") == inside


def test_missing_content_says_what_to_do() -> None:
    with pytest.raises(InstallationError, match="Install analytics-lib again"):
        content.content_folder("pictures")


PARTS = ("analytics_lib", "notebooks", "reports")
JUNK = ("reports/_build/run/secret.html", "notebooks/explore/.ipynb_checkpoints/a.ipynb")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE", ".gitignore"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    for part in PARTS:
        left_out = shutil.ignore_patterns("__pycache__", "_build", ".ipynb_checkpoints")
        shutil.copytree(ROOT / part, tmp_path / part, ignore=left_out)
    return tmp_path


def test_a_wheel_carries_everything_but_what_git_ignores(checkout: Path) -> None:
    files = [path for part in PARTS for path in (checkout / part).rglob("*") if path.is_file()]
    names = {path.relative_to(checkout).as_posix() for path in files}
    for name in JUNK:
        (checkout / name).parent.mkdir(parents=True)
        (checkout / name).write_text("left lying about", encoding="utf-8")

    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True)

    (wheel,) = (checkout / "dist").glob("*.whl")
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert carried == {name if name.startswith("analytics_lib") else f"analytics_lib/_content/{name}" for name in names}
