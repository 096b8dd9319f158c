"""A memory knows range, extremes and rarity as numpy and scipy do on all values, in constant space."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.statistics.monitor_memory import FEWEST, Memory


def _memory(values):
    memory = Memory()
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


@pytest.mark.parametrize(("name", "arguments"), [("norm", {}), ("expon", {}), ("t", {"df": 3}), ("lognorm", {"s": 1})])
def test_rarity_follows_the_tail_and_claims_no_more_than_the_truth(name, arguments):
    from scipy import stats

    truth = getattr(stats, name)(**arguments)
    errors = []
    for seed in range(20):
        memory = _memory(truth.rvs(4000, random_state=seed))
        far = memory.high + 0.1 * (memory.high - memory.low)
        errors.append(memory.rarity(far) + np.log10(truth.sf(far)))
    assert -2.0 < np.median(errors) < 0.3


def test_a_pareto_tail_is_exceeded_as_often_as_predicted():
    """The posterior prediction is exact there: of many new values a share of 0.01 is rarer than 2."""
    source = np.random.default_rng(5)
    surprises = []
    for _ in range(150):
        values = source.pareto(4.0, 520) + 1.0
        memory = _memory(np.concatenate([values[:500], -values[:500]]))  # the median is 0
        for value in values[500:]:
            surprises.append(value > memory.limits((2.5, 2.5), 0.0)[1])
    assert 0.001 <= np.mean(surprises) <= 0.016  # 0.0063 are due: half of the values are on this side


def test_limits_are_where_the_rarity_begins():
    memory = _memory(np.random.default_rng(6).standard_t(3, 2000))
    low, high = memory.limits((4.0, 4.6), 0.05)
    assert memory.rarity(high) == pytest.approx(4.6, abs=0.05)
    assert memory.rarity(low) == pytest.approx(4.0, abs=0.05)
    assert memory.limits((0.0, 0.0), 0.5)[1] == pytest.approx(memory.high + 0.5 * (memory.high - memory.low))


def test_earlier_anomalies_do_not_hide_the_next_one():
    values = np.random.default_rng(7).normal(size=3000)
    values[[300, 900, 1800]] = 40.0, 55.0, 48.0
    assert _memory(values).rarity(70.0) > 5


def test_every_first_of_two_incidents_is_kept_out():
    memory = _memory(np.linspace(0.0, 10.0, 200))
    assert not memory.doubts(5.0, 1)  # nothing outside
    assert [memory.doubts(20.0, incident) for incident in (1, 1, 2, 2, 3)] == [True, True, False, False, True]
    assert memory.doubts(-9.0, 3)  # the other side has its own turn
    assert not _memory(range(FEWEST - 1)).doubts(1e9, 1)


def test_a_tail_of_few_different_values_is_not_believed_to_be_short():
    lattice = _memory([2.0] * 480 + [2.5] * 20)  # a median of small counts
    assert lattice.rarity(3.0) < 3.5
    assert _memory([5.0] * 1000).rarity(9.0) < 3.5
    assert _memory([5.0] * 1000).limits((4.4, 4.4), 0.05) == (5.0, 5.0)


def test_memory_does_not_grow():
    source = np.random.default_rng(1)
    sizes = []
    for count in (1000, 20_000):
        memory = _memory(source.normal(size=count))
        sizes.append(len(json.dumps(memory.state())))
        assert len(memory.sample) <= 256
    assert max(sizes) < 7000


def test_a_restored_memory_goes_on_as_before():
    source = np.random.default_rng(3)
    memory = _memory(source.normal(size=700))
    again = Memory.from_state(json.loads(json.dumps(memory.state())))
    for value in source.standard_t(2, 500):
        assert memory.beyond(value) == again.beyond(value)
        if memory.beyond(value) > 0:
            assert memory.rarity(value) == again.rarity(value)
        memory.remember(value)
        again.remember(value)
