"""Named groups of people: then, now, saved and read again."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analytics_lib.behaviour.cohorts import cohort, cohort_of, read_cohort
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.errors import ArgumentError, SourceError

EVENTS = pd.DataFrame(
    {
        "user_id": ["a", "b", "a", "c"],
        "event": ["buy", "view", "view", "buy"],
        "event_time": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-20", "2024-05-30"]),
    }
)


def test_then_and_now_are_told_apart() -> None:
    lately = cohort(EVENTS, {"event": "buy", "within": "14d"}, name="buyers of two weeks")

    change = lately.then_and_now(EVENTS, then="2024-05-10")

    assert dict(change.itertuples(index=False)) == {"then": 1, "stayed": 0, "left": 1, "joined": 1, "now": 1}
    assert "as of 2024-05-30" in lately.definition
    assert lately.dynamic


def test_the_people_behind_a_number_can_be_saved_and_followed() -> None:
    result = funnel(EVENTS, ["buy", "view"], within="30d")
    saved = cohort_of(result.people(step=2), name="came back")

    assert len(saved) == result.to_frame()["users"].iloc[1]
    assert sorted(saved.events(EVENTS).execute()["event"]) == ["buy", "view"]
    with pytest.raises(ArgumentError, match="list of people"):
        saved.then_and_now(EVENTS, then="2024-05-10")


@pytest.mark.parametrize("name", ["friends.csv", "friends.parquet"])
def test_a_written_cohort_reads_back_as_itself(tmp_path: Path, name: str) -> None:
    friends = cohort_of(pd.DataFrame({"user_id": ["007", "b"], "tenant_id": ["x", "x"]}), name="friends")

    again = read_cohort(friends.write(tmp_path / name))

    assert again.people.to_pylist() == friends.people.to_pylist()
    assert again.name == "friends"


def test_a_file_without_a_header_is_refused_and_not_one_person_short(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("a\nb\n")

    with pytest.raises(ArgumentError, match="no user_id"):
        read_cohort(tmp_path / "list.csv")
    with pytest.raises(SourceError):
        read_cohort(tmp_path / "missing.csv")
    with pytest.raises(ArgumentError):
        cohort_of("abc", name="x")
