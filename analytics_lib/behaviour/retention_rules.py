"""The arguments of retention, checked once, and the words that say what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from analytics_lib.behaviour.funnel_steps import Step, read_step
from analytics_lib.checks import one_of, whole_number
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import grain_name

KINDS: Final = ("on", "on_or_after", "on_or_before", "streak", "bracket")
COHORTS: Final = ("first_ever", "first_matching", "first_in_range", "recurring")
REFERENCES: Final = ("start", "previous_period")
AVERAGES: Final = ("weighted", "simple")
_ROLLING_SECONDS: Final = {"hour": 3600, "day": 86_400, "week": 604_800, "month": 30 * 86_400}


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """What makes a cohort, what counts as coming back, and when."""

    start_event: Step | None
    """Event that puts a person into a cohort; None = any event."""
    return_event: Step | None
    """Event that counts as coming back; None = any event."""
    grain: str
    """Length of a period."""
    spans: tuple[tuple[int, int], ...]
    """First and last period of each cell."""
    kind: str
    """What a cell asks."""
    cohort: str
    """Which start events make a cohort."""
    rolling: bool
    """Periods count from each person's own start instead of the calendar."""
    value_from: str
    """Whether the split is that of the start event, or must be the same on the return."""
    reference: str = "start"
    """What a rate is a share of: the cohort, or who came in the period before."""
    average: str = "weighted"
    """How the average weighs cohorts."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The events that are asked about."""
        return tuple(step for step in (self.start_event, self.return_event) if step is not None)

    @property
    def period_micros(self) -> int:
        """Length of a rolling period in microseconds; a month is 30 days."""
        return _ROLLING_SECONDS[self.grain] * 1_000_000


def rolling_micros(grain: str) -> int:
    """Give the length of a period that starts anywhere, in microseconds; a month is 30 days.

    Raises
    ------
    ArgumentError
        The grain has no rolling form.
    """
    word = grain_name(grain)
    if word not in _ROLLING_SECONDS:
        raise ArgumentError(f"grain={grain!r} has no rolling form", f"Use {', '.join(_ROLLING_SECONDS)}.")
    return _ROLLING_SECONDS[word] * 1_000_000


def read_retention_rules(
    *,
    start_event: object,
    return_event: object,
    grain: str,
    periods: int,
    kind: str,
    cohort: str,
    brackets: Iterable[tuple[int, int]] | None,
    rolling: bool,
    value_from: str,
    reference: str = "start",
    average: str = "weighted",
) -> RetentionRules:
    """Check the arguments of retention, alone and together.

    Raises
    ------
    ArgumentError
        One is out of its range, or two can't be combined.
    """
    word = grain_name(grain)
    if rolling:
        rolling_micros(word)
    if (kind == "bracket") != (brackets is not None):
        raise ArgumentError(f"kind={kind!r} with brackets={brackets!r}", 'Give both kind="bracket" and brackets=[…].')
    return RetentionRules(
        start_event=None if start_event is None else read_step(start_event, role="start_event"),
        return_event=None if return_event is None else read_step(return_event, role="return_event"),
        grain=word,
        spans=_spans(periods, brackets),
        kind=one_of("kind", kind, KINDS),
        cohort=one_of("cohort", cohort, COHORTS),
        rolling=rolling,
        value_from=one_of("value_from", value_from, ("start", "both")),
        reference=one_of("reference", reference, REFERENCES),
        average=one_of("average", average, AVERAGES),
    )


def _spans(periods: int, brackets: Iterable[tuple[int, int]] | None) -> tuple[tuple[int, int], ...]:
    if brackets is None:
        number = whole_number("periods", periods, at_least=1, at_most=1000)
        return tuple((period, period) for period in range(number))
    spans = tuple((int(low), int(high)) for low, high in brackets)
    if not spans or any(low < 0 or high < low for low, high in spans):
        raise ArgumentError(f"brackets={list(spans)!r} can't be used", "Give pairs such as [(0, 0), (1, 3), (4, 7)].")
    return spans


def retention_words(rules: RetentionRules, *, time_zone: str, week_start: str, by: tuple[str, ...]) -> str:
    """Write what a number of this table means."""
    start = str(rules.start_event) if rules.start_event else "event"
    some = start if rules.start_event else "any event"
    back = str(rules.return_event) if rules.return_event else "any event"
    cohort = {
        "first_ever": f"people whose first {start} ever lies in the {rules.grain}",
        "first_matching": f"people whose first matching {start} ever lies in the {rules.grain}",
        "first_in_range": f"people whose first {start} in the range lies in the {rules.grain}",
        "recurring": f"people with {some} in the {rules.grain}; a person may be in many cohorts",
    }[rules.cohort]
    cell = {
        "on": "in period k",
        "on_or_after": "in period k or any later one in the table",
        "on_or_before": "in any of the periods 1 to k (period 0: in the same period)",
        "streak": "in every one of the periods 1 to k (period 0: in the same period)",
        "bracket": "in any period of the bracket",
    }[rules.kind]
    clock = (
        f"a period is {rules.period_micros / 3.6e9:g} h from each person's own start"
        if rules.rolling
        else f"calendar {rules.grain}s of {time_zone}"
        + (f", {week_start.capitalize()} first" if rules.grain == "week" else "")
    )
    split = ""
    if by:
        whose = "of the start event" if rules.value_from == "start" else "that start and return event share"
        split = f" Split by the {', '.join(by)} {whose}."
    return (
        f"Cohort: {cohort}. Returned = {back} {cell}; {clock}. A cell is mature when its whole period "
        f"has elapsed; one that has not begun is unknown.{split}{_rate_words(rules)}"
    )


def _rate_words(rules: RetentionRules) -> str:
    """Write what rates are shares of, and how they are averaged."""
    compared = {"start": "their cohort", "previous_period": "those who came in the period before (in period 0: of the "
                "cohort), which can be more than all of them"}[rules.reference]  # fmt: skip
    weighed = {"weighted": "weighted by the people compared with", "simple": "each cohort counting the same"}
    return f" A rate is the share of {compared}; averages are over mature cells, {weighed[rules.average]}."
