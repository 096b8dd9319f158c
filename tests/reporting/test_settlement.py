"""Whose data a run reads is settled before a kernel starts, and written down."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from analytics_lib.errors import ArgumentError, UnknownEventError
from analytics_lib.reporting.settlement import settle, titled
from analytics_lib.workspace import create_workspace
from tests.lake.made import make_rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = create_workspace(tmp_path / "mine")
    made.lake.append("events", make_rows(3, tenant_id="library"), batch_id="1")
    return made.folder


def test_the_only_tenant_is_meant_where_none_is_named(folder: Path) -> None:
    settled = settle({"tenant_id": "", "n": 1}, folder)

    assert settled.values == {"tenant_id": "library", "n": 1}
    assert settled.provenance == {"tenant_id": "library", "tenant_title": "library"}
    assert titled("Weekly", settled.provenance) == "Weekly · library"


def test_a_choice_between_several_says_why(folder: Path) -> None:
    create_workspace(folder).lake.append("events", make_rows(3, tenant_id="shop"), batch_id="2")
    (folder / "analytics.toml").write_text('[tenants.shop]\ntitle = "Our shop"\n')

    told = settle({"tenant_id": ""}, folder).provenance

    assert told["tenant_title"] == "Our shop"
    assert told["tenant_reason"] == "of 2 tenants, the first in analytics.toml"
    assert "tenant_reason" not in settle({"tenant_id": "shop"}, folder).provenance


def test_steps_that_nobody_ever_did_are_refused_unless_nothing_has_happened(folder: Path, tmp_path: Path) -> None:
    [name] = create_workspace(folder).events().event.to_pyarrow().unique().to_pylist()[:1]
    assert settle({"tenant_id": "", "steps": [name, "page.view"]}, folder).values["steps"] == [name, "page.view"]

    with pytest.raises(UnknownEventError, match="no event named 'nope'"):
        settle({"tenant_id": "", "path": [name, "nope"]}, folder)
    with pytest.raises(ArgumentError, match="steps has 1 entries"):
        settle({"tenant_id": "", "steps": [name]}, folder)
    empty = create_workspace(tmp_path / "empty").folder
    assert settle({"tenant_id": "", "steps": ["nope", "nada"]}, empty).values["steps"] == ["nope", "nada"]


def test_what_can_not_be_meant_is_refused_and_notebooks_without_tenants_are_left_alone(folder: Path) -> None:
    with pytest.raises(ArgumentError, match="Did you mean 'library'"):
        settle({"tenant_id": "libary"}, folder)
    with pytest.raises(ArgumentError, match="ends .* before it starts"):
        settle({"start": date(2024, 6, 2), "end": date(2024, 6, 1)}, None)
    assert settle({"n": 1}, folder).provenance == {}
    assert settle({"tenant_id": ""}, None).values == {"tenant_id": ""}
