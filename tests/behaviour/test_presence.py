"""One bit per person and bucket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import ibis
import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.behaviour.presence import fetch_presence, has_presence

START = datetime(2024, 5, 1, tzinfo=UTC)
MICROS = 1_714_521_600_000_000


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c", None]), st.integers(0, 149), st.booleans()), min_size=1))
def test_people_are_in_the_buckets_of_their_events(rows: list[tuple[str | None, int, bool]]) -> None:
    edges = [START + timedelta(hours=number) for number in range(151)]
    micros = [MICROS + hour * 3_600_000_000 for _, hour, _ in rows]
    table = ibis.memtable(
        pa.table(
            {
                "user_id": pa.array([who for who, _, _ in rows], pa.string()),
                "_micros": micros,
                "counts": [counts for _, _, counts in rows],
            }
        )
    )

    found = fetch_presence(table, ["user_id"], edges, present=table.counts, least={"first": table["_micros"]})

    names = found.rows["user_id"].to_pylist()
    person, bucket = found.moments()
    seen = {(who, hour) for who, hour, counts in rows if counts and who is not None}
    assert [(names[who], hour) for who, hour in zip(person, bucket, strict=True)] == sorted(
        seen, key=lambda one: (names.index(one[0]), one[1])
    )
    assert found.counts(150).tolist() == [len([who for who, at in seen if at == hour]) for hour in range(150)]
    assert sorted(names) == sorted({who for who, _, _ in rows if who is not None})
    assert found.unknown == sum(who is None for who, _, _ in rows)
    times = {who: min(at for (one, _, _), at in zip(rows, micros, strict=True) if one == who) for who in names}
    assert found.rows["first"].to_pylist() == [times[who] for who in names]


def test_too_many_buckets_are_left_to_the_portable_way() -> None:
    table = ibis.memtable({"user_id": ["a"]})
    edges = [START + timedelta(hours=number) for number in np.arange(500).tolist()]

    assert has_presence(table, edges[:481])
    assert not has_presence(table, edges[:482])
    assert not has_presence(table, [])
