"""The calibration certificate: simulate every promise, ours and the peers' on the same data, and write it down."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from analytics_lib.results import library_version
from analytics_lib.statistics.calibration.checks import Check, Rate, all_checks, rate_of
from analytics_lib.statistics.calibration.page import Row, as_html

_CHUNKS: Final = 8
_PROGRAMS: Final = ("numpy", "scipy", "statsmodels", "pymannkendall", "ruptures")


def simulate(
    checks: Sequence[Check], *, processes: int = 2, scale: float = 1.0, seconds: float = math.inf
) -> Iterator[Row]:
    """Measure every check, spread over processes; the numbers do not depend on how many.

    Every check gets an eighth of its trials, then the next, so that where time runs out all have lost alike.

    Parameters
    ----------
    checks
        What to measure; each must be one that :func:`all_checks` gives, since workers look it up by name.
    processes
        Worker processes.
    scale
        Share of the full number of trials, for a quick look.
    seconds
        Begin no further eighth that would probably end later than this; the rows say how many trials they had.
    """
    pending: dict[str, _Pending] = {check.name: {} for check in checks}
    begun = time.monotonic()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for part in range(_CHUNKS):
            if part and (time.monotonic() - begun) * (part + 1) / part > seconds:
                break
            for check in checks:
                _submit(pool, check, round(scale * check.trials), part, pending[check.name])
            wait(future for own in pending.values() for futures in own.values() for future in futures)
    for check in checks:
        yield _gather(check, pending[check.name])


Outcomes = tuple[list[float] | None, float]
_Pending = dict[str | None, list["Future[Outcomes]"]]


def _submit(pool: ProcessPoolExecutor, check: Check, wanted: int, part: int, pending: _Pending) -> None:
    for peer in (None, *check.peers):
        share = 1.0 if peer is None or not check.peer_trials else check.peer_trials / check.trials
        trials = max(2, round(wanted * share))
        first, last = (trials * place // _CHUNKS for place in (part, part + 1))
        futures = pending.setdefault(peer, [])
        if last > first:
            futures.append(pool.submit(_outcomes, check.name, peer, first, last))


def _outcomes(name: str, peer: str | None, first: int, last: int) -> Outcomes:
    check = next(check for check in all_checks() if check.name == name)
    trial = check.trial if peer is None else check.peers[peer]
    begun = time.process_time()
    try:
        return [float(trial(seed)) for seed in range(first, last)], time.process_time() - begun
    except ImportError:
        return None, 0.0


def _gather(check: Check, pending: _Pending) -> Row:
    rates: dict[str | None, Rate | None] = {}
    seconds = 0.0
    for peer, futures in pending.items():
        parts = [future.result() for future in futures]
        seconds += sum(spent for _, spent in parts)
        missing = any(outcomes is None for outcomes, _ in parts)
        rates[peer] = None if missing else rate_of([one for outcomes, _ in parts for one in outcomes or ()])
    ours = rates.pop(None)
    if ours is None:  # our own code must not hide a broken import
        raise ImportError(f"{check.name}: the method itself can't be imported")
    return Row(check, ours, {str(name): rate for name, rate in rates.items()}, seconds)


def as_json(rows: Iterable[Row]) -> str:
    """Give the certificate for programs."""
    entries = [
        {
            "name": row.check.name, "method": row.check.method, "nominal": row.check.nominal,
            "low": row.check.low, "high": row.check.high, "kept": row.kept, "inside": row.inside,
            "exception": row.check.exception,
            "ours": asdict(row.ours),
            "peers": {name: None if rate is None else asdict(rate) for name, rate in row.peers.items()},
            "seconds": round(row.seconds, 2),
        }
        for row in rows
    ]  # fmt: skip
    return json.dumps({"library": library_version(), "programs": programs(), "checks": entries}, indent=1)


def programs() -> dict[str, str]:
    """Name the programs that were measured or computed with, and their versions."""
    found = {}
    for name in _PROGRAMS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def write_certificate(rows: Iterable[Row], folder: Path) -> tuple[Path, Path]:
    """Write ``calibration.html`` and ``calibration.json`` into a folder; give both paths."""
    rows = tuple(rows)
    folder.mkdir(parents=True, exist_ok=True)
    page, data = folder / "calibration.html", folder / "calibration.json"
    page.write_text(as_html(rows, programs()), encoding="utf-8")
    data.write_text(as_json(rows), encoding="utf-8")
    return page, data
