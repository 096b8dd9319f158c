"""`make bench`: every benchmark in one process run; prints a table with ratios and writes JSON.

Each ``bench_<subject>.py`` offers ``measure(scale) -> Iterable[Measurement]``. Give subjects to run only
those, and ``--scale small`` to try them out.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.timing import Measurement

HERE = Path(__file__).parent
RESULTS = HERE.parents[1] / ".benchmarks"


def subjects() -> list[str]:
    """List what can be measured."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def shown(lines: list[Measurement]) -> Table:
    """Lay the lines out for a terminal."""
    table = Table("task", "ours (s)", "peer", "peer (s)", "ratio", "processor", "note")
    for line in lines:
        theirs = "–" if line.peer_seconds is None else f"{line.peer_seconds:.3f}"
        ratios = ("–" if ratio is None else f"{ratio:.2f}×" for ratio in (line.ratio, line.processor_ratio))
        table.add_row(line.task, f"{line.ours_seconds:.3f}", line.peer, theirs, *ratios, line.note)
    return table


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("subjects", nargs="*", default=[], choices=[*subjects(), []])
    parser.add_argument("--scale", choices=["small", "full"], default="full")
    asked = parser.parse_args()
    lines: list[Measurement] = []
    for subject in asked.subjects or subjects():
        Console().print(f"[bold]{subject}[/]")
        found = list(importlib.import_module(f"tests.benchmarks.bench_{subject}").measure(asked.scale))
        Console().print(shown(found))
        lines.extend(found)
    RESULTS.mkdir(exist_ok=True)
    when = datetime.now(UTC)
    machine = {"python": platform.python_version(), "cores": os.cpu_count(), "system": platform.platform()}
    record = {"at": when.isoformat(), "scale": asked.scale, **machine, "lines": [line.as_json() for line in lines]}
    path = RESULTS / f"{when:%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(record, indent=2, allow_nan=False))
    Console().print(f"written to {path.relative_to(HERE.parents[1])}")


if __name__ == "__main__":
    main()
