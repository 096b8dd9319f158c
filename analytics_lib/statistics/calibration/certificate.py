"""The calibration certificate: promised beside realised rates, ours and the peers', on one page."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from html import escape
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

from analytics_lib.results import library_version
from analytics_lib.statistics.calibration.checks import Check, Rate, all_checks, rate_of

_CHUNKS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One check with what was measured."""

    check: Check
    """The promise."""
    ours: Rate
    """Our realised rate."""
    peers: dict[str, Rate | None]
    """The peers' rates in the same run; None where a peer is not installed."""
    seconds: float
    """Processor seconds, ours and the peers' together."""

    @property
    def kept(self) -> bool:
        """Whether our promise held."""
        return self.ours.keeps(self.check)


def simulate(checks: Sequence[Check], *, processes: int = 2, scale: float = 1.0) -> tuple[Row, ...]:
    """Measure every check, spread over processes; the numbers do not depend on how many.

    Parameters
    ----------
    checks
        What to measure; each must be one that :func:`all_checks` gives, since workers look it up by name.
    processes
        Worker processes.
    scale
        Share of the full number of trials, for a quick look.
    """
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        pending = [(check, _submit(pool, check, scale)) for check in checks]
        return tuple(_gather(check, futures) for check, futures in pending)


Outcomes = tuple[list[float] | None, float]
_Pending = dict[str | None, list["Future[Outcomes]"]]


def _submit(pool: ProcessPoolExecutor, check: Check, scale: float) -> _Pending:
    pending: _Pending = {}
    for peer in (None, *check.peers):
        wanted = check.trials if peer is None else (check.peer_trials or check.trials)
        trials = max(2, round(wanted * scale))
        bounds = [trials * part // _CHUNKS for part in range(_CHUNKS + 1)]
        pending[peer] = [
            pool.submit(_outcomes, check.name, peer, first, last) for first, last in pairwise(bounds) if last > first
        ]
    return pending


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
            "low": row.check.low, "high": row.check.high, "kept": row.kept, "ours": asdict(row.ours),
            "peers": {name: None if rate is None else asdict(rate) for name, rate in row.peers.items()},
            "seconds": round(row.seconds, 2),
        }
        for row in rows
    ]  # fmt: skip
    return json.dumps({"library": library_version(), "checks": entries}, indent=1)


def as_html(rows: Iterable[Row]) -> str:
    """Give the certificate for readers: one page, no outside request."""
    rows = tuple(rows)
    kept = sum(row.kept for row in rows)
    methods = dict.fromkeys(row.check.method for row in rows)
    sections = "".join(_section(method, [row for row in rows if row.check.method == method]) for method in methods)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Calibration certificate</title>'
        "<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
        "table{border-collapse:collapse;width:100%}"
        "td,th{padding:.3rem .6rem;border-bottom:1px solid #ddd;text-align:left}"
        "td.number{text-align:right;font-variant-numeric:tabular-nums}.broken{color:#b00020;font-weight:600}</style></head>"
        f"<body><h1>Calibration certificate</h1><p>analytics_lib {escape(library_version())}: {kept} of {len(rows)} "
        "promises kept. Each rate comes from seeded simulation; its 95 % simulation interval stands beside it.</p>"
        f"{sections}</body></html>"
    )


def _section(method: str, rows: Sequence[Row]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in ("promise", "nominal", "allowed", "ours", "", "others"))
    body = "".join(_line(row) for row in rows)
    return f"<h2>{escape(method)}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _line(row: Row) -> str:
    write = _scale(row.check)
    others = ", ".join(
        f"{escape(name)} {'not installed' if rate is None else write(rate.rate)}" for name, rate in row.peers.items()
    )
    verdict = "kept" if row.kept else '<span class="broken">broken</span>'
    ours = f"{write(row.ours.rate)} ({write(row.ours.low)} – {write(row.ours.high)}; {row.ours.trials:,} trials)"
    allowed = f"{write(row.check.low)} – {write(row.check.high)}"
    cells = (write(row.check.nominal), allowed, ours)
    numbers = "".join(f'<td class="number">{cell}</td>' for cell in cells)
    return f"<tr><td>{escape(row.check.name)}</td>{numbers}<td>{verdict}</td><td>{others}</td></tr>"


def _scale(check: Check) -> Callable[[float], str]:
    if check.nominal < 0.01:
        return lambda rate: f"{rate * 1000:.2f} ‰"
    return lambda rate: f"{rate * 100:.1f} %"


def write_certificate(rows: Iterable[Row], folder: Path) -> tuple[Path, Path]:
    """Write ``calibration.html`` and ``calibration.json`` into a folder; give both paths."""
    rows = tuple(rows)
    folder.mkdir(parents=True, exist_ok=True)
    page, data = folder / "calibration.html", folder / "calibration.json"
    page.write_text(as_html(rows), encoding="utf-8")
    data.write_text(as_json(rows), encoding="utf-8")
    return page, data
