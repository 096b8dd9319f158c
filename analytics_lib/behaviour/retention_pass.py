"""Which members of a cohort came back in which period: one matrix, all kinds of cells.

Time is whole numbers: bucket numbers for calendar periods (length 1), microseconds for rolling ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics_lib.behaviour.codes import Codes, first_above
from analytics_lib.behaviour.funnel_pass import Flags

_MEMBERS_AT_ONCE = 250_000


@dataclass(frozen=True, slots=True)
class Members:
    """Who is in which cohort; a person may be in several."""

    person: Codes
    cohort: Codes
    """Number of the cohort's bucket."""
    anchor: Codes
    """Where the member's periods start."""
    group: Codes
    """Group of the split."""

    @property
    def size(self) -> int:
        """Number of memberships."""
        return len(self.person)

    def take(self, rows: Codes | Flags | slice) -> Members:
        """Give some of the memberships."""
        return Members(self.person[rows], self.cohort[rows], self.anchor[rows], self.group[rows])


@dataclass(frozen=True, slots=True)
class Returns:
    """When people came back, each moment once, ordered by person and time."""

    person: Codes
    at: Codes

    def stretch(self, person: Codes) -> tuple[Codes, Codes]:
        """Give where each person's moments begin and end."""
        return np.searchsorted(self.person, person, "left"), np.searchsorted(self.person, person, "right")


@dataclass(frozen=True, slots=True)
class Cells:
    """What a cell asks."""

    kind: str
    """``on``, ``on_or_after``, ``on_or_before``, ``bracket`` or ``streak``."""
    spans: tuple[tuple[int, int], ...]
    """First and last period (inclusive) of each cell; both the same unless `kind` is ``bracket``."""
    length: int
    """Length of a period on the clock of the moments."""


def returned(members: Members, returns: Returns, cells: Cells) -> Flags:
    """Tell which member came back in which cell: one row per member, one column per cell."""
    begin, end = returns.stretch(members.person)
    if cells.kind == "on_or_after":
        return _on_or_after(members, returns, cells, begin, end)
    if cells.kind == "bracket":
        return _inside(members, returns, cells, begin, end)
    on = _on(members, returns, cells, begin, end)
    if cells.kind == "on_or_before":
        on[:, 1:] = np.logical_or.accumulate(on[:, 1:], axis=1)
    if cells.kind == "streak":
        on[:, 1:] = np.logical_and.accumulate(on[:, 1:], axis=1)
    return on


def counts(members: Members, returns: Returns, cells: Cells, *, rows: int, row_of: Codes) -> Codes:
    """Count the members who came back: one row per cohort (and group), one column per cell."""
    if cells.kind == "on" and cells.length == 1:  # a moment is a bucket, so nobody is in a cell twice
        return _counts_on(members, returns, cells, rows=rows, row_of=row_of)
    total = np.zeros((rows, len(cells.spans)), dtype=np.int64)
    for part in _parts(members.size):
        came = returned(members.take(part), returns, cells)
        order = np.argsort(row_of[part], kind="stable")
        there, first = np.unique(row_of[part][order], return_index=True)
        total[there] += np.add.reduceat(came[order], first, axis=0, dtype=np.int64)
    return total


def _counts_on(members: Members, returns: Returns, cells: Cells, *, rows: int, row_of: Codes) -> Codes:
    periods = len(cells.spans)
    total = np.zeros(rows * periods, dtype=np.int64)
    for part in _parts(members.size):
        some = members.take(part)
        member, period = _moments_on(some, returns, cells, *returns.stretch(some.person))
        total += np.bincount(row_of[part][member] * periods + period, minlength=len(total))
    return total.reshape(rows, periods)


def _parts(size: int) -> Iterator[slice]:
    for start in range(0, size, _MEMBERS_AT_ONCE):
        yield slice(start, min(start + _MEMBERS_AT_ONCE, size))


def _on(members: Members, returns: Returns, cells: Cells, begin: Codes, end: Codes) -> Flags:
    """Mark the period of every moment that lies in the asked periods."""
    came = np.zeros((members.size, len(cells.spans)), dtype=bool)
    came[_moments_on(members, returns, cells, begin, end)] = True
    return came


def _moments_on(members: Members, returns: Returns, cells: Cells, begin: Codes, end: Codes) -> tuple[Codes, Codes]:
    """Give member and period of every moment that lies in the asked periods."""
    last = first_above(returns.at, begin, end, members.anchor + len(cells.spans) * cells.length - 1)
    first = first_above(returns.at, begin, last, members.anchor - 1)
    number = last - first
    member = np.repeat(np.arange(members.size), number)
    moment = np.arange(len(member)) + np.repeat(first - (np.cumsum(number) - number), number)
    return member, (returns.at[moment] - members.anchor[member]) // cells.length


def _on_or_after(members: Members, returns: Returns, cells: Cells, begin: Codes, end: Codes) -> Flags:
    """Compare with the last moment in the whole table, however late it is."""
    none = np.iinfo(np.int64).min // 2
    newest = np.where(end > begin, np.append(returns.at, none)[end - 1], none)
    last = (newest - members.anchor) // cells.length
    return last[:, None] >= np.array([span[0] for span in cells.spans])[None, :]


def _inside(members: Members, returns: Returns, cells: Cells, begin: Codes, end: Codes) -> Flags:
    """Look for a first moment in each span of periods."""
    came = np.zeros((members.size, len(cells.spans)), dtype=bool)
    for number, (low, high) in enumerate(cells.spans):
        first = first_above(returns.at, begin, end, members.anchor + low * cells.length - 1)
        at = np.append(returns.at, 0)[first]
        came[:, number] = (first < end) & (at < members.anchor + (high + 1) * cells.length)
    return came
