"""Each order of each dialect goes to the pass that knows it."""

from __future__ import annotations

import numpy as np

from analytics_lib.behaviour.dialect_pass import completions
from analytics_lib.behaviour.dialect_rules import in_dialect
from analytics_lib.behaviour.funnel_pass import Histories
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import read_steps


def test_a_tie_converts_everywhere_but_where_time_must_increase() -> None:
    units, time = np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    tie = Histories(units, units, time, time, np.array([1, 2]), np.array([True, False]))

    def level(dialect: str | None, order: str = "ordered") -> int:
        rules = in_dialect(Rules(read_steps(["a", "b"]), order=order), dialect)
        return int((completions(tie, rules, ()) >= 0).sum())

    assert [level(None), level("posthog"), level("clickhouse", "strict")] == [2, 2, 2]
    assert level("clickhouse_strict_increase") == 1
