"""What each event is to a funnel: bits that say which steps it can be, and between which it excludes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import MOST_STEPS, Step
from analytics_lib.engine.places import place_in
from analytics_lib.engine.tables import Table

STEP_BITS: Final = (1 << MOST_STEPS) - 1
"""Bit j: the event can be step j."""
FIRST_NAME: Final = 1 << 30
"""The event has the name of the first step, whatever else that asks for."""


def excludes(span: int) -> int:
    """Give the bit that tells that a row excludes between the steps of a span: behind the bits of the steps."""
    return 1 << (MOST_STEPS + span)


def looked_at(rules: Rules) -> Iterator[tuple[Step, int]]:
    """Give every event that is asked about, and the bit that tells that a row is it."""
    yield from ((step, 1 << number) for number, step in enumerate(rules.steps))
    yield from ((one.step, excludes(rules.span_number(one))) for one in rules.exclude)
    if rules.first_ever == "event":
        yield Step(rules.steps[0].events), FIRST_NAME


def marked(table: Table, rules: Rules) -> dict[str, Any]:
    """Give the columns that :func:`marks_of` reads: the place among the plain names, and bits of conditions."""
    bits, conditions = _bits_of_names(rules), ibis.literal(0, "int32")
    for step, bit in _conditional(rules):
        conditions = conditions | step.matches(table).ifelse(bit, 0).cast("int32")
    columns = {"_place": place_in(table, "event", list(bits))} if bits else {}
    return columns | ({"_conditions": conditions} if any(_conditional(rules)) else {})


def is_marked(table: Table) -> Any:
    """Give the condition that a row is asked about; `table` has the columns of :func:`marked`."""
    found = table["_place"] > 0 if "_place" in table.columns else None
    if "_conditions" not in table.columns:
        return found
    other = table["_conditions"] != 0
    return other if found is None else found.fill_null(False) | other  # noqa: FBT003


def marks_of(rows: pa.Table, rules: Rules) -> Any:
    """Give the bits of each fetched row."""
    marks = rows["_conditions"].to_numpy() if "_conditions" in rows.column_names else np.int32(0)
    if "_place" in rows.column_names:
        bits, places = np.array([0, *_bits_of_names(rules).values()], dtype=np.int32), rows["_place"]
        marks = marks | bits.take((pc.fill_null(places, 0) if places.null_count else places).to_numpy())
    return marks  # every funnel has a step


def _conditional(rules: Rules) -> Iterator[tuple[Step, int]]:
    return ((step, bit) for step, bit in looked_at(rules) if step.where or not step.events)


def _bits_of_names(rules: Rules) -> dict[str, int]:
    """Give the bits of all steps that ask for a name and nothing else, by name."""
    found: dict[str, int] = {}
    for step, bit in looked_at(rules):
        for name in () if step.where else step.events:
            found[name] = found.get(name, 0) | bit
    return found
