"""Sessions and paths against brute force on thousands of random histories, mode by mode."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour import parts
from analytics_lib.behaviour.paths import PathsResult, paths
from analytics_lib.behaviour.sessions import SessionsResult, sessions
from tests.oracles import walk_oracle as oracle

NOON = pd.Timestamp("2024-05-01 12:00", tz="UTC")
SEED, PEOPLE = 17, 2000
TICK, HALF_AN_HOUR = 10 * oracle.MINUTE, 30 * oracle.MINUTE
COLUMNS = ["second", "event", "user_id", "sent", "tenant_id", "url", "account"]
ROWS = ["tenant_id", "user_id", "sent", "start", "end", "events", "views", "bounced"]
EDGES = ["step", "source", "target", "users", "sessions", "transitions"]
CLEANINGS: dict[str, tuple[dict[str, Any], Any]] = {
    "as they are": ({}, lambda name: name),
    "kept and renamed": (
        {"include": ["a_*", "/^page/"], "rename": {"a_*": "a"}},
        lambda name: "a" if name.startswith("a_") else name if name.startswith("page") else None,
    ),
    "passed over": ({"exclude": ["b", "/like$/"]}, lambda name: None if re.search("^b$|like$", name) else name),
}
SESSION_MODES = list(product([False, True], [30, 60, 10], [24 * 60, 50]))
"""Whether ids are sent, the gap and the longest session in minutes."""
Rows = Counter[tuple[object, ...]]


class Way(NamedTuple):
    """One way to ask for paths."""

    unit: str
    clean: str = "as they are"
    sent: bool = True
    backwards: bool = False
    anchor: str | None = None
    occurrence: str | int = "first"
    collapse: bool = True


KINDS = [Way("session", sent=False), Way("session"), Way("user"), Way("account"),
         Way("session", "kept and renamed"), Way("user", "passed over")]  # fmt: skip
ANCHORS = [(None, "first"), ("page.view", "first"), ("page.view", "last"), ("page.view", 2)]


def ways(kind: Way) -> list[Way]:
    """Give every anchor of a kind in both directions, with repeats and without."""
    return [
        kind._replace(anchor=anchor, occurrence=occurrence, backwards=backwards, collapse=collapse)
        for (anchor, occurrence), backwards, collapse in product(ANCHORS, [False, True], [False, True])
    ]


@lru_cache(maxsize=4)
def histories(seed: int, *, sent: bool, unit: str = "user") -> pd.DataFrame:
    """Give 2,000 people at two tenants: pauses of exactly 30 minutes and longer, events of nobody, equal times.

    Which of two equal events of one account comes first is free, and decides whose it is: accounts have none.
    """
    if unit == "account":
        return histories(seed, sent=sent).drop_duplicates(["tenant_id", "account", "second"])
    random = np.random.default_rng(seed)
    lengths = random.integers(1, 9, PEOPLE)
    rows = int(lengths.sum())
    person = np.repeat(np.arange(PEOPLE), lengths)
    pauses = TICK * random.choice([0, 1, 3, 4, 9], rows, p=[0.15, 0.35, 0.2, 0.2, 0.1])
    second = pd.Series(pauses).groupby(person).cumsum().to_numpy()
    name = np.array([f"u{number % 1500}" for number in person], dtype=object)
    name[random.random(rows) < 0.05] = None
    given = np.where(random.random(rows) < 0.4, random.choice(["s", "t"], rows), None)
    return pd.DataFrame(
        {
            "second": second,
            "event": random.choice(["page.view", "content.like", "a_1", "a_2", "b"], rows),
            "user_id": name,
            "sent": given if sent else None,
            "tenant_id": np.where(person < 1500, "x", "y"),
            "url": random.choice(np.array(["/", "/a", None], dtype=object), rows),
            "account": [None if number % 5 == 0 else f"account {number // 3}" for number in person],
            "event_time": NOON + pd.to_timedelta(second, "s"),
        }
    )


def table(frame: pd.DataFrame, *, sent: bool) -> pd.DataFrame:
    """Give what ours is asked about: shuffled, with the ids that were sent or without the column."""
    frame = frame.sample(frac=1, random_state=3)
    return frame.rename(columns={"sent": "session_id"}) if sent else frame.drop(columns="sent")


def as_events(frame: pd.DataFrame) -> list[oracle.Event]:
    """Give what the oracle is asked about."""
    known = frame[COLUMNS].astype(object)
    return [oracle.Event(*row) for row in known.where(known.notna(), None).itertuples(index=False)]


@lru_cache(maxsize=4)
def walked(seed: int, unit: str, clean: str, *, sent: bool, collapse: bool) -> list[Any]:
    """Ask the oracle for the way of each unit."""
    events = as_events(histories(seed, sent=sent, unit=unit))
    return oracle.walks(events, unit, gap=HALF_AN_HOUR, clean=CLEANINGS[clean][1], collapse=collapse)


def plain(frame: pd.DataFrame) -> Rows:
    """Count the rows, with None for what is unknown."""
    known = frame.astype(object)
    return Counter(known.where(known.notna(), None).itertuples(index=False, name=None))


def session_answer(seed: int, sent: bool, gap: int, longest: int) -> SessionsResult:
    """Ask our sessions what the oracle is asked."""
    return sessions(table(histories(seed, sent=sent), sent=sent), gap=f"{gap}min", maximum=f"{longest}min")


def expected_sessions(seed: int, sent: bool, gap: int, longest: int) -> dict[oracle.Key, list[oracle.Event]]:
    """Ask the oracle."""
    events = as_events(histories(seed, sent=sent))
    return oracle.sessions(events, gap=gap * oracle.MINUTE, longest=longest * oracle.MINUTE)


def check_sessions(result: SessionsResult, found: dict[oracle.Key, list[oracle.Event]]) -> None:
    """Compare each session, and the number of each day."""
    frame = result.to_frame()
    assert not frame.duplicated(["tenant_id", "user_id", "session_id"]).any()
    frame["sent"] = frame["session_id"].where(frame["session_id"].isin(["s", "t"]), "made")
    for name in ("start", "end"):
        frame[name] = (frame[name] - NOON) // pd.Timedelta(seconds=1)
    assert plain(frame[ROWS]) == Counter(row_of(*one) for one in found.items())
    days = Counter((NOON + pd.Timedelta(rows[0].second, "s")).date() for rows in found.values())
    assert result.per_day().set_index("day")["sessions"].to_dict() == days


def row_of(key: oracle.Key, rows: list[oracle.Event]) -> tuple[object, ...]:
    """Say of one session what ours says."""
    views = sum(row.name == "page.view" for row in rows)
    bounced = views == 1 and all(row.name != "content.like" for row in rows)
    tenant, user, name = key
    known = name if isinstance(name, str) else "made"
    return tenant, user, known, rows[0].second, rows[-1].second, len(rows), views, bounced


def path_answer(way: Way, seed: int) -> PathsResult:
    """Ask our paths what the oracle is asked."""
    return paths(
        table(histories(seed, sent=way.sent, unit=way.unit), sent=way.sent), anchor=way.anchor, length=4, unit=way.unit,
        occurrence=way.occurrence, direction="before" if way.backwards else "after", collapse=way.collapse, top=10**6,
        start=NOON + pd.Timedelta(TICK, "s"), end=NOON + pd.Timedelta(12 * TICK, "s"), **CLEANINGS[way.clean][0],
    )  # fmt: skip


def expected_paths(way: Way, seed: int) -> Rows:
    """Ask the oracle, and count people, sessions and transitions."""
    found = oracle.transitions(
        walked(seed, way.unit, way.clean, sent=way.sent, collapse=way.collapse), anchor=way.anchor,
        backwards=way.backwards, occurrence=way.occurrence, length=4, start=TICK, end=12 * TICK,
    )  # fmt: skip
    return Counter((*edge, *counted(later)) for edge, later in found.items())


def counted(later: list[tuple[oracle.Event, oracle.Key | None]]) -> tuple[int, int, int]:
    """Count people, sessions and transitions."""
    people = {(event.tenant, event.user) for event, _ in later if event.user is not None}
    return len(people), len({session for _, session in later} - {None}), len(later)


@pytest.fixture(params=[10**9, 500], ids=["whole", "in parts"])
def rows_per_part(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut the people into parts, or not."""
    monkeypatch.setattr(parts, "ROWS_OF_A_PART", request.param)


