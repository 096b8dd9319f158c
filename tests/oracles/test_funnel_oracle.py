"""The funnel against brute force on thousands of random histories, mode by mode."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest

from analytics_lib.behaviour.funnel import FunnelResult, funnel
from analytics_lib.behaviour.funnel_exclusion import Exclusion, exclusion
from analytics_lib.behaviour.funnel_steps import step
from tests.oracles.funnel_histories import (
    BEAT,
    MOMENTS,
    NOON,
    Happened,
    first_beats,
    happened,
    histories,
    oracle_events,
    units,
)
from tests.oracles.funnel_oracle import NEVER, Asked, Ban, Row, counted

Rows = dict[object, list[Row]]
ANCHOR = step("a", anchored=True)
SHAPES: dict[str, list[Any]] = {
    "plain": ["a", "b", "c"],
    "two": ["a", "b"],
    "repeated": ["a", "a", "b"],
    "around": ["a", "b", "a"],
    "overlapping": [step(["a", "b"]), step(["b", "c"]), step(["a", "c"])],
    "tangled": [step(["a", "b"]), step(["b", "c"]), "b"],
    "coloured": [step("a", where={"color": "red"}), step(["a", "b"]), step("c", where={"color": ["red", "blue"]})],
    "optional": ["a", step("b", optional=True), "c"],
    "optional last": ["a", "b", step("c", optional=True)],
    "optional twice": ["a", step("b", optional=True), step("b", optional=True), "c"],
    "anchored": [ANCHOR, "b", "c"],
    "anchored behind": ["a", "b", step("c", anchored=True)],
    "anchored between": ["a", "b", step("c", anchored=True), "a"],
    "anchored again": ["b", ANCHOR, "c", "a"],
    "anchored twice": [ANCHOR, "b", "c", ANCHOR],
    "anchored overlapping": [step(["a", "b"]), step(["b", "c"]), step(["a", "c"], anchored=True), step(["a", "b"])],
    "anchored colours": [step(["a", "b"], where={"color": "red"}), step(["b", "c"], anchored=True), "b", "a"],
    "optional in four": ["a", step("b", optional=True), "a", "c"],
    "optional like another": ["a", step(["a", "b"], optional=True), "b"],
}
ANCHORED = [name for name in SHAPES if "anchored" in name]
PLAIN = [name for name in SHAPES if "anchored" not in name and "optional" not in name]
X = (exclusion("x"),)
SPANS = {
    "1-2": (exclusion("x", after=1, before=2),),
    "2-3": (exclusion("x", after=2, before=3),),
    "1-2 and another 2-3": (exclusion("x", after=1, before=2), exclusion("a", after=2)),
    "everywhere and another 1-2": (exclusion("x"), exclusion("c", after=1, before=2)),
    "a step": (exclusion("b", after=2), exclusion("c", after=1, before=2)),
}
"""Events that exclude between some of three steps."""
OTHER_RULES: list[dict[str, Any]] = [
    {"grace": 1, "within": 6}, {"window_from": "previous_step"}, {"hold": True, "within": 6},
    {"unit": "session", "within": None}, {"unit": "account"}, {"sessions": 2, "within": None},
]  # fmt: skip
FREE = {"overlapping", "tangled", "coloured", "anchored overlapping", "anchored colours"}
"""Shapes where events of one moment can be different steps."""
ENTRIES = ["best", "first", "every"]
SEED, USERS = 20, 2100
"""Shapes of one mode share the 2,100 histories: each has its part."""


@dataclass(frozen=True)
class Mode:
    """One way to ask."""

    asked: Asked
    shape: str = "plain"
    hold: bool = False
    unit: str = "user"
    sent: bool = False
    """The table has session ids."""
    first_ever: str | None = None
    exclude: tuple[Exclusion, ...] = ()
    moments: int = MOMENTS
    """Different times there are."""
    attribution: str | None = None
    """Split by colour, whose colour counts."""
    steps: list[Any] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", SHAPES[self.shape])

    @property
    def ties(self) -> bool:
        """Whether equal times may be asked about.

        Which of several events of one moment serves a step is free. It decides what is left for the next attempt and
        for optional steps, and whose colour counts, so there the moments differ.
        """
        free = self.asked.entry == "every" and self.shape in FREE
        return not (free or self.attribution or self.shape == "optional like another")


def mode(shape: str = "plain", *, within: int | None = 3, **given: Any) -> Mode:
    """Give a mode by all its arguments."""
    own = {name: given.pop(name) for name in list(given) if name in Mode.__dataclass_fields__}
    steps = [step(one) if isinstance(one, str) else one for one in SHAPES[shape]]
    optional, anchored = (
        tuple(number for number, one in enumerate(steps) if getattr(one, what)) for what in ("optional", "anchored")
    )
    return Mode(Asked(len(steps), within, optional=optional, anchored=anchored, **given), shape, **own)


def answer(asked: Mode, seed: int, users: int = USERS) -> FunnelResult:
    """Ask our funnel what the oracle is asked."""
    rules, frame = asked.asked, histories(seed, users, ties=asked.ties, moments=asked.moments)
    within = rules.sessions and f"{rules.sessions} sessions"
    return funnel(
        frame.rename(columns={"sent": "session_id"}) if asked.sent else frame,
        asked.steps,
        within=within or (None if rules.within is None else rules.within * BEAT),
        order=rules.order,
        window_from=rules.window_from,
        entry=rules.entry,
        unit=asked.unit,
        by="color" if asked.attribution else None,
        attribution=asked.attribution or "first",
        grace_seconds=rules.grace * BEAT.total_seconds(),
        hold_constant="color" if asked.hold else (),
        first_ever=asked.first_ever,
        start=NOON + max(rules.start, -100) * BEAT,
        end=NOON + min(rules.end, 100) * BEAT,
        exclude=asked.exclude,
        exclude_effect=rules.exclude_effect,
    )


def expected(asked: Mode, seed: int, users: int = USERS) -> Rows:
    """Ask the oracle."""
    steps = [
        (set(one.events), one.where.get("color")) for one in (step(s) if isinstance(s, str) else s for s in asked.steps)
    ]
    plain = [
        (names, {colors} if isinstance(colors, str) else set(colors) if colors else None) for names, colors in steps
    ]
    people = happened(seed, users, ties=asked.ties, sent=asked.sent, moments=asked.moments)
    first = asked.first_ever and first_beats(
        people, plain[0][0], plain[0][1] if asked.first_ever == "filtered" else None
    )
    found: Rows = {}
    for owner, rows in units(people, asked.unit).items():
        events = oracle_events(rows, plain, asked.asked, hold=asked.hold, first=first or None)
        excluded = bans(rows, asked)
        found[owner] = counted(events, asked.asked, excluded)
    return found


def bans(rows: list[tuple[Happened, object]], asked: Mode) -> list[Ban]:
    """Give the events of a unit that exclude, with the required steps between which they do."""
    required = asked.asked.required
    return [
        Ban(row.beat, required.index(one.after - 1), None if one.before is None else required.index(one.before - 1))
        for row, _ in rows
        for one in asked.exclude
        if row.event in one.step.events
    ]


def by_person(found: Rows, asked: Mode) -> Rows:
    """Give the completions of everybody together: of sessions by their person, of accounts as they are."""
    answer: Rows = defaultdict(list)
    for owner, rows in found.items():
        answer[owner[0] if asked.unit == "session" else owner] += rows  # type: ignore[index]
    return {owner: sorted(rows, key=str) for owner, rows in answer.items() if rows}


def found(result: FunnelResult, asked: Mode, seed: int, users: int = USERS) -> Rows:
    """Give our completions in the words of the oracle."""
    outcome, rows = result.outcome, defaultdict(list)
    names = outcome.people["user_id"].to_pylist()
    owner = {name: name for name in names}
    if asked.unit == "account":
        owner = dict(
            histories(seed, users, ties=asked.ties, moments=asked.moments)[["user_id", "account"]].itertuples(
                index=False
            )
        )
    beats = (np.array(outcome.time) - int(NOON.timestamp() * 1_000_000)) // int(BEAT / timedelta(microseconds=1))
    for beat, there, person in zip(beats.T.tolist(), outcome.reached.T.tolist(), outcome.person.tolist(), strict=True):
        rows[owner[names[person]]].append(tuple(one if yes else None for one, yes in zip(beat, there, strict=True)))
    return {name: sorted(one, key=str) for name, one in rows.items()}


def check(asked: Mode, *, shapes: int = 1) -> None:
    users = -(-USERS // shapes)
    compare(answer(asked, SEED, users), expected(asked, SEED, users), asked, SEED, users)


def compare(result: FunnelResult, oracle: Rows, asked: Mode, seed: int, users: int = USERS) -> None:
    """Compare each unit's completions, then each number of the frame."""
    wanted, got = by_person(oracle, asked), found(result, asked, seed, users)
    wrong = [owner for owner in wanted.keys() | got.keys() if got.get(owner) != wanted.get(owner)]
    frame = histories(seed, users, ties=asked.ties, moments=asked.moments)
    name = "account" if asked.unit == "account" else "user_id"
    assert not wrong, f"{asked}\n" + "\n".join(
        f"{owner}: got {got.get(owner)}, wanted {wanted.get(owner)}\n"
        f"{frame[frame[name] == owner].sort_values('beat').to_string()}"
        for owner in wrong[:3]
    )
    if asked.attribution:
        check_groups(result, asked, oracle, happened(seed, users, ties=False, sent=False))
    else:
        check_numbers(result, asked, [row for rows in oracle.values() for row in rows], frame["beat"].max())


