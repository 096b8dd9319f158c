"""The sections of ``analytics.toml``: every setting, its default and what it may be."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from analytics_lib.errors import ArgumentError
from analytics_lib.periods import duration, zone

_SIZE = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?B|kB|B)$")


def _length(value: Any) -> timedelta:
    return duration("value", value)


def _zone_name(name: str) -> str:
    return zone(name).key


def _size(text: str) -> str:
    if not _SIZE.match(text):
        raise ArgumentError(f"{text!r} is not a size", 'Write a number and a unit, like "2GB" or "512MB".')
    return text


Length = Annotated[timedelta, BeforeValidator(_length)]
ZoneName = Annotated[str, AfterValidator(_zone_name)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Section(BaseModel):
    """What all sections share: frozen, and no key that nobody reads."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class WorkspaceSection(Section):
    """``[workspace]``: what holds for everything unless a tenant says otherwise."""

    name: Name = "analytics"
    """Shown on pages and reports."""
    time_zone: ZoneName = "UTC"
    """Zone in which days begin and dates are meant."""
    week_start: Weekday = "monday"
    """First day of a week."""


class TenantSection(Section):
    """``[tenants.<tenant_id>]``: one owner of data."""

    title: str = ""
    """Shown instead of the id."""
    time_zone: ZoneName | None = None
    """Zone of its days; none = the workspace's."""
    week_start: Weekday | None = None
    """First day of its weeks; none = the workspace's."""
    synthetic: bool = False
    """True for made-up data; every page says so."""
    label: str = ""
    """A word of warning or credit that is shown on every page."""
    minimum_users: Annotated[int, Field(ge=1)] | None = None
    """Smallest group shown; none = the workspace's, and 1 for synthetic data."""
    funnel: tuple[Name, ...] = ()
    """The way that matters, as events in order; none = the most common steps."""


class EngineSection(Section):
    """``[engine]``: how much of the machine queries may use, in each process."""

    threads: Annotated[int, Field(ge=1, le=1024)] | None = None
    """None = all cores."""
    memory_limit: Annotated[str, AfterValidator(_size)] | None = None
    """None = 80 % of the machine's memory; what does not fit is spilled to disk."""


class LakeSection(Section):
    """``[lake]``: the stored tables."""

    history: Length = timedelta(days=90)
    """How long past versions stay readable."""
    patience: Length = timedelta(minutes=10)
    """How long a writer waits for another."""


class StateSection(Section):
    """``[state]``: where runs, consents, tokens and the audit log are kept."""

    address: str | None = None
    """None = ``state.db`` in the workspace; else ``postgresql+psycopg://…``, best given by the environment."""


class PrivacySection(Section):
    """``[privacy]``: what is asked before data comes in, and what may be shown."""

    # Ten: statistics offices publish tables with cells of at least 3 to 10 people. With the largest of
    # these, what a reader already knows about a few members of a group gives nobody else away.
    minimum_users: Annotated[int, Field(ge=1)] = 10
    """Smallest group of people that is shown."""
    consent: Literal["assumed", "required"] = "assumed"
    """For loaded files: ``assumed`` keeps events unless somebody said no, ``required`` only where somebody said yes."""


class IngestionSection(Section):
    """``[ingestion]``: how events are judged on their way in."""

    strict: bool = False
    """True = one bad event rejects its whole batch."""
    future_tolerance: Length = timedelta(hours=1)
    """Events further ahead of our clock are quarantined."""
    geo_file: str | None = None
    """MaxMind-format file for countries and towns; relative to the workspace. None = as the sender says."""


class DashboardsSection(Section):
    """``[dashboards]``: where they are served, and who gets in."""

    address: str = "127.0.0.1"
    """Where to listen; anything but this machine needs a token or a proxy."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 0
    """0 = any free one."""
    token: str | None = None
    """What lets a reader in; none = a new one at each start. Best given by the environment."""


class ReportsSection(Section):
    """``[reports]``: how reports are made; what one report needs stands in its ``report.toml``."""

    browser: str | None = None
    """Program that prints PDF; none = the one that is found."""
