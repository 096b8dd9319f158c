"""A proposed mapping names real columns, and the file loads with it."""

from __future__ import annotations

import re
import tomllib

import pytest

from analytics_lib.errors import UnknownFormatError
from analytics_lib.ingestion.files import read_events
from analytics_lib.ingestion.proposal import proposed_mapping


@pytest.mark.parametrize(
    ("columns", "event", "time", "user"),
    [
        (["timestamp", "user", "action", "plan"], "action", "timestamp", "user"),
        (["Customer ID", "Order Date", "Activity"], "Activity", "Order Date", "Customer ID"),
        (["what", "when", "who"], "what", "when", "who"),
        (["colour", "size"], "?", "?", "?"),
        (["createdAt", "memberNo", 'the "verb"'], 'the "verb"', "createdAt", "memberNo"),
        (["name", "location"], "name", "?", "?"),
    ],
)
def test_the_likely_columns_are_proposed(columns, event, time, user):
    proposed = tomllib.loads(proposed_mapping(columns))["columns"]
    assert proposed == {"event": event, "event_time": time, "user_id": user}


def test_a_newcomer_can_copy_what_the_error_proposes(tmp_path):
    source = tmp_path / "mine.csv"
    source.write_text("user,action,clock,plan\nann,pay,2026-08-01T10:00:00Z,pro\n")
    with pytest.raises(UnknownFormatError) as refused:
        read_events(source)
    asked = re.search(r"\[columns\]\n(?:.+\n)+", str(refused.value))
    assert asked is not None
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(asked.group().replace('"?"', '"clock"'))
    (event,) = read_events(source, mapping=mapping).to_pylist()
    assert (event["event"], event["user_id"], event["properties"]) == ("pay", "ann", '{"plan":"pro"}')
