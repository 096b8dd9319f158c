"""How well-known products count a funnel: the rules in which each differs from ours, under its name.

A dialect fixes some arguments of the funnel, and may add rules that no argument has. Facts come from
the products' published sources and manuals (see References of :func:`read_dialect`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from analytics_lib.errors import ArgumentError, did_you_mean


@dataclass(frozen=True, slots=True)
class Dialect:
    """The funnel rules of one product."""

    name: str
    """What to ask for: ``dialect="umami"``."""
    rule: str
    """Where it differs from our definition, in words."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """Arguments of the funnel that it decides."""
    orders: tuple[str, ...] = ("ordered",)
    """Orders the product has."""
    excludes: bool = False
    """Whether the product knows excluding events."""
    holds: bool = True
    """Whether the product can hold a field constant."""
    sessions: bool = False
    """Whether the product has windows of sessions."""
    reuse: bool = False
    """One event may serve several steps."""
    whole_seconds: bool = False
    """Times are rounded to the second; the same step twice in a second counts once."""
    inside_range: bool = False
    """Later steps must lie in the range as well."""
    walks: Mapping[str, str] = field(default_factory=dict)
    """Passes of its own that no rule describes, by order."""

    def walk(self, order: str) -> str | None:
        """Give the pass of its own for an order; None = ours."""
        return self.walks.get(order)


_LISTED: Final = (
    Dialect(
        name="clickhouse",
        rule="One event may serve several steps (windowFunnel without a mode; order='strict' is its strict_order: "
        "the first event out of turn after the first entry ends the search).",
        orders=("ordered", "strict"),
        holds=False,
        reuse=True,
        walks={"strict": "strict_order"},
    ),
    Dialect(
        name="clickhouse_strict_increase",
        rule="Each step must be strictly later than the newest event that serves the step before it, so that neither "
        "equal times nor a repeated step convert (windowFunnel with strict_increase).",
        holds=False,
        reuse=True,
        walks={"ordered": "strict_increase"},
    ),
    Dialect(
        name="clickhouse_strict_once",
        rule="One event serves one step (windowFunnel with strict_once); levels are those of our definition.",
        holds=False,
    ),
    Dialect(
        name="posthog",
        rule="One pass over the events: each step carries the time of its entry, a later entry takes over, the first "
        "try that gets furthest counts. An excluding event within the window drops the person from all steps, even "
        "if nothing follows, until a clean entry gets as far. In strict order an event wipes the steps it is not, so "
        "that a step may repeat. At equal times steps count in any order, and order and exclusion are not looked at.",
        orders=("ordered", "strict"),
        excludes=True,
        holds=False,
        walks={"ordered": "posthog", "strict": "posthog"},
    ),
    Dialect(
        name="mixpanel",
        rule="People enter once, with their first event of step 1 in the range; steps within two seconds of each "
        "other may come in either order; an excluding event stops them where they are.",
        settings={"entry": "first", "grace_seconds": 2, "exclude_effect": "stop_at_step"},
        excludes=True,
        sessions=True,
    ),
    Dialect(
        name="amplitude",
        rule="Times are rounded to the second, and the same step twice in one second counts once; steps within one "
        "second of each other may come in either order.",
        settings={"grace_seconds": 1},
        orders=("ordered", "strict"),
        whole_seconds=True,
    ),
    Dialect(
        name="umami",
        rule="The window starts again at each step, one event may serve several steps, and every step must lie in "
        "the range (one join per step).",
        settings={"window_from": "previous_step"},
        holds=False,
        reuse=True,
        inside_range=True,
    ),
)

DIALECTS: Final = {dialect.name: dialect for dialect in _LISTED}
"""Every dialect by its name."""


def read_dialect(given: str | Dialect | None) -> Dialect | None:
    """Read the `dialect` argument of a funnel; None is our own definition.

    Raises
    ------
    ArgumentError
        No dialect has this name.

    References
    ----------
    ClickHouse: ``AggregateFunctionWindowFunnel.cpp`` and the manual of ``windowFunnel``. PostHog:
    ``funnel-udf/src/steps.rs``. Mixpanel: manual, "Funnels Advanced Concepts" and "Funnels FAQ".
    Amplitude: manual, "How Amplitude handles simultaneous events in a funnel". Umami:
    ``src/queries/sql/reports/getFunnel.ts``.

    Examples
    --------
    >>> read_dialect("mixpanel").settings["entry"]
    'first'
    """
    if given is None or isinstance(given, Dialect):
        return given
    if given not in DIALECTS:
        raise ArgumentError(
            f"dialect={given!r} is not one of {', '.join(DIALECTS)}",
            did_you_mean(str(given), DIALECTS) or "Give one of them.",
        )
    return DIALECTS[given]
