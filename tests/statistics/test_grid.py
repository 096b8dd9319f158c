import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.grid import even_grid

SECOND = 1_000_000


@given(
    step=st.sampled_from([1, 60, 300, 900, 3600, 86_400, 604_800]),
    length=st.integers(8, 200),
    lost=st.sets(st.integers(1, 198), max_size=3),
)
def test_places_are_recovered_whatever_is_lost(step, length, lost):
    kept = np.array([place for place in range(length) if place not in lost])
    grid = even_grid(kept * step * SECOND)
    assert grid.even
    assert grid.step_seconds == step
    assert grid.positions.tolist() == kept.tolist()
    assert grid.micros.tolist() == (np.arange(kept[-1] + 1) * step * SECOND).tolist()


def test_observed_moments_keep_their_own_time_when_slightly_off():
    moments = np.array([0, 61, 119, 300]) * SECOND
    grid = even_grid(moments)
    assert grid.micros[grid.positions].tolist() == moments.tolist()


def test_one_moment_and_none_have_no_step():
    for count in (0, 1):
        grid = even_grid(np.arange(count, dtype=np.int64))
        assert len(grid.micros) == count
        assert np.isnan(grid.step_seconds)


def test_a_grid_that_would_not_fit_is_refused():
    burst = np.arange(60)
    with pytest.raises(ArgumentError, match="buckets"):
        even_grid(np.append(burst, 1_700_000_000) * SECOND)


def test_two_months_in_a_row_are_a_clock_step_since_nothing_tells_otherwise():
    assert even_grid(np.array([0, 31 * 86_400]) * SECOND).step_seconds == 31 * 86_400
