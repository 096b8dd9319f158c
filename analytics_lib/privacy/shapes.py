"""How the counts of a result add up, written as sums between numbers of people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

import pandas as pd

from analytics_lib.privacy.additive import Sums
from analytics_lib.results import Additive, Result

Cell = tuple[int, str]
"""Row and column of a frame."""

Hide = Callable[["Shape"], set[Cell]]
"""Gives the cells of a shape that have to be hidden."""

_STEPS: Final = Additive("steps", ("users",), ("step",))
_COHORTS: Final = (Additive("repeats", ("cohort_users",), ("period",)), Additive("share", ("users", "cohort_users")))
_COMPLETED: Final = Additive("share", ("completed_users", "users"))
_LIFECYCLE: Final = (
    Additive("sum", ("new", "returning", "resurrecting")),
    Additive("sum", ("returning", "dormant")),
)
_STICKINESS: Final = Additive("groups", ("users",), ("active_periods",))


def structure_of(result: Result) -> tuple[Additive, ...]:
    """Give how the counts of a result add up: what it says itself, else the usual shape of its columns."""
    rules = list(result.structure)
    if any(rule.kind != "base" for rule in rules):
        return result.structure
    columns = set(result.frame.columns)
    if {"step", "users"} <= columns:
        rules.append(_STEPS)
    if {"cohort", "period", "cohort_users", "users"} <= columns:
        rules.extend(_COHORTS)
    if {"users", "completed_users"} <= columns:
        rules.append(_COMPLETED)
    if {"new", "returning", "resurrecting", "dormant"} <= columns:
        rules.extend(_LIFECYCLE)
    if {"active_periods", "users"} <= columns:
        rules.append(_STICKINESS)
    by = tuple(name for name in getattr(result, "by", ()) if name in columns)
    counted = [name for name in (*result.people_columns, "cohort_users") if name in columns]
    splits = dict.fromkeys([*combinations(by, 1), by] if by else [])
    rules.extend(Additive("groups", (name,), along) for name in dict.fromkeys(counted) for along in splits)
    return tuple(rules)


@dataclass(frozen=True, slots=True)
class Shape:
    """A frame of counts, its keys, and how the counts add up."""

    frame: pd.DataFrame
    """The numbers, rows numbered from 0."""
    keys: tuple[str, ...]
    """Columns that name a row."""
    people: tuple[str, ...]
    """Columns that count people."""
    rules: tuple[Additive, ...]
    """How they add up; only rules whose columns are all there."""

    @classmethod
    def of(cls, result: Result) -> Shape:
        """Take the shape of a result."""
        frame = result.frame.reset_index(drop=True)
        rules = tuple(rule for rule in structure_of(result) if {*rule.columns, *rule.along} <= set(frame.columns))
        repeated = [name for rule in rules if rule.kind == "repeats" for name in rule.columns]
        people = dict.fromkeys(name for name in (*result.people_columns, *repeated) if name in frame.columns)
        return cls(frame, tuple(name for name in result.key_columns if name in frame.columns), tuple(people), rules)

    def row_keys(self, without: Iterable[str] = ()) -> list[tuple[object, ...]]:
        """Give each row's key values, unknown as None, leaving out some columns."""
        left = [name for name in self.keys if name not in set(without)]
        if not left:
            return [()] * len(self.frame)
        columns = [self.frame[name].astype(object).where(self.frame[name].notna(), None).tolist() for name in left]
        return list(zip(*columns, strict=True))

    def rows_along(self, along: tuple[str, ...]) -> list[list[int]]:
        """Give the rows that differ only in `along`, in its order."""
        order = self.frame.sort_values(list(along), kind="stable").index if len(along) == 1 else self.frame.index
        keys = self.row_keys(without=along)
        groups: dict[tuple[object, ...], list[int]] = {}
        for row in order:
            groups.setdefault(keys[row], []).append(int(row))
        return list(groups.values())

    def summed(self, along: tuple[str, ...]) -> Shape:
        """Give the shape of the same analysis without a split: its numbers are known from elsewhere."""
        left = [name for name in self.keys if name not in along]
        rules = tuple(rule for rule in self.rules if not set(rule.along) & set(along))
        numbers = self.frame[list(self.people)].astype("Float64")
        if left:
            keyed = pd.concat([self.frame[left], numbers], axis=1)
            frame = keyed.groupby(left, dropna=False, sort=False)[list(self.people)].sum(min_count=1).reset_index()
        else:
            frame = numbers.sum(min_count=1).to_frame().T
        return Shape(frame, tuple(left), self.people, rules)


