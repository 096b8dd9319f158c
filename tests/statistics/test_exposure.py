import pandas as pd
import pyarrow as pa
import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.exposure import one_row_per_user, plain_frame, single_exposure

SEEN = pd.DataFrame(
    {
        "user_id": ["ann", "bob", "bob", "cat", None],
        "variant": ["a", "b", "a", "b", "a"],
        "event_time": pd.to_datetime(["2024-05-01", "2024-05-03", "2024-05-02", "2024-05-01", "2024-05-01"]),
        "spend": [1.0, 2.0, 4.0, 8.0, 16.0],
    }
)


def test_who_saw_several_variants_is_left_out_and_counted() -> None:
    found = single_exposure(SEEN, variant="variant", unit="user_id")

    assert found.frame["user_id"].to_list() == ["ann", "cat"]
    assert any("1 of 3 users" in note and "above 1 %" in note for note in found.notes)
    assert any("1 rows without" in note for note in found.notes)


def test_the_first_variant_in_time_may_keep_all_rows_of_the_user() -> None:
    found = single_exposure(SEEN, variant="variant", unit="user_id", rule="first", time="event_time")

    assert found.frame.loc[found.frame["user_id"] == "bob", "variant"].to_list() == ["a", "a"]


def test_without_a_time_the_first_row_decides() -> None:
    found = single_exposure(SEEN, variant="variant", unit="user_id", rule="first")

    assert set(found.frame.loc[found.frame["user_id"] == "bob", "variant"]) == {"b"}


def test_rows_of_a_user_are_summed_and_unknown_stays_unknown() -> None:
    rows = pd.DataFrame({"user_id": [1, 1, 2, 2], "variant": list("aabb"), "spend": [1.0, 2.0, 3.0, None]})
    found = one_row_per_user(rows, ["spend"], variant="variant", unit="user_id").set_index("user_id")

    assert found.loc[1, "spend"] == 3.0
    assert pd.isna(found.loc[2, "spend"])


def test_arrow_tables_are_read_and_lists_refused() -> None:
    assert plain_frame(pa.table({"x": [1]}), analysis="compare")["x"].to_list() == [1]
    with pytest.raises(ArgumentError, match="list"):
        plain_frame([1, 2], analysis="compare")


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ArgumentError, match="multiple_exposure"):
        single_exposure(SEEN, variant="variant", unit="user_id", rule="last")
