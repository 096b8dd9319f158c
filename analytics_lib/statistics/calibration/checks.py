"""One promise, simulated: how often a method rejects, flags or covers, against what it says.

To add a promise of your own, write a module of this package whose name ends in ``_checks`` and give it a constant
``CHECKS``, a tuple of :class:`Check`. It is found by its name; the certificate, its command and the short test run
pick it up. Make data with :mod:`analytics_lib.statistics.calibration.nulls`, so that all methods face the same nulls.

::

    def _rejects(seed: int) -> float:
        return float(trend(nulls.hourly(nulls.red_noise(seed, 100, 0.6))).p_value < 0.05)

    CHECKS = (Check(name="trend: AR(1) 0.6, n 100", method="trend", nominal=0.05, high=0.075, trial=_rejects),)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules

Trial = Callable[[int], float]
"""One simulated data set, made from the seed: 1.0 when the method rejects (or covers), else 0.0, or a share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A promised rate and how to measure it."""

    name: str
    """Method, null and size in words; unique."""
    method: str
    """The function that makes the promise; rows of the certificate are grouped by it."""
    nominal: float
    """What the method says."""
    trial: Trial
    """Ours; it may use nothing but its seed."""
    low: float = 0.0
    """The lowest rate that still keeps the promise."""
    high: float = 1.0
    """The highest rate that still keeps the promise."""
    exception: bool = False
    """Whether the bounds are wider than the promise, for a reason the name states; never counted as kept."""
    trials: int = 1000
    """Simulated data sets in a full run."""
    short: int = 0
    """Simulated data sets in the short run of the tests; 0 leaves the check out there."""
    peers: Mapping[str, Trial] = field(default_factory=dict)
    """What others measure in the same run: name to trial. One that raises ImportError is reported as not installed."""
    peer_trials: int | None = None
    """Data sets for each peer in a full run; None = as many as ours."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A realised rate with its simulation error."""

    rate: float
    """Mean over the trials."""
    low: float
    """Lower end of its 95 % interval."""
    high: float
    """Upper end of its 95 % interval."""
    trials: int
    """Number of simulated data sets."""

    def keeps(self, check: Check) -> bool:
        """Tell whether the rate agrees with the promise, within its simulation error."""
        return self.high >= check.low and self.low <= check.high


def rate_of(outcomes: Sequence[float]) -> Rate:
    """Give the mean of the outcomes in [0, 1] with a 95 % interval (Wilson's, scaled for shares).

    Examples
    --------
    >>> rate_of([1.0, 0.0, 0.0, 0.0]).rate
    0.25
    """
    count = len(outcomes)
    mean = math.fsum(outcomes) / count
    spread = math.fsum((outcome - mean) ** 2 for outcome in outcomes) / count
    # A share varies less than a yes or no: so many yes-or-no trials would say as much.
    worth = count * (mean * (1 - mean) / spread if spread > 0 else 1)
    z2 = 1.959963984540054**2
    centre = (mean + z2 / (2 * worth)) / (1 + z2 / worth)
    half = math.sqrt(z2 * (mean * (1 - mean) / worth + z2 / (4 * worth**2))) / (1 + z2 / worth)
    return Rate(mean, max(0.0, centre - half), min(1.0, centre + half), count)


def measure(check: Check, *, trials: int, peer: str | None = None, first_seed: int = 0) -> Rate:
    """Simulate one check (or one of its peers) in this process."""
    trial = check.trial if peer is None else check.peers[peer]
    return rate_of([trial(seed) for seed in range(first_seed, first_seed + trials)])


def all_checks() -> tuple[Check, ...]:
    """Give every check of this package's ``…_checks`` modules, in the order of their names."""
    import analytics_lib.statistics.calibration as package

    names = sorted(module.name for module in iter_modules(package.__path__) if module.name.endswith("_checks"))
    found = [import_module(f"{package.__name__}.{name}").CHECKS for name in names]
    return tuple(check for checks in found for check in checks)
