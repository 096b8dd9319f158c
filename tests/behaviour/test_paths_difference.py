"""Differences of paths: planted ones are found, chance is not, and the people are as many as the numbers."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.paths import PathsResult, paths
from analytics_lib.behaviour.paths_difference import paths_difference
from analytics_lib.errors import ArgumentError


def group(name: str, seconds: list[str], **options: object) -> PathsResult:
    """Give one path home → second per person."""
    nine = pd.Timestamp("2024-05-01 09:00", tz="UTC")
    rows = [
        (f"{name}{number}", event, nine + pd.Timedelta(minute, "min"))
        for number, second in enumerate(seconds)
        for minute, event in enumerate(["home", second])
    ]
    table = pd.DataFrame(rows, columns=["user_id", "event", "event_time"])
    return paths(table, length=2, **options)  # type: ignore[arg-type]


def test_newcombes_own_example_comes_out() -> None:
    """Newcombe (1998), table II (a): 56/70 less 48/80 is 0.2, interval 0.0524 to 0.3339."""
    control = group("c", ["shop"] * 48 + ["help"] * 32)
    variant = group("v", ["shop"] * 56 + ["help"] * 14)

    frame = paths_difference(control, variant).to_frame().set_index(["source", "target"])

    row = frame.loc[("home", "shop")]
    assert (row["control_users"], row["users"]) == (48, 56)
    assert (row["difference"], row["low"], row["high"]) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    pooled = 104 / 150 * 46 / 150 * (1 / 80 + 1 / 70)
    assert row["p_value"] == pytest.approx(2 * NormalDist().cdf(-0.2 / pooled**0.5))
    assert frame.loc[("(start)", "home"), "p_value"] == 1.0


def test_a_planted_difference_is_found_and_its_people_are_told_apart() -> None:
    control, variant = group("c", ["shop"] * 90 + ["help"] * 10), group("v", ["shop"] * 55 + ["help"] * 45)

    result = paths_difference(control, variant)

    frame = result.to_frame()
    assert set(frame.loc[frame["differs"], "target"]) == {"shop", "help"}
    assert (result.control_total, result.total) == (100, 100)
    for row in frame.itertuples():
        people = result.people(step=row.step, source=row.source, target=row.target)
        assert people.num_rows == row.control_users + row.users
    people = result.people(step=2, source="home", target="help")["group"].to_pylist()
    assert (people.count("control"), people.count("variant")) == (10, 45)


def test_a_transition_only_one_group_takes_has_people_of_one() -> None:
    result = paths_difference(group("c", ["shop"] * 5), group("v", ["help"] * 5))

    assert result.people(step=2, source="home", target="help")["group"].to_pylist() == ["variant"] * 5


def test_groups_that_differ_by_chance_differ_in_no_more_transitions_than_promised() -> None:
    """Where nothing differs any finding is false: at most 5 % of 12 worlds; 4 would be a chance of 1 in 450."""
    rng = np.random.default_rng(7)
    pages = [f"page{number}" for number in range(12)]

    found = 0
    for _ in range(12):
        control, variant = (group(name, rng.choice(pages, 120).tolist()) for name in "cv")
        found += bool(paths_difference(control, variant).to_frame()["differs"].any())

    assert found < 4


def test_rare_nodes_are_compared_by_name_and_other_questions_are_refused() -> None:
    control, variant = group("c", list("abcdef"), top=3), group("v", list("abcdef"), top=3)

    assert "(other)" in control.to_frame()["target"].tolist()
    assert "(other)" not in paths_difference(control, variant).to_frame()["target"].tolist()
    assert len(paths_difference(control, variant, top=2).to_frame()) == 2
    with pytest.raises(ArgumentError, match="collapse"):
        paths_difference(control, group("v", ["a"], collapse=False))


def test_the_picture_names_the_surest_difference_first() -> None:
    control, variant = group("c", ["shop"] * 90 + ["help"] * 10), group("v", ["shop"] * 55 + ["help"] * 45)

    assert paths_difference(control, variant).plot().description.startswith("2: home → ")
    assert paths_difference(group("c", []), group("v", [])).to_frame().empty


def test_people_of_both_groups_are_left_out_of_both_and_counted() -> None:
    seconds = ["shop"] * 60 + ["help"] * 40
    alone = paths_difference(group("c", seconds), group("v", seconds))
    both = pd.DataFrame({
        "user_id": ["both", "both", "both2", "both2", None, None],
        "event": ["home", "help", "home", "shop", "home", "x"],
        "event_time": pd.date_range("2024-05-01 09:00", periods=6, freq="min", tz="UTC"),
    })  # fmt: skip

    found = paths_difference(with_more("c", seconds, both), with_more("v", seconds, both))

    assert found.shared_users == 2
    assert (found.control_total, found.total) == (100, 100)
    assert any("2 people have a path in both groups" in note for note in found.notes)
    known = found.to_frame()[found.to_frame()["users"] > 0]
    pd.testing.assert_frame_equal(known, alone.to_frame())


def with_more(name: str, seconds: list[str], more: pd.DataFrame) -> PathsResult:
    """Give the paths of a group and of others together."""
    own = group(name, seconds).question
    assert own is not None
    return own.again(events=pd.concat([own.arguments["events"], more]))


def test_a_group_inside_the_other_is_refused() -> None:
    control = group("c", ["shop"] * 5)

    with pytest.raises(ArgumentError, match="all 5 people"):
        paths_difference(control, control)