def check_numbers(result: FunnelResult, asked: Mode, rows: list[Row], newest: int) -> None:
    """Count what the oracle found, as the definition words it."""
    table, rules = result.to_frame(), asked.asked
    counted_as = (
        "entries" if rules.entry == "every" else {"user": "users", "session": "sessions"}.get(asked.unit, "entities")
    )
    for number, line in enumerate(table.to_dict("records")):
        there = [row for row in rows if row[number] is not None]
        before = max((one for one in rules.required if one < number), default=None)
        entered = len(there) if before is None else sum(row[before] is not None for row in rows)
        assert line[counted_as] == len(there)
        assert line["users"] == result.people(step=number + 1).num_rows
        assert np.isclose(line["step_rate"], len(there) / entered if entered else np.nan, equal_nan=True)
        assert np.isclose(line["overall_rate"], len(there) / len(rows) if rows else np.nan, equal_nan=True)
        if before is not None and there:
            seconds = [(row[number] - row[before]) * BEAT.total_seconds() for row in there]  # type: ignore[operator]
            assert line["median_seconds"] == np.median(seconds)
        if rules.sessions is None:
            assert line["immature"] == sum(still_waiting(row, rules, newest) for row in rows)


def still_waiting(row: Row, rules: Asked, newest: int) -> bool:
    """Tell whether a completion may still go on: not converted, and younger than the window."""
    reached = [time for time in (row[step] for step in rules.required) if time is not None]
    begin = reached[0] if rules.window_from == "entry" else reached[-1]
    return len(reached) < len(rules.required) and (rules.within is None or newest - begin < rules.within)


