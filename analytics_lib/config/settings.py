"""All settings of a workspace, read once from ``analytics.toml`` and the environment, and checked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError

from analytics_lib.config.document import Document, read_document
from analytics_lib.config.environment import merged, overrides
from analytics_lib.config.problems import explained
from analytics_lib.config.sections import (
    DashboardsSection,
    EngineSection,
    IngestionSection,
    LakeSection,
    PrivacySection,
    ReportsSection,
    Section,
    StateSection,
    TenantSection,
    WorkspaceSection,
)

SETTINGS_FILE: Final = "analytics.toml"


class Settings(Section):
    """Everything a workspace can be told; what is left out has its default."""

    workspace: WorkspaceSection = Field(default_factory=WorkspaceSection)
    tenants: dict[str, TenantSection] = Field(default_factory=dict)
    engine: EngineSection = Field(default_factory=EngineSection)
    lake: LakeSection = Field(default_factory=LakeSection)
    state: StateSection = Field(default_factory=StateSection)
    privacy: PrivacySection = Field(default_factory=PrivacySection)
    ingestion: IngestionSection = Field(default_factory=IngestionSection)
    dashboards: DashboardsSection = Field(default_factory=DashboardsSection)
    reports: ReportsSection = Field(default_factory=ReportsSection)

    def tenant(self, tenant_id: str | None = None) -> TenantSection:
        """Give what holds for a tenant, every gap filled from the workspace; without one, what holds for all.

        Examples
        --------
        >>> settings = Settings.model_validate({"tenants": {"retail": {"time_zone": "Europe/London"}}})
        >>> settings.tenant("retail").time_zone, settings.tenant("retail").minimum_users
        ('Europe/London', 10)
        """
        own = self.tenants.get(tenant_id or "", TenantSection())
        return own.model_copy(
            update={
                "title": own.title or tenant_id or self.workspace.name,
                "time_zone": own.time_zone or self.workspace.time_zone,
                "week_start": own.week_start or self.workspace.week_start,
                "minimum_users": own.minimum_users or (1 if own.synthetic else self.privacy.minimum_users),
            }
        )


def read_settings(folder: Path | str, environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings of a workspace.

    Parameters
    ----------
    folder
        The workspace; its ``analytics.toml`` may be missing, then everything has its default.
    environment
        Variables like ``ANALYTICS_ENGINE__THREADS`` stand above the file. Default: this process's.

    Raises
    ------
    SettingsError
        Something impossible; the message names the file and line or the variable, the key, the value
        and what is allowed.

    Examples
    --------
    >>> read_settings("/nowhere", {"ANALYTICS_ENGINE__THREADS": "2"}).engine.threads
    2
    """
    texts = dict(os.environ if environment is None else environment)
    path = Path(folder) / SETTINGS_FILE
    document = read_document(path) if path.exists() else Document(path, {}, {})
    variables = overrides(texts, tenants=_tenants(document.values))
    try:
        return Settings.model_validate(merged(document.values, variables, texts))
    except ValidationError as problem:
        raise explained(problem, Settings, document, variables) from problem


def _tenants(values: Mapping[str, Any]) -> list[str]:
    tenants = values.get("tenants")
    return list(tenants) if isinstance(tenants, dict) else []
