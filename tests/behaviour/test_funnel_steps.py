"""Steps: names, several names, conditions, and what is refused."""

from __future__ import annotations

import ibis
import pytest

from analytics_lib.behaviour.funnel_steps import read_step, read_steps, step, unknown_names
from analytics_lib.errors import ArgumentError

TABLE = ibis.memtable({"event": ["a", "b", None], "country": ["GB", None, "GB"]})


def test_a_step_may_be_several_events_or_any_event_that_meets_conditions() -> None:
    assert step(["a", "b"]).matches(TABLE).to_list() == [True, True, False]
    assert step(where={"country": "GB"}).matches(TABLE).to_list() == [True, False, True]
    assert step("a", where={"country": "NL"}).matches(TABLE).to_list() == [False, False, False]


def test_a_mapping_with_the_same_words_is_a_step() -> None:
    assert read_step({"event": "a", "where": {"country": "GB"}}).same_as(step("a", where={"country": "GB"}))
    assert str(read_step({"event": "a", "label": "start"})) == "start"
    with pytest.raises(ArgumentError, match="evnt"):
        read_step({"evnt": "a"})
    with pytest.raises(ArgumentError, match="no step"):
        read_step(3)


def test_a_step_of_nothing_is_refused() -> None:
    with pytest.raises(ArgumentError, match="neither"):
        step()
    with pytest.raises(ArgumentError):
        step("")
    with pytest.raises(ArgumentError, match="one string"):
        read_steps("ab")


def test_names_that_the_table_or_the_registry_knows_need_no_note() -> None:
    assert unknown_names([step("a"), step("page.view")], TABLE, strict=True) == ()
    assert "'bb'" in unknown_names([step("bb")], TABLE, strict=False)[0]


@pytest.mark.parametrize(("given", "advice"), [(None, "'view', 'buy'"), (5, "'view', 'buy'"), ("a", r"\['a', …\]")])
def test_what_is_no_list_of_steps_is_told_how_to_write_one(given: object, advice: str) -> None:
    with pytest.raises(ArgumentError, match=advice):
        read_steps(given)  # type: ignore[arg-type]