def check_groups(
    result: FunnelResult, asked: Mode, oracle: Mapping[object, list[Row]], people: Mapping[str, list[Happened]]
) -> None:
    """Count each completion under the colour it is attributed to."""
    wanted: Counter[tuple[object, int]] = Counter()
    for owner, rows in oracle.items():
        color = {row.beat: row.color for row in people[owner]}  # type: ignore[index]
        for row in rows:
            reached = [time for time in row if time is not None]
            whose = str(asked.attribution)
            chosen = {"first": reached[:1], "last": reached[-1:], "all": reached}.get(whose)
            chosen = [row[int(whose[-1]) - 1]] if chosen is None else chosen  # type: ignore[list-item]
            for group in {None if time is None else color[time] for time in chosen}:
                wanted.update((group, number + 1) for number, time in enumerate(row) if time is not None)
    counted_as = "entries" if asked.asked.entry == "every" else "users"
    got = {(line["color"] if isinstance(line["color"], str) else None, line["step"]): line[counted_as]
           for line in result.to_frame().to_dict("records")}  # fmt: skip
    assert {key: count for key, count in got.items() if count} == wanted


BASIC = list(
    product(["ordered", "strict", "any"], ENTRIES, ["plain", "two", "repeated", "around", "overlapping", "coloured"])
)