@pytest.mark.usefixtures("rows_per_part")
@pytest.mark.parametrize(("sent", "gap", "longest"), SESSION_MODES)
def test_sessions_agree_with_brute_force(sent: bool, gap: int, longest: int) -> None:
    check_sessions(session_answer(SEED, sent, gap, longest), expected_sessions(SEED, sent, gap, longest))


@pytest.mark.usefixtures("rows_per_part")
def test_entry_and_exit_pages_agree_with_brute_force_where_no_two_events_share_a_moment() -> None:
    apart = histories(SEED, sent=True).drop_duplicates(["tenant_id", "user_id", "second"])
    found = oracle.sessions(as_events(apart), gap=HALF_AN_HOUR, longest=oracle.DAY)

    frame = sessions(table(apart, sent=True)).to_frame()

    wanted: Rows = Counter()
    for (tenant, user, _), rows in found.items():
        urls = [row.url for row in rows if row.name == "page.view"] or [None]
        wanted[tenant, user, rows[0].second, urls[0], urls[-1]] += 1
    frame["start"] = (frame["start"] - NOON) // pd.Timedelta(seconds=1)
    assert plain(frame[["tenant_id", "user_id", "start", "entry_url", "exit_url"]]) == wanted


@pytest.mark.parametrize(
    "kind", KINDS, ids=lambda kind: f"{kind.unit}, {kind.clean}, {'sent' if kind.sent else 'made'}"
)
def test_paths_agree_with_brute_force(kind: Way) -> None:
    for way in ways(kind):
        assert plain(path_answer(way, SEED).to_frame()[EDGES]) == expected_paths(way, SEED), way


@pytest.mark.parametrize("unit", ["session", "user"])
def test_paths_of_people_in_parts_agree_with_brute_force(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROWS_OF_A_PART", 500)
    for way in ways(Way(unit, "kept and renamed"))[::3]:
        assert plain(path_answer(way, SEED).to_frame()[EDGES]) == expected_paths(way, SEED), way
