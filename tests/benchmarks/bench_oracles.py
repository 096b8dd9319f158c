"""Every mode against brute force on at least 50,000 random histories; stops at the first that differs.

The oracles are the slow, obvious pages of ``tests/oracles``; ``make test`` asks them about 2,000 histories per mode.
Thousands of histories share one table, so that ours is asked a few times per mode and only the oracle goes one by one:
21 minutes of processor time for the first 261 modes (of 336), divided by the cores there are.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from multiprocessing import get_context
from typing import Any
from unittest.mock import patch

from analytics_lib.behaviour import funnel_stages
from tests.benchmarks.timing import Measurement, seconds_of
from tests.oracles import test_dialect_oracle as dialects
from tests.oracles import test_funnel_oracle as funnels
from tests.oracles import test_retention_oracle as retentions
from tests.oracles import test_walk_oracle as walks
from tests.oracles.test_funnel_oracle import Mode

HISTORIES = {"small": 1, "full": 50_000}
LARGEST = 12_500
"""Histories in one table."""
_SEED = 1_000


def measure(scale: str) -> Iterable[Measurement]:
    """Ask both, mode by mode, on every core."""
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=_settle) as pool:
        yield from pool.map(partial(_asked, HISTORIES[scale]), range(len(_modes(0))))


def _settle() -> None:
    """Collect rubbish rarely: millions of small tuples live at once, and none of them is part of a circle."""
    gc.freeze()
    gc.set_threshold(500_000, 20, 100)


def _asked(least: int, number: int) -> Measurement:
    return _modes(least)[number]()


def _modes(least: int) -> list[Callable[[], Measurement]]:
    """List every mode, always in the same order, so that a process can be told one by its number."""
    return [
        *(partial(_funnels, words, modes, least) for words, modes in _funnel_modes()),
        *(partial(_in_stages, words, modes, least) for words, modes in _stage_modes()),
        *(
            partial(_retentions, cohort, kind, least, rolling=rolling)
            for cohort, kind, rolling in product(retentions.COHORTS, retentions.KINDS, [False, True])
        ),
        *(partial(_dialects, case, least) for case in dialects.CASES),
        *(partial(_sessions, mode, least) for mode in walks.SESSION_MODES),
        *(partial(_paths, way, least) for kind in walks.KINDS for way in walks.ways(kind)),
    ]


def _funnel_modes() -> Iterable[tuple[str, list[Mode]]]:
    """Give every mode of the funnel, with the shapes that take turns in it."""
    ask, entries = funnels.mode, funnels.ENTRIES
    for order, entry in product(["ordered", "strict", "any"], entries):
        how = f"{order}, entry {entry}"
        each = {"order": order, "entry": entry}
        yield how, [ask(shape, start=1, end=6, **each) for shape in funnels.PLAIN]
        yield f"{how}, holding constant", [ask(shape, within=4, hold=True, **each) for shape in ("two", "around")]
        for effect in ("drop_entity", "stop_at_step"):
            yield f"{how}, exclude {effect}", [ask(within=4, exclude=funnels.X, exclude_effect=effect, **each)]
            for span, between in funnels.SPANS.items() if order != "any" else ():
                how_far = {"exclude": between, "exclude_effect": effect}
                yield f"{how}, exclude {effect} {span}", [ask(within=6, **how_far, **each)]
        for sent in (False, True):
            yield f"{how}, {'sent' if sent else 'made'} sessions", [ask("two", unit="session", sent=sent, **each)]
            yield f"{how}, 2 {'sent' if sent else 'made'} sessions", [ask(within=None, sessions=2, sent=sent, **each)]
        yield f"{how}, unit account", [ask(unit="account", **each)]
    for entry in entries:
        yield (
            f"window from the previous step, entry {entry}",
            [
                ask(shape, within=2, window_from="previous_step", entry=entry)
                for shape in ("plain", "around", "overlapping")
            ],
        )
        yield (
            f"grace, entry {entry}",
            [ask(shape, within=4, grace=1, entry=entry) for shape in ("plain", "repeated", "overlapping")],
        )
        yield (
            f"anchored steps, entry {entry}",
            [ask(shape, order="any", within=6, entry=entry) for shape in funnels.ANCHORED],
        )
        optional = [shape for shape in funnels.SHAPES if "optional" in shape]
        yield f"optional, entry {entry}", [ask(shape, within=4, entry=entry) for shape in optional]
        for first, order in product(["event", "filtered"], ["ordered", "strict"]):
            yield (
                f"{order}, first ever {first}, entry {entry}",
                [ask("coloured", entry=entry, order=order, first_ever=first)],
            )
        for attribution in ("first", "last", "step:2", "all"):
            yield f"attribution {attribution}, entry {entry}", [ask(within=4, entry=entry, attribution=attribution)]


def _stage_modes() -> Iterable[tuple[str, list[Mode]]]:
    """Give the ways of asking that may be asked in two stages."""
    rules: dict[str, dict[str, Any]] = {
        "": {}, ", with grace": {"grace": 1, "within": 6}, ", holding constant": {"hold": True, "within": 6},
        ", window from the previous step": {"window_from": "previous_step"},
    }  # fmt: skip
    for entry, (words, rule) in product(funnels.ENTRIES, rules.items()):
        yield f"two stages, entry {entry}{words}", [funnels.mode(one, entry=entry, **rule) for one in funnels.PLAIN]


def _in_stages(words: str, modes: list[Mode], least: int) -> Measurement:
    """Ask in stages even of few rows, most of them first steps."""
    with patch.multiple(funnel_stages, LEAST_ROWS=1, MOST_OF_ROWS=1.0):
        return _funnels(words, modes, least)


def _funnels(words: str, modes: list[Mode], least: int) -> Measurement:
    tables = max(len(modes), -(-least // LARGEST))  # each shape has at least one
    users = max(-(-least // tables), 20)

    def one(turn: int) -> tuple[float, float]:
        asked, seed = modes[turn % len(modes)], _SEED + turn
        ours, result = seconds_of(lambda: funnels.answer(asked, seed, users))
        theirs, wanted = seconds_of(lambda: funnels.expected(asked, seed, users))
        funnels.compare(result, wanted, asked, seed, users)
        return ours, theirs

    return _measured(f"funnel, {words}", one, tables * users, users)


def _retentions(cohort: str, kind: str, least: int, *, rolling: bool) -> Measurement:
    def one(turn: int) -> tuple[float, float]:
        frame = retentions.histories(_SEED + turn)
        ours, result = seconds_of(lambda: retentions.answer(frame, cohort, kind, rolling=rolling))
        theirs, wanted = seconds_of(lambda: retentions.expected(frame, cohort, kind, rolling=rolling))
        retentions.check(result, wanted)
        return ours, theirs

    return _measured(
        f"retention, {cohort}, {kind}, {'rolling' if rolling else 'calendar'}", one, least, retentions.USERS
    )


def _dialects(case: tuple[str, str, bool, Any], least: int) -> Measurement:
    name, order, ties, oracle = case
    shapes = list(dialects.SHAPES.values())

    def one(turn: int) -> tuple[float, float]:
        frame, steps = dialects.histories(_SEED + turn, ties=ties), shapes[turn % len(shapes)]
        ours, found = seconds_of(lambda: dialects.levels(frame, steps, name=name, order=order))
        theirs, wanted = seconds_of(lambda: dialects.expected_levels(frame, steps, order=order, expected=oracle))
        assert found == wanted, f"dialect {name}, {order}, seed {_SEED + turn}"
        return ours, theirs

    return _measured(f"dialect {name}, {order}", one, least, dialects.USERS)


def _sessions(mode: tuple[bool, int, int], least: int) -> Measurement:
    def one(turn: int) -> tuple[float, float]:
        ours, result = seconds_of(lambda: walks.session_answer(_SEED + turn, *mode))
        theirs, wanted = seconds_of(lambda: walks.expected_sessions(_SEED + turn, *mode))
        walks.check_sessions(result, wanted)
        return ours, theirs

    sent, gap, longest = mode
    words = f"sessions, {'sent' if sent else 'made'}, gap {gap} min, at most {longest} min"
    return _measured(words, one, least, walks.PEOPLE)


def _paths(way: walks.Way, least: int) -> Measurement:
    def one(turn: int) -> tuple[float, float]:
        ours, result = seconds_of(lambda: walks.path_answer(way, _SEED + turn))
        theirs, wanted = seconds_of(lambda: walks.expected_paths(way, _SEED + turn))
        assert walks.plain(result.to_frame()[walks.EDGES]) == wanted, f"{way}, seed {_SEED + turn}"
        return ours, theirs

    return _measured(f"paths, {', '.join(map(str, way))}", one, least, walks.PEOPLE)


def _measured(task: str, one: Callable[[int], tuple[float, float]], least: int, users: int) -> Measurement:
    """Repeat until enough histories have agreed; the seconds are sums."""
    turns = -(-least // users)
    spent = [one(turn) for turn in range(turns)]
    ours, theirs = (sum(side) for side in zip(*spent, strict=True))
    return Measurement(task, ours, "brute force", theirs, f"{turns * users:,} histories agree")
