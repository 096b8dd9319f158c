"""An alarm needs newness and rarity both; longer streams and longer tails need more."""

import numpy as np

from analytics_lib.statistics.monitor_memory import Memory
from analytics_lib.statistics.monitor_strangeness import needed_rarity, rarities_for, strangeness
from analytics_lib.statistics.monitor_views import VIEWS


def _memory(values):
    memory = Memory()
    for value in values:
        memory.remember(float(value))
    return memory


def test_nothing_new_is_not_strange():
    assert strangeness("ceiling", 0.3, _memory(np.linspace(0, 1, 500)), 3.2) == (0.0, 0.0, "")


def test_far_outside_a_short_tail_is_an_alarm_with_its_reason():
    memory = _memory(np.random.default_rng(1).normal(size=2000))
    strange, spare, words = strangeness("ceiling", 9.0, memory, 4.6)
    assert strange > 1
    assert spare > 0
    assert words == "higher than ever before"
    assert strangeness("step", -9.0, memory, 4.6)[2] == "sudden fall"


def test_a_record_within_the_margin_is_not_an_alarm():
    memory = _memory(np.random.default_rng(1).normal(size=2000))
    assert strangeness("ceiling", memory.high * 1.05, memory, 2.0)[0] < 1


def test_a_far_value_under_a_long_tail_is_new_but_not_rare():
    memory = _memory(np.random.default_rng(2).standard_t(2, 2000))
    span = memory.high - memory.low
    assert strangeness("ceiling", memory.high + 0.2 * span, memory, 4.6)[0] < 1


def test_a_lower_promise_needs_more():
    assert needed_rarity(0.01) == needed_rarity(0.1) + 1
    assert all(rarity >= 4.0 for name in VIEWS for rarity in rarities_for(name, 4.6))


def test_five_in_a_row_need_less_than_one_value():
    for one, row, above in (("ceiling", "floor", True), ("floor", "ceiling", False)):
        assert rarities_for(row, 4.4)[above] < rarities_for(one, 4.4)[above]


def test_every_view_has_words_for_both_sides():
    memory = _memory(np.random.default_rng(3).normal(size=500))
    assert all(strangeness(name, side, memory, 4.6)[2] for name in VIEWS for side in (-99.0, 99.0))


def test_the_first_change_of_a_stream_is_an_alarm_and_that_of_a_median_is_none():
    memory = _memory([2.0] * 500)
    assert strangeness("value", 2.5, memory, 4.4)[0] >= 1
    assert strangeness("value", 1.5, memory, 4.4)[0] >= 1
    assert strangeness("median_60", 2.5, memory, 4.4)[0] < 1
