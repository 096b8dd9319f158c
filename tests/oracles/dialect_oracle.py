"""Other products' funnels, one person at a time: their bookkeeping written down plainly, or every choice tried.

An event is (time, the set of steps it can be), as in the oracle of our own funnel; events that are no step
have an empty set.
"""

from __future__ import annotations

from tests.oracles.funnel_oracle import Asked, Event, completions, counted


def clickhouse(events: list[Event], steps: int, within: int, mode: str | None) -> int:
    """windowFunnel: a table of the newest event per step and the time its chain began."""
    single = [(time, step) for time, can_be, *_ in events for step in (can_be or {-1})]
    began: list[int | None] = [None] * steps
    newest = [0] * steps
    entered = False
    for time, step in sorted(single):
        if step < 0:
            if mode == "strict_order" and entered:
                break
        elif step == 0:
            began[0], newest[0], entered = time, time, True
        elif began[step - 1] is None:
            if mode == "strict_order" and entered:
                break
        else:
            start = began[step - 1]
            assert start is not None
            if time <= start + within and (mode != "strict_increase" or newest[step - 1] < time):
                began[step], newest[step] = start, time
    return max((step + 1 for step in range(steps) if began[step] is not None), default=0)


def strict_once(events: list[Event], steps: int, within: int) -> int:
    """Every chain of different events."""
    return max((len(chosen) for chosen in completions(events, Asked(steps, within=within))), default=0)


def umami(events: list[Event], steps: int, within: int) -> int:
    """One join per step: every event of the step in the window of any event of the step before."""
    level = [time for time, can_be, *_ in events if 0 in can_be]
    reached = 0
    while level and reached < steps:
        reached += 1
        level = [time for time, can_be, *_ in events for before in level
                 if reached in can_be and before <= time <= before + within]  # fmt: skip
    return reached


def mixpanel(events: list[Event], steps: int, within: int) -> int:
    """Every choice of events from the first entry, two seconds of grace."""
    found = counted(events, Asked(steps, within=within, entry="first", grace=2), [])
    return sum(time is not None for time in found[0]) if found else 0


def posthog(events: list[Event], steps: int, within: int, *, strict: bool) -> int:
    """Without ties: the furthest chain of different events; in strict order each event wipes the steps it is not."""
    if not strict:
        return max((len(chosen) for chosen in completions(events, Asked(steps, within=within))), default=0)
    entry_of: dict[int, int] = {}
    furthest = 0
    for time, can_be, *_ in events:
        before = dict(entry_of)
        for step in can_be:
            entry = time if step == 0 else before.get(step - 1)
            if entry is not None and time - entry <= within:
                entry_of[step] = entry
                furthest = max(furthest, step + 1)
        entry_of = {step: entry for step, entry in entry_of.items() if step in can_be}
    return furthest


def amplitude(events: list[Event], steps: int, within: int) -> int:
    """Every choice of events after equal ones of a second are one, one second of grace."""
    return max((len(one) for one in completions(sorted(set(events), key=lambda event: event[0]),
                                                Asked(steps, within=within, grace=1))), default=0)  # fmt: skip
