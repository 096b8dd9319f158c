"""Write the calibration certificate: ``python -m analytics_lib.statistics.calibration [--folder reports/_build]``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from analytics_lib.statistics.calibration.certificate import simulate, write_certificate
from analytics_lib.statistics.calibration.checks import all_checks
from analytics_lib.statistics.calibration.page import Row


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all checks, write the page and its data; the exit code is 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="calibration", description="Simulate what every method promises.")
    parser.add_argument("--folder", type=Path, default=Path("reports/_build/calibration"))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full number of trials")
    parser.add_argument("--minutes", type=float, default=10.0, help="begin no further eighth that would end later")
    parser.add_argument("--only", default="", help="measure only checks whose name holds this text")
    chosen = parser.parse_args(arguments)
    begun = time.monotonic()
    checks = [check for check in all_checks() if chosen.only in check.name]
    rows: list[Row] = []
    for row in simulate(checks, processes=chosen.processes, scale=chosen.scale, seconds=60 * chosen.minutes - 15):
        rows.append(row)
        sys.stdout.write(_line(row))
        sys.stdout.flush()
    page, _ = write_certificate(rows, chosen.folder)
    sys.stdout.write(f"{page} ({len(rows)} promises, {time.monotonic() - begun:.0f} s)\n")
    return 0 if all(row.kept for row in rows) else 1


def _line(row: Row) -> str:
    peers = ", ".join(f"{name} {rate.rate:.4f}" for name, rate in row.peers.items() if rate is not None)
    verdict = row.verdict if row.kept else row.verdict.upper()
    realised = f"{row.ours.rate:8.4f} (nominal {row.check.nominal:g})"
    return f"{verdict:18} {realised}  {row.check.name}  {peers}  [{row.seconds:.1f} s]\n"


if __name__ == "__main__":
    raise SystemExit(main())
