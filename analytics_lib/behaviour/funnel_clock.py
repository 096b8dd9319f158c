"""A clock that ticks with each session of a unit, for windows that count sessions instead of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics_lib.behaviour.codes import Codes, first_above


@dataclass(frozen=True, slots=True)
class SessionClock:
    """When the sessions of each unit began, ordered by unit and time.

    A moment reads as the number of sessions that have begun by then, so the clock never goes back where sessions
    overlap, and events of equal time read the same.
    """

    unit: Codes
    start: Codes

    def read(self, unit: Codes, moment: Codes) -> Codes:
        """Give how many sessions of each unit have begun by a moment."""
        first = np.searchsorted(self.unit, unit, side="left")
        end = np.searchsorted(self.unit, unit, side="right")
        return first_above(self.start, first, end, moment) - first


def session_clock(unit: Codes, session: Codes, time: Codes) -> SessionClock:
    """Find when each session first shows in each unit; −1 is no unit and no session."""
    known = np.flatnonzero((unit >= 0) & (session >= 0))
    order = known[np.lexsort((time[known], session[known], unit[known]))]
    owner, visit = unit[order], session[order]
    first = np.append(True, (owner[1:] != owner[:-1]) | (visit[1:] != visit[:-1])) if len(order) else order.astype(bool)
    owner, start = owner[first], time[order][first]
    sorted_by_time = np.lexsort((start, owner))
    return SessionClock(owner[sorted_by_time], start[sorted_by_time])
