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
    ours_processor: float | None = None
    """Median of our processor time, all threads; on a busy machine the fairer one."""
    peer_processor: float | None = None
    """Median of the peer's, where it works in this process."""

    @property
    def ratio(self) -> float | None:
        """Our time as a share of the peer's: below 1 we are faster; None without the peer's time."""
        return self.ours_seconds / self.peer_seconds if self.peer_seconds else None

    @property
    def processor_ratio(self) -> float | None:
        """The same of processor time; None where it was not measured."""
        return self.ours_processor / self.peer_processor if self.ours_processor and self.peer_processor else None

    def as_json(self) -> dict[str, Any]:
        """Give the line with its ratio."""
        return {**asdict(self), "ratio": self.ratio, "processor_ratio": self.processor_ratio}


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
    worked: dict[str, list[float]] = {name: [] for name in spent}
    answers: dict[str, Any] = {}
    for _ in range(repeats):
        for name, work in {"ours": ours, **peers}.items():
            begin = time.process_time()
            took, answers[name] = seconds_of(work)
            spent[name].append(took)
            worked[name].append(time.process_time() - begin)
    lines = []
    for name in peers:
        equal = same is None or same(answers["ours"], answers[name])
        assert equal, f"{task}: {name} gives another answer: {answers['ours']} and {answers[name]}"
        note = "same answer" if same is not None else ""
        wall = {"ours_seconds": median(spent["ours"]), "peer_seconds": median(spent[name])}
        processor = {"ours_processor": median(worked["ours"]), "peer_processor": median(worked[name])}
        lines.append(Measurement(task=task, peer=name, note=note, **wall, **processor))
    return lines
