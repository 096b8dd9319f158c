"""The page of the certificate: each promise as a line of numbers and a strip that shows them on one scale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from analytics_lib.results import library_version
from analytics_lib.statistics.calibration.checks import Check, Rate

_WIDE: Final = 140
_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1a1d21;--soft:#5b6470;--line:#d9dde2;--page:#fff;--band:#cfe8d8;--ours:#0b6e4f;
--others:#b45309;--bad:#b00020}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#9aa4b0;--line:#343a42;--page:#14171a;--band:#1f4a36;
--ours:#4ade9c;--others:#f0a94b;--bad:#ff7b8a}}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:78rem;padding:0 1rem;color:var(--ink);
background:var(--page)}
h1{margin-bottom:.2rem}h2{margin:2rem 0 .3rem;font-size:1.15rem}p{max-width:48rem}small,.soft{color:var(--soft)}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;min-width:54rem}
td,th{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{font-weight:600;color:var(--soft);font-size:.85rem}td:first-child{min-width:12rem}td:last-child{min-width:11rem}b{white-space:nowrap}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.broken{color:var(--bad);font-weight:600}svg{display:block}
@media print{body{max-width:none;margin:0}table{min-width:0;font-size:11px}}
"""


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
        """Whether our promise held, but for what simulation error can explain."""
        return self.ours.keeps(self.check)

    @property
    def inside(self) -> bool:
        """Whether the rate itself lies where it was promised."""
        return self.check.low <= self.ours.rate <= self.check.high

    @property
    def verdict(self) -> str:
        """The same in words."""
        if self.check.exception and self.kept:
            return "exception"
        return "kept" if self.inside else "kept, within error" if self.kept else "broken"


def as_html(rows: Iterable[Row], programs: Mapping[str, str]) -> str:
    """Give the certificate for readers: one page, no outside request.

    Parameters
    ----------
    rows
        What was measured.
    programs
        Versions of the programs that took part, by name.
    """
    rows = tuple(rows)
    methods = dict.fromkeys(row.check.method for row in rows)
    sections = "".join(_section(method, [row for row in rows if row.check.method == method]) for method in methods)
    versions = ", ".join(f"{escape(name)} {escape(number)}" for name, number in programs.items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Calibration certificate</title><style>{_STYLE}</style></head>"
        f"<body><h1>Calibration certificate</h1><p><strong>{_headline(rows)}</strong></p>{_HOW_TO_READ}{sections}"
        f'<p class="soft">analytics_lib {escape(library_version())}; {versions}. {_spent(rows)}</p></body></html>'
    )


_HOW_TO_READ: Final = (
    "<p>Each line is a promise, tried on seeded simulated data in which the truth is known. "
    "<em>Nominal</em> is what the method says of itself, <em>allowed</em> what we hold it to, <em>ours</em> what came "
    "out, with its 95 % simulation error. The others saw the same data in the same run. On the strip the green field "
    "is what is allowed, the dot with whiskers is ours, open circles are the others. "
    "<em>Kept, within error</em> means that the rate lies outside, but no further than chance explains.</p>"
)


def _headline(rows: Sequence[Row]) -> str:
    promised = [row for row in rows if not row.check.exception]
    kept, inside = sum(row.kept for row in promised), sum(row.inside for row in promised)
    error = f", {kept - inside} of them within simulation error" if kept > inside else ""
    apart = len(rows) - len(promised)
    exceptions = f" {apart} stated exceptions are not counted." if apart else ""
    return f"{kept} of {len(promised)} promises kept{error}.{exceptions} {_of_others(rows)}"


def _of_others(rows: Sequence[Row]) -> str:
    """Count how often the others, held to the same bar on the same data, would have kept it."""
    tried = [(row.check, rate) for row in rows for rate in row.peers.values() if rate is not None]
    held = sum(rate.keeps(check) for check, rate in tried)
    absent = sorted({name for row in rows for name, rate in row.peers.items() if rate is None})
    missing = f" Not installed and so not measured: {escape(', '.join(absent))}." if absent else ""
    return f"The usual recipes kept {held} of {len(tried)}.{missing}"


def _spent(rows: Sequence[Row]) -> str:
    trials = sum(row.ours.trials for row in rows)
    return f"{trials:,} data sets of ours, {sum(row.seconds for row in rows):,.0f} processor seconds in all."


def _section(method: str, rows: Sequence[Row]) -> str:
    names = ("promise", "nominal", "allowed", "ours", "", "verdict", "others")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    body = "".join(_line(row) for row in rows)
    return (
        f'<h2>{escape(method)}</h2><div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _line(row: Row) -> str:
    write = _scale(row.check)
    others = "<br>".join(
        f"{escape(name)} <b>{write(rate.rate)}</b>"
        if rate
        else f'<span class="soft">{escape(name)} not installed</span>'
        for name, rate in row.peers.items()
    )
    ours = (
        f"<b>{write(row.ours.rate)}</b><br><small>{write(row.ours.low)} – {write(row.ours.high)}; "
        f"{row.ours.trials:,} trials</small>"
    )
    numbers = "".join(
        f'<td class="number">{cell}</td>' for cell in (write(row.check.nominal), _allowed(row.check, write), ours)
    )
    verdict = row.verdict if row.kept else f'<span class="broken">{row.verdict}</span>'
    return (
        f"<tr><td>{escape(row.check.name)}</td>{numbers}<td>{_strip(row, write)}</td><td>{verdict}</td>"
        f"<td>{others}</td></tr>"
    )


def _allowed(check: Check, write: Callable[[float], str]) -> str:
    if check.low <= 0:
        return f"at most {write(check.high)}"
    return f"at least {write(check.low)}" if check.high >= 1 else f"{write(check.low)} – {write(check.high)}"


def _strip(row: Row, write: Callable[[float], str]) -> str:
    """Draw allowed, ours and others on one scale."""
    rates = {name: rate for name, rate in row.peers.items() if rate is not None}
    shown = [row.check.low, row.check.high, row.ours.low, row.ours.high, *(rate.rate for rate in rates.values())]
    low, high = min(shown), max(shown)
    low, high = max(0.0, low - 0.1 * (high - low)), min(1.0, high + 0.1 * (high - low))

    def at(rate: float) -> float:
        return round(6 + (_WIDE - 12) * (rate - low) / ((high - low) or 1), 1)

    left, right, ours = at(row.check.low), at(row.check.high), row.ours
    circles = "".join(
        f'<circle cx="{at(rate.rate)}" cy="13" r="4" fill="none" stroke="var(--others)" stroke-width="1.5">'
        f"<title>{escape(name)} {write(rate.rate)}</title></circle>"
        for name, rate in rates.items()
    )
    return (
        f'<svg width="{_WIDE}" height="26" role="img" aria-label="ours {write(ours.rate)}">'
        f'<rect x="{left}" y="4" width="{round(right - left, 1)}" height="18" fill="var(--band)"/>'
        f'<line x1="{at(row.check.nominal)}" x2="{at(row.check.nominal)}" y1="2" y2="24" stroke="var(--soft)"/>'
        f'{circles}<line x1="{at(ours.low)}" x2="{at(ours.high)}" y1="13" y2="13" stroke="var(--ours)" '
        f'stroke-width="2"/><circle cx="{at(ours.rate)}" cy="13" r="4.5" fill="var(--ours)"/></svg>'
    )


def _scale(check: Check) -> Callable[[float], str]:
    if check.nominal < 0.01:
        return lambda rate: f"{rate * 1000:.2f} ‰"
    return lambda rate: f"{rate * 100:.1f} %"
