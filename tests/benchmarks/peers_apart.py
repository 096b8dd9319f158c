"""Peers that pin old numpy or pandas, run by the Python of their own environment.

``python peers_apart.py NAME SERIES.npy`` (one series per row) prints the seconds they took, as JSON. `make bench` makes
that environment in ``.venv/peers``; ``BENCH_PEERS`` may name another Python. Imports nothing of ours.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from typing import Any

import numpy as np


def mstl(values: Any) -> None:
    """Forecast 48 ahead, with the days and weeks of hours."""
    from statsforecast.models import MSTL

    MSTL(season_length=[24, 168]).forecast(values, 48, level=[95])


def auto_ets(values: Any) -> None:
    """Forecast 48 ahead with the exponential smoothing that an information criterion chooses."""
    from statsforecast.models import AutoETS

    AutoETS(season_length=24).forecast(values, 48, level=[95])


def seasonal_naive(values: Any) -> None:
    """Forecast 48 ahead by repeating the last day."""
    from statsforecast.models import SeasonalNaive

    SeasonalNaive(season_length=24).forecast(values, 48, level=[95])


def main(name: str, path: str) -> None:
    """Time one peer over all rows; the first run, which compiles, is not counted."""
    peer, rows = globals()[name], np.load(path)
    peer(rows[0])
    begun = time.perf_counter()
    for row in rows:
        peer(row)
    sys.stdout.write(json.dumps({"seconds": time.perf_counter() - begun, "version": version("statsforecast")}))


if __name__ == "__main__":
    main(*sys.argv[1:])
