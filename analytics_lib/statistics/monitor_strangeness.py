"""How strange is one view of a new value: how far from everything seen, and how rare that is, over what is needed."""

from __future__ import annotations

import math
from typing import Final

from analytics_lib.statistics.monitor_memory import LARGEST, Memory

MARGIN: Final = 0.15
"""A value is new when it leaves all earlier ones by this share of their range."""

_WORTH_A_LOOK: Final = 0.3
"""Share of the margin below which nobody asks how rare a value is."""
_NEEDED: Final = 4.4
"""Rarity of an alarm at 0.1 per 1,000: that is 4.0, and 0.4 more because several views look on both sides. Like the
next one set on simulated noise; see decision 0006 for what the benchmark had a say in."""
_FURTHER: Final = {
    "value": (1.4, 0.6),
    "step": (0.0, 0.0),
    "floor": (1.3, -0.4),
    "ceiling": (-0.4, 0.5),
    "median_12": (0.7, 0.7),
    "median_60": (1.0, 1.0),
    "season": (1.6, 1.6),
}
"""Further rarity below and above. Less for five values in a row, which independent noise never sends; more for a single
value, which any long tail sends (a low one above all: what is counted or timed has its incidents at the top), and for
views that see one value many times, and so think that they know more than they do."""
_REASONS: Final = {
    "value": ("lower than ever before", "higher than ever before"),
    "step": ("sudden fall", "sudden rise"),
    "floor": ("lower than ever before", "five values in a row higher than ever before"),
    "ceiling": ("five values in a row lower than ever before", "higher than ever before"),
    "median_12": ("level lower than ever before", "level higher than ever before"),
    "median_60": ("lasting level lower than ever before", "lasting level higher than ever before"),
    "season": ("low for this time", "high for this time"),
}


def needed_rarity(per_1000: float) -> float:
    """Give the rarity (minus the decimal logarithm of a chance) that an alarm needs.

    Examples
    --------
    >>> [round(needed_rarity(rate), 1) for rate in (1.0, 0.1)]
    [3.4, 4.4]
    """
    return _NEEDED - 1.0 - math.log10(per_1000)


def rarities_for(name: str, needed: float) -> tuple[float, float]:
    """Give the rarity that a view needs below and above; see :data:`~analytics_lib.statistics.monitor_views.VIEWS`."""
    below, above = _FURTHER[name]
    return needed + below, needed + above


def strangeness(name: str, view: float, memory: Memory, needed: float) -> tuple[float, float, str]:
    """Give the lesser of newness and rarity, each over what an alarm needs; the spare rarity; the reason in words.

    Parameters
    ----------
    name
        Which view.
    view
        What it shows now.
    memory
        What it has shown before.
    needed
        Rarity that an alarm needs; see :func:`needed_rarity`.

    Returns
    -------
    tuple
        Strangeness: at least 1 is an alarm, 0 is nothing new. Spare rarity: 1 = it would still be an alarm at a tenth
        of the promised rate.
    """
    newness = memory.beyond(view) / MARGIN
    if newness < _WORTH_A_LOOK:
        return 0.0, 0.0, ""
    above = view > memory.high
    first_change = memory.low == memory.high and name == "value"
    rarity, wanted = LARGEST if first_change else memory.rarity(view), rarities_for(name, needed)[above]
    return min(newness, max(rarity / wanted, 0.0)), rarity - wanted, _REASONS[name][above]
