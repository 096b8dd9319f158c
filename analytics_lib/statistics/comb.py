"""Does a series repeat itself? Each period is a comb of frequencies, each tooth judged against its neighbours.

A true season puts its power exactly on the frequencies 1/P, 2/P, 3/P …; red noise, random walks and quasi-cycles put
theirs on all frequencies of a neighbourhood alike. So the power of each tooth is compared with the mean power of the
ten frequencies around it, and the teeth are joined by Fisher's method. No shape of the noise spectrum is assumed
beyond being smooth over ten neighbouring frequencies.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

CYCLES: Final = 3
"""Full repetitions a period needs before it can be seen."""

_NEIGHBOURS: Final = 5  # on each side of a tooth
_TEETH: Final = (1, 2, 4, 8, 16)  # how many harmonics are joined; the best choice is charged for all of them
_PADDING: Final = 8  # points of the transform per frequency bin, so that any period is met closely
_BEATS: Final = 32  # cycles of a stretch
_SHORTEST: Final = 768  # steps of a stretch
_COEFFICIENTS: Final = np.concatenate([np.linspace(-0.8, 0.8, 17), [0.85, 0.9, 0.95, 0.975, 1.0]])


def whitened(values: Floats) -> Floats:
    """Give the innovations of a detrended series: without red noise, drawn in beyond 4 robust deviations, 0 at gaps.

    Parameters
    ----------
    values
        Floats with NaN for gaps, shape (n,), n at least 4.
    """
    coefficient = _coefficient(values)
    steps = values[1:] - coefficient * values[:-1]
    if not np.isfinite(steps).any():  # no two neighbours are known
        return np.zeros(len(steps))
    steps = steps - np.nanmedian(steps)
    scale = 1.4826 * np.nanmedian(np.abs(steps)) or 1.2533 * np.nanmean(np.abs(steps))
    if scale > 0:
        steps = np.clip(steps, -4 * scale, 4 * scale)
    return np.nan_to_num(steps - np.nanmean(steps))


def _coefficient(values: Floats) -> float:
    """Fit AR(1) to the logarithm of the spectrum by least absolute deviations, which single peaks don't bend."""
    known = np.isfinite(values)
    places = np.arange(len(values))
    filled = np.interp(places, places[known], values[known])
    power = np.abs(np.fft.rfft(filled - filled.mean())[1 : (len(values) - 1) // 2 + 1]) ** 2
    left = np.log(power + 1e-300) + _log_response(len(values), len(power))
    misfit = np.abs(left - np.median(left, axis=1, keepdims=True)).sum(axis=1)
    return float(_COEFFICIENTS[np.argmin(misfit)])


@lru_cache(maxsize=4)
def _log_response(length: int, frequencies: int) -> Floats:
    """Give what each coefficient takes out of each frequency, as a logarithm: (coefficients, frequencies)."""
    angles = 2 * np.pi * np.arange(1, frequencies + 1) / length
    return np.log(1 - 2 * _COEFFICIENTS[:, None] * np.cos(angles) + _COEFFICIENTS[:, None] ** 2 + 1e-12)


def comb_evidence(innovations: Floats, periods: Integers, removed: tuple[int, ...] = ()) -> Floats:
    """Give for each period minus the logarithm of its p-value against smooth noise.

    Parameters
    ----------
    innovations
        What :func:`whitened` gives, shape (n,).
    periods
        Whole numbers of steps from 2 to a third of n, ascending, shape (m,).
    removed
        Periods whose seasons were taken out before; their frequencies say nothing any more.

    Returns
    -------
    array
        Evidence, shape (m,), each already charged for the choice of how many harmonics to join (but not for how many
        periods were tried); 0 = none. Short periods of a long series are judged in several stretches of about 32
        cycles, since no season keeps its height and its beat for ever.

    References
    ----------
    R. A. Fisher (1932), Statistical Methods for Research Workers, 4th ed., section 21.1 (joining p-values).
    P. Welch (1967), The use of fast Fourier transform for the estimation of power spectra (stretches).
    """
    wanted = np.maximum(_SHORTEST, _BEATS * 2 ** np.ceil(np.log2(periods)))
    stretches = np.maximum(1, np.round(len(innovations) / wanted)).astype(np.int64)
    evidence = np.zeros(len(periods))
    for count in np.unique(stretches):
        chosen = stretches == count
        evidence[chosen] = _in_stretches(innovations, periods[chosen], removed, int(count))
    return evidence


def _in_stretches(innovations: Floats, periods: Integers, removed: tuple[int, ...], count: int) -> Floats:
    length = len(innovations) // count
    parts = innovations[-count * length :].reshape(count, length)
    power = (np.abs(np.fft.rfft(parts, _PADDING * length, axis=1)) ** 2).mean(axis=0)
    where = _teeth(length, np.ascontiguousarray(periods).tobytes(), removed)
    noise = (power[where.around] * where.fresh).sum(axis=1) / where.beside
    single = np.zeros(where.used.shape)
    single[where.used] = _minus_log_ratio_tail(
        power[where.centres] / np.maximum(noise, 1e-300), count, count * where.beside
    )
    return _best(single, where.used)


@dataclass(frozen=True, slots=True)
class _Teeth:
    """Where the teeth of each period lie in the padded transform; the same for all series of one length."""

    used: NDArray[np.bool_]
    """Which of the sixteen teeth exist and were not taken out before, shape (periods, teeth)."""
    centres: Integers
    """Place of each tooth that is used, shape (used teeth,)."""
    around: Integers
    """Places beside each of them, shape (used teeth, neighbours)."""
    fresh: NDArray[np.bool_]
    """Which of those were not taken out before, same shape."""
    beside: Integers
    """How many those are, shape (used teeth,)."""


@lru_cache(maxsize=8)
def _teeth(length: int, wanted: bytes, removed: tuple[int, ...]) -> _Teeth:
    periods, size = np.frombuffer(wanted, dtype=np.int64), _PADDING * length
    spent = _spent(removed, size)
    teeth = np.arange(1, _TEETH[-1] + 1)
    centres = np.round(teeth / periods[:, None] * size).astype(np.int64)
    used = (2 * teeth < periods[:, None]) | ((periods == 2)[:, None] & (teeth == 1))
    used &= ~spent[np.minimum(centres, size // 2)]
    offsets = _beside(length / periods) * _PADDING
    around = centres[:, :, None] + np.concatenate([-offsets, offsets], axis=1)[:, None, :]
    around = _folded(around, size)
    fresh = ~spent[around]
    beside = fresh.sum(axis=2)
    used &= beside >= _NEIGHBOURS
    return _Teeth(used, np.minimum(centres, size // 2)[used], around[used].astype(np.int32), fresh[used], beside[used])


def _spent(removed: tuple[int, ...], size: int) -> NDArray[np.bool_]:
    """Mark the places of the padded transform that lie within half a bin of a removed season's teeth."""
    spent = np.zeros(size // 2 + 1, dtype=bool)
    for period in removed:
        centres = np.round(np.arange(1, period // 2 + 1) / period * size).astype(np.int64)
        places = centres[:, None] + np.arange(-_PADDING // 2, _PADDING // 2 + 1)
        spent[np.clip(places, 0, size // 2)] = True
    return spent


def _beside(cycles: Floats) -> Integers:
    """Choose for each period the nearest five frequency bins beside a tooth that hold no other tooth."""
    bins = np.arange(1, 6 * _NEIGHBOURS)
    apart = np.abs(bins / cycles[:, None] - np.round(bins / cycles[:, None])) * cycles[:, None]
    order = np.argsort(apart < 0.75, axis=1, kind="stable")  # those that are free, nearest first
    return np.sort(bins[order[:, :_NEIGHBOURS]], axis=1)


def _folded(places: Integers, size: int) -> Integers:
    places = np.where(places < _PADDING, 2 * _PADDING - places, places)  # the trend has taken what lies below
    places = np.where(places > size // 2, 2 * (size // 2) - places, places)
    return np.clip(places, _PADDING, size // 2)


def _best(single: Floats, used: NDArray[np.bool_]) -> Floats:
    """Join the first 1, 2, 4, 8, 16 teeth; take the strongest and charge for having chosen."""
    from scipy.special import gammaincc, gammaln

    sums, counts = np.cumsum(single, axis=1), np.cumsum(used, axis=1, dtype=np.int64)
    found, tried = np.zeros(len(single)), np.zeros(len(single))
    before = np.zeros(len(single), dtype=np.int64)
    for wanted in _TEETH:
        joined, total = counts[:, wanted - 1], sums[:, wanted - 1]
        tried += joined > before
        before = joined
        whole = np.maximum(joined, 1)
        tail = gammaincc(whole, total)
        far = total - (whole - 1) * np.log(np.maximum(total, 1)) + gammaln(whole)  # where the tail itself underflows
        found = np.maximum(found, np.where(tail > 1e-250, -np.log(np.maximum(tail, 1e-300)), far))
    return np.maximum(found - np.log(np.maximum(tried, 1)), 0)


def _minus_log_ratio_tail(ratio: Floats, above: int, below: Integers) -> Floats:
    """Give minus the logarithm of the upper tail of F(2 above, 2 below), also where the tail itself underflows."""
    from scipy.special import betainc, betaln

    second = below.astype(float)
    if above == 1:
        return second * np.log1p(ratio / second)
    part = np.minimum(second / (second + above * ratio), 1 - 1e-16)
    tail = betainc(second, above, part)
    far = -(second * np.log(part) + (above - 1) * np.log1p(-part) - np.log(second) - betaln(second, above))
    return np.where(tail > 1e-250, -np.log(np.maximum(tail, 1e-300)), far)
