"""The scoring of the Numenta Anomaly Benchmark, written from its description; and our monitor run on it.

``python -m tests.benchmarks.nab FOLDER`` scores every labelled file of a folder that holds ``combined_windows.json``
(or ``labels/combined_windows.json``) and the data files that it names (or ``data/…``).

Lavin and Ahmad (2015), Evaluating real-time anomaly detection algorithms, ICMLA. One threshold serves all files; with
the benchmark's own search it is chosen on the labels that are scored, at our default it is not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib.statistics.monitor import AnomalyMonitor

Floats = NDArray[np.float64]

NEVER = 1.1
"""A threshold that no score reaches."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What hits, false alarms and misses are worth."""

    hit: float
    false_alarm: float
    miss: float


PROFILES = {
    "standard": Profile(1.0, 0.11, 1.0),
    "reward_low_FP_rate": Profile(1.0, 0.22, 1.0),
    "reward_low_FN_rate": Profile(1.0, 0.11, 2.0),
}


@dataclass(frozen=True, slots=True)
class Stream:
    """One file: its rows and its labelled windows as first and last row."""

    name: str
    times: pd.DatetimeIndex
    values: Floats
    windows: tuple[tuple[int, int], ...]

    @property
    def probation(self) -> int:
        """Count the rows at the start that are never scored."""
        return min(int(0.15 * len(self.values)), 750)


def read_benchmark(folder: Path) -> list[Stream]:
    """Read every labelled file of a folder, in the order of the labels."""
    labels = next(path for path in folder.rglob("combined_windows.json"))
    base = folder / "data" if (folder / "data").is_dir() else folder
    windows = json.loads(labels.read_text())
    return [_read(base / name, name, windows[name]) for name in windows if (base / name).exists()]


def _read(path: Path, name: str, windows: Iterable[Sequence[str]]) -> Stream:
    frame = pd.read_csv(path)
    times = pd.DatetimeIndex(pd.to_datetime(frame["timestamp"]))
    places = [
        (int(times.searchsorted(pd.Timestamp(first))), int(times.searchsorted(pd.Timestamp(last), side="right")) - 1)
        for first, last in windows
    ]
    return Stream(name, times, frame["value"].to_numpy(float), tuple(sorted(places)))


def sigmoid(place: float | Floats) -> Floats:
    """Give the value of an alarm by its place: -1 at the left edge of a window, 0 at its end, beyond 3 far away."""
    capped = np.minimum(np.asarray(place, float), 4.0)
    return np.where(capped > 3.0, -1.0, 2.0 / (1.0 + np.exp(5.0 * capped)) - 1.0)


def row_values(stream: Stream, profile: Profile) -> tuple[Floats, NDArray[np.int64]]:
    """Give what an alarm in each row is worth, and in which window the row lies (-1 = in none)."""
    rows = np.arange(len(stream.values))
    worth = np.full(len(rows), -profile.false_alarm)
    inside = np.full(len(rows), -1)
    for number, (first, last) in enumerate(stream.windows):
        width = last - first + 1
        later = rows[last + 1 :]
        worth[last + 1 :] = profile.false_alarm * sigmoid((later - last) / (width - 1))
        window = rows[first : last + 1]
        worth[window] = profile.hit * sigmoid(-(last - window + 1) / width) / sigmoid(-1.0)
        inside[window] = number
    return worth, inside


def raw_score(stream: Stream, scores: Floats, threshold: float, profile: Profile) -> float:
    """Give the raw score of one file: the best alarm of each window, every alarm outside, every missed window."""
    worth, inside = row_values(stream, profile)
    alarms = scores >= threshold
    alarms[: stream.probation] = False
    total = float(worth[alarms & (inside < 0)].sum())
    for number in range(len(stream.windows)):
        hits = worth[alarms & (inside == number)]
        total += float(hits.max()) if len(hits) else -profile.miss
    return total


def reported(raw: float, streams: Sequence[Stream], profile: Profile) -> float:
    """Put a raw total on the scale where silence is 0 and perfection 100."""
    windows = sum(len(stream.windows) for stream in streams)
    silence, perfection = -windows * profile.miss, windows * profile.hit
    return 100.0 * (raw - silence) / (perfection - silence)


