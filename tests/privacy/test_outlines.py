"""Of a line that nobody could read, its outline stays and no word of it."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from analytics_lib import schema
from analytics_lib.privacy.outlines import MOST_CHARACTERS, outline

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
