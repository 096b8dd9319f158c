"""Which completions count: by our rules, or by the pass of a product."""

from __future__ import annotations

from collections.abc import Sequence

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.dialect_clickhouse import strict_increase, strict_order
from analytics_lib.behaviour.dialect_posthog import posthog
from analytics_lib.behaviour.funnel_choice import counted_paths
from analytics_lib.behaviour.funnel_excluders import Excluders, without_excluded
from analytics_lib.behaviour.funnel_pass import Histories
from analytics_lib.behaviour.funnel_rules import Rules


def completions(histories: Histories, rules: Rules, excluders: Sequence[Excluders]) -> Codes:
    """Give the completions that count, one column each: event positions per required step, −1 = not reached."""
    walk = rules.dialect.walk(rules.order) if rules.dialect else None
    if walk == "posthog":
        return posthog(histories, rules, excluders)
    if walk == "strict_increase":
        return strict_increase(histories, rules)
    if walk == "strict_order":
        return strict_order(histories, rules)
    return without_excluded(histories, rules, counted_paths(histories, rules, excluders), excluders)
