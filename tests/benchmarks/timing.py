"""Ours and the peer, interleaved in one process; medians and their ratio, never a bare number of seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Measurement:
    """One line of the benchmark table."""

    task: str
    """What was done, with the size of the data."""
    ours_seconds: float
    """Median of our runs."""
    peer: str
    """Who did the same."""
    peer_seconds: float | None
    """Median of the peer's runs, interleaved with ours; None where it could not run, and the note says why."""
    note: str = ""
    """Whether the answers were equal, and what else a reader should know."""

    @property
    def ratio(self) -> float | None:
        """Our time as a share of the peer's: below 1 we are faster; None without the peer's time."""
        return self.ours_seconds / self.peer_seconds if self.peer_seconds else None

    def as_json(self) -> dict[str, Any]:
        """Give the line with its ratio."""
        return {**asdict(self), "ratio": self.ratio}


def seconds_of(work: Callable[[], Any]) -> tuple[float, Any]:
    """Run once; give the seconds and the answer."""
    begin = time.perf_counter()
    answer = work()
    return time.perf_counter() - begin, answer


def compare(
    task: str,
    ours: Callable[[], Any],
    peers: dict[str, Callable[[], Any]],
    *,
    repeats: int = 3,
    same: Callable[[Any, Any], bool] | None = None,
) -> list[Measurement]:
    """Run ours and every peer in turn, `repeats` times; refuse to compare different answers."""
    spent: dict[str, list[float]] = {"ours": [], **{name: [] for name in peers}}
    answers: dict[str, Any] = {}
    for _ in range(repeats):
        for name, work in {"ours": ours, **peers}.items():
            took, answers[name] = seconds_of(work)
            spent[name].append(took)
    lines = []
    for name in peers:
        equal = same is None or same(answers["ours"], answers[name])
        assert equal, f"{task}: {name} gives another answer: {answers['ours']} and {answers[name]}"
        note = "same answer" if same is not None else ""
        lines.append(Measurement(task, median(spent["ours"]), name, median(spent[name]), note))
    return lines
