"""The one query of a funnel: only the rows and columns that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pyarrow as pa

from analytics_lib.behaviour.codes import Coded
from analytics_lib.behaviour.fields import column_of, field
from analytics_lib.behaviour.funnel_events import FunnelEvents, events_of
from analytics_lib.behaviour.funnel_marks import is_marked, marked, marks_of
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.identities import Fetched, Names, fetch
from analytics_lib.behaviour.parts import Wanted
from analytics_lib.behaviour.scope import Scope
from analytics_lib.engine.tables import Table, to_arrow

T = TypeVar("T")


def needed_columns(rules: Rules, unit: str, by: Iterable[str]) -> list[str]:
    """Give the table columns a funnel looks at."""
    looked_at = [column for step in (*rules.steps, *rules.excluding) for column in step.columns]
    fields = [column_of(name) for name in (*by, *rules.hold_constant)]
    units = [unit] if unit not in {"user", "session"} else []
    return list(dict.fromkeys(["user_id", "event_time", *looked_at, *fields, *units]))


@dataclass(frozen=True, slots=True)
class FunnelRows:
    """What the one query of a funnel brought, not in order yet."""

    fetched: Fetched
    scope: Scope
    asked: Rules
    """The funnel that was asked for."""
    unit: str
    by: tuple[str, ...]

    def each_part(self, rules: Rules, work: Callable[[FunnelEvents], T], wanted: Wanted | None = None) -> list[T]:
        """Put rows in order, and give what `work` makes of each part of the people.

        Parameters
        ----------
        rules
            Those that were asked for, or the same of the first steps alone.
        wanted
            Tells which rows matter; None = all.
        """
        return self.fetched.each_part(lambda rows, numbers: work(self._events(rows, numbers, rules)), wanted)

    def _events(self, rows: pa.Table, numbers: dict[str, Coded], rules: Rules) -> FunnelEvents:
        mask = marks_of(rows, self.asked)
        mask = mask if rules is self.asked else mask & (1 << len(rules.steps)) - 1
        return events_of(rows, numbers, mask, self.scope, rules, unit=self.unit, by=self.by)


def fetch_events(
    scope: Scope, rules: Rules, *, unit: str, by: tuple[str, ...], ask: Callable[[FunnelRows], list[T]]
) -> list[T]:
    """Run the one query of a funnel, and give what `ask` makes of its rows.

    Groups are numbered over all rows, and so are units other than people: then there is one part.
    """
    return fetch(
        scope.table,
        _names(scope, rules, unit),
        lambda keys: _reduced(scope, rules, unit, by, keys),
        lambda found: ask(FunnelRows(found, scope, rules, unit, by)),
        cut_by="person" if unit in {"user", "session"} and not by else None,
    )


def _names(scope: Scope, rules: Rules, unit: str) -> Names:
    """Say what has to be numbered: people, and whatever else is the unit or tells sessions apart."""
    owner = [name for name in scope.who if name != "user_id"]
    names: dict[str, list[str]] = {"person": list(scope.who)}
    if unit not in {"user", "session"}:
        names["unit"] = [*owner, unit]
    if (unit == "session" or rules.sessions is not None) and "session_id" in scope.table.columns:
        names["sent"] = [*owner, "session_id"]
    return names


def _reduced(scope: Scope, rules: Rules, unit: str, by: tuple[str, ...], keys: Mapping[str, Any]) -> Table:
    """Give the query: rows that can be a step or exclude, and only the columns the passes read."""
    table = scope.table
    named = {f"_by_{number}": field(table, name, analysis="funnel") for number, name in enumerate(by)}
    named |= {f"_held_{number}": field(table, name) for number, name in enumerate(rules.hold_constant)}
    found = table.select(**keys, _micros=table["_micros"], **marked(table, rules), **named)
    whole = rules.order == "strict" or rules.sessions is not None or _sessions_are_made(scope, unit)
    return found if whole else found.filter(is_marked(found))


def _sessions_are_made(scope: Scope, unit: str) -> bool:
    """Tell whether some sessions must be found from gaps, for which every event matters."""
    if unit != "session":
        return False
    if "session_id" not in scope.table.columns:
        return True
    missing = scope.table.session_id.isnull() & scope.table.user_id.notnull()
    return bool(to_arrow(scope.table.aggregate(missing=missing.any()))["missing"][0].as_py())