def score_at(streams: Sequence[Stream], scores: Sequence[Floats], threshold: float, profile: Profile) -> float:
    """Give the reported score of all files at one threshold."""
    raw = sum(raw_score(stream, one, threshold, profile) for stream, one in zip(streams, scores, strict=True))
    return reported(raw, streams, profile)


def best_threshold(streams: Sequence[Stream], scores: Sequence[Floats], profile: Profile) -> tuple[float, float]:
    """Give the best reported score over all thresholds (one for all files) and where it is reached."""
    values, steps = [np.array([NEVER])], [np.array([0.0])]
    for stream, one in zip(streams, scores, strict=True):
        worth, inside = row_values(stream, profile)
        for number in range(-1, len(stream.windows)):
            rows = np.flatnonzero(inside == number)
            rows = rows[rows >= stream.probation]
            rows = rows[np.argsort(-one[rows], kind="stable")]
            gains = worth[rows] if number < 0 else np.diff(np.maximum.accumulate(worth[rows]), prepend=-profile.miss)
            values.append(one[rows])
            steps.append(gains)
    value, step = np.concatenate(values), np.concatenate(steps)
    order = np.argsort(-value, kind="stable")
    totals = np.cumsum(step[order]) - profile.miss * sum(len(stream.windows) for stream in streams)
    last = np.flatnonzero(np.append(np.diff(value[order]) != 0, [True]))
    best = int(np.argmax(totals[last]))
    return reported(float(totals[last][best]), streams, profile), float(value[order][last][best])


def short_or_quiet(streams: Sequence[Stream], scores: Sequence[Floats]) -> tuple[list[Stream], list[Floats]]:
    """Give the files of fewer than 2,000 rows and those without a window, with their scores."""
    kept = [pair for pair in zip(streams, scores, strict=True) if len(pair[0].values) < 2000 or not pair[0].windows]
    return [stream for stream, _ in kept], [one for _, one in kept]


def alarms_outside(streams: Sequence[Stream], scores: Sequence[Floats], threshold: float) -> int:
    """Count the alarms that lie in no window, after the probation."""
    count = 0
    for stream, one in zip(streams, scores, strict=True):
        _, inside = row_values(stream, PROFILES["standard"])
        count += int((one[stream.probation :] >= threshold)[inside[stream.probation :] < 0].sum())
    return count


def watch(stream: Stream) -> Floats:
    """Give the score of our monitor, with its defaults, for each row as it arrives."""
    monitor = AnomalyMonitor()
    moments = stream.times.to_pydatetime()
    return np.array([monitor.update(when, value).value for when, value in zip(moments, stream.values, strict=True)])


def novelty(stream: Stream) -> Floats:
    """Give the three-line rival: how far each value leaves the range of all before it, as a share of that range."""
    high, low = np.maximum.accumulate(stream.values), np.minimum.accumulate(stream.values)
    outside = np.diff(high) + -np.diff(low)
    span = (high - low)[:-1]
    return np.append(0.0, np.clip(np.divide(outside, span, out=np.zeros_like(span), where=span > 0), 0.0, 1.0))


def main(arguments: Sequence[str]) -> None:
    """Print the scores of the monitor on the benchmark in a folder."""
    streams = read_benchmark(Path(arguments[0]))
    scores = [watch(stream) for stream in streams]
    threshold = AnomalyMonitor.threshold
    quiet = [index for index, stream in enumerate(streams) if not stream.windows]
    lines = [f"{len(streams)} files, {sum(len(stream.values) for stream in streams):,} rows"]
    for name, profile in PROFILES.items():
        best, where = best_threshold(streams, scores, profile)
        lines.append(f"{name:<20} default {score_at(streams, scores, threshold, profile):5.1f}"
                     f"   search {best:5.1f} at {where:.3f}")  # fmt: skip
    false = alarms_outside([streams[i] for i in quiet], [scores[i] for i in quiet], threshold)
    lines.append(f"alarms in {len(quiet)} files without a window: {false}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
