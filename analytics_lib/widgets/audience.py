"""The data a dashboard looks at: one tenant's events, its calendar, its words of warning, its smallest group."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar

from analytics_lib.behaviour.usual_steps import usual_steps
from analytics_lib.engine.memory import hold
from analytics_lib.engine.tables import to_arrow, to_frame
from analytics_lib.privacy.suppression import suppress
from analytics_lib.results import Result
from analytics_lib.widgets.choices import DEFAULT_DAYS, Choices, last_days

if TYPE_CHECKING:
    from analytics_lib.workspace import Workspace

AnyResult = TypeVar("AnyResult", bound=Result)
Answer = TypeVar("Answer")

BREAKDOWNS = ("device_type", "country", "browser", "os", "language", "category")
"""Columns that may split the data, the most telling first."""
_MOST_SEEN = 3
_LOOKED_AT = 500
_MOST_ANSWERS = 12
MOST_HELD = 1_500_000
"""Events that are held in memory; some 150 MB."""
MOST_NAMES = 200
"""Event names a control lists, the most frequent first."""


@dataclass(frozen=True)
class Audience:
    """One tenant as a dashboard sees it; made anew when the tenant changes."""

    tenant_id: str
    """Whose data."""
    title: str
    """What readers call it."""
    time_zone: str
    """Zone of its days."""
    week_start: str
    """First day of its weeks."""
    label: str
    """A word of warning or credit for every page."""
    synthetic: bool
    """Whether the data is made up."""
    minimum_users: int
    """Smallest group that is shown."""
    table: Any
    """Its events of one snapshot: in memory where they are few, else a lazy table."""
    newest: datetime
    """Time of its newest event; now, where there is none."""
    counts: Mapping[str, int]
    """Events by name, the most frequent first."""
    breakdowns: tuple[str, ...]
    """Columns that split this data into groups, the most telling first."""
    full: Any = None
    """All columns of the same events, lazily; None = the table has all there are."""
    properties: tuple[str, ...] = ()
    """Properties that its newest events have, as ``properties.…``."""
    way: tuple[str, ...] = ()
    """The funnel that its owner named in the settings."""
    answers: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    """Answers to earlier questions; they stay true, the snapshot being the same."""

    def answer(self, question: Any, compute: Callable[[], Answer]) -> Answer:
        """Give the answer to a question that was asked before, else compute and keep it."""
        if question not in self.answers:
            while len(self.answers) >= _MOST_ANSWERS:
                self.answers.pop(next(iter(self.answers)))
            self.answers[question] = compute()
        return self.answers[question]

    def usual_steps(self) -> list[str]:
        """Give the steps nobody chose: the owner's way, as far as this data knows it, else the usual ones."""
        named = [step for step in self.way if step in self.counts]
        return named if len(named) > 1 else self.answer("usual_steps", lambda: usual_steps(self.table))

    @property
    def breakdown(self) -> str | None:
        """The column to split by when nobody chose one."""
        return self.breakdowns[0] if self.breakdowns else None

    @classmethod
    def of(cls, workspace: Workspace, tenant_id: str) -> Audience:
        """Look at a tenant of a workspace; what this process has seen of the same snapshot is used again."""
        key = (str(workspace.folder), tenant_id, workspace.lake.version("events"))
        if key not in _seen:
            while len(_seen) >= _MOST_SEEN:
                _seen.pop(next(iter(_seen)))
            _seen[key] = cls._look(workspace, tenant_id)
        return _seen[key]

    @classmethod
    def _look(cls, workspace: Workspace, tenant_id: str) -> Audience:
        tenant, common = workspace.tenant(tenant_id), workspace.settings.workspace
        full = workspace.events(tenant_id=tenant_id)
        table = _near(full)
        return cls(
            tenant_id=tenant_id,
            title=tenant.title or tenant_id,
            time_zone=tenant.time_zone or common.time_zone,
            week_start=tenant.week_start or common.week_start,
            label=tenant.label,
            synthetic=tenant.synthetic,
            minimum_users=workspace.minimum_users(tenant_id),
            table=table,
            newest=workspace.newest_event(tenant_id) or datetime.now(UTC),
            counts=_event_names(table),
            breakdowns=_breakdowns(table),
            full=full,
            properties=_properties(full),
            way=tenant.funnel,
        )

    def choices(self, given: Mapping[str, Any], *, days: int = DEFAULT_DAYS, grain: str = "day") -> Choices:
        """Give what a page starts with: what was given, else the last `days` of the tenant's data."""
        start, end = last_days(self.newest, self.time_zone, days)
        wanted = {name: value for name, value in given.items() if name != "tenant_id"}
        if wanted.get("end") and not wanted.get("start"):
            end = (
                Choices(self.tenant_id, start, end, grain=grain)
                .changed({"start": wanted["end"], "end": wanted["end"]})
                .end
            )
            start = end - (last_days(self.newest, self.time_zone, days)[1] - start)
        return Choices(self.tenant_id, start, end, grain=grain).changed(wanted)

    def events(self, event: str = "") -> Any:
        """Give the tenant's events, or only those of one name."""
        return self.table.filter(self.table["event"] == event) if event else self.table

    def table_with(self, columns: Iterable[str]) -> Any:
        """Give the tenant's events with some columns: those at hand, where they have them all."""
        there = set(self.table.columns)
        return self.table if self.full is None or all(name in there for name in columns) else self.full

    def calendar(self, choices: Choices) -> dict[str, Any]:
        """Give the arguments that every analysis of a range takes."""
        return {"start": choices.start, "end": choices.end, "observed_until": self.newest, "time_zone": self.time_zone}

    def shown(self, result: AnyResult) -> AnyResult:
        """Give a result with small groups hidden, as this tenant wants it."""
        return suppress(result, self.minimum_users)

    def badges_html(self) -> str:
        """Give the words that stand on every page: whose data, made up or not, how fresh."""
        synthetic = '<span class="analytics-badge synthetic">Synthetic data</span>' if self.synthetic else ""
        label = f"<span>{escape(self.label)}</span>" if self.label else ""
        fresh = f"<span>newest event {self.newest:%Y-%m-%d %H:%M} UTC</span>"
        name = f'<span class="analytics-badge">{escape(self.title)}</span>'
        return f'<div class="analytics-badges">{name}{synthetic}{label}{fresh}</div>'


