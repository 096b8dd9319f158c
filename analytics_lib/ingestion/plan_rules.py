"""What a tracking plan may say of an event and of its properties, and what breaks it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from analytics_lib import checks
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

    def judge(self, properties: str) -> tuple[Finding | None, str]:
        """Give what is wrong with properties (JSON text), None when nothing is; and the text that is stored."""
        said: dict[str, Any] = json.loads(properties)
        changed = {name: self.properties[name].transformed(said[name]) for name in said if name in self.properties}
        if changed != {name: said[name] for name in changed}:
            properties = json.dumps({**said, **changed}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return self._finding(said), properties

    def _finding(self, said: Mapping[str, Any]) -> Finding | None:
        for name, rule in self.properties.items():
            if said.get(name) is None:
                if rule.required:
                    return "required_missing", f"the property {name} is missing"
                continue
            wrong = rule.finding(name, rule.transformed(said[name]))
            if wrong is not None:
                return "type_mismatch", wrong
        other = next((name for name in said if name not in self.properties), None)
        if other is not None and not self.additional:
            return "additional_property", f"the property {other} is not in the tracking plan"
        return None
