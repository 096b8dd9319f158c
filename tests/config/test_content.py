"""Shipped content is found in a checkout and in an installed wheel alike."""

from __future__ import annotations

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
