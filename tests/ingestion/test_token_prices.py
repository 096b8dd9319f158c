"""Token costs follow the published price lists."""

from __future__ import annotations

import json
import math

import pytest

from analytics_lib.ingestion.token_prices import PRICES, simple_cost, usage_cost
from tests.conftest import shared_data


def test_prices_are_those_of_the_session_they_are_checked_with():
    published = json.loads(shared_data("claude-sessions-a/oracle_tokens.json").read_text())["price_usd_per_million"]
    for model, price in published.items():
        ours = next(price for name, price in PRICES.items() if model.startswith(name))
        assert (ours.input, ours.output, ours.cache_write, ours.cache_read) == tuple(
            price[name] for name in ("input", "output", "cache_write", "cache_read")
        )


def test_an_unknown_model_costs_an_unknown_amount():
    assert math.isnan(usage_cost("another", sent=1, answered=1))
    assert math.isnan(usage_cost(None, sent=1, answered=1))


@pytest.mark.parametrize(
    ("model", "rate"),
    [("claude-3-opus", 0.015), ("claude-3-sonnet", 0.003), ("claude-3-haiku", 0.00025), ("x", 0.001), (None, 0.001)],
)
def test_simple_rates_per_thousand(model, rate):
    assert simple_cost(model, 1000) == rate
