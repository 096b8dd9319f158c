"""An alarm needs newness and rarity both; longer streams and longer tails need more."""

import numpy as np

from analytics_lib.statistics.monitor_memory import Memory
from analytics_lib.statistics.monitor_strangeness import needed_rarity, strangeness


def _memory(values):
    memory = Memory(gaps=True)
    for value in values:
        memory.remember(float(value))
    return memory


def test_nothing_new_is_not_strange():
    assert strangeness("value", 0.3, _memory(np.linspace(0, 1, 500)), 3.2) == (0.0, "")


def test_far_outside_a_short_tail_is_an_alarm_with_its_reason():
    memory = _memory(np.random.default_rng(1).normal(size=2000))
    assert strangeness("value", 9.0, memory, 3.2)[0] > 1
    assert strangeness("value", 9.0, memory, 3.2)[1] == "higher than ever before"
    assert strangeness("departure", -9.0, memory, 3.2)[1] == "sudden fall"


def test_a_record_within_the_margin_is_not_an_alarm():
    memory = _memory(np.random.default_rng(1).normal(size=2000))
    assert strangeness("value", memory.high * 1.05, memory, 3.2)[0] < 1


def test_a_gap_between_crowds_is_strange():
    source = np.random.default_rng(2)
    memory = _memory(np.concatenate([source.normal(0, 1, 1000), source.normal(50, 1, 1000)]))
    strange, words = strangeness("value", 25.0, memory, 3.2)
    assert strange >= 1
    assert "never seen" in words


def test_dependent_views_need_more():
    memory = _memory(np.random.default_rng(3).normal(size=2000))
    assert strangeness("level", 5.2, memory, 3.2)[0] < strangeness("value", 5.2, memory, 3.2)[0]


def test_a_lower_promise_and_a_longer_stream_need_more():
    assert needed_rarity(0.01, 1000) == needed_rarity(0.1, 1000) + 1
    assert needed_rarity(0.1, 100_000) > needed_rarity(0.1, 10_000) > needed_rarity(0.1, 1000)
