"""Which completions count: the best or first of each unit, or every attempt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from analytics_lib.behaviour.codes import Codes, first_above
from analytics_lib.behaviour.funnel_exact import Path, Search
from analytics_lib.behaviour.funnel_excluders import NEVER, Excluders, UnitExcluders, cuts
from analytics_lib.behaviour.funnel_pass import Flags, Histories, levels, paths
from analytics_lib.behaviour.funnel_rules import Rules


def counted_paths(histories: Histories, rules: Rules, excluders: Sequence[Excluders]) -> Codes:
    """Give the completions that count, one column each: event positions per required step, −1 = not reached.

    Exclusion is applied here only to attempts, which it ends; other completions are chosen first.
    """
    careful = _needs_search(histories, rules, excluders)
    entries = np.flatnonzero(histories.candidate & ~careful)
    if rules.entry == "every":
        quick = _attempts(histories, rules, entries, excluders)
    else:
        quick = _chosen(histories, rules, entries)
    slow = [
        path for part in _stretches(careful, histories.segment) for path in _solve(histories, rules, part, excluders)
    ]
    found = np.concatenate([quick, _columns(slow, len(rules.required))], axis=1)
    if rules.entry != "every" and (slow or rules.hold_constant):
        found = found[:, best_per_unit(histories, found, first=rules.entry == "first")]
    return found


def best_per_unit(histories: Histories, found: Codes, *, first: bool) -> Codes:
    """Give the columns that count once per unit: the furthest, of the latest (or first) entry, then the earliest."""
    unit, time = histories.unit[found[0]], histories.time[found[0]]
    level = (found >= 0).sum(axis=0)
    earlier = [np.where(row >= 0, -histories.time[row], 0) for row in found[:0:-1]]
    keys = (*earlier, level, -time, unit) if first else (*earlier, time, level, unit)
    order = np.lexsort((-found[0], *keys))
    last = np.append(unit[order][1:] != unit[order][:-1], True) if len(order) else np.zeros(0, dtype=bool)
    return order[last]


def _chosen(histories: Histories, rules: Rules, entries: Codes) -> Codes:
    """Choose the best (or first) entry of each segment by level alone, then follow only the chosen."""
    if not len(entries):
        return _columns([], len(rules.required))
    if rules.entry == "first":
        entries = _earliest(histories, entries)
    level = levels(histories, rules, entries)
    segment = histories.segment.take(entries)
    starts = np.append(0, np.flatnonzero(segment[1:] != segment[:-1]) + 1)
    rank = level * (histories.size + 1) + histories.group_start.take(entries)
    best = np.repeat(np.maximum.reduceat(rank, starts), np.diff(starts, append=len(rank)))
    good = np.flatnonzero(rank == best)  # of equal moments the first, so that the others are left for later steps
    chosen = segment.take(good)
    good = good.compress(np.append(True, chosen[1:] != chosen[:-1]))
    return paths(histories, rules, entries.take(good), level.take(good))


def _earliest(histories: Histories, entries: Codes) -> Codes:
    """Give the entries at each unit's first entry time."""
    if not len(entries):
        return entries
    first = np.full(int(histories.unit.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, histories.unit[entries], histories.time[entries])
    return entries[histories.time[entries] == first[histories.unit[entries]]]


def _attempts(histories: Histories, rules: Rules, entries: Codes, excluders: Sequence[Excluders]) -> Codes:
    """Follow every entry, then keep those that no earlier kept attempt still holds open."""
    lane = _lanes(histories, entries)
    order = np.lexsort((entries, lane))
    entries, lane = entries[order], lane[order]
    level = levels(histories, rules, entries)
    path = paths(histories, rules, entries, level)
    stop = _attempt_end(histories, rules, path, excluders)
    last = np.searchsorted(lane, lane, side="right")
    following = first_above(entries, np.arange(len(entries)), last, stop)
    kept = np.zeros(len(entries), dtype=bool)
    at, jumps = 0, following.tolist()
    while at < len(jumps):  # a plain walk: each jump depends on the one before
        kept[at] = True
        at = jumps[at]
    return path[:, kept]


def _lanes(histories: Histories, entries: Codes) -> Codes:
    """Give what attempts share that can hold each other up: the segment, and the held value."""
    segment = histories.segment[entries]
    if histories.held is None:
        return segment
    return segment * (int(histories.held.max(initial=0)) + 1) + histories.held[entries]


def _attempt_end(histories: Histories, rules: Rules, path: Codes, excluders: Sequence[Excluders]) -> Codes:
    """Give the last event position that lies inside each attempt."""
    done = path[-1] >= 0
    entry = path[0]
    anchor = entry if rules.window_from == "entry" else path.max(axis=0)
    ends = np.searchsorted(histories.segment, histories.segment[entry], side="right")
    if rules.limit is None:
        stop = ends - 1
    else:
        stop = first_above(histories.clock, anchor, ends, histories.clock[anchor] + rules.limit) - 1
    stop = np.where(done, path.max(axis=0), stop)
    if not excluders:
        return stop
    before_cut = first_above(histories.time, entry, ends, cuts(histories, path, excluders) - 1) - 1
    return np.minimum(stop, before_cut)


def _needs_search(histories: Histories, rules: Rules, excluders: Sequence[Excluders]) -> Flags:
    """Tell which events belong to segments where events of equal time have no single best order."""
    tangled = _tangled(histories, rules)
    free = rules.order == "any" or rules.grace or not tangled.any()
    doubtful = tangled if free else tangled & _mixed(histories)
    if rules.entry == "every":
        doubtful = doubtful | (histories.candidate if rules.grace else _crowded_entries(histories))
        for one in excluders:
            doubtful |= histories.candidate & one.at(histories.unit, histories.time)
    if rules.order == "strict":
        doubtful = _crowded(histories)
    if not doubtful.any():
        return doubtful
    size = int(histories.segment.max()) + 1
    some = np.zeros(size, dtype=bool)
    some[histories.segment[doubtful]] = True
    enter = np.zeros(size, dtype=bool)
    enter[histories.segment[histories.candidate]] = True
    return (some & enter)[histories.segment]


def _crowded(histories: Histories) -> Flags:
    """Tell which events share their moment with another one."""
    return np.bincount(histories.group_start, minlength=histories.size)[histories.group_start] > 1


def _crowded_entries(histories: Histories) -> Flags:
    """Tell which events share their moment with another one, where one of them may be an entry."""
    entry = np.zeros(histories.size, dtype=bool)
    entry[histories.group_start[histories.candidate]] = True
    return _crowded(histories) & entry[histories.group_start]


def _mixed(histories: Histories) -> Flags:
    """Tell which events share their moment with one that can be other steps."""
    group, mixed = histories.group_start, np.zeros(histories.size, dtype=bool)
    mixed[group[histories.matches != histories.matches[group]]] = True
    return mixed[group]


def _tangled(histories: Histories, rules: Rules) -> Flags:
    """Tell which events can be steps that are not neighbours, or not exactly the same step."""
    several = np.flatnonzero(histories.matches & (histories.matches - 1))
    tangled = np.zeros(histories.size, dtype=bool)
    if len(several):
        tangled[several] = ~np.isin(histories.matches[several], _simple_masks(rules))
    return tangled


def _simple_masks(rules: Rules) -> list[int]:
    """Give the sets of steps, as bits, that one event may match without any choice to make."""
    same = [
        [other for other in rules.required if rules.steps[other].same_as(rules.steps[step])] for step in rules.required
    ]
    if rules.grace or any(step.optional for step in rules.steps):
        return []
    return [
        sum(1 << step for step in steps)
        for steps in same
        if (_in_one_block(rules, steps) if rules.order == "any" else steps[-1] - steps[0] == len(steps) - 1)
    ]


def _in_one_block(rules: Rules, steps: list[int]) -> bool:
    return any(set(steps) <= set(block) for block in rules.blocks)


def _stretches(careful: Flags, segment: Codes) -> Iterator[slice]:
    where = np.flatnonzero(careful)
    for part in np.split(where, np.flatnonzero(np.diff(segment[where])) + 1):
        if len(part):
            yield slice(int(part[0]), int(part[-1]) + 1)


def _solve(histories: Histories, rules: Rules, part: slice, excluders: Sequence[Excluders]) -> Iterator[Path]:
    """Give the counted completions of one segment, as positions."""
    search = Search(
        time=histories.time[part].tolist(),
        clock=histories.clock[part].tolist(),
        matches=histories.matches[part].tolist(),
        rules=rules,
        held=None if histories.held is None else histories.held[part].tolist(),
    )
    entries = np.flatnonzero(histories.candidate[part]).tolist()
    unit = int(histories.unit[part.start])
    if rules.entry == "every":
        found = _attempts_in_lanes(search, entries, [one.of_unit(unit) for one in excluders])
    else:
        found = _worth_comparing(search, entries)
    for path in found:
        yield [part.start + at for at in (sorted(path) if rules.order == "any" else path)]


def _worth_comparing(search: Search, entries: list[int]) -> Iterator[Path]:
    """Give the completions that may be the one to count: from the latest entry back to a full one, or of the first."""
    if search.rules.entry == "first":
        entries = [entry for entry in entries if search.time[entry] == search.time[entries[0]]]
    level, best_at = 0, -1
    for entry in reversed(search.unlike(entries)):
        if search.time[entry] != best_at and search.most_from(entry) <= level:
            if level == len(search.steps):
                return  # none of the earlier entries can beat it
            continue
        path = search.path_from(entry)
        yield path
        if len(path) > level:
            level, best_at = len(path), search.time[entry]


def _attempts_in_lanes(search: Search, entries: list[int], excluding: Sequence[UnitExcluders]) -> Iterator[Path]:
    """Give the attempts of one segment; those of different held values do not hold each other up."""
    lanes: dict[int, list[int]] = {}
    for entry in entries:
        lanes.setdefault(search.held_of(entry), []).append(entry)
    used: set[int] = set()
    for _, lane in sorted(lanes.items()):
        yield from _attempts_by_search(search, lane, excluding, used)


def _attempts_by_search(
    search: Search, entries: list[int], excluding: Sequence[UnitExcluders], used: set[int]
) -> Iterator[Path]:
    """Give the attempts that no earlier one holds open or takes an event from; `used` grows by the events they take."""
    open_until, open_clock = -NEVER, -NEVER
    for entry in entries:
        if entry in used or (search.time[entry] < open_until and search.clock[entry] <= open_clock):
            continue
        path = search.path_from(entry, used=used)
        yield path
        open_until, open_clock = _closing(search, path, excluding)
        used.update(at for at in path if search.time[at] <= open_until)


def _closing(search: Search, path: Path, excluding: Sequence[UnitExcluders]) -> tuple[int, int]:
    """Give when an attempt ends: by conversion or exclusion at a time, or by time-out after a clock reading."""
    times = [search.time[at] for at in path]
    cut = min((one.cut(times, len(search.steps)) for one in excluding), default=NEVER)
    done = len(path) == len(search.steps)
    end = max(times) if done else NEVER
    anchor = path[0] if search.rules.window_from == "entry" else max(path)
    limit = search.rules.limit
    return min(end, cut), NEVER if limit is None else search.clock[anchor] + limit


def _columns(found: list[Path], steps: int) -> Codes:
    columns = np.full((steps, len(found)), -1, dtype=np.int64)
    for number, path in enumerate(found):
        columns[: len(path), number] = path
    return columns
