"""What language models cost: prices per million tokens, and the simple rates per thousand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """Dollars per million tokens of one model."""

    input: float
    """Tokens sent."""
    output: float
    """Tokens answered."""
    cache_write: float
    """Tokens written to the prompt cache."""
    cache_read: float
    """Tokens read from it."""


PRICES: Final[Mapping[str, TokenPrice]] = {
    "claude-opus-4-6": TokenPrice(5, 25, 6.25, 0.5),
    "claude-sonnet-4-5": TokenPrice(3, 15, 3.75, 0.3),
    "claude-haiku-4-5": TokenPrice(1, 5, 1.25, 0.1),
}
"""List prices of February 2026 by the beginning of the model's name."""

SIMPLE_RATES: Final[Mapping[str, float]] = {
    "claude-3-opus": 0.015,
    "claude-3-sonnet": 0.003,
    "claude-3-haiku": 0.00025,
}
"""Dollars per thousand tokens of any kind, where only a total is known."""

OTHER_RATE: Final = 0.001
"""Dollars per thousand tokens of a model that :data:`SIMPLE_RATES` does not name."""


def usage_cost(model: str | None, *, sent: int, answered: int, cache_written: int = 0, cache_read: int = 0) -> float:
    """Give what a call cost, in dollars; NaN for a model without a known price.

    Examples
    --------
    >>> round(usage_cost("claude-opus-4-6", sent=1000, answered=2000), 4)
    0.055
    """
    price = next((price for name, price in PRICES.items() if model and model.startswith(name)), None)
    if price is None:
        return float("nan")
    millionths = (
        sent * price.input + answered * price.output
        + cache_written * price.cache_write + cache_read * price.cache_read
    )  # fmt: skip
    return millionths / 1_000_000


def simple_cost(model: str | None, tokens: float) -> float:
    """Estimate dollars from a total of tokens: tokens / 1000 × rate of the model.

    Examples
    --------
    >>> simple_cost("claude-3-opus-20240229", 2000), simple_cost("another", 2000)
    (0.03, 0.002)
    """
    rate = next((rate for name, rate in SIMPLE_RATES.items() if model and model.startswith(name)), OTHER_RATE)
    return tokens / 1000 * rate
