"""The demonstration can be run again and again, and loads nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics_lib.cli import demo
from analytics_lib.workspace import open_workspace


def test_the_workspace_is_made_once_and_labels_its_tenants(tmp_path: Path) -> None:
    demo.prepare_workspace(tmp_path / "demo")
    before = (tmp_path / "demo" / "analytics.toml").read_text()

    workspace = demo.prepare_workspace(tmp_path / "demo")

    assert (tmp_path / "demo" / "analytics.toml").read_text() == before
    assert workspace.tenant("shop").synthetic
    assert workspace.tenant("retail").time_zone == "Europe/London"
    assert "CC BY 4.0" in workspace.tenant("retail").label


def test_a_second_load_adds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "DATA", demo.DATA[:1])
    workspace = demo.prepare_workspace(tmp_path / "demo")

    first = " ".join(demo.load_data(workspace))
    second = " ".join(demo.load_data(workspace))

    assert "31,076" in first
    assert "nothing to add" in second
    assert "31,106 sent = 31,076 accepted + 30 duplicate" in second
    assert open_workspace(workspace.folder).events(tenant_id="shop").count().to_pyarrow().as_py() == 31_076
