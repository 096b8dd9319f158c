"""Of a line that nobody could read, its outline stays and no word of it."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib import schema
from analytics_lib.privacy.outlines import MOST_CHARACTERS, outline, outline_of_quotes, outline_unless_time

OURS = {column.name for column in schema.COLUMNS}


@given(st.text(max_size=200).filter(lambda text: not any(name in text for name in OURS)))
def test_no_character_of_a_foreign_word_stays(text: str) -> None:
    left = outline(text)

    assert len(left) == len(text)
    assert all(one in string.punctuation or one.isspace() or one in "a0" for one in left)


def test_the_fault_can_still_be_seen_and_long_lines_are_cut() -> None:
    assert outline('ann,buy,2024-05-13T10:00:00Z,"x') == 'aaa,aaa,0000-00-00a00:00:00a,"a'
    assert outline("Ωmega ★ ١٢٣") == "aaaaa a 000"
    assert len(outline("x" * 10_000)) == MOST_CHARACTERS


def test_names_of_our_columns_stay_as_whole_words_only() -> None:
    assert outline('"user_id": "user_id2"') == '"user_id": "aaaa_aa0"'


@given(st.text(st.sampled_from("abcdefgh' "), min_size=1, max_size=20))
def test_a_message_quotes_no_word_of_what_came_and_keeps_its_own(said: str) -> None:
    told = outline_of_quotes(f"could not convert string to float: {said!r}", said)

    assert told.startswith("could not convert string to float: ")
    assert not set(told[36:]) & set("bcdefgh")
    assert outline_of_quotes("'int' object has no attribute 'lower'", "{}") == "'int' object has no attribute 'lower'"


@pytest.mark.parametrize(
    "time", ["2024-02-30", "31 March 2024 25:00", "20241301T080000", "13/05/24 8:61 pm", "24:61Z", "Yesterday"]
)
def test_what_was_meant_as_a_time_stays_to_be_mended(time: str) -> None:
    assert outline_unless_time(time) == time


@pytest.mark.parametrize(
    "person", ["ann", "marsha 12 34", "4711", "49301234567890123", "a@b.org", "", "May", "ann now"]
)
def test_what_was_not_meant_as_a_time_leaves_its_outline(person: str) -> None:
    assert outline_unless_time(person) == outline(person)
