"""Made-up visits to a magazine, as sent: what people agreed to, where they clicked, what they were recommended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from analytics_lib import checks
from analytics_lib.periods import Moment, moment

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

CLICK_RATES: Final = {"similar": 0.45, "popular": 0.2}
"""Chance that a visit follows one of the recommendations it is shown, by what chose them."""

READ_RATE: Final = 0.6
"""Chance that somebody who scrolls to the end of an article has read it."""

SUBSCRIBE: Final = (0.5, 0.62)
"""Middle of the clicks on ``/subscribe``, as shares of the page's width and height."""

AGREED: Final = {
    ("analytics", "personalisation", "session_recording"): 0.6,
    ("analytics", "personalisation"): 0.25,
    ("analytics",): 0.15,
}
"""What people agree to, and which share of them. Their browsers send more than that, for the door to refuse."""

WITHDRAWN: Final = 0.1
"""Share of those who agreed to session recording that take it back after their last visit."""

_WIDTHS: Final = {"mobile": 390, "tablet": 820, "desktop": 1280}
_ARTICLES: Final = tuple(f"article-{number:02}" for number in range(1, 13))


def make_visits(*, seed: int = 1, people: int = 240, days: int = 28, start: Moment = "2024-06-02") -> pd.DataFrame:
    """Make the events of a magazine's visitors as their browsers sent them, sorted by time.

    Columns: `user_id` (an invented address), `session_id`, `event`, `event_time`, `url`, `content_id`,
    `device_type`, `properties` (JSON text) and `consent` (JSON text: the purposes a person agreed to). Every
    person agrees or not with their first visit; some take session recording back (``consent.changed``).
    The same arguments give the same events.

    Parameters
    ----------
    seed
        Any whole number.
    people
        How many come at least once.
    days
        Length in days.
    start
        First midnight, UTC.

    Examples
    --------
    >>> visits = make_visits(people=20)
    >>> visits["user_id"].nunique(), "interaction.pointer" in set(visits["event"])
    (20, True)
    """
    import numpy as np
    import pandas as pd

    checks.whole_number("people", people, at_least=1)
    checks.whole_number("days", days, at_least=1)
    random, first = np.random.default_rng(seed), pd.Timestamp(moment("start", start))
    rows = [row for number in range(people) for row in _person(random, number, first=first, days=days)]
    return pd.DataFrame(rows).sort_values(["event_time", "user_id"], kind="stable", ignore_index=True)


def decisions(visits: pd.DataFrame) -> Iterator[tuple[str, str, bool, Any]]:
    """Give who decided what about which purpose, and when: with the first visit, and when something was taken back.

    Examples
    --------
    >>> next(decisions(make_visits(people=1)))[1:3]
    ('analytics', True)
    """
    purposes = next(iter(AGREED))
    told = visits.assign(changed=visits["event"] == "consent.changed")
    for row in told.drop_duplicates(["user_id", "changed", "consent"]).itertuples():
        for purpose in purposes:
            yield str(row.user_id), purpose, purpose in json.loads(str(row.consent)), row.event_time


def _person(random: np.random.Generator, number: int, *, first: Any, days: int) -> Iterator[dict[str, Any]]:
    import pandas as pd

    agreed = list(AGREED)[int(random.choice(len(AGREED), p=list(AGREED.values())))]
    device = list(_WIDTHS)[number % len(_WIDTHS)]
    base = {"user_id": f"reader-{number:03}@example.org", "device_type": device, "consent": json.dumps(agreed)}
    minutes = sorted(random.integers(7 * 60, 23 * 60, 1 + random.poisson(1.0)))
    dates = sorted(random.integers(0, days, len(minutes)))
    end = first
    for visit, (day, minute) in enumerate(zip(dates, minutes, strict=True)):
        begin = max(first + pd.Timedelta(days=int(day), minutes=int(minute)), end + pd.Timedelta(minutes=40))
        for end, told in _visit(random, begin, _WIDTHS[device]):
            yield {**base, "session_id": f"visit-{number:03}-{visit}", "event_time": end, **told}
    if "session_recording" in agreed and random.random() < WITHDRAWN:
        left = [name for name in agreed if name != "session_recording"]
        changed = {"event": "consent.changed", "event_time": end + pd.Timedelta(hours=1), "consent": json.dumps(left)}
        yield {**base, **changed, "session_id": f"visit-{number:03}-withdrawn", "url": "/privacy", "properties": "{}"}


def _visit(random: np.random.Generator, begin: Any, width: int) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Give the events of one visit with their times: short gaps, now and then a long one."""
    import pandas as pd

    at = begin
    for told in _course(random, width):
        at += pd.Timedelta(milliseconds=int(300 + 1000 * min(random.lognormal(1.2, 1.0), 400)))
        yield at, told


def _course(random: np.random.Generator, width: int) -> Iterator[dict[str, Any]]:
    def pointer(url: str, **what: Any) -> dict[str, Any]:
        return _event("interaction.pointer", url, **what, viewport_width=width)

    yield _event("page.view", "/")
    algorithm = list(CLICK_RATES)[int(random.integers(len(CLICK_RATES)))]
    offered = [str(name) for name in random.choice(_ARTICLES, 3, replace=False)]
    for position, article in enumerate(offered, 1):
        yield _event("recommendation.impression", "/", article, algorithm=algorithm, position=position)
    yield pointer("/", action="scroll", scroll_depth=round(float(random.beta(2, 2)), 3))
    if random.random() < 0.4:
        yield pointer("/", action="click", **_near(random, (0.12, 0.05)))
    if random.random() < CLICK_RATES[algorithm]:
        place = int(random.integers(3))
        yield pointer("/", action="click", **_near(random, (0.2 + 0.3 * place, 0.45)))
        yield _event("recommendation.click", "/", offered[place], algorithm=algorithm, position=place + 1)
        yield from _read(random, offered[place], pointer)
    if random.random() < 0.35:
        yield _event("page.view", "/subscribe")
        yield pointer("/subscribe", action="scroll", scroll_depth=round(float(random.uniform(0.3, 1)), 3))
        for _ in range(1 + random.poisson(0.5)):
            yield pointer("/subscribe", action="click", **_near(random, SUBSCRIBE))
        if random.random() < 0.5:
            yield _event("form.submit", "/subscribe")


def _read(random: np.random.Generator, article: str, pointer: Any) -> Iterator[dict[str, Any]]:
    url, reach = f"/read/{article}", float(random.beta(2.5, 1.0))
    yield _event("content.view", url, article)
    for share in (0.25, 0.5, 0.75, 1.0):
        yield pointer(url, action="scroll", scroll_depth=round(reach * share, 3))
    if reach > 0.8 and random.random() < READ_RATE:
        yield _event("content.complete", url, article)
        if random.random() < 0.25:
            yield pointer(url, action="click", **_near(random, (0.85, 0.95)))
            yield _event("content.share", url, article)


def _near(random: np.random.Generator, middle: tuple[float, float]) -> dict[str, float]:
    x, y = (round(float(min(max(random.normal(one, 0.03), 0), 1)), 4) for one in middle)
    return {"x": x, "y": y}


def _event(event: str, url: str, content_id: str | None = None, **properties: Any) -> dict[str, Any]:
    return {"event": event, "url": url, "content_id": content_id, "properties": json.dumps(properties)}
