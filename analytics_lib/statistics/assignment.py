"""Which variant does a user get? The same one, always, everywhere, without a table to look it up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from analytics_lib.errors import ArgumentError

_STEPS: Final = 2**53  # as many equal steps in [0, 1) as a float can hold


def assignment_point(user_id: str, experiment: str) -> float:
    """Give the user's fixed point in [0, 1) for one experiment.

    SHA-256 of experiment and user with their lengths, so that no two pairs share a text; independent between
    experiments, the same in every program and version.

    Examples
    --------
    >>> assignment_point("ann", "checkout") == assignment_point("ann", "checkout")
    True
    """
    text = f"{len(experiment)}:{experiment}{len(user_id)}:{user_id}"
    digest = hashlib.sha256(text.encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / _STEPS


def assign_variant(
    user_id: str, experiment: str, variants: Mapping[str, float] | Iterable[str] = ("control", "treatment")
) -> str:
    """Give the variant of a user.

    The variants share [0, 1) in their order, so raising the weight of the last one, at the cost of the one before,
    moves as few users as possible.

    Parameters
    ----------
    user_id
        Who; the pseudonym that events carry.
    experiment
        Name of the experiment; another name deals anew.
    variants
        Names with their weights, or names alone for equal shares.

    Raises
    ------
    ArgumentError
        No variant, a bare string, an empty experiment, or a negative weight.

    References
    ----------
    Kohavi, Tang, Xu (2020), "Trustworthy online controlled experiments", chapter 4 (deterministic hashing).

    Examples
    --------
    >>> assign_variant("ann", "checkout", {"control": 50, "treatment": 50})
    'control'
    """
    weights = _weights(variants)
    if not experiment:
        raise ArgumentError("the experiment has no name", "Name it: each name deals the users anew.")
    point = assignment_point(str(user_id), experiment) * sum(weights.values())
    reached = 0.0
    for name, weight in weights.items():
        reached += weight
        if point < reached:
            return name
    return next(name for name in reversed(weights) if weights[name] > 0)  # rounding at the very end


def _weights(variants: Mapping[str, float] | Iterable[str]) -> dict[str, float]:
    if isinstance(variants, str):
        raise ArgumentError(f"variants={variants!r} is one string, not a list of names", f"Write [{variants!r}, …].")
    weights = dict(variants.items()) if isinstance(variants, Mapping) else dict.fromkeys(variants, 1.0)
    if not weights or min(weights.values()) < 0 or not 0 < sum(weights.values()) < float("inf"):
        raise ArgumentError(f"variants={weights!r} can't be dealt", "Give names with weights of at least 0.")
    return weights
