"""Conditions as short texts that a reader can write, an address can hold and a page can offer as fields."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from analytics_lib.behaviour.conditions import Condition, Membership, belongs_to, did, has, is_in_state, went
from analytics_lib.behaviour.fields import OPERATIONS
from analytics_lib.errors import ArgumentError, nearest

Find = Callable[[str], Membership]
"""Gives a saved cohort by its name."""

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "did": ("least", "most", "within"),
    "has": ("which", "operator", "value"),
    "is": ("grain",),
    "went": ("within",),
    "in": (),
}
"""What a rule may be about, and which options it has."""
_WHERE: Final = re.compile(r"(?P<name>[\w.]+)\s*(?P<operation>>=|<=|!=|=|>|<|\bcontains\b|\bmatches\b)\s*(?P<value>.*)")
_MISSING: Final = re.compile(r"([\w.]+)\s+is\s+missing")


@dataclass(frozen=True)
class Rule:
    """One rule about a person, in parts."""

    kind: str
    """``did`` an event, ``has`` a value, ``is`` in a state of the lifecycle, ``went`` a way, ``in`` a cohort."""
    subject: str
    """The event, column, state, steps (``view > buy``) or cohort."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What more it says; empty texts say nothing."""
    negated: bool = False

    @property
    def text(self) -> str:
        """The rule as :func:`read_rule` reads it."""
        said = [f"{name}={value}" for name, value in self.options.items() if value]
        return shlex.join([*(["not"] if self.negated else []), self.kind, self.subject, *said])

    def condition(self, *, find: Find | None = None, time_zone: str = "UTC") -> Condition:
        """Give what can be asked.

        Raises
        ------
        ArgumentError
            A part is missing or no number.
        """
        if not self.subject:
            raise ArgumentError(f"the rule {self.text!r} does not say what", 'Write one such as "did purchase".')
        asked = _made(self, find, time_zone)
        return ~asked if self.negated else asked


def read_rule(text: str) -> Rule:
    """Read a rule such as ``not did purchase least=2 within=30d``.

    The forms are ``did EVENT least= most= within=``, ``has COLUMN operator= value= which=``, ``is STATE grain=``,
    ``went "view > buy" within=`` and ``in COHORT``, each with ``not`` before it or without. Words with blanks stand in
    quotation marks.

    Raises
    ------
    ArgumentError
        It has none of these forms.

    Examples
    --------
    >>> read_rule("not did purchase within=30d")
    Rule(kind='did', subject='purchase', options={'within': '30d'}, negated=True)
    """
    try:
        words = shlex.split(text)
    except ValueError as problem:
        raise ArgumentError(f"the rule {text!r} has an open quotation mark", "Close it.") from problem
    negated = words[:1] == ["not"]
    kind, subject, *more = [*words[negated:], "", ""]
    if kind not in KINDS:
        raise ArgumentError(f"the rule {text!r} begins with {kind!r}", f"Begin with {', '.join(KINDS)}.")
    options = {}
    for name, mark, value in (word.partition("=") for word in more if word):
        if not mark or name not in KINDS[kind]:
            raise ArgumentError(f"the rule {text!r} has the option {name!r}", nearest(name, KINDS[kind]))
        options[name] = value
    return Rule(kind, subject, options, negated)


def read_where(text: str) -> tuple[str, object]:
    """Read a condition on a column, such as ``country = GB|NL``, ``properties.amount >= 100`` or ``plan is missing``.

    Raises
    ------
    ArgumentError
        It has none of these forms.

    Examples
    --------
    >>> read_where("country = GB|NL"), read_where("properties.amount >= 100"), read_where("plan is missing")
    (('country', ['GB', 'NL']), ('properties.amount', ('>=', 100.0)), ('plan', None))
    """
    missing, found = _MISSING.fullmatch(text.strip()), _WHERE.fullmatch(text.strip())
    if missing:
        return missing.group(1), None
    if found is None or not found["value"]:
        raise ArgumentError(f"{text!r} is no condition", "Write one such as country = GB, or amount >= 100.")
    return found["name"], wanted_value(found["name"], found["operation"], found["value"].strip())


def wanted_value(name: str, operation: str, text: str) -> object:
    """Give the value a condition asks for: a number where order counts, or inside ``properties`` where it looks so.

    Raises
    ------
    ArgumentError
        No such operation, or no number where one is compared by size.
    """
    if operation == "is missing":
        return None
    if operation not in OPERATIONS:
        raise ArgumentError(f"{operation!r} is no operation", f"Use {', '.join(OPERATIONS)}.")
    if operation in {">", ">=", "<", "<="}:
        return operation, _number(name, text)
    if operation == "=":
        values = [_looks(name, one.strip()) for one in text.split("|")]
        return values if len(values) > 1 else values[0]
    return operation, _looks(name, text) if operation == "!=" else text


def _looks(name: str, text: str) -> object:
    inside = name.startswith("properties.") and re.fullmatch(r"-?\d+(\.\d+)?", text)
    return float(text) if inside else text


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as problem:
        raise ArgumentError(f"{name} is compared with {text!r}, which is no number", "Write a number.") from problem


def _made(rule: Rule, find: Find | None, time_zone: str) -> Condition:
    said = {name: value for name, value in rule.options.items() if value}
    if rule.kind == "did":
        return _did(rule.subject, said)
    if rule.kind == "has":
        wanted = wanted_value(rule.subject, said.get("operator", "="), said.get("value", ""))
        return has(rule.subject, wanted, which=said.get("which", "last"))
    if rule.kind == "is":
        return is_in_state(rule.subject, grain=said.get("grain", "week"), time_zone=time_zone)
    if rule.kind == "went":
        return went([one.strip() for one in rule.subject.split(">")], **said)
    if find is None:
        raise ArgumentError(f"no saved cohorts are known, so none is {rule.subject!r}", "Open a workspace.")
    return belongs_to(find(rule.subject))


def _did(event: str, said: Mapping[str, str]) -> Condition:
    times = {name: _whole(name, said[name]) for name in ("least", "most") if name in said}
    most = times.get("most")
    least = times.get("least", min(1, most) if most is not None else 1)
    return did(event, at_least=least, at_most=most, within=said.get("within"))


def _whole(name: str, text: str) -> int:
    if not text.isdecimal():
        raise ArgumentError(f"{name}={text!r} is no whole number", "Write one, such as 3.")
    return int(text)
