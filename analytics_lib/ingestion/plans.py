"""Tracking plans: which events and properties are planned, of which type, and what they may hold."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from analytics_lib import checks, schema
from analytics_lib.errors import ArgumentError, SourceError, nearest
from analytics_lib.privacy.scrubbing import ACTIONS

TYPES: Final = ("string", "number", "integer", "boolean", "object", "array")
"""Types of properties."""

TRANSFORMS: Final = ("lower", "upper", "trim")
"""What may be done to a text before it is judged."""

Finding = tuple[str, str]
"""Reason and detail."""

_TYPE_OF: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,), "number": (int, float), "integer": (int,), "boolean": (bool,), "object": (dict,),
    "array": (list,),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedProperty:
    """What one property may be."""

    type: str = "string"
    """One of :data:`TYPES`; a number written as text counts as a number."""
    required: bool = False
    """Whether the event is incomplete without it."""
    one_of: tuple[Any, ...] = ()
    """Allowed values; empty allows all."""
    minimum: float | None = None
    """Least number."""
    maximum: float | None = None
    """Greatest number."""
    pattern: str | None = None
    """Regular expression that the whole text follows."""
    longest: int | None = None
    """Most characters of a text."""
    transform: str | None = None
    """One of :data:`TRANSFORMS`."""
    privacy: str = "keep"
    """What is done with it before it is stored: keep, drop, pseudonymise or mask."""

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        checks.one_of("type", self.type, TYPES)
        checks.one_of("privacy", self.privacy, ACTIONS)
        if self.transform is not None:
            checks.one_of("transform", self.transform, TRANSFORMS)

    def transformed(self, value: Any) -> Any:
        """Give the value as it is stored."""
        if self.transform and isinstance(value, str):
            return {"lower": value.lower(), "upper": value.upper(), "trim": value.strip()}[self.transform]
        return value

    def finding(self, name: str, value: Any) -> str | None:
        """Say what is wrong with a value; None when nothing is."""
        value = _number(value) if self.type in {"number", "integer"} and isinstance(value, str) else value
        allowed = _TYPE_OF[self.type]
        if not isinstance(value, allowed) or (isinstance(value, bool) and self.type != "boolean"):
            return f"{name} must be of type {self.type}"
        if self.one_of and value not in self.one_of:
            return f"{name} must be one of {', '.join(map(str, self.one_of))}"
        return self._out_of_bounds(name, value)

    def _out_of_bounds(self, name: str, value: Any) -> str | None:
        if self.minimum is not None and value < self.minimum:
            return f"{name} must be at least {self.minimum:g}"
        if self.maximum is not None and value > self.maximum:
            return f"{name} must be at most {self.maximum:g}"
        if self.longest is not None and len(value) > self.longest:
            return f"{name} must have at most {self.longest} characters"
        if self.pattern is not None and not re.fullmatch(self.pattern, str(value)):
            return f"{name} must follow the pattern {self.pattern}"
        return None


def _number(text: str) -> Any:
    try:
        return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
    except ValueError:
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEvent:
    """What one event may say."""

    properties: Mapping[str, PlannedProperty] = field(default_factory=dict)
    """By name."""
    additional: bool = True
    """Whether other properties may come too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingPlan:
    """Which events are planned."""

    events: Mapping[str, PlannedEvent] = field(default_factory=dict)
    """By canonical name."""
    unplanned: bool = True
    """Whether other events may come too."""

    def judge(self, event: str, properties: str) -> tuple[Finding | None, str]:
        """Give what is wrong with an event (or None), and its properties as they are to be stored."""
        planned = self.events.get(event)
        if planned is None:
            wrong = None if self.unplanned else ("unplanned_event", f"{event} is not in the tracking plan")
            return wrong, properties
        said: dict[str, Any] = json.loads(properties)
        finding = _finding(planned, said)
        changed = {
            name: planned.properties[name].transformed(said[name]) for name in said if name in planned.properties
        }
        text = json.dumps({**said, **changed}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return finding, text if changed != {name: said[name] for name in changed} else properties

    def privacy(self) -> dict[str, str]:
        """Give what is done with properties, by name."""
        rules = [(name, rule) for event in self.events.values() for name, rule in event.properties.items()]
        return {schema.snake(name): rule.privacy for name, rule in rules if rule.privacy != "keep"}


def _finding(planned: PlannedEvent, said: Mapping[str, Any]) -> Finding | None:
    for name, rule in planned.properties.items():
        if said.get(name) is None:
            if rule.required:
                return "required_missing", f"the property {name} is missing"
            continue
        wrong = rule.finding(name, rule.transformed(said[name]))
        if wrong is not None:
            return "type_mismatch", wrong
    other = next((name for name in said if name not in planned.properties), None)
    if other is not None and not planned.additional:
        return "additional_property", f"the property {other} is not in the tracking plan"
    return None


PlanLike = TrackingPlan | Mapping[str, Any] | str | Path
"""A plan, a dictionary of the shape of the file, or the path of the file (or of a folder of them)."""


def read_plan(given: PlanLike) -> TrackingPlan:
    """Give the plan in a YAML file, in all YAML files of a folder together, or in a dictionary.

    ``events: {name: {properties: {name: {type, required, one_of, minimum, maximum, pattern, longest,
    transform, privacy}}, additional: true}}`` and ``unplanned: true``.

    Raises
    ------
    SourceError
        The file is not there, or is no YAML.
    ArgumentError
        It says something that is not understood; the message names it and the nearest known word.

    Examples
    --------
    >>> plan = read_plan({"events": {"order.placed": {"properties": {"amount": {"type": "number", "required": True}}}}})
    >>> plan.judge("order_placed", "{}")[0] is None, plan.judge("order.placed", "{}")[0]
    (True, ('required_missing', 'the property amount is missing'))
    """
    if isinstance(given, TrackingPlan):
        return given
    if isinstance(given, Mapping):
        return _plan(given)
    place = Path(given).expanduser()
    files = sorted(place.glob("*.y*ml")) if place.is_dir() else [place]
    plans = [_plan(_content(file)) for file in files]
    events = {name: event for plan in plans for name, event in plan.events.items()}
    return TrackingPlan(events=events, unplanned=all(plan.unplanned for plan in plans))


def _content(file: Path) -> Mapping[str, Any]:
    import yaml

    try:
        parsed = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as problem:
        raise SourceError(f"the tracking plan {file.name} can't be read: {problem}", "Mend the file.") from problem
    if not isinstance(parsed, Mapping):
        raise ArgumentError(f"the tracking plan {file.name} holds no events", "Begin with events:")
    return parsed


def _plan(content: Mapping[str, Any]) -> TrackingPlan:
    _known("a tracking plan", content, ("events", "unplanned"))
    events = {}
    for name, event in (content.get("events") or {}).items():
        _known(f"the plan of {name}", event or {}, ("properties", "additional"))
        properties = {
            key: _property(f"{name}.{key}", rule or {}) for key, rule in ((event or {}).get("properties") or {}).items()
        }
        events[schema.canonical_event(name)] = PlannedEvent(
            properties=properties, additional=bool((event or {}).get("additional", True))
        )
    return TrackingPlan(events=events, unplanned=bool(content.get("unplanned", True)))


def _property(name: str, rule: Mapping[str, Any]) -> PlannedProperty:
    _known(f"the plan of {name}", rule, tuple(PlannedProperty.__slots__))
    said: dict[str, Any] = dict(rule)
    return PlannedProperty(**{**said, "one_of": tuple(said.get("one_of") or ())})


def _known(place: str, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in given:
        if key not in known:
            raise ArgumentError(f"{place} has {key!r}, which is not known", nearest(str(key), known))
