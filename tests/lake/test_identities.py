from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.lake.identities import Verdicts, judge, known_rows
from analytics_lib.lake.tables import open_lake
from tests.lake.made import changed, make_rows


def as_table(rows: list[tuple[str, str, str | None]], batch_id: str) -> pa.Table:
    names = ["tenant_id", "name", "text"]
    listed = [dict(zip(names, row, strict=True)) for row in rows]
    kinds = pa.schema([(name, pa.string()) for name in (*names, "batch_id")])
    return pa.Table.from_pylist([{**row, "batch_id": batch_id} for row in listed], schema=kinds)


def words(verdicts: Verdicts) -> list[str]:
    masks = {"new": verdicts.new, "stored": verdicts.stored, "duplicate": verdicts.duplicate}
    masks["conflict"] = verdicts.conflict
    told = [[word for word, mask in masks.items() if mask[row]] for row in range(len(verdicts.new))]
    assert all(len(found) == 1 for found in told), "the four cover the batch and never overlap"
    return [found[0] for found in told]


def one_by_one(
    batch: list[tuple[str, str, str | None]], lake: dict[tuple[str, str], tuple[str | None, str]]
) -> list[str]:
    """The slow and obvious way: take row after row, remember what each name stands for."""
    known, ours, told = dict(lake), set(), []
    for tenant, name, text in batch:
        meant = known.get((tenant, name))
        if meant is None:
            known[tenant, name] = (text, "in this batch")
            told.append("new")
        elif meant[0] != text:
            told.append("conflict")
        elif meant[1] == "this batch" and (tenant, name) not in ours:
            ours.add((tenant, name))
            told.append("stored")
        else:
            told.append("duplicate")
    return told


few = st.sampled_from(["a", "b", "c"])
rows_of = st.lists(st.tuples(st.sampled_from(["t1", "t2"]), few, st.one_of(st.none(), few)), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(rows_of, rows_of, st.sampled_from(["this batch", "another batch"]))
def test_verdicts_equal_going_row_by_row(batch, earlier, owner) -> None:
    lake = {}
    for tenant, name, text in earlier:
        lake.setdefault((tenant, name), (text, owner))
    stored = as_table([(tenant, name, text) for (tenant, name), (text, _) in lake.items()], owner)

    verdicts = judge(
        as_table(batch, "this batch"), stored, identity=("tenant_id", "name"), content=("text",), batch_id="this batch"
    )

    assert words(verdicts) == one_by_one(batch, lake)


def test_only_stored_names_are_known_and_each_once(tmp_path) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(30), batch_id="1")
    lake.append("events", make_rows(30, tenant_id="other"), batch_id="2")
    keys = pa.concat_tables([make_rows(10, start=25), make_rows(10, start=25)])

    found = known_rows(lake.snapshot("events"), keys, ["user_id"])

    assert sorted(found["event_id"].to_pylist()) == [f"e{n:08d}" for n in range(25, 30)]
    assert found.column_names == ["tenant_id", "event_id", "user_id"]


def test_nothing_is_known_of_an_empty_lake(tmp_path) -> None:
    assert known_rows(open_lake(tmp_path).snapshot("events"), make_rows(3)).num_rows == 0


def test_the_same_id_at_another_time_of_another_day_is_found(tmp_path) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(1), batch_id="1")
    elsewhere = changed(make_rows(1), "event_time", make_rows(1)["event_time"][0].as_py().replace(year=2020))

    assert known_rows(lake.snapshot("events"), elsewhere).num_rows == 1
