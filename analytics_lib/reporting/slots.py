"""The moments at which a schedule runs, in its time zone, through changes of clocks; and which of them are due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from typing import Any, Final

from analytics_lib.periods import zone
from analytics_lib.reporting.definition import Schedule

ON_TIME: Final = timedelta(minutes=5)
"""A moment not older than this counts as on time; older ones were missed."""
MOST_SLOTS: Final = 1000
"""Missed moments that are looked at; the newest count."""


@dataclass(frozen=True, slots=True)
class Due:
    """What a schedule asks for now."""

    slots: tuple[datetime, ...]
    """Moments to run, oldest first, aware UTC."""
    passed_over: tuple[datetime, ...] = ()
    """Missed moments that the policy lets go, aware UTC."""


def next_slots(schedule: Schedule, after: datetime, *, count: int = 1) -> list[datetime]:
    """Give the next moments of a schedule strictly after `after`, as aware times in the schedule's zone.

    A local time that the clocks skip runs right after the gap; one that comes twice runs once; an
    expression that begins with ``*`` in minute or hour runs by real time, as in Debian's cron.

    Examples
    --------
    >>> schedule = Schedule(cron="30 1 * * *", time_zone="Europe/London")
    >>> [str(slot) for slot in next_slots(schedule, datetime(2024, 3, 30, tzinfo=UTC), count=3)]
    ['2024-03-30 01:30:00+00:00', '2024-03-31 02:00:00+01:00', '2024-04-01 01:30:00+01:00']
    """
    return list(islice(_walk(schedule, after), count))


def _walk(schedule: Schedule, start: datetime, *, backwards: bool = False) -> Iterator[datetime]:
    from cronsim import CronSim

    moments: Any = CronSim(schedule.cron, start.astimezone(zone(schedule.time_zone or "UTC")), reverse=backwards)
    yield from moments


def due(schedule: Schedule, now: datetime, *, last: datetime | None) -> Due:
    """Tell which moments must run now.

    Parameters
    ----------
    schedule
        With its policy for missed moments: ``latest`` runs the newest one, ``all`` each, ``skip`` none.
        One older than ``maximum_staleness`` is never run.
    now
        Aware time.
    last
        Newest moment that was answered already, by a run or by being passed over; None = none ever:
        then nothing further back than the newest moment is asked for.

    Examples
    --------
    >>> schedule = Schedule(cron="0 7 * * *", maximum_staleness="3d")
    >>> now, last = datetime(2024, 6, 10, 12, tzinfo=UTC), datetime(2024, 6, 8, 7, tzinfo=UTC)
    >>> [str(slot.day) for slot in due(schedule, now, last=last).slots]
    ['10']
    """
    waiting = _waiting(schedule, now, last)
    oldest = now - (ON_TIME if schedule.missed == "skip" else max(schedule.maximum_staleness, ON_TIME))
    fresh = [slot for slot in waiting if slot >= oldest]
    chosen = fresh if schedule.missed == "all" else fresh[-1:]
    return Due(tuple(chosen), tuple(slot for slot in waiting if slot not in chosen))


def _waiting(schedule: Schedule, now: datetime, last: datetime | None) -> list[datetime]:
    """Give the moments in ``(last, now]``, oldest first, at most the newest :data:`MOST_SLOTS`; one without `last`."""
    just_after = now.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)  # `now` itself counts
    backwards = _walk(schedule, just_after, backwards=True)
    newest_first = islice((slot.astimezone(UTC) for slot in backwards), 1 if last is None else MOST_SLOTS)
    unanswered = list(takewhile(lambda slot: last is None or slot > last, newest_first))
    return unanswered[::-1]
