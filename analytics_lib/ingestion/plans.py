"""Tracking plans: which events and properties are planned, of which type, and what they may hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from analytics_lib import schema
from analytics_lib.errors import ArgumentError, SourceError, nearest
from analytics_lib.ingestion.plan_rules import Finding, PlannedEvent, PlannedProperty


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingPlan:
    """Which events are planned, and whose."""

    events: Mapping[str, PlannedEvent] = field(default_factory=dict)
    """By canonical name."""
    unplanned: bool = True
    """Whether other events may come too."""
    enabled: bool = True
    """A plan that is switched off is read and checked, and judges nothing."""
    tenant_id: str | None = None
    """Only for events of this owner; None = of all."""
    application_id: str | None = None
    """Only for events of this application; None = of all."""

    def covers(self, tenant_id: str | None, application_id: str | None) -> bool:
        """Tell whether the plan is for events of this owner and application."""
        scopes = ((self.tenant_id, tenant_id), (self.application_id, application_id))
        return self.enabled and all(wanted in (None, found) for wanted, found in scopes)


@dataclass(frozen=True)
class TrackingPlans:
    """All plans of a workspace: an event follows the first that covers it and names it."""

    plans: tuple[TrackingPlan, ...]

    def judge(
        self, event: str, properties: str, *, tenant_id: str | None = None, application_id: str | None = None
    ) -> tuple[Finding | None, str]:
        """Give what is wrong with an event (or None), and its properties as they are to be stored."""
        covering = [plan for plan in self.plans if plan.covers(tenant_id, application_id)]
        planned = next((plan.events[event] for plan in covering if event in plan.events), None)
        if planned is not None:
            return planned.judge(properties)
        if all(plan.unplanned for plan in covering):
            return None, properties
        return ("unplanned_event", f"{event} is not in the tracking plan"), properties

    @cached_property
    def names(self) -> frozenset[str] | None:
        """Events that need a judgement; None = all do, because some plan refuses what it does not name."""
        enabled = [plan for plan in self.plans if plan.enabled]
        if not all(plan.unplanned for plan in enabled):
            return None
        return frozenset(name for plan in enabled for name in plan.events)

    def privacy(self) -> dict[str, str]:
        """Give what is done with properties, by name, in every event that has one of that name."""
        events = [event for plan in self.plans if plan.enabled for event in plan.events.values()]
        rules = [(name, rule) for event in events for name, rule in event.properties.items()]
        return {schema.snake(name): rule.privacy for name, rule in rules if rule.privacy != "keep"}


PlanLike = TrackingPlans | Mapping[str, Any] | str | Path
"""Plans, a dictionary of the shape of a file, or the path of a file (or of a folder of them)."""


def read_plans(given: PlanLike) -> TrackingPlans:
    """Give the plan in a YAML file or a dictionary, or those in all YAML files of a folder, by name.

    ``events: {name: {properties: {name: {type, required, one_of, minimum, maximum, pattern, longest,
    transform, privacy}}, additional: true}}``, ``unplanned: true``, ``enabled: true``, and ``tenant_id``,
    ``application_id`` where the plan is only for one of them. An event that two plans name follows the first.

    Raises
    ------
    SourceError
        The file is not there, or is no YAML.
    ArgumentError
        It says something that is not understood (the message names it and the nearest known word), or nothing.

    Examples
    --------
    >>> plans = read_plans({"events": {"order.placed": {"properties": {"amount": {"required": True}}}}})
    >>> plans.judge("order_placed", "{}")[0] is None, plans.judge("order.placed", "{}")[0]
    (True, ('required_missing', 'the property amount is missing'))
    """
    if isinstance(given, TrackingPlans):
        return given
    if isinstance(given, Mapping):
        return TrackingPlans((_plan("the tracking plan", given),))
    place = Path(given).expanduser()
    return TrackingPlans(tuple(_read(file) for file in (plan_files(place) if place.is_dir() else [place])))


def plan_files(folder: Path) -> list[Path]:
    """Give the plans in a folder, by name."""
    return sorted(path for path in folder.glob("*") if path.suffix in {".yaml", ".yml"})


def _read(file: Path) -> TrackingPlan:
    import yaml

    name = f"the tracking plan {file.name}"
    try:
        parsed = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as problem:
        raise SourceError(f"{name} can't be read: {problem}", "Mend the file.") from problem
    if not isinstance(parsed, Mapping):
        raise ArgumentError(f"{name} holds no events", "Begin with events:")
    return _plan(name, parsed)


def _plan(name: str, content: Mapping[str, Any]) -> TrackingPlan:
    _known(name, content, TrackingPlan.__slots__)
    events = {
        schema.canonical_event(str(event)): _event(f"{name}, {event}", _table(f"{name}, {event}", said))
        for event, said in _table(f"{name}, events", content.get("events")).items()
    }
    if not events:
        raise ArgumentError(f"{name} names no event", "List them under events:, or switch it off with enabled: false.")
    return TrackingPlan(
        events=events,
        unplanned=_flag(name, "unplanned", content),
        enabled=_flag(name, "enabled", content),
        tenant_id=_scope(content, "tenant_id"),
        application_id=_scope(content, "application_id"),
    )


def _event(name: str, content: Mapping[str, Any]) -> PlannedEvent:
    _known(name, content, PlannedEvent.__slots__)
    rules = _table(f"{name}, properties", content.get("properties"))
    properties = {key: _property(f"{name}.{key}", _table(f"{name}.{key}", rule)) for key, rule in rules.items()}
    return PlannedEvent(properties=properties, additional=_flag(name, "additional", content))


def _property(name: str, rule: Mapping[str, Any]) -> PlannedProperty:
    _known(name, rule, PlannedProperty.__slots__)
    said: dict[str, Any] = dict(rule)
    return PlannedProperty(**{**said, "one_of": tuple(said.get("one_of") or ())})


def _table(name: str, value: Any) -> Mapping[str, Any]:
    if value is not None and not isinstance(value, Mapping):
        raise ArgumentError(f"{name} is {value!r}", "Write name: value pairs below it, or nothing.")
    return value or {}


def _flag(name: str, key: str, content: Mapping[str, Any]) -> bool:
    value = content.get(key, True)
    if not isinstance(value, bool):
        raise ArgumentError(f"{name} has {key}: {value!r}", "Write true or false.")
    return value


def _scope(content: Mapping[str, Any], key: str) -> str | None:
    value = content.get(key)
    return None if value is None else str(value)


def _known(name: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
    allowed = tuple(known)
    for key in given:
        if key not in allowed:
            raise ArgumentError(f"{name} has {key!r}, which is not known", nearest(str(key), allowed))
