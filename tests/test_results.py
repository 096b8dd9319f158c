"""The Result: a frozen value whose frame is the truth."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, dataclass
from typing import ClassVar

import pandas as pd
import pyarrow as pa
import pytest

from analytics_lib.charts.chart import Chart
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Provenance, Result, remembered


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CountResult(Result):
    title: ClassVar[str] = "Users per step"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    def plot(self) -> Chart:
        from bokeh.plotting import figure

        return Chart(figure(), self.title)


def counted(**changes: object) -> CountResult:
    frame = pd.DataFrame({"step": [1, 2], "group": ["a", None], "users": [3, 1], "step_rate": [1.0, float("nan")]})
    people = {1: ["u1", "u2", "u3"], 2: ["u2"]}
    made = {
        "frame": frame,
        "definition": "Users who <reached> a step.",
        "notes": ("2 events had no user.",),
        "key_columns": ("step",),
        "people_source": lambda row: pa.table({"user_id": people[row["step"]]}),
    }
    return CountResult(**{**made, **changes})  # type: ignore[arg-type]


def test_changing_the_frame_does_not_change_the_result() -> None:
    result = counted()

    frame = result.to_frame()
    frame.loc[0, "users"] = 99

    assert result.to_frame().loc[0, "users"] == 3


def test_a_result_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        counted().definition = "something else"  # type: ignore[misc]


def test_the_people_behind_a_row_are_as_many_as_it_says() -> None:
    assert counted().people(step=1).column("user_id").to_pylist() == ["u1", "u2", "u3"]


def test_pages_are_cut_from_the_sorted_list() -> None:
    assert counted().people(step=1, limit=2).column("user_id").to_pylist() == ["u1", "u2"]
    assert counted().people(step=1, limit=2, offset=2).column("user_id").to_pylist() == ["u3"]
    assert counted().people(step=1, offset=3).num_rows == 0
    for page in ({"limit": 0}, {"offset": -1}):
        with pytest.raises(ArgumentError, match="can't be used"):
            counted().people(step=1, **page)


def test_a_row_may_be_named_by_its_unknown_group() -> None:
    assert counted().people(group=None).num_rows == 1


@pytest.mark.parametrize(
    ("row", "message"),
    [({"step": 7}, "0 rows match step=7"), ({}, "no row is named, and there are 2"), ({"stp": 1}, "no column 'stp'")],
)
def test_a_wrong_row_name_is_explained(row: dict[str, int], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        counted().people(**row)


def test_numbers_that_count_no_people_say_so() -> None:
    with pytest.raises(ArgumentError, match="does not keep the people"):
        counted(people_source=None).people(step=1)


def test_a_result_of_one_row_offers_its_columns() -> None:
    one = counted(frame=pd.DataFrame({"p_value": [0.25]}))

    assert one.p_value == 0.25
    with pytest.raises(AttributeError, match="no attribute 'users'"):
        _ = one.users


def test_a_result_crosses_processes_without_its_people() -> None:
    again = pickle.loads(pickle.dumps(counted(people_source=None)))  # noqa: S301

    pd.testing.assert_frame_equal(again.to_frame(), counted().to_frame())
    assert again.people_source is None


def test_the_html_escapes_and_shows_numbers_unknowns_and_notes() -> None:
    html = counted()._repr_html_()

    assert "&lt;reached&gt;" in html
    assert "<td>–</td>" in html
    assert "2 events had no user." in html


def test_words_begin_on_the_left_with_their_head_and_numbers_do_not() -> None:
    frame = pd.DataFrame({"users": [1], "event": ["buy"], "severity": pd.array([None], "str")})
    html = counted(frame=frame).table_html()

    assert '<th scope="col">users</th><th scope="col" class="words">event</th>' in html
    assert '<td>1</td><td class="words">buy</td><td class="words">–</td>' in html


def test_the_numbers_of_a_column_stand_under_each_other() -> None:
    html = counted(frame=pd.DataFrame({"users": [1, 2], "score": [0.0, 0.1699]})).table_html()

    assert "<td>1</td><td>0.0000</td>" in html
    assert "<td>2</td><td>0.1699</td>" in html


def test_long_tables_say_how_many_rows_are_left_out() -> None:
    long = counted(frame=pd.DataFrame({"users": range(100)}))

    assert "60 more rows" in long.table_html()


def test_provenance_says_where_a_number_comes_from() -> None:
    assert str(Provenance(data_version="events@12")).startswith("Data: events@12, all time (UTC). analytics_lib ")


@remembered
def numbers(names: object, *, times: int = 1) -> CountResult:
    """Tell nothing much."""
    frame = pd.DataFrame({"users": [len(list(names)) * times]})  # type: ignore[call-overload]
    return CountResult(frame=frame, definition="Numbers.")


def test_a_remembered_analysis_can_be_asked_again_with_one_argument_changed() -> None:
    result = numbers("ab")

    assert result.question is not None
    assert result.question.arguments == {"names": "ab", "times": 1}
    again = result.question.again(times=3)
    assert again.users == 6
    assert again.question.arguments["times"] == 3


def test_what_can_be_read_only_once_is_kept_for_the_next_time() -> None:
    result = numbers(iter("abc"))

    assert result.question is not None
    assert result.question.again().users == 3


def test_a_remembered_analysis_keeps_its_name_words_and_arguments() -> None:
    assert (numbers.__name__, numbers.__doc__) == ("numbers", "Tell nothing much.")
    with pytest.raises(TypeError):
        numbers("a", 2)  # type: ignore[misc]


def test_the_question_stays_behind_when_a_result_crosses_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(numbers("ab"))).question is None  # noqa: S301  # our own bytes
