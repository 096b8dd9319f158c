"""How much memory a five-step funnel takes; a process of its own, so that nothing else is counted.

The peer is the bar: 2 GB for 100 million events. Run `python -m tests.benchmarks memory`.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.benchmarks.events import made_file
from tests.benchmarks.timing import Measurement

SIZES = {"small": 1_000_000, "full": 100_000_000}
BAR = 2.0


def measure(scale: str) -> Iterable[Measurement]:
    """Count once, and read off the largest resident size."""
    count = SIZES[scale]
    path = made_file(count, "time")
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.bench_memory", str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    note = f"first and last step {told[1]} and {told[2]} users, {float(told[3]):.0f} s of processor time"
    yield Measurement(f"funnel, 5 steps, {count:,} events: GB at most", float(told[0]), "bar (GB)", BAR, note)


def main(path: str) -> None:
    """Count, and tell gigabytes, users of the first and the last step, and seconds of processor time."""
    from analytics_lib.behaviour.funnel import funnel
    from analytics_lib.engine.connections import connection
    from tests.benchmarks.bench_behaviour import FIVE

    users = funnel(connection().read_parquet(path), FIVE).to_frame()["users"].tolist()
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(_most_gigabytes(), users[0], users[-1], used.ru_utime + used.ru_stime)  # noqa: T201


def _most_gigabytes() -> float:
    """Give the largest resident size of this program; ``ru_maxrss`` would also tell that of who started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(float(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1e6


if __name__ == "__main__":
    main(sys.argv[1])
