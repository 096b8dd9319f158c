"""A memory knows range, extremes and rarity as numpy and scipy do on all values, in constant space."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.statistics.monitor_memory import FEWEST, Memory


def _memory(values, **arguments):
    memory = Memory(**arguments)
    for value in values:
        memory.remember(float(value))
    return memory


@settings(deadline=None)
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=300))
def test_range_and_extremes_are_exact(values):
    memory = _memory(values)
    assert (memory.low, memory.high) == (min(values), max(values))
    assert list(memory.top) == sorted(values)[-30:]
    assert sorted(-value for value in memory.bottom) == sorted(values)[:30]


def test_newness_is_a_share_of_the_range():
    memory = _memory(np.linspace(0.0, 10.0, 200))
    assert memory.beyond(11.0) == pytest.approx(0.1)
    assert memory.beyond(-2.5) == pytest.approx(0.25)
    assert memory.beyond(5.0) == 0
    assert _memory([3.0] * 200).beyond(3.1) == np.inf
    assert _memory(range(FEWEST - 1)).beyond(1e9) == 0


@pytest.mark.parametrize(("name", "arguments", "tail"), [("norm", {}, 0.13), ("t", {"df": 3}, 0.33)])
def test_rarity_follows_the_tail_and_claims_no_more_than_the_truth(name, arguments, tail):
    from scipy import stats

    truth = getattr(stats, name)(**arguments)
    errors, indices = [], []
    for seed in range(20):
        memory = _memory(truth.rvs(4000, random_state=seed))
        far = memory.high + 0.1 * (memory.high - memory.low)
        rarity, index = memory.rarity(far)
        errors.append(rarity + np.log10(truth.sf(far)))
        indices.append(index)
    assert -1.6 < np.median(errors) < 0.3
    assert np.median(indices) == pytest.approx(tail, abs=0.07)


def test_a_change_after_constancy_is_rare():
    rarity, _ = _memory([5.0] * 1000).rarity(9.0)
    assert rarity > 4


def test_memory_does_not_grow():
    source = np.random.default_rng(1)
    sizes = []
    for count in (1000, 20_000):
        memory = _memory(source.normal(size=count), gaps=True)
        sizes.append(len(json.dumps(memory.state())))
        assert len(memory.sample) <= 256
    assert max(sizes) < 7000


def test_a_restored_memory_goes_on_as_before():
    source = np.random.default_rng(3)
    memory = _memory(source.normal(size=700), gaps=True)
    again = Memory.from_state(json.loads(json.dumps(memory.state())))
    for value in source.standard_t(2, 500):
        assert memory.beyond(value) == again.beyond(value)
        assert memory.inside(value) == again.inside(value)
        if memory.beyond(value) > 0:
            assert memory.rarity(value) == again.rarity(value)
        memory.remember(value)
        again.remember(value)
