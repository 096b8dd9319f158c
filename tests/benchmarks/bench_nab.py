"""The streaming monitor on the anomaly benchmark that lies beside the checkout: score and cost per value."""

from __future__ import annotations

from collections.abc import Iterator

from analytics_lib.statistics.monitor import AnomalyMonitor
from tests.benchmarks.nab import PROFILES, best_threshold, novelty, read_benchmark, score_at, short_or_quiet, watch
from tests.benchmarks.timing import Measurement, seconds_of
from tests.conftest import SHARED

_BAR_OF_SHORT_FILES = 45
"""What files of fewer than 2,000 rows scored before the promise was mended; see decision 0006."""


def measure(scale: str) -> Iterator[Measurement]:
    """Score our monitor beside range novelty, the rival that most published detectors don't beat by much."""
    folder = SHARED / "nab"
    if not folder.exists():
        return
    streams = read_benchmark(folder)[:: 4 if scale == "small" else 1]
    rows = sum(len(stream.values) for stream in streams)
    profile = PROFILES["standard"]
    ours_seconds, ours = seconds_of(lambda: [watch(stream) for stream in streams])
    rival_seconds, rival = seconds_of(lambda: [novelty(stream) for stream in streams])
    default = score_at(streams, ours, AnomalyMonitor.threshold, profile)
    searched, _ = best_threshold(streams, ours, profile)
    theirs, _ = best_threshold(streams, rival, profile)
    young = score_at(*short_or_quiet(streams, ours), AnomalyMonitor.threshold, profile)
    bar = "held" if young > _BAR_OF_SHORT_FILES else "MISSED"
    note = f"ours {default:.1f} at the default, {searched:.1f} with search; novelty {theirs:.1f} with search"
    note += f"; short files {young:.1f} at the default (bar {_BAR_OF_SHORT_FILES}: {bar})"
    yield Measurement(f"NAB, {len(streams)} files, {rows:,} values", ours_seconds, "range novelty", rival_seconds, note)