_seen: dict[tuple[str, str, int | None], Audience] = {}


def _near(table: Any) -> Any:
    """Hold the columns that pages ask about in memory, where that is cheap: answers come five times as fast."""
    needed = table.select("tenant_id", "user_id", "session_id", "event", "event_time", *BREAKDOWNS)
    return hold(needed) if int(to_arrow(table.count().as_table())[0][0].as_py()) <= MOST_HELD else needed


def _properties(table: Any) -> tuple[str, ...]:
    """Give the names in the properties of some of the newest events."""
    told = table.filter(table["properties"].notnull())
    newest = told.order_by(told["event_time"].desc()).limit(_LOOKED_AT).select("properties")
    names: dict[str, None] = {}
    for text in to_arrow(newest)["properties"].to_pylist():
        found = json.loads(text)
        names |= dict.fromkeys(found) if isinstance(found, dict) else {}
    return tuple(f"properties.{name}" for name in sorted(names) if re.fullmatch(r"\w+", name))


def _event_names(table: Any) -> dict[str, int]:
    named = table.filter(table["event"].notnull())
    counted = named.group_by("event").aggregate(events=named.count())
    frame = to_frame(counted.order_by([counted["events"].desc(), counted["event"]]).limit(MOST_NAMES))
    return {str(event): int(events) for event, events in frame.itertuples(index=False)}


def _breakdowns(table: Any) -> tuple[str, ...]:
    """Give the columns with more than one value."""
    counted = to_frame(table.aggregate(**{name: table[name].nunique() for name in BREAKDOWNS}))
    return tuple(name for name in BREAKDOWNS if int(counted[name].iloc[0]) > 1)
