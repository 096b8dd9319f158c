"""Each analysis as one expression: what it means, for any engine that Ibis speaks to.

The analyses themselves reduce a table in the engine and go on in arrays, which is many times faster on a
laptop. These are the same definitions without arrays: nothing but windows, joins and groups, so that nothing
leaves a warehouse or a Spark cluster but the answer. Both give the same numbers (``tests/behaviour/test_portable.py``).
Rows are handed with ``_micros``, microseconds since 1970
(:func:`~analytics_lib.engine.times.epoch_micros` gives them on every engine).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis

from analytics_lib.engine.tables import Table

WHO = ("user_id",)


def funnel_levels(
    events: Table, steps: Sequence[str], *, within_micros: int | None = None, who: Sequence[str] = WHO
) -> Table:
    """Give the level of each person who entered: how many different steps they did in order, inside the window.

    The ordered funnel with the window from the entry, steps being different names. Each event carries the latest
    entry from which its step can be reached; a later entry leaves more of the window, so that no other can be better.
    Events of equal time are interchangeable, so each window takes in all rows of its moment.

    Examples
    --------
    >>> rows = {"user_id": ["a", "a", "b"], "event": ["view", "buy", "view"], "_micros": [0, 5, 0]}
    >>> found = funnel_levels(ibis.memtable(rows), ["view", "buy"]).order_by("user_id")
    >>> found.to_pyarrow().to_pylist()
    [{'user_id': 'a', 'level': 2}, {'user_id': 'b', 'level': 1}]
    """
    if len(set(steps)) != len(steps):
        raise ValueError("a name that is two steps needs the search of funnel()")
    until_now = ibis.range_window(preceding=None, following=0, group_by=list(who), order_by="_micros")
    table = events.filter(events.user_id.notnull(), events.event.isin(list(steps)))
    table = table.select(*who, "event", "_micros", _level=ibis.literal(0, "int64"), _entry=table["_micros"])
    nothing = ibis.null("int64")
    for number, step in enumerate(steps):
        if number:  # the latest entry that came as far as the step before
            reached = (table["_level"] == number).ifelse(table["_entry"], nothing)
            table = table.mutate(_open=reached.max().over(until_now))
            fits = (table.event == step) & table["_open"].notnull()
            if within_micros is not None:
                fits = fits & (table["_micros"] - table["_open"] <= within_micros)
            table = table.mutate(
                _entry=fits.ifelse(table["_open"], table["_entry"]), _level=fits.ifelse(number + 1, table["_level"])
            )
        else:
            table = table.mutate(_level=(table.event == step).ifelse(1, 0).cast("int64"))
    levels = table.group_by(list(who)).aggregate(level=table["_level"].max())
    return levels.filter(levels.level > 0)


def retention_cells(events: Table, *, period_micros: int, periods: int, who: Sequence[str] = WHO) -> Table:
    """Give how many people of each cohort came back *on* each period: any event starts, any counts as a return.

    Buckets are whole multiples of the period since 1970 (UTC days, for example); only cells with people are there.

    Examples
    --------
    >>> rows = {"user_id": ["a", "a", "b"], "_micros": [0, 10, 10]}
    >>> found = retention_cells(ibis.memtable(rows), period_micros=10, periods=2)
    >>> [tuple(row.values()) for row in found.order_by("cohort", "period").to_pyarrow().to_pylist()]
    [(0, 0, 1), (0, 1, 1), (1, 0, 1)]
    """
    known = events.filter(events.user_id.notnull())
    there = known.select(*who, bucket=(known["_micros"] // period_micros).cast("int64")).distinct()
    there = there.mutate(cohort=there.bucket.min().over(group_by=list(who)))
    cells = there.select("cohort", period=there.bucket - there.cohort)
    cells = cells.filter(cells.period < periods)
    return cells.group_by(["cohort", "period"]).aggregate(users=cells.count())


def session_rows(events: Table, *, gap_micros: int, who: Sequence[str] = WHO) -> Table:
    """Give one row per session by the gap rule alone: ``start``, ``end`` (microseconds) and ``events``.

    The cut after 24 hours depends on where the cut before it fell, which no window can say: ask `sessions` for it.

    Examples
    --------
    >>> found = session_rows(ibis.memtable({"user_id": ["a", "a", "a"], "_micros": [0, 30, 61]}), gap_micros=30)
    >>> found.order_by("start").to_pyarrow().to_pylist()
    [{'user_id': 'a', 'start': 0, 'end': 30, 'events': 2}, {'user_id': 'a', 'start': 61, 'end': 61, 'events': 1}]
    """
    known = events.filter(events.user_id.notnull()).select(*who, "_micros")
    ordered: dict[str, Any] = {"group_by": list(who), "order_by": "_micros"}
    before = known["_micros"].lag().over(ibis.window(**ordered))
    cut = known.mutate(_begins=(known["_micros"] - before > gap_micros).fill_null(True).ifelse(1, 0))  # noqa: FBT003
    numbered = cut.mutate(_session=cut["_begins"].sum().over(ibis.range_window(preceding=None, following=0, **ordered)))
    visits = numbered.group_by([*who, "_session"]).aggregate(
        start=numbered["_micros"].min(), end=numbered["_micros"].max(), events=numbered.count()
    )
    return visits.drop("_session")


def path_steps(events: Table, *, length: int, who: Sequence[str] = WHO) -> Table:
    """Give the first transitions of each person's whole history: ``step``, ``source``, ``target``, ``transitions``.

    Nothing is collapsed; the start and the end are no rows. Equal times are ordered by the names of the events.

    Examples
    --------
    >>> found = path_steps(ibis.memtable({"user_id": ["a", "a"], "event": ["x", "y"], "_micros": [0, 1]}), length=3)
    >>> found.to_pyarrow().to_pylist()
    [{'step': 1, 'source': 'x', 'target': 'y', 'transitions': 1}]
    """
    known = events.filter(events.user_id.notnull() & events.event.notnull())
    ordered = ibis.window(group_by=list(who), order_by=["_micros", "event"])
    walked = known.select(
        step=ibis.row_number().over(ordered) + 1, source=known.event, target=known.event.lead().over(ordered)
    )
    steps = walked.filter(walked.target.notnull() & (walked.step <= length))
    return steps.group_by(["step", "source", "target"]).aggregate(transitions=steps.count())
