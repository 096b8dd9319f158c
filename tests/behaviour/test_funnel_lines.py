"""Events in order, and the next free one of each kind."""

from __future__ import annotations

from analytics_lib.behaviour.funnel_lines import Line


def test_a_line_knows_what_is_alike_and_what_is_free() -> None:
    line = Line([2, 3, 5, 6], ["", "", "x", "x", "", "x", "y"])
    used: set[int] = set()

    assert line.ends == [3, 3, 3, 4]
    assert [line.free(place, used) for place in range(5)] == [0, 1, 2, 3, 4]
    used |= {2, 5}
    assert [line.free(place, used) for place in range(5)] == [1, 1, 3, 3, 4]
    used |= {3, 6}
    assert [line.free(place, used) for place in range(5)] == [4] * 5
