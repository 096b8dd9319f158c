"""The few numbers a report begins with, each beside the period before, and said in a sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.event_counts import event_counts
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.display import format_change, format_number, format_percent, format_points
from analytics_lib.engine.tables import AnyTable
from analytics_lib.privacy.suppression import MINIMUM_USERS, suppress
from analytics_lib.reporting.period import ReportPeriod

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Count:
    """A count now and before; None = unknown or hidden."""

    name: str
    now: float | None
    before: float | None

    def row(self) -> dict[str, Any]:
        """Give the row of the table."""
        change = (self.now - self.before) / self.before if self.now is not None and self.before else None
        return {"measure": self.name, "value": self.now, "before": self.before, "relative_change": change}

    def card(self) -> tuple[str, str, str]:
        """Give name, value and change as text."""
        change = format_change(self.row()["relative_change"])
        return self.name, format_number(self.now), f"{change} · before {format_number(self.before)}"

    def sentence(self) -> str:
        """Give nothing: a count speaks for itself."""
        return ""


@dataclass(frozen=True, slots=True)
class Share:
    """A share now and before, as those who did out of those who could."""

    name: str
    now: tuple[int, int]
    before: tuple[int, int]
    of: str
    """What is counted, in the plural."""

    @property
    def rates(self) -> tuple[float, float]:
        """The share now and before; NaN where nobody could."""
        return tuple(done / whole if whole else math.nan for done, whole in (self.now, self.before))  # type: ignore[return-value]

    def row(self) -> dict[str, Any]:
        """Give the row of the table."""
        now, before = self.rates
        relative = (now - before) / before if before else math.nan
        return {"measure": self.name, "value": now, "before": before, "relative_change": relative}

    def card(self) -> tuple[str, str, str]:
        """Give name, value and change in points as text."""
        now, before = self.rates
        return self.name, format_percent(now), f"{format_points(now - before)} · before {format_percent(before)}"

    def sentence(self) -> str:
        """Say the share, the one before, and whether chance explains the difference."""
        from analytics_lib.statistics.proportions import share_difference

        now, before = self.rates
        if math.isnan(now):
            return ""
        told = f"Of {self.now[1]:,} {self.of}, {self.now[0]:,} got through ({format_percent(now)})"
        if math.isnan(before):
            return f"{told}; there is nothing to compare with."
        found = share_difference((before, self.before[1]), (now, self.now[1]), CONFIDENCE)
        low, high = (f"{bound * 100:+.1f}".replace("-", "−") for bound in (found.low, found.high))
        verdict = (
            "chance alone may explain that" if found.low <= 0 <= found.high else "chance alone does not explain that"
        )
        return (
            f"{told}; in the period before it was {self.before[0]:,} of {self.before[1]:,} ({format_percent(before)}). "
            f"The difference lies between {low} and {high} points (95 % interval): {verdict}."
        )


@dataclass(frozen=True)
class KeyNumbers:
    """Numbers side by side: cards for a page, a table for a file, sentences for everybody."""

    numbers: Sequence[Count | Share]

    def to_frame(self) -> pd.DataFrame:
        """Give ``measure``, ``value``, ``before``, ``relative_change``."""
        columns = ["measure", "value", "before", "relative_change"]
        return pd.DataFrame([number.row() for number in self.numbers], columns=columns)

    def sentences(self) -> list[str]:
        """Give what can't be said by a number alone."""
        return [sentence for number in self.numbers if (sentence := number.sentence())]

    def _repr_html_(self) -> str:
        """Give the cards and the sentences."""
        cards = "".join(
            f'<div class="analytics-key"><span>{escape(name)}</span> <b>{escape(value)}</b> '
            f"<small>{escape(change)}</small></div>"
            for name, value, change in (number.card() for number in self.numbers)
        )
        story = "".join(f'<p class="analytics-story">{escape(sentence)}</p>' for sentence in self.sentences())
        return f'<div class="analytics-keys">{cards}</div>{story}'

    def __repr__(self) -> str:
        """Give one line per number, then the sentences."""
        lines = [f"{name}: {value} ({change})" for name, value, change in (number.card() for number in self.numbers)]
        return "\n".join([*lines, *self.sentences()])


def key_numbers(
    events: AnyTable,
    period: ReportPeriod,
    *,
    steps: Sequence[str] = (),
    minimum_users: int = MINIMUM_USERS,
) -> KeyNumbers:
    """Tell what a period comes to beside the one of equal length before it.

    Parameters
    ----------
    events
        The tenant's events, history included.
    period
        Days of the report.
    steps
        Two or more events: the share of sessions with the first that hold all of them, in any order.
        Empty = no such number.
    minimum_users
        Smallest number of people shown.

    Returns
    -------
    KeyNumbers
        Events, active people, events per person and, with `steps`, the share of sessions that got through.

    Examples
    --------
    >>> from datetime import date
    >>> times = pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-02"])
    >>> events = pd.DataFrame({"user_id": ["a", "a", "b"], "event": "view", "event_time": times})
    >>> day = ReportPeriod(date(2024, 5, 2), date(2024, 5, 2))
    >>> key_numbers(events, day, minimum_users=1).to_frame()["value"].tolist()
    [2.0, 2.0, 1.0]
    """
    spans = [period, period.previous()]
    counted, people = zip(*(_counted(events, span, minimum_users) for span in spans), strict=True)
    heads = [None if not who or what is None else what / who for what, who in zip(counted, people, strict=True)]
    numbers: list[Count | Share] = [
        Count("Events", *counted),
        Count("Active people", *people),
        Count("Events per person", *heads),
    ]
    if steps:
        shares = [_through(events, span, steps, minimum_users) for span in spans]
        numbers.append(Share(f"{steps[0]} → {steps[-1]}", shares[0], shares[1], f"sessions with {steps[0]}"))
    return KeyNumbers(numbers)


def _counted(events: AnyTable, span: ReportPeriod, minimum_users: int) -> tuple[float | None, float | None]:
    calendar: dict[str, Any] = {"start": span.start, "end": span.end, "time_zone": span.time_zone, "grain": "month"}
    who = suppress(active_users(events, **calendar), minimum_users).total
    what = event_counts(events, **calendar).total
    return None if pd.isna(what) else float(what), None if pd.isna(who) else float(who)


def _through(events: AnyTable, span: ReportPeriod, steps: Sequence[str], minimum_users: int) -> tuple[int, int]:
    """Give how many sessions got through, of how many; nothing of nothing where people are too few to be told.

    Those who did not get through are a group as well: of 12 people and 11, one could be told by subtraction.
    """
    calendar: dict[str, Any] = {"start": span.start, "end": span.end, "time_zone": span.time_zone, "unit": "session"}
    entered = funnel(events, steps, **calendar).to_frame().iloc[0]
    through = funnel(events, steps, order="any", **calendar).to_frame().iloc[-1]
    groups = (entered["users"], through["users"], entered["users"] - through["users"])
    told = not any(0 < group < minimum_users for group in groups)
    return (int(through["sessions"]), int(entered["sessions"])) if told else (0, 0)
