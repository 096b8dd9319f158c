from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from analytics_lib.config.settings import Settings, read_settings

TEXT = """
[workspace]
time_zone = "Europe/London"
[tenants.shop]
synthetic = true
title = "The shop"
[tenants.retail]
time_zone = "Asia/Kolkata"
minimum_users = 3
week_start = "sunday"
[lake]
history = "30d"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "analytics.toml").write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_what_is_left_out_has_its_default(folder: Path) -> None:
    settings = read_settings(folder, {})

    assert settings.lake.history == timedelta(days=30)
    assert settings.lake.patience == timedelta(minutes=10)
    assert settings.workspace.name == "analytics"
    assert set(settings.tenants) == {"shop", "retail"}


def test_a_workspace_without_a_file_has_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {}) == Settings()


def test_the_environment_stands_above_the_file(folder: Path) -> None:
    assert read_settings(folder, {"ANALYTICS_LAKE__HISTORY": "7d"}).lake.history == timedelta(days=7)


def test_the_environment_of_the_process_is_the_default(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYTICS_PRIVACY__MINIMUM_USERS", "25")

    assert read_settings(folder).privacy.minimum_users == 25


@pytest.mark.parametrize(
    ("tenant_id", "expected"),
    [
        ("shop", ("The shop", "Europe/London", "monday", 1)),
        ("retail", ("retail", "Asia/Kolkata", "sunday", 3)),
        ("nobody", ("nobody", "Europe/London", "monday", 10)),
        (None, ("analytics", "Europe/London", "monday", 10)),
    ],
)
def test_a_tenant_has_its_own_word_else_the_workspaces(folder: Path, tenant_id: str | None, expected: object) -> None:
    tenant = read_settings(folder, {}).tenant(tenant_id)

    assert (tenant.title, tenant.time_zone, tenant.week_start, tenant.minimum_users) == expected


def test_text_from_the_environment_is_read_by_the_setting_it_is_for(folder: Path) -> None:
    texts = {
        "ANALYTICS_ENGINE__THREADS": "2",
        "ANALYTICS_DASHBOARDS__TOKEN": "1e5",
        "ANALYTICS_INGESTION__STRICT": "true",
        "ANALYTICS_TENANTS__RETAIL__TITLE": "Orders",
    }

    settings = read_settings(folder, texts)

    assert settings.engine.threads == 2
    assert settings.dashboards.token == "1e5"
    assert settings.ingestion.strict is True
    assert (settings.tenants["retail"].title, settings.tenants["retail"].minimum_users) == ("Orders", 3)
