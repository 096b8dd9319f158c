"""Random histories for the funnel's oracle, and what the oracle is handed of them: one list of events per unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd

from tests.oracles.funnel_oracle import Asked, Event

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
BEAT = timedelta(minutes=20)
"""One tick of the clock: a pause of two is longer than the 30 minutes that end a session."""
LONGEST, MOMENTS = 6, 8


@dataclass(frozen=True)
class Happened:
    """One row of the table."""

    user: str
    event: str
    beat: int
    color: str | None
    account: str | None
    session_id: str | None


@lru_cache(maxsize=16)
def histories(seed: int, users: int, *, ties: bool, moments: int = MOMENTS) -> pd.DataFrame:
    """Give short random histories, with many equal times or with none."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, LONGEST + 1, users)
    user, rows = np.repeat(np.arange(users), lengths), int(lengths.sum())
    beat = rng.integers(0, moments, rows)
    if not ties:
        place = np.concatenate([np.arange(length) for length in lengths])
        beat = rng.permuted(np.tile(np.arange(MOMENTS), (users, 1)), axis=1)[user, place]
    sent = np.where(rng.random(rows) < 0.6, np.char.add("s", rng.integers(0, 3, rows).astype(str)), None)
    return pd.DataFrame(
        {
            "user_id": [f"u{number}" for number in user],
            "event": rng.choice(["a", "b", "c", "x"], rows, p=[0.35, 0.3, 0.2, 0.15]),
            "beat": beat,
            "event_time": pd.Timestamp(NOON) + beat * pd.Timedelta(BEAT),
            "color": rng.choice(np.array(["red", "blue", None], dtype=object), rows, p=[0.5, 0.4, 0.1]),
            "account": [f"account {number // 2}" if number % 7 else None for number in user],
            "sent": sent,
        }
    )


@lru_cache(maxsize=16)
def happened(seed: int, users: int, *, ties: bool, sent: bool, moments: int = MOMENTS) -> dict[str, list[Happened]]:
    """Give the rows of each person in order of time; with the session ids that were sent, or without."""
    people: dict[str, list[Happened]] = defaultdict(list)
    frame = histories(seed, users, ties=ties, moments=moments)
    frame = frame.astype(object).where(frame.notna(), None)
    columns = (frame[name].tolist() for name in ("user_id", "event", "beat", "color", "account", "sent"))
    for user, event, beat, color, account, session in zip(*columns, strict=True):
        people[user].append(Happened(user, event, beat, color, account, session if sent else None))
    return {user: sorted(rows, key=lambda row: row.beat) for user, rows in people.items()}


def sessions(rows: list[Happened]) -> list[tuple[str, int | str]]:
    """Number the sessions of one person: by the id that was sent, else anew after more than 30 minutes."""
    names: list[tuple[str, int | str]] = []
    number, last = 0, None
    for row in rows:
        if row.session_id is not None:
            names.append((row.user, row.session_id))
            continue
        if last is not None and (row.beat - last) * BEAT > timedelta(minutes=30):
            number += 1
        last = row.beat
        names.append((row.user, number))
    return names


def units(people: Mapping[str, list[Happened]], unit: str) -> dict[object, list[tuple[Happened, object]]]:
    """Give the rows of each unit, each with its session."""
    found: dict[object, list[tuple[Happened, object]]] = defaultdict(list)
    for user, rows in people.items():
        for row, session in zip(rows, sessions(rows), strict=True):
            owner = {"user": user, "session": session, "account": row.account}[unit]
            if owner is not None:
                found[owner].append((row, session))
    return {owner: sorted(rows, key=lambda pair: pair[0].beat) for owner, rows in found.items()}


def first_beats(people: Mapping[str, list[Happened]], names: set[str], colors: set[str] | None) -> dict[str, int]:
    """Give when each person first did one of some events (of some colours)."""
    return {
        user: min((row.beat for row in rows if row.event in names and (not colors or row.color in colors)), default=-1)
        for user, rows in people.items()
    }


def oracle_events(
    rows: list[tuple[Happened, object]],
    steps: list[tuple[set[str], set[str] | None]],
    asked: Asked,
    *,
    hold: bool,
    first: Mapping[str, int] | None,
) -> list[Event]:
    """Give what the oracle is asked about: in strict order every event stands between others."""
    begins: dict[object, int] = {}
    for row, session in rows:
        begins.setdefault(session, row.beat)
    events = [
        Event(
            row.beat,
            frozenset(
                number
                for number, (names, colors) in enumerate(steps)
                if row.event in names and (colors is None or row.color in colors)
            ),
            row.color if hold else "",
            sum(begin <= row.beat for begin in begins.values()) if asked.sessions is not None else 0,
            first is None or first[row.user] == row.beat,
        )
        for row, _ in rows
    ]
    return [event for event in events if event.steps or asked.order == "strict"]
