"""How often does `anomalies` flag few ordinary values, and how many planted spikes does it find? With standard errors.

``python -m tests.benchmarks.anomaly_rates --seeds checking --sizes 50 100`` prints a line per size. Constants are set
on the ``tuning`` seeds only; what is written down is measured on the ``checking`` seeds, which no constant has seen.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib.statistics.anomalies import anomalies
from analytics_lib.statistics.calibration import nulls

Floats = NDArray[np.float64]

SEEDS: Final = {"tuning": 8_300_000, "checking": 9_000_000}
"""First seed of each kind; tests use neither, nor does the certificate."""
SIZES: Final = (30, 50, 75, 100, 150, 200, 336)
SHAPES: Final[dict[str, Callable[[int, int], Floats]]] = {
    **{shape: lambda seed, n, shape=shape: nulls.noise(seed, n, shape)
       for shape in ("gaussian", "t3", "lognormal", "exponential")},
    **{f"t{freedom}": lambda seed, n, freedom=freedom: np.random.default_rng(seed).standard_t(freedom, n)
       for freedom in (5, 10)},
    "laplace": lambda seed, n: np.random.default_rng(seed).laplace(size=n),
    "AR(1) 0.6": lambda seed, n: nulls.red_noise(seed, n, 0.6),
}  # fmt: skip
SPIKES: Final = (1, 2, 4, 10)
_SIGMA: Final = 5.0


class Share(NamedTuple):
    """A mean over series, with its standard error."""

    mean: float
    error: float


def flagged(shape: str, count: int, seeds: range) -> Share:
    """Give the flags per 1,000 ordinary points."""
    return _share([1000 * _flags(SHAPES[shape](seed, count)).mean() for seed in seeds])


def found(spikes: int, count: int, seeds: range, *, up_and_down: bool = False) -> Share:
    """Give the percentage found of points moved by five standard deviations of normal noise: up, or up or down."""
    series = (spiked(seed, count, spikes, up_and_down=up_and_down) for seed in seeds)
    return _share([100 * _flags(values)[places].mean() for values, places in series])


def spiked(seed: int, count: int, spikes: int, *, up_and_down: bool = False) -> tuple[Floats, NDArray[np.int64]]:
    """Make normal noise with spikes, and tell where they are."""
    values = nulls.noise(seed, count)
    chance = np.random.default_rng([seed, spikes])
    places = chance.choice(count, spikes, replace=False)
    signs = chance.choice([-1.0, 1.0], spikes) if up_and_down else 1.0
    values[places] += signs * _SIGMA * float(np.std(values))
    return values, places


def rows(sizes: list[int], first: int, ordinary: int) -> Iterator[str]:
    """Measure size by size: a line of flags, a line of spikes."""
    for count in sizes:
        seeds = range(first + 500 * count, first + 500 * count + max(ordinary // count, 300))
        flags = {shape: flagged(shape, count, seeds) for shape in SHAPES}
        spikes = {f"{many} of 5 sigma": found(many, count, seeds) for many in SPIKES}
        spikes["4 up or down"] = found(4, count, seeds, up_and_down=True)
        yield f"n {count}, {len(seeds):,} series: {_words(flags, 2)}; % found: {_words(spikes, 0)}"


def _words(shares: dict[str, Share], decimals: int) -> str:
    return ", ".join(f"{name} {one.mean:.{decimals}f} ({one.error:.{decimals or 1}f})" for name, one in shares.items())


def _flags(values: Floats) -> NDArray[np.bool_]:
    times = pd.date_range("2024-01-01", periods=len(values), freq="D", tz="UTC")
    return anomalies(pd.Series(values, index=times)).frame.is_anomaly.fillna(value=False).to_numpy(bool)


def _share(values: list[float]) -> Share:
    return Share(float(np.mean(values)), float(np.std(values) / np.sqrt(len(values))))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", choices=list(SEEDS), default="tuning")
    parser.add_argument("--sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--ordinary", type=int, default=40_000, help="ordinary values of each shape and size")
    asked = parser.parse_args()
    for line in rows(asked.sizes, SEEDS[asked.seeds], asked.ordinary):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
