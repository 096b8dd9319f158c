"""The rules of a funnel as a product would have them: what its dialect decides, and what it does not know."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from analytics_lib.behaviour.dialects import Dialect, read_dialect
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.errors import ArgumentError

_SECOND: Final = 1_000_000
DEFAULTS: Final = {"window_from": "entry", "entry": "best", "grace_seconds": 0, "exclude_effect": "drop_entity"}
"""Arguments a dialect may decide, and what they are when nobody decided."""


def in_dialect(rules: Rules, given: str | Dialect | None) -> Rules:
    """Give the same funnel under the rules of a product.

    Raises
    ------
    ArgumentError
        The dialect decides an argument otherwise, or the product knows nothing of the kind.
    """
    dialect = read_dialect(given)
    if dialect is None:
        return rules
    _refuse_unknown(rules, dialect)
    settings = {name: _decided(rules, dialect, name) for name in DEFAULTS}
    grace = 0.0 if rules.order == "strict" else float(str(settings.pop("grace_seconds")))
    settings.pop("grace_seconds", None)
    return replace(rules, dialect=dialect, grace=round(grace * _SECOND), **settings)  # type: ignore[arg-type]


def dialect_words(rules: Rules) -> str:
    """Say whose rules a funnel follows and where they differ from ours; empty for our own."""
    if rules.dialect is None:
        return ""
    own = "" if rules.dialect.walk(rules.order) else " Times and groups are taken from the completion we would choose."
    return f" As {rules.dialect.name} counts: {rules.dialect.rule}{own}"


def _given(rules: Rules, name: str) -> object:
    return rules.grace / _SECOND if name == "grace_seconds" else getattr(rules, name)


def _decided(rules: Rules, dialect: Dialect, name: str) -> object:
    given, decided = _given(rules, name), dialect.settings.get(name, DEFAULTS[name])
    if given not in (DEFAULTS[name], decided):
        raise ArgumentError(
            f"{name}={given!r}, but {dialect.name} has {name}={decided!r}", f"Leave {name} out, or the dialect."
        )
    return decided


def _refuse_unknown(rules: Rules, dialect: Dialect) -> None:
    own = dialect.walk(rules.order) is not None
    unknown = [
        (rules.order not in dialect.orders, f"order={rules.order!r}"),
        (bool(rules.exclude) and not dialect.excludes, "excluding events"),
        (not all(one.everywhere for one in rules.exclude), "events as we define it that exclude between two steps"),
        (bool(rules.hold_constant) and (own or not dialect.holds), "fields held constant"),
        (any(step.optional for step in rules.steps), "optional steps as we measure them"),
        (any(step.anchored for step in rules.steps), "anchored steps as we define them"),
        (rules.sessions is not None and not dialect.sessions, "a window of sessions"),
    ]
    for wrong, what in unknown:
        if wrong:
            raise ArgumentError(f"{dialect.name} has no {what}", "Leave the argument out, or the dialect.")
