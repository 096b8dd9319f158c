from __future__ import annotations

import ibis

from analytics_lib.engine import provenance


def test_an_expression_over_two_snapshots_names_both() -> None:
    for name in ("snapshot_a", "snapshot_b"):
        provenance.remember(name, f"{name[-1]}@1")
    left, right = (ibis.table({"key": "int64"}, name=name) for name in ("snapshot_a", "snapshot_b"))

    assert provenance.data_version(left.inner_join(right, "key").filter(left.key > 1)) == "a@1 + b@1"


def test_a_forgotten_or_foreign_relation_is_named_by_itself() -> None:
    provenance.remember("gone", "events@3")
    provenance.forget("gone")
    provenance.forget("never there")

    assert provenance.data_version(ibis.table({"key": "int64"}, name="gone")) == "gone"