@pytest.mark.parametrize(("order", "entry", "shape"), BASIC)
def test_every_order_and_entry_agrees_with_brute_force(order: str, entry: str, shape: str) -> None:
    check(mode(shape, order=order, entry=entry, start=1, end=6), shapes=6)


@pytest.mark.parametrize(("entry", "shape"), list(product(ENTRIES, ANCHORED)))
def test_anchored_steps_agree_with_brute_force(entry: str, shape: str) -> None:
    for within in (6, 2, None):
        check(mode(shape, order="any", entry=entry, within=within, start=1, end=6), shapes=3)


@pytest.mark.parametrize("shape", ["anchored", "anchored between", "anchored overlapping"])
@pytest.mark.parametrize("entry", ENTRIES)
def test_anchored_steps_go_with_other_rules(entry: str, shape: str) -> None:
    each: list[dict[str, Any]] = [{"hold": True}, {"unit": "session"}, {"unit": "account"}, {"sessions": 2}]
    each += [{"exclude": X, "exclude_effect": effect} for effect in ("drop_entity", "stop_at_step")]
    for rules in each:
        check(mode(shape, order="any", entry=entry, within=None if "sessions" in rules else 6, **rules), shapes=6)


@pytest.mark.parametrize(("order", "entry", "moments"), list(product(["ordered", "strict", "any"], ENTRIES, [1, 2])))
def test_crowded_moments_agree_with_brute_force(order: str, entry: str, moments: int) -> None:
    for shape in ("plain", "repeated", "around", "overlapping" if entry != "every" else "two"):
        check(mode(shape, order=order, entry=entry, moments=moments), shapes=4)
    for shape in ("two", "around"):
        check(mode(shape, order=order, entry=entry, moments=moments, hold=True), shapes=4)


@pytest.mark.parametrize("within", [0, 2, None, 10_000_000])
@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_every_window_agrees_with_brute_force(order: str, within: int | None) -> None:
    check(mode(within=within, order=order))


@pytest.mark.parametrize(("entry", "shape"), list(product(ENTRIES, ["plain", "around", "overlapping"])))
def test_a_window_from_the_previous_step_agrees_with_brute_force(entry: str, shape: str) -> None:
    check(mode(shape, within=2, window_from="previous_step", entry=entry), shapes=3)


@pytest.mark.parametrize(("entry", "shape"), list(product(ENTRIES, ["plain", "repeated", "overlapping"])))
def test_grace_agrees_with_brute_force(entry: str, shape: str) -> None:
    check(mode(shape, within=4, grace=1, entry=entry), shapes=3)


@pytest.mark.parametrize("effect", ["drop_entity", "stop_at_step"])
@pytest.mark.parametrize(("entry", "order"), list(product(ENTRIES, ["ordered", "strict", "any"])))
def test_exclusion_agrees_with_brute_force(entry: str, order: str, effect: str) -> None:
    check(mode(within=4, entry=entry, order=order, exclude_effect=effect, exclude=X))


@pytest.mark.parametrize("effect", ["drop_entity", "stop_at_step"])
@pytest.mark.parametrize(("entry", "order", "span"), list(product(ENTRIES, ["ordered", "strict"], SPANS)))
def test_exclusion_between_two_steps_agrees_with_brute_force(entry: str, order: str, span: str, effect: str) -> None:
    check(mode(within=6, entry=entry, order=order, exclude_effect=effect, exclude=SPANS[span]))


@pytest.mark.parametrize("effect", ["drop_entity", "stop_at_step"])
@pytest.mark.parametrize(("entry", "span"), list(product(ENTRIES, ["1-2", "1-2 and another 2-3"])))
def test_exclusion_between_two_steps_goes_with_other_rules(entry: str, span: str, effect: str) -> None:
    each = {"entry": entry, "exclude_effect": effect, "exclude": SPANS[span]}
    for rules in OTHER_RULES:
        check(mode(**(each | rules)), shapes=len(OTHER_RULES))  # type: ignore[arg-type]
    for shape in ("repeated", "around", "overlapping"):
        check(mode(shape, within=6, **each), shapes=3)  # type: ignore[arg-type]