def write_sums(shape: Shape, smallest: int, hide: Hide) -> Sums:
    """Write the sums behind a frame.

    Parameters
    ----------
    smallest
        Smallest group shown.
    hide
        Hides what must be hidden in sums; asked for the totals of splits, which are the numbers of the
        same analysis without the split and are shown there only as far as they are not hidden there.
    """
    writer = _Writer(Sums(), smallest, hide)
    writer.write(shape, writer.cells(shape))
    return writer.sums


@dataclass(slots=True)
class _Writer:
    sums: Sums
    smallest: int
    hide: Hide

    def cells(self, shape: Shape) -> dict[Cell, int]:
        """Give each known cell its count; cells that repeat a number share one."""
        numbers: dict[Cell, int] = {}
        repeated = {name: rule.along for rule in shape.rules if rule.kind == "repeats" for name in rule.columns}
        for column in shape.people:
            shared: dict[tuple[object, ...], int] = {}
            keys = shape.row_keys(without=repeated.get(column, ()))
            for row, value in enumerate(shape.frame[column].tolist()):
                if value is None or value is pd.NA or value != value:
                    continue
                name = keys[row] if column in repeated else (row,)
                if name not in shared:
                    shared[name] = self.sums.add(float(value), shown=True)
                self.sums.counts[shared[name]].cells.append((row, column))
                numbers[row, column] = shared[name]
        return numbers

    def write(self, shape: Shape, numbers: Mapping[Cell, int]) -> None:
        """Write all sums of a shape whose cells have these counts."""
        rows = range(len(shape.frame))
        for rule in shape.rules:
            if rule.kind == "sum":
                for row in rows:
                    self._sum([numbers[row, name] for name in rule.columns if (row, name) in numbers])
            elif rule.kind == "share":
                part, whole = rule.columns
                self._rests(numbers, ([(row, whole), (row, part)] for row in rows))
            elif rule.kind == "steps":
                chains = ([(row, rule.columns[0]) for row in chain] for chain in shape.rows_along(rule.along))
                self._rests(numbers, chains)
        for along in dict.fromkeys(rule.along for rule in shape.rules if rule.kind == "groups"):
            split = [rule.columns[0] for rule in shape.rules if rule.kind == "groups" and rule.along == along]
            self._groups(shape, along, split, numbers)

    def _sum(self, parts: list[int]) -> None:
        """Let a sum be known from elsewhere, unless it is small itself: then it is hidden there."""
        value = sum(self.sums.counts[part].value for part in parts)
        if len(parts) > 1:
            self.sums.connect(self.sums.add(value, shown=not 0 < value < self.smallest), parts)

    def _rests(self, numbers: Mapping[Cell, int], chains: Iterable[list[Cell]]) -> None:
        """Let the people of a whole who are not in its part, the next of a chain, be a group as well."""
        written: set[tuple[int, int]] = set()
        for chain in chains:
            for whole, part in pairwise([numbers[cell] for cell in chain if cell in numbers]):
                value = self.sums.counts[whole].value - self.sums.counts[part].value
                if whole != part and value >= 0 and (whole, part) not in written:
                    written.add((whole, part))
                    self.sums.connect(whole, (part, self.sums.add(value, shown=False)))

    def _groups(self, shape: Shape, along: tuple[str, ...], columns: list[str], numbers: Mapping[Cell, int]) -> None:
        """Let the groups of a split add up to what the analysis says without it."""
        totals = shape.summed(along)
        hidden = self.hide(totals)
        place = {key: row for row, key in enumerate(totals.row_keys())}
        wholes: dict[Cell, int] = {}
        written: dict[tuple[int, ...], int] = {}
        for rows, key in zip(shape.rows_along(along), _keys(shape, along), strict=True):
            for column in columns:
                cell = (place[key], column)
                parts = tuple(numbers[row, column] for row in rows if (row, column) in numbers)
                if parts not in written and parts:
                    value = sum(self.sums.counts[part].value for part in parts)
                    written[parts] = self.sums.add(value, shown=cell not in hidden)
                    self.sums.connect(written[parts], parts)
                if parts:
                    wholes[cell] = written[parts]
        self.write(Shape(totals.frame, totals.keys, totals.people, _without_groups(totals.rules)), wholes)


def _keys(shape: Shape, along: tuple[str, ...]) -> list[tuple[object, ...]]:
    keys = shape.row_keys(without=along)
    return [keys[rows[0]] for rows in shape.rows_along(along)]


def _without_groups(rules: tuple[Additive, ...]) -> tuple[Additive, ...]:
    return tuple(rule for rule in rules if rule.kind != "groups")
