"""How many people fall under each of several rules, as of a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from analytics_lib.behaviour.conditions import Condition, people_table, read_condition
from analytics_lib.behaviour.past import Past, open_past
from analytics_lib.engine.tables import AnyTable
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import Moment
from analytics_lib.results import Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SegmentsResult(Result):
    """People per rule: ``segment``, ``users``."""

    title: ClassVar[str] = "Segments"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    total: int = 0
    """All people with an event before the moment; rules may overlap, so rows need not add up to it."""

    def plot(self) -> Chart:
        """Draw one bar per segment."""
        from analytics_lib.charts.bars import draw_bars

        return draw_bars(self.frame, x="segment", y="users", title=self.title, horizontal=True)


@remembered
def segments(events: AnyTable, rules: Mapping[str, object], *, as_of: Moment | None = None) -> SegmentsResult:
    """Tell how many people fall under each rule, as of a moment.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event_time`` and what the rules ask for.
    rules
        Name and condition of each segment; see :mod:`analytics_lib.behaviour.conditions`. An event
        name means having done it; ``{"event": …, "at_least": 3, "within": "30d"}`` how often.
    as_of
        Only events before this moment are known; default: just after the newest event.

    Returns
    -------
    SegmentsResult
        ``segment``, ``users``, in the order of the rules; ``.total`` people of all.

    Raises
    ------
    ArgumentError
        No rules, or a rule that can't be asked.

    Examples
    --------
    >>> import pandas as pd
    >>> from analytics_lib.behaviour.conditions import did
    >>> events = pd.DataFrame({
    ...     "user_id": ["a", "a", "b"], "event": ["view", "buy", "view"],
    ...     "event_time": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-03"]),
    ... })
    >>> segments(events, {"buyers": "buy", "lookers": ~did("buy")}).to_frame()["users"].tolist()
    [1, 1]
    """
    if not isinstance(rules, Mapping) or not rules:
        raise ArgumentError(f"rules={rules!r} names no segments", 'Give a mapping such as {"buyers": "purchase"}.')
    asked = {str(name): read_condition(condition) for name, condition in rules.items()}
    columns = [column for condition in asked.values() for column in condition.columns]
    past, scope = open_past(events, columns, as_of=as_of, analysis="segments")
    people = {name: people_table(condition.people(past), past.who) for name, condition in asked.items()}
    return SegmentsResult(
        frame=pd.DataFrame(
            {
                "segment": pd.Series(list(people), dtype="str"),
                "users": pd.array([table.num_rows for table in people.values()], "Int64"),
            }
        ),
        definition=_words(asked, past),
        provenance=scope.provenance,
        notes=scope.notes,
        key_columns=("segment",),
        people_source=lambda row: people[row["segment"]],
        total=scope.people_count(past.table),
    )


def _words(asked: Mapping[str, Condition], past: Past) -> str:
    rules = "; ".join(f"{name}: {condition}" for name, condition in asked.items())
    return f"People by rule, known from events before {past.as_of:%Y-%m-%d %H:%M:%S} UTC. {rules}. Rules may overlap."
