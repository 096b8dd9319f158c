from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from analytics_lib import schema
from analytics_lib.errors import LakeError
from analytics_lib.lake.layout import EVENTS, LAYOUTS, TableLayout, columns, conform

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def rows(**values: object) -> pa.Table:
    whole = {"event_id": "e1", "tenant_id": "shop", "event_time": datetime(2024, 5, 13, 23, 59, 59, 999999, tzinfo=UTC)}
    return pa.Table.from_pylist([{**whole, **values}])


def test_the_event_table_has_the_canonical_columns_in_order():
    assert tuple(EVENTS.schema.names) == schema.COLUMN_NAMES
    assert EVENTS.schema.field("event_time").type == pa.timestamp("us", "UTC")
    assert EVENTS.schema.field("day").type == pa.date32()


def test_rows_get_the_day_of_their_utc_time_their_batch_and_the_moment_they_were_stored():
    fitting = conform(rows(), EVENTS, batch_id="b1", stored_at=NOW)

    assert fitting.schema == EVENTS.schema
    assert fitting["day"][0].as_py() == date(2024, 5, 13)
    assert fitting["batch_id"][0].as_py() == "b1"
    assert fitting["stored_at"][0].as_py() == NOW
    assert fitting["country"].null_count == 1


def test_a_time_before_1970_falls_on_its_own_day():
    fitting = conform(rows(event_time=datetime(1969, 12, 31, 23, tzinfo=UTC)), EVENTS, batch_id="b", stored_at=NOW)

    assert fitting["day"][0].as_py() == date(1969, 12, 31)


def test_naive_times_are_utc_and_nanoseconds_are_cut_to_microseconds():
    table = rows().set_column(2, "event_time", pa.array([1_715_558_400_000_000_999], pa.timestamp("ns")))

    fitting = conform(table, EVENTS, batch_id="b", stored_at=NOW)

    assert fitting["event_time"][0].as_py() == datetime(2024, 5, 13, tzinfo=UTC)


def test_dictionary_columns_become_text():
    table = rows().append_column("country", pa.array(["GB"]).dictionary_encode())

    assert conform(table, EVENTS, batch_id="b", stored_at=NOW)["country"][0].as_py() == "GB"


def test_an_unknown_column_is_refused_with_the_nearest_name():
    with pytest.raises(LakeError, match=r"no column 'userid'.*Did you mean 'user_id'"):
        conform(rows(userid="u"), EVENTS, batch_id="b", stored_at=NOW)


@pytest.mark.parametrize("name", ["event_id", "tenant_id", "event_time"])
def test_rows_without_name_or_time_are_refused(name: str):
    table = rows().drop([name])

    with pytest.raises(LakeError, match=f"1 rows for 'events' have no '{name}'"):
        conform(table, EVENTS, batch_id="b", stored_at=NOW)


def test_a_value_that_does_not_fit_is_refused_not_bent():
    with pytest.raises(LakeError, match="sample_weight.*Convert it to double"):
        conform(rows(sample_weight="heavy"), EVENTS, batch_id="b", stored_at=NOW)


def test_a_layout_survives_the_trip_through_the_table_it_describes():
    for layout in LAYOUTS.values():
        assert TableLayout.from_settings(layout.name, layout.schema, layout.settings()) == layout


def test_a_layout_must_know_its_columns():
    with pytest.raises(LakeError, match="names the column 'tme'"):
        TableLayout("speeds", columns(tenant_id="string", time="timestamp", day="date"), "tme", ("tenant_id",))
