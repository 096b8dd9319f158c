"""How strange is one view of a new value: how far from everything seen, and how rare that is, over what is needed."""

from __future__ import annotations

import math
from typing import Final

from analytics_lib.statistics.monitor_memory import Memory

MARGIN: Final = 0.05
"""A value is new when it leaves all earlier ones by this share of their range."""

_WORTH_A_LOOK: Final = 0.3
"""Share of the margin below which nobody asks how rare a value is."""
_LONG: Final = (0.20, 0.33, 0.4)
"""Tail indices from which and up to which more rarity is needed, and how much at most."""
_STRICTER: Final = {"level": 1.8, "season": 1.8, "spread": 2.8, "shift": 1.8}
"""Further rarity for views whose values follow from each other."""
_EASE: Final = 0.25
_GAP: Final = "a value never seen, between values that were"
_REASONS: Final = {
    "value": ("lower than ever before", "higher than ever before"),
    "departure": ("sudden fall", "sudden rise"),
    "level": ("level lower than ever before", "level higher than ever before"),
    "season": ("low for this time", "high for this time"),
    "spread": ("calmer than ever before", "more restless than ever before"),
    "shift": ("shift downwards", "shift upwards"),
}


def strangeness(name: str, view: float, memory: Memory, needed: float) -> tuple[float, str]:
    """Give the lesser of newness and rarity, each over what an alarm needs, and the reason in words.

    Parameters
    ----------
    name
        Which view; see :data:`~analytics_lib.statistics.monitor_views.VIEWS`.
    view
        What it shows now.
    memory
        What it has shown before.
    needed
        Rarity (minus the decimal logarithm of a chance) that an alarm needs; see :func:`needed_rarity`.

    Returns
    -------
    tuple
        At least 1 is an alarm; 0 and no words when there is nothing new.
    """
    newness = memory.beyond(view) / MARGIN
    if newness >= _WORTH_A_LOOK:
        rarity, tail = memory.rarity(view)
        return min(newness, _eased(rarity / _for_view(name, needed, tail), name)), _REASONS[name][view > memory.high]
    distance, rarity = memory.inside(view) if newness == 0.0 else (0.0, 0.0)
    if distance == 0.0:
        return 0.0, ""
    return min(distance / MARGIN, _eased(rarity / needed, name)), _GAP


def needed_rarity(per_1000: float, seen: int) -> float:
    """Give the rarity that an alarm needs: more on long streams, which see everything once.

    Examples
    --------
    >>> [round(needed_rarity(0.1, seen), 1) for seen in (150, 1_000, 10_000)]
    [3.2, 3.2, 4.2]
    """
    base = 2.2 - math.log10(per_1000)
    return max(base, base - 3.0 + math.log10(seen))


def _for_view(name: str, needed: float, tail: float) -> float:
    if name in _STRICTER:
        return needed + _STRICTER[name]
    start, end, more = _LONG
    return needed + more * min(max((tail - start) / (end - start), 0.0), 1.0)


def _eased(ratio: float, name: str) -> float:
    """Let a lack of rarity weigh less than a lack of newness, so that the score orders by newness; 1 stays 1."""
    return ratio if ratio >= 1.0 or name in _STRICTER else max(ratio, 0.0) ** _EASE
