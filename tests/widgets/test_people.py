from __future__ import annotations

import pyarrow as pa

from analytics_lib.widgets.people import People, PeopleList, people_html


def people(count):
    return People("active on 3 June", pa.table({"user_id": [f"user-{n}" for n in range(count)]}), "people-3")


def test_the_number_is_the_length_of_the_list_and_says_which_part_is_seen():
    html = people_html(people(30))

    assert "30 people active on 3 June" in html
    assert html.count("<li>") == 24
    assert "1 to 24 of 30" in html


def test_the_list_is_turned_page_by_page():
    shown = PeopleList(hint="pick", on_clear=lambda: None)
    shown.show(people(50))
    shown.on.click()
    shown.on.click()
    shown.on.click()

    assert "49 to 50 of 50" in shown.words.value
    assert '<ol start="49"><li>user-48</li>' in shown.words.value
    assert shown.on.disabled
    shown.back.click()
    assert "25 to 48 of 50" in shown.words.value


def test_the_file_has_everybody():
    shown = PeopleList(hint="pick", on_clear=lambda: None)
    shown.show(people(30))

    name, data = shown._file("csv")

    assert name == "people-3.csv"
    assert len(data.decode().splitlines()) == 31


def test_nobody_is_listed_before_somebody_asks():
    shown = PeopleList(hint="Draw a box", on_clear=lambda: None)

    assert "Draw a box" in shown.words.value
    assert len(shown.children) == 1


def test_clearing_is_told():
    told = []
    shown = PeopleList(hint="", on_clear=lambda: told.append(1))

    shown._clear.click()

    assert told == [1]


def test_a_pseudonym_is_text_not_markup():
    assert "<b>" not in people_html(People("x", pa.table({"user_id": ["<b>"]})))
