"""Every mode against brute force on at least 50,000 random histories; stops at the first that differs.

The oracles are the slow, obvious pages of ``tests/oracles``; ``make test`` asks them about 2,000 histories per mode.
Run `python -m tests.benchmarks oracles`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

from tests.benchmarks.timing import Measurement, seconds_of
from tests.oracles import test_dialect_oracle as dialects
from tests.oracles import test_funnel_oracle as funnels
from tests.oracles import test_retention_oracle as retentions
from tests.oracles.funnel_oracle import Asked

HISTORIES = {"small": 1, "full": 50_000}
_SEED = 1_000


def measure(scale: str) -> Iterable[Measurement]:
    """Ask both, mode by mode."""
    least = HISTORIES[scale]
    for asked, exclude in _funnel_modes():
        yield _funnels(asked, least, exclude=exclude)
    for cohort, kind, rolling in product(retentions.COHORTS, retentions.KINDS, [False, True]):
        yield _retentions(cohort, kind, least, rolling=rolling)
    for case in dialects.CASES:
        yield _dialects(case, least)


def _funnel_modes() -> Iterable[tuple[Asked, bool]]:
    for order, entry in product(["ordered", "strict", "any"], funnels.ENTRIES):
        yield Asked(3, within=3, order=order, entry=entry, start=1, end=6), False
    for entry in funnels.ENTRIES:
        yield Asked(3, within=2, window_from="previous_step", entry=entry), False
        yield Asked(3, within=4, grace=1, entry=entry), False
        for order, effect in product(["ordered", "any"], ["drop_entity", "stop_at_step"]):
            yield Asked(3, within=4, entry=entry, order=order, exclude_effect=effect), True


def _funnels(asked: Asked, least: int, *, exclude: bool) -> Measurement:
    shapes = ["plain"] if exclude else [name for name, steps in funnels.SHAPES.items() if len(steps) == asked.steps]

    def one(turn: int) -> tuple[float, float]:
        shape = shapes[turn % len(shapes)]
        frame = funnels.histories(_SEED + turn, ties=not (asked.entry == "every" and shape == "overlapping"))
        ours, result = seconds_of(lambda: funnels.found(funnels.answer(asked, shape, frame, exclude=exclude)))
        theirs, wanted = seconds_of(lambda: funnels.expected(frame, funnels.SHAPES[shape], asked, exclude=exclude))
        wrong = [user for user, want in wanted.items() if result.get(user, []) != want]
        assert not wrong, f"{asked}, {shape}, seed {_SEED + turn}: {wrong[:3]}"
        return ours, theirs

    exclusion = f", exclude {asked.exclude_effect}" if exclude else ""
    grace = f", grace {asked.grace} s" if asked.grace else ""
    words = f"funnel, {asked.order}, entry {asked.entry}, window from {asked.window_from}{grace}{exclusion}"
    return _measured(words, one, least, funnels.USERS)


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


def _measured(task: str, one: Callable[[int], tuple[float, float]], least: int, users: int) -> Measurement:
    """Repeat until enough histories have agreed; the seconds are sums."""
    turns = -(-least // users)
    spent = [one(turn) for turn in range(turns)]
    ours, theirs = (sum(side) for side in zip(*spent, strict=True))
    return Measurement(task, ours, "brute force", theirs, f"{turns * users:,} histories agree")
