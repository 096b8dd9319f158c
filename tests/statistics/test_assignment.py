import hashlib
from collections import Counter

import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.assignment import assign_variant, assignment_point
from analytics_lib.statistics.split import check_split

PEOPLE = [f"user-{number}" for number in range(20_000)]


def test_the_point_is_plain_sha256_so_that_other_programs_can_follow() -> None:
    digest = hashlib.sha256(b"8:checkout3:ann").hexdigest()

    assert assignment_point("ann", "checkout") == int(digest[:16], 16) // 2**11 / 2**53


def test_users_are_dealt_as_planned() -> None:
    weights = {"control": 50.0, "b": 30.0, "c": 20.0}
    counts = Counter(assign_variant(user, "checkout", weights) for user in PEOPLE)

    assert check_split(counts, weights).p_value > 0.001


def test_two_experiments_deal_independently() -> None:
    pairs = Counter((assign_variant(user, "one"), assign_variant(user, "two")) for user in PEOPLE)

    assert check_split(pairs).p_value > 0.001


def test_more_traffic_for_a_variant_moves_no_one_out_of_it() -> None:
    narrow = {user: assign_variant(user, "checkout", {"off": 90, "on": 10}) for user in PEOPLE}
    wide = {user: assign_variant(user, "checkout", {"off": 50, "on": 50}) for user in PEOPLE}

    assert all(wide[user] == "on" for user in PEOPLE if narrow[user] == "on")


def test_a_weight_of_zero_gets_nobody() -> None:
    assert {assign_variant(user, "checkout", {"a": 1, "b": 0}) for user in PEOPLE[:500]} == {"a"}


@pytest.mark.parametrize("variants", ["control", [], {"a": -1.0, "b": 2.0}, {"a": 0.0}])
def test_what_can_not_be_dealt_is_refused(variants: object) -> None:
    with pytest.raises(ArgumentError):
        assign_variant("ann", "checkout", variants)


def test_an_experiment_needs_a_name() -> None:
    with pytest.raises(ArgumentError, match="name"):
        assign_variant("ann", "")
