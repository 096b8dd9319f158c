"""Names, times, tenants and JSON become canonical; what can't be read is marked, not guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from analytics_lib.ingestion.mapping import EventMapping
from analytics_lib.ingestion.normalise import CANONICAL, SKEW_THRESHOLD, Circumstances, normalise
from analytics_lib.schema import COLUMN_NAMES

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def run(owner=None, mapping=None, **columns):
    length = len(next(iter(columns.values())))
    table, judgement = normalise(
        pa.table({**columns, "_line": list(range(length))}), Circumstances(mapping or EventMapping(), NOW, owner)
    )
    return table.to_pydict(), judgement


@pytest.mark.parametrize(
    ("name", "kind", "event", "said", "category"),
    [
        ("page_view", None, "page.view", "page_view", "navigation"),
        ("Page View", None, "page.view", "Page View", "navigation"),
        ("buy-button", "user-action", "user.action", "buy-button", "interaction"),
        (None, "content_view", "content.view", "content_view", "content"),
        ("shaken", "custom", "shaken", "shaken", "custom"),
        ("shaken", "odd", "shaken", "shaken", "custom"),
        ("custom", None, "custom", "custom", "custom"),
    ],
)
def test_names_are_the_registrys_where_it_knows_them(name, kind, event, said, category):
    got, _ = run(event_name=pa.array([name], pa.string()), event_type=pa.array([kind], pa.string()))
    assert (got["event"][0], got["event_name"][0], got["category"][0]) == (event, said, category)


def test_a_category_that_was_sent_counts_where_the_registry_knows_none():
    got, _ = run(event_name=["x", "page_view"], category=["mine", "mine"])
    assert got["category"] == ["mine", "navigation"]


def test_events_are_renamed_by_the_mapping_and_the_sent_name_stays():
    got, _ = run(mapping=EventMapping(events={"Kauf": "order.placed"}), event_name=["Kauf"])
    assert (got["event"], got["event_name"]) == (["order.placed"], ["Kauf"])


def test_a_named_tenant_owns_everything_else_each_event_says_its_own():
    assert run(event_name=["a", "b"], tenant_id=["t", None])[0]["tenant_id"] == ["t", "default"]
    assert run("mine", event_name=["a", "b"], tenant_id=["t", None])[0]["tenant_id"] == ["mine", "mine"]


def test_a_wrong_clock_is_put_right_and_the_evidence_stays():
    sent = NOW - timedelta(hours=2)
    got, _ = run(
        event_name=["a", "b"],
        event_time=[(sent - timedelta(minutes=5)).isoformat(), (NOW - timedelta(seconds=30)).isoformat()],
        sent_at=[sent.isoformat(), (NOW - SKEW_THRESHOLD).isoformat()],
        received_at=[NOW.isoformat()] * 2,
    )
    assert got["event_time"] == [NOW - timedelta(minutes=5), NOW - timedelta(seconds=30)]
    assert got["client_time"][0] == sent - timedelta(minutes=5)


def test_without_a_reception_of_its_own_no_clock_is_judged():
    got, _ = run(event_name=["a"], event_time=["2020-01-01"], sent_at=["2020-01-01T00:00:05"])
    assert got["event_time"] == got["client_time"]
    assert got["received_at"] == [NOW]


def test_both_times_as_sent_are_taken_as_sent():
    got, _ = run(
        event_name=["a"], event_time=["2024-01-02"], client_time=["2024-01-01"],
        sent_at=["2024-01-01"], received_at=["2024-01-03"],
    )  # fmt: skip
    assert (got["event_time"][0].day, got["client_time"][0].day) == (2, 1)


def test_what_is_no_time_no_weight_or_no_json_is_marked_by_its_looks():
    _, judgement = run(
        event_name=["a"] * 5,
        event_time=["soon", "", None, "2024-01-01", "2024-01-01"],
        sample_weight=["1", "1", "1", "-2", "x"],
        _raw_properties=["{}", "{}", "{}", "{}", "{"],
    )
    assert judgement.bad(kept=True) == [
        (0, "type_mismatch", "event_time is no time; it looks like 'aaaa'"),
        (3, "type_mismatch", "sample_weight is no positive number; it looks like '-0'"),
        (4, "type_mismatch", "sample_weight is no positive number; it looks like 'a'"),
    ]
    assert judgement.unread == {"event_time": {0}, "sample_weight": {3, 4}}


def test_json_of_others_is_read_and_joined_with_the_rest():
    got, judgement = run(
        event_name=["a", "b", "c"],
        _raw_properties=['{"b": 1, "a": NaN}', None, "[1]"],
        _rest=['{"b":2,"c":3}', "{}", "{}"],
    )  # fmt: skip
    assert got["properties"][:2] == ['{"a":null,"b":1,"c":3}', "{}"]
    assert judgement.bad(kept=True) == [(2, "type_mismatch", "properties is no JSON object")]


def test_blanks_are_unknown_and_codes_are_capitals():
    got, _ = run(event_name=[" a "], user_id=["  "], country=["de"], device_type=["Phone"])
    assert (got["event_name"], got["user_id"], got["country"], got["device_type"]) == (
        ["a"],
        [None],
        ["DE"],
        ["mobile"],
    )


def test_the_canonical_columns_are_those_of_the_schema():
    assert tuple(CANONICAL.names) == COLUMN_NAMES
