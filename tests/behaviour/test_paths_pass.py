"""Layouts of walks, and rare nodes brought together."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.behaviour.paths_events import Walks
from analytics_lib.behaviour.paths_pass import distinct_edges, has_edge, laid_out, with_other


def walks(written: list[str]) -> Walks:
    names = tuple(sorted(set("".join(written)))) or ("a",)
    unit = np.repeat(np.arange(len(written)), [len(one) for one in written])
    node = np.array([names.index(letter) for one in written for letter in one], dtype=int)
    return Walks(unit, np.arange(len(unit)), node, unit, unit, names, pa.table({"user_id": ["u"] * len(written)}), 0)


def test_a_path_begins_at_the_start_and_ends_at_the_end() -> None:
    table = walks(["ab", "a"])
    layout = laid_out(table, table.first, length=3, backwards=False, anchored=False)

    assert layout.node.T.tolist() == [[2, 0, 1, 3], [2, 0, 3, -1]]


def test_a_path_backwards_begins_at_its_last_visit() -> None:
    table = walks(["ab"])
    layout = laid_out(table, np.array([1]), length=3, backwards=True, anchored=True)

    assert layout.node.T.tolist() == [[1, 0, layout.start, -1]]


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=7), min_size=1, max_size=25), st.integers(1, 30))
def test_what_flows_into_a_node_flows_out_and_no_path_is_lost(written: list[str], top: int) -> None:
    table = walks(written)
    whole = laid_out(table, table.first, length=5, backwards=False, anchored=False)

    layout = with_other(whole, top)

    assert has_edge(layout.node).sum() == has_edge(whole.node).sum()
    for place in range(1, len(layout.node) - 1):
        for node in range(layout.other + 1):
            if node == layout.end:
                continue
            into = ((layout.node[place] == node) & (layout.node[place - 1] >= 0)).sum()
            out = ((layout.node[place] == node) & (layout.node[place + 1] >= 0)).sum()
            assert into == out
    least = len(
        distinct_edges(np.where((whole.node >= 0) & (whole.node < whole.start), whole.other, whole.node), whole.other)
    )
    assert len(distinct_edges(layout.node, layout.other)) <= max(top, least)
