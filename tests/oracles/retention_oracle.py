"""Retention by brute force: one person, one cohort, one cell at a time, with sets of days."""

from __future__ import annotations

from collections import defaultdict

Moment = tuple[int, str]  # (hour since the first midnight, event)


def table(
    histories: dict[str, list[Moment]],
    *,
    first: int,
    last: int,
    spans: list[tuple[int, int]],
    kind: str,
    cohort: str,
    rolling: bool,
    start: str = "s",
    back: str = "r",
) -> dict[tuple[int, int], tuple[int, set[str]]]:
    """For each cohort day in [first, last) and period: size of the cohort and who came back."""
    members: dict[int, dict[str, int]] = defaultdict(dict)
    for person, events in histories.items():
        starts = sorted(hour for hour, event in events if event == start)
        inside = [hour for hour in starts if first <= hour // 24 < last]
        chosen = {
            "first_ever": [hour for hour in starts[:1] if hour in inside],
            "first_in_range": inside[:1],
            "recurring": inside,
        }[cohort]
        for hour in chosen:
            members[hour // 24].setdefault(person, hour)
    answer = {}
    for day in range(first, last):
        for period, span in enumerate(spans):
            came = {
                person
                for person, hour in members[day].items()
                if came_back({at for at, event in histories[person] if event == back}, hour, span, kind, rolling)
            }
            answer[day, period] = (len(members[day]), came)
    return answer


def came_back(returns: set[int], anchor: int, span: tuple[int, int], kind: str, rolling: bool) -> bool:
    period, last = span
    numbers = {(at - anchor) // 24 if rolling else at // 24 - anchor // 24 for at in returns}
    if kind == "on_or_after":
        return any(number >= period for number in numbers)
    if kind == "bracket":
        return any(period <= number <= last for number in numbers)
    if kind == "on" or period == 0:
        return period in numbers
    if kind == "on_or_before":
        return any(1 <= number <= period for number in numbers)
    return all(number in numbers for number in range(1, period + 1))
