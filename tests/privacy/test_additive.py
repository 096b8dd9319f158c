"""What can be worked out from sums is never underestimated."""

from __future__ import annotations

from analytics_lib.privacy.additive import Sums


def two_parts(first: float, second: float, *, shown: tuple[bool, bool]) -> tuple[Sums, list[int]]:
    sums = Sums()
    parts = [
        sums.add(value, shown=seen, cells=[(row, "users")])
        for row, (value, seen) in enumerate(zip((first, second), shown, strict=True))
    ]
    sums.connect(sums.add(first + second, shown=True), parts)
    return sums, parts


def test_one_hidden_part_of_a_known_total_is_known():
    sums, (first, _) = two_parts(3, 40, shown=(False, True))
    assert sums.freedom([first], [0], 10)[first] == 0


def test_two_hidden_parts_share_what_is_left_of_the_total():
    sums, (first, _) = two_parts(3, 4, shown=(False, False))
    assert sums.freedom([first], [0], 100)[first] == 5  # 1 … 6, each being at least one person


def test_a_count_in_no_sum_is_open():
    sums, (first, second) = two_parts(3, 4, shown=(False, False))
    alone = sums.add(2, shown=False, cells=[(9, "users")])
    assert sums.around(alone) == []
    assert sorted(sorted(counts) for counts, _ in sums.open_parts()) == [[first, second], [alone]]


def test_what_is_shown_holds_nothing_together():
    sums = Sums()
    left, middle, right = (sums.add(value, shown=value == 50, cells=[(value, "users")]) for value in (5, 50, 6))
    sums.connect(sums.add(55, shown=True), (left, middle))
    sums.connect(sums.add(56, shown=True), (middle, right))
    assert sorted(counts for counts, _ in sums.open_parts()) == [[left], [right]]