@pytest.mark.parametrize("effect", ["drop_entity", "stop_at_step"])
@pytest.mark.parametrize(("entry", "after"), list(product(ENTRIES, [1, 3])))
def test_exclusion_between_steps_around_an_optional_one_agrees_with_brute_force(
    entry: str, after: int, effect: str
) -> None:
    between = (exclusion("x", after=after, before=3 if after == 1 else 4),)
    for grace in (0, 1):
        asked = mode("optional in four", within=6, grace=grace, entry=entry, exclude=between, exclude_effect=effect)
        check(asked, shapes=2)


@pytest.mark.parametrize(
    ("entry", "order", "shape"), list(product(ENTRIES, ["ordered", "strict", "any"], ["two", "around"]))
)
def test_holding_constant_agrees_with_brute_force(entry: str, order: str, shape: str) -> None:
    check(mode(shape, within=4, entry=entry, order=order, hold=True), shapes=2)


@pytest.mark.parametrize("sent", [False, True], ids=["made", "sent"])
@pytest.mark.parametrize(("entry", "sessions", "start"), list(product(ENTRIES, [1, 2], ["entry", "previous_step"])))
def test_a_window_of_sessions_agrees_with_brute_force(entry: str, sessions: int, start: str, sent: bool) -> None:
    check(mode(within=None, sessions=sessions, entry=entry, window_from=start, sent=sent))


@pytest.mark.parametrize("order", ["strict", "any"])
@pytest.mark.parametrize("unit", ["user", "account"])
def test_sessions_are_counted_in_any_order_and_unit(order: str, unit: str) -> None:
    check(mode(within=None, sessions=2, order=order, unit=unit, sent=True))


@pytest.mark.parametrize(("entry", "shape"), list(product(ENTRIES, [name for name in SHAPES if "optional" in name])))
def test_optional_steps_agree_with_brute_force(entry: str, shape: str) -> None:
    check(mode(shape, within=4, entry=entry), shapes=4)
    check(mode(shape, within=4, grace=1, entry=entry), shapes=4)
    check(mode(shape, within=3, window_from="previous_step", entry=entry), shapes=4)


@pytest.mark.parametrize(("entry", "effect"), list(product(ENTRIES, ["drop_entity", "stop_at_step"])))
def test_optional_steps_behind_an_excluding_event_agree_with_brute_force(entry: str, effect: str) -> None:
    for shape in ("optional", "optional last"):
        check(mode(shape, within=5, entry=entry, exclude=X, exclude_effect=effect), shapes=2)


@pytest.mark.parametrize("first", ["event", "filtered"])
@pytest.mark.parametrize(("entry", "order"), list(product(ENTRIES, ["ordered", "strict"])))
def test_the_first_ever_event_agrees_with_brute_force(entry: str, order: str, first: str) -> None:
    check(mode("coloured", entry=entry, order=order, first_ever=first, start=1, end=6))


@pytest.mark.parametrize("sent", [False, True], ids=["made", "sent"])
@pytest.mark.parametrize(("entry", "order"), list(product(ENTRIES, ["ordered", "strict", "any"])))
def test_sessions_as_units_agree_with_brute_force(entry: str, order: str, sent: bool) -> None:
    check(mode("two", entry=entry, order=order, unit="session", sent=sent))


@pytest.mark.parametrize(("entry", "order"), list(product(ENTRIES, ["ordered", "strict", "any"])))
def test_accounts_of_several_people_agree_with_brute_force(entry: str, order: str) -> None:
    check(mode(entry=entry, order=order, unit="account"))


@pytest.mark.parametrize("attribution", ["first", "last", "step:2", "all"])
@pytest.mark.parametrize(("entry", "shape"), list(product(ENTRIES, ["plain", "optional"])))
def test_attribution_agrees_with_brute_force(entry: str, shape: str, attribution: str) -> None:
    check(mode(shape, within=4, entry=entry, attribution=attribution), shapes=2)


def test_never_is_later_than_any_beat_of_the_histories() -> None:
    assert histories(SEED, USERS, ties=True)["beat"].max() < NEVER
