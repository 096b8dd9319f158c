"""Nobody is assumed to agree."""

from __future__ import annotations

import ibis
import pytest

from analytics_lib.behaviour.recording import only_consenting
from analytics_lib.errors import ArgumentError

ROWS = ibis.memtable({"user_id": ["a", "a", "b", None]}, schema={"user_id": "string"})


def test_who_did_not_agree_is_left_out_and_counted() -> None:
    rows, notes = only_consenting(ROWS, {"a"})

    assert rows.to_pandas()["user_id"].tolist() == ["a", "a"]
    assert notes == ("1 person is left out: no consent for session recording.",)


def test_without_any_consent_nothing_is_left() -> None:
    rows, notes = only_consenting(ROWS, [])

    assert rows.to_pandas().empty
    assert notes[0].startswith("2 people")


def test_a_text_is_no_set_of_people() -> None:
    with pytest.raises(ArgumentError, match="one text"):
        only_consenting(ROWS, "ab")
