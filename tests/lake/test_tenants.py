"""Who is meant where nobody is named: the only one, the settings' first, the newest; and how far their events reach."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics_lib.lake.tables import Lake, open_lake
from analytics_lib.lake.tenants import newest_event, oldest_event, stored_tenants, usual_tenant
from tests.lake.made import changed, make_rows

LATE = datetime(2024, 8, 1, 12, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = open_lake(tmp_path)
    made.append("events", make_rows(30, tenant_id="old"), batch_id="1")
    made.append("events", changed(make_rows(1, start=900, tenant_id="new"), "event_time", LATE), batch_id="2")
    return made


def test_nobody_has_events_yet(tmp_path: Path) -> None:
    empty = open_lake(tmp_path)

    assert stored_tenants(empty) == ()
    assert newest_event(empty) is None
    assert usual_tenant(empty, [], []).tenant_id == "default"
    assert usual_tenant(empty, ["shop", "retail"], []).tenant_id == "shop"


def test_the_only_tenant_with_events_is_meant_whatever_the_settings_name(lake: Lake) -> None:
    found = usual_tenant(lake, ["configured"], ["old"])

    assert (found.tenant_id, found.reason) == ("old", "")


def test_of_several_the_first_of_the_settings_is_meant_else_the_one_with_the_newest_event(lake: Lake) -> None:
    stored = stored_tenants(lake)

    assert stored == ("new", "old")
    assert usual_tenant(lake, ["empty", "old", "new"], stored).tenant_id == "old"
    assert "first in analytics.toml" in usual_tenant(lake, ["old"], stored).reason
    assert usual_tenant(lake, [], stored).tenant_id == "new"
    assert usual_tenant(lake, ["empty"], stored).reason == "of 2 tenants, the one with the newest event"


def test_the_ends_are_each_tenants_own(lake: Lake) -> None:
    assert newest_event(lake) == newest_event(lake, "new") == oldest_event(lake, "new") == LATE
    assert oldest_event(lake) == oldest_event(lake, "old")
    assert newest_event(lake, "old") < LATE  # type: ignore[operator]
