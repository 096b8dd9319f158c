"""Why two numbers differ: exact on hundreds of random pairs, right on cases small enough to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analytics_lib.behaviour.dialects import DIALECTS
from analytics_lib.behaviour.difference import DifferenceResult, explain_difference, people_of_row
from analytics_lib.behaviour.difference_words import UNNAMED
from analytics_lib.behaviour.event_counts import event_counts
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.paths import paths
from analytics_lib.behaviour.retention import retention
from analytics_lib.errors import AnalyticsError, ArgumentError
from analytics_lib.privacy.suppression import suppress
from analytics_lib.results import Result, remembered

NOON = pd.Timestamp("2024-05-01 12:00", tz="UTC")


def people(**histories: str) -> pd.DataFrame:
    rows = [
        {"user_id": user, "event": one[0], "event_time": NOON + pd.Timedelta(float(one[1:]), "min")}
        for user, written in histories.items()
        for one in written.split()
    ]
    return pd.DataFrame(rows)


EVENTS = people(
    plain="A0 B1 C2", slow="A0 B90 C91", tie="A0 B0 C0", early="B0 A0.02 C1", again="A0 A50 B100 C101",
    repeat="A0", twice="A0 A1", excluded="A0 X1 B2 C3", interrupted="A0 D1 B2 D3 C4",
)  # fmt: skip


def changed(why: Any) -> dict[str, int]:
    frame = why.to_frame()
    return {reason: int(change) for reason, change in zip(frame["reason"], frame["change"], strict=True) if change}


def test_each_person_belongs_to_the_rule_that_moves_them() -> None:
    ours = funnel(EVENTS, ["A", "B", "C"], within="60min")
    theirs = funnel(EVENTS, ["A", "B", "C"], within="60min", dialect="mixpanel")

    why = explain_difference(ours, theirs)

    assert changed(why) == {"entries that count: best → first": -1, "seconds of grace: 0 → 2": 1}
    lost = why.people(reason="entries that count: best → first").to_pylist()
    assert lost == [{"user_id": "again", "effect": "lost"}]
    assert why.people(reason="seconds of grace: 0 → 2")["user_id"].to_pylist() == ["early"]
    assert why.difference == 0


def test_a_dialect_is_taken_apart_into_its_rules() -> None:
    ours = funnel(EVENTS, ["A", "A"], within="60min")
    theirs = funnel(EVENTS, ["A", "A"], within="60min", dialect="umami")

    why = explain_difference(ours, theirs)

    served = "one event may serve several steps: no → yes"
    assert why.to_frame()["reason"].tolist() == [
        "time counts from: entry → the step before", served, "later steps must lie in the range: no → yes",
    ]  # fmt: skip
    assert why.people(reason=served).num_rows == why.to_frame()["users"][1] == 7


def test_rules_that_can_not_be_changed_alone_are_changed_together() -> None:
    why = explain_difference(
        funnel(EVENTS, ["A", "B", "C"], order="any", within="60min"),
        funnel(EVENTS, ["A", "B", "C"], window_from="previous_step", grace_seconds=2, within="60min"),
    )

    assert why.to_frame()["change"].sum() == why.difference
    assert UNNAMED not in why.to_frame()["reason"].tolist()


def test_people_that_come_and_go_on_the_way_are_in_no_line() -> None:
    wide = funnel(EVENTS, ["A", "B", "C"], within="60min")
    same = funnel(EVENTS, ["A", "B", "C"], within="60min")

    why = explain_difference(wide, same)

    assert len(why.to_frame()) == 0
    assert why.difference == 0
    assert "no difference" in why.plot().description


def test_a_path_and_a_funnel_are_reconciled_both_ways() -> None:
    path = paths(EVENTS, anchor="A", length=2)
    steps = funnel(EVENTS, ["A", "B"])
    row = {"step": 1, "source": "A", "target": "B"}

    there = explain_difference(path, steps, row=row, other_row={"step": 2})
    back = explain_difference(steps, path, row={"step": 2}, other_row=row)

    assert (there.before, there.after) == (2, 6)
    assert changed(there) == {"whose steps: session → user": 2, "order of the steps: strict → ordered": 2}
    assert (back.before, back.after) == (6, 2)
    assert changed(back) == {"whose steps: user → session": -2, "order of the steps: ordered → strict": -2}


def test_a_rare_node_of_a_path_is_told_apart_by_name() -> None:
    row = {"step": 1, "source": "A", "target": "(other)"}

    why = explain_difference(
        paths(EVENTS, anchor="A", top=1), funnel(EVENTS, ["A", "B"]), row=row, other_row={"step": 2}
    )

    assert changed(why).keys() == {"analysis: paths → funnel"}


def test_two_analyses_without_common_rules_are_told_so_and_still_add_up() -> None:
    cohort = {"cohort": NOON.normalize(), "period": 0}

    why = explain_difference(retention(EVENTS), funnel(EVENTS, ["A", "B"]), row=cohort, other_row={"step": 2})

    assert (why.before, why.after) == (9, 6)
    assert changed(why) == {"analysis: retention → funnel": -3}


def test_any_analysis_of_people_can_be_compared_with_itself() -> None:
    events = pd.concat([EVENTS, EVENTS.assign(event_time=EVENTS["event_time"] + pd.Timedelta("2D"))])
    row = {"cohort": NOON.normalize(), "period": 1}

    why = explain_difference(retention(events, kind="on"), retention(events, kind="on_or_after"), row=row)

    assert changed(why) == {"kind: on → on_or_after": 9}


def test_another_table_is_a_reason_like_any_other() -> None:
    fewer = EVENTS[EVENTS["user_id"] != "plain"]

    why = explain_difference(funnel(EVENTS, ["A", "B"]), funnel(fewer, ["A", "B"], within="60min"))

    assert changed(why) == {"table of events: another one": -1, "longest time: 14d → 60min": -1}


def test_a_group_or_another_step_is_counted_last_and_together() -> None:
    events = EVENTS.assign(country="GB")

    why = explain_difference(
        funnel(events, ["A", "B"]), funnel(events, ["A", "B", "C"], by="country", within="60min"),
        row={"step": 2}, other_row={"country": "GB", "step": 1},
    )  # fmt: skip

    assert why.to_frame()["reason"].iloc[-1].startswith("steps: A > B → A > B > C; split by: none → country; row:")
    assert why.before + why.to_frame()["change"].sum() == why.after == 9


WEIGHTED = event_counts(EVENTS.assign(sample_weight=2.0), weighted=True)


@pytest.mark.parametrize(
    "given",
    [
        {"a": WEIGHTED, "b": WEIGHTED, "row": {"time": NOON.normalize()}},
        {"a": replace(funnel(EVENTS, ["A", "B"]), question=None)},
        {"a": suppress(funnel(EVENTS, ["A", "B", "C"]), 9)},
        {"a": funnel(EVENTS, ["A", "B"]), "row": {"step": 7}},
        {"a": funnel(EVENTS, ["A", "B"]), "row": "step 2"},
        {"a": EVENTS},
    ],
)
def test_what_can_not_be_explained_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(AnalyticsError):
        explain_difference(**{"b": funnel(EVENTS, ["A", "B"]), **given})


def test_a_row_that_an_answer_on_the_way_does_not_have_is_nobody() -> None:
    assert people_of_row(funnel(EVENTS, ["A", "B"]), {"step": 9}).num_rows == 0


RULES: dict[str, list[Any]] = {
    "within": ["1h", "2h"],
    "order": ["ordered", "any"],
    "entry": ["best", "first"],
    "top": [1, 2],
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GuessResult(Result):
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    def plot(self) -> Any:
        return None


@remembered
def guess(*, within: str, order: str, entry: str, top: int) -> GuessResult:
    """Tell of fifty people at random, but always the same for the same rules."""
    if (order, entry) == ("any", "first"):
        raise ArgumentError("these two can't be combined", "Leave one out.")
    rng = np.random.default_rng(sum(map(ord, f"{within}{order}{entry}{top * 7}")))
    ids = [f"u{one}" for one in np.flatnonzero(rng.random(50) < 0.5)]
    return GuessResult(
        frame=pd.DataFrame({"users": [len(ids)]}),
        definition="A guess.",
        people_source=lambda _: pa.table({"user_id": ids}),
    )


def test_the_lines_of_hundreds_of_random_pairs_add_up_exactly() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        a, b = (random_answer(rng, guess, RULES) for _ in range(2))
        check_adds_up(explain_difference(a, b), a, b, {})


POOL: dict[str, list[Any]] = {
    "within": ["60min", None],
    "order": ["ordered", "ordered", "strict"],
    "entry": ["best", "first"],
    "exclude": [(), (), "X", {"event": "X", "after": 2, "before": 3}],
    "unit": ["user", "user", "session"],
    "dialect": [None, None, None, *DIALECTS],
}


def test_the_lines_of_random_funnels_in_all_dialects_add_up_exactly() -> None:
    rng = np.random.default_rng(5)
    events = random_events(rng)
    results = [random_answer(rng, lambda **rules: funnel(events, ["A", "B", "C"], **rules), POOL) for _ in range(10)]

    for number in range(12):
        first, second = rng.choice(len(results), 2, replace=False)
        row = {"step": number % 3 + 1}
        check_adds_up(
            explain_difference(results[first], results[second], row=row), results[first], results[second], row
        )


def check_adds_up(why: DifferenceResult, a: Result, b: Result, row: dict[str, Any]) -> None:
    frame = why.to_frame()
    before, after = (set(one.people(**row)["user_id"].to_pylist()) for one in (a, b))
    assert UNNAMED not in frame["reason"].tolist()
    assert (why.before, why.after) == (len(before), len(after))
    assert why.before + frame["change"].sum() == why.after
    listed = {reason: why.people(reason=reason).to_pylist() for reason in frame["reason"]}
    assert [len(listed[one]) for one in frame["reason"]] == frame["users"].tolist()
    everybody = [(one["user_id"], one["effect"]) for people in listed.values() for one in people]
    assert len(everybody) == len(set(everybody))
    assert set(everybody) == {(one, "gained") for one in after - before} | {(one, "lost") for one in before - after}


def random_answer(rng: np.random.Generator, ask: Callable[..., Any], pool: dict[str, list[Any]]) -> Any:
    while True:
        try:
            return ask(**{name: values[rng.integers(len(values))] for name, values in pool.items()})
        except ArgumentError:
            continue


def random_events(rng: np.random.Generator) -> pd.DataFrame:
    rows = 600
    times = NOON + pd.to_timedelta(rng.choice([0, 1, 2, 60, 61, 600, 3000, 3001, 4000], rows), "s")
    users = [f"u{one}" for one in rng.integers(0, 110, rows)]
    return pd.DataFrame({"user_id": users, "event": rng.choice(list("AABBCX"), rows), "event_time": times})
