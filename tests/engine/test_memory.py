from __future__ import annotations

import gc

import ibis

from analytics_lib.engine import provenance
from analytics_lib.engine.memory import hold
from analytics_lib.engine.tables import to_arrow


def source():
    table = ibis.memtable({"user_id": ["a", None], "events": [1, 2]})
    provenance.remember(table.op().name, "events@12")
    return table


def test_held_rows_are_the_rows_of_the_expression():
    table = source()

    held = hold(table.filter(table.user_id.notnull()))

    assert to_arrow(held).to_pydict() == {"user_id": ["a"], "events": [1]}


def test_held_rows_still_say_which_snapshot_they_are_of():
    table = source()

    held = hold(table)

    assert provenance.data_version(held.filter(held.events > 1)) == "events@12"


def test_a_handed_frame_stays_in_memory():
    assert provenance.data_version(hold(ibis.memtable({"a": [1]}))) == "in memory"


def test_the_note_goes_with_the_rows():
    held = hold(source())
    name = held.op().name
    del held
    gc.collect()

    assert name not in provenance._versions
