"""A made-up shop whose truths are known: a sale, an outage, a checkout that breaks on phones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from analytics_lib import checks
from analytics_lib.periods import Moment, Range, moment
from analytics_lib.schema import category_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Numbers = npt.NDArray[np.float64]
    Whole = npt.NDArray[np.int64]

STAGES: Final = ("page.view", "search.query", "product.view", "cart.add", "checkout.start", "order.placed")
"""Events of a visit in their order; a broken checkout sends ``error.occurred`` instead of the order."""

PASS_RATES: Final = {"product.view": 0.8, "cart.add": 0.4, "checkout.start": 0.6, "order.placed": 0.75}
"""Chance of a visit to go on to this event, having had the one before (search aside)."""

BROKEN_RATE: Final = 0.1
"""Chance of an order after the checkout on a phone while the checkout is broken; 0.75 otherwise."""

SALE_CART_RATE: Final = 0.6
"""Chance of filling the cart during the sale; 0.4 otherwise."""

_NAMES: Final = (*STAGES, "error.occurred")
_DEVICES: Final = {"mobile": 0.52, "desktop": 0.4, "tablet": 0.08}
_COUNTRIES: Final = {"GB": 0.4, "DE": 0.25, "FR": 0.2, "SE": 0.1, "IE": 0.05}
_CHANNELS: Final = {"organic": 0.4, "paid_search": 0.3, "email": 0.2, "social": 0.1}
_HOURS: Final = (2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 10, 9, 8, 8, 8, 9, 11, 13, 14, 12, 8, 4)
_WEEKDAYS: Final = (1.0, 0.95, 0.95, 0.95, 1.0, 0.8, 0.75)


@dataclass(frozen=True, slots=True)
class ShopStory:
    """What was planted, as half-open stretches of time in UTC."""

    sale: Range
    """Seven days with about 1.6 times the visits, and more filled carts."""
    broken_checkout: Range
    """A tenth of the days: on phones only one checkout in ten becomes an order."""
    outage: Range
    """Six hours from 08:00 of which not one event exists: missing, not zero."""


def shop_story(days: int = 90, *, start: Moment = "2024-01-01") -> ShopStory:
    """Give what :func:`make_shop_events` plants for the same `days` and `start`.

    Examples
    --------
    >>> story = shop_story(90)
    >>> str(story.outage.start), str(story.outage.end - story.outage.start)
    ('2024-03-08 08:00:00+00:00', '6:00:00')
    """
    first = moment("start", start)

    def at(share: float) -> Any:
        return first + timedelta(days=int(days * share))

    return ShopStory(
        sale=Range(at(0.25), at(0.25) + timedelta(days=min(7, days))),
        broken_checkout=Range(at(0.5), at(0.5) + timedelta(days=max(1, days // 10))),
        outage=Range(at(0.75) + timedelta(hours=8), at(0.75) + timedelta(hours=14)),
    )


def make_shop_events(seed: int = 1, users: int = 1000, days: int = 90, *, start: Moment = "2024-01-01") -> pd.DataFrame:
    """Make the events of a shop, sorted by time, with the truths of :func:`shop_story` planted.

    Columns: `event_id`, `tenant_id` (``made``), `event`, `category`, `event_time` (UTC, microseconds),
    `user_id`, `session_id`, `country`, `device_type`, `properties` (JSON text: `channel`, the `product` of
    a product or cart event, the `amount` of an order). About 13 events a user in 90 days; the same
    arguments give the same events.

    Parameters
    ----------
    seed
        Any whole number.
    users
        How many people come at least once.
    days
        Length in days, from `start` on.
    start
        First midnight, UTC.

    Raises
    ------
    ArgumentError
        Fewer than one user or day.

    Examples
    --------
    >>> events = make_shop_events(seed=1, users=50, days=30)
    >>> events["user_id"].nunique(), list(events.columns[:4])
    (50, ['event_id', 'tenant_id', 'event', 'category'])
    """
    import numpy as np

    checks.whole_number("users", users, at_least=1)
    checks.whole_number("days", days, at_least=1)
    random = np.random.default_rng(seed)
    story = shop_story(days, start=start)
    first = int(moment("start", start).timestamp()) * 1_000_000
    visits = _visits(random, users, days, first=first, story=story)
    return _events(random, visits, story)


def _visits(random: np.random.Generator, users: int, days: int, *, first: int, story: ShopStory) -> dict[str, Whole]:
    import numpy as np

    known = (random.beta(1.0, 6.0, users) * days).astype(np.int64)  # customers from before the first day
    arrival = np.where(random.random(users) < 0.3, known, random.integers(0, days, users))
    device, country, channel = (_pick(random, kinds, users) for kinds in (_DEVICES, _COUNTRIES, _CHANNELS))
    again = random.poisson(random.gamma(1.2, 1.6, users) * ((days - arrival) / 30) ** 0.6)
    user = np.concatenate([np.arange(users), np.repeat(np.arange(users), again)])
    later = random.beta(1.0, 1.8, len(user)) * (days - arrival[user])
    day = np.minimum(arrival[user] + np.where(np.arange(len(user)) < users, 0, later.astype(int)), days - 1)
    hours = random.choice(24, len(user), p=np.array(_HOURS) / sum(_HOURS))
    within_hour = random.integers(0, 3_600_000_000, len(user))
    time = first + day * 86_400_000_000 + hours * 3_600_000_000 + within_hour
    time = np.where(_inside(time, story.outage), time + 6 * 3_600_000_000, time)  # they come when it is over
    weekday = (first // 86_400_000_000 + day + 3) % 7  # 1 January 1970 was a Thursday
    keep = random.random(len(user)) < np.array(_WEEKDAYS)[weekday] * np.where(_inside(time, story.sale), 1, 0.62)
    keep[:users] = True  # everybody comes once
    order = np.flatnonzero(keep)[np.argsort(time[keep], kind="stable")]
    chosen = user[order]
    return {
        "user": chosen, "time": time[order],
        "device": device[chosen], "country": country[chosen], "channel": channel[chosen],
    }  # fmt: skip


def _pick(random: np.random.Generator, kinds: dict[str, float], count: int) -> Whole:
    """Draw codes: positions in `kinds`."""
    return random.choice(len(kinds), count, p=list(kinds.values()))


def _inside(time: Whole, stretch: Range) -> npt.NDArray[np.bool_]:
    assert stretch.start is not None  # noqa: S101 - both ends are ours
    assert stretch.end is not None  # noqa: S101
    return (time >= stretch.start.timestamp() * 1e6) & (time < stretch.end.timestamp() * 1e6)


def _counts(random: np.random.Generator, visits: dict[str, Whole], story: ShopStory) -> Whole:
    """How often each visit sends each stage's event; the last column counts failed checkouts."""
    import numpy as np

    count = len(visits["time"])
    draws = random.random((4, count))
    views = draws[0] < PASS_RATES["product.view"]
    cart_rate = np.where(_inside(visits["time"], story.sale), SALE_CART_RATE, PASS_RATES["cart.add"])
    carts = views & (draws[1] < cart_rate)
    checkouts = carts & (draws[2] < PASS_RATES["checkout.start"])
    broken = _inside(visits["time"], story.broken_checkout) & (visits["device"] == list(_DEVICES).index("mobile"))
    orders = checkouts & (draws[3] < np.where(broken, BROKEN_RATE, PASS_RATES["order.placed"]))
    failures = checkouts & broken & ~orders
    return np.column_stack([
        1 + random.poisson(0.7, count), random.poisson(0.4, count), views * (1 + random.poisson(1.2, count)),
        carts, checkouts, orders, failures,
    ])  # fmt: skip


def _events(random: np.random.Generator, visits: dict[str, Whole], story: ShopStory) -> pd.DataFrame:
    import numpy as np
    import pyarrow as pa

    counts = _counts(random, visits, story)
    visit = np.repeat(np.arange(len(counts)), counts.sum(axis=1))
    stage = np.repeat(np.tile(np.arange(counts.shape[1]), len(counts)), counts.ravel())
    time = visits["time"][visit] + _offsets(random, visit)
    order = np.argsort(time, kind="stable")
    order = order[~_inside(time[order], story.outage)]
    visit, stage, time = visit[order], stage[order], time[order]
    channel = _words(visits["channel"][visit], list(_CHANNELS))
    table = pa.table({
        "event_id": _numbered("event", np.arange(len(time))),
        "tenant_id": _words(np.zeros(len(time), dtype=np.int64), ["made"]),
        "event": _words(stage, list(_NAMES)),
        "category": _words(stage, [category_of(name) for name in _NAMES]),
        "event_time": pa.array(time).cast(pa.timestamp("us", "UTC")),
        "user_id": _numbered("user", visits["user"][visit]),
        "session_id": _numbered("session", visit),
        "country": _words(visits["country"][visit], list(_COUNTRIES)),
        "device_type": _words(visits["device"][visit], list(_DEVICES)),
        "properties": _properties(random, stage, channel),
    })  # fmt: skip
    return table.to_pandas()


def _offsets(random: np.random.Generator, visit: Whole) -> Whole:
    """Microseconds since the visit's first event: exponential gaps, half a minute on average."""
    import numpy as np

    gaps = np.minimum(random.exponential(30e6, len(visit)), 600e6).astype(np.int64) + 1_000_000
    running = np.cumsum(gaps)
    first = np.flatnonzero(np.r_[True, visit[1:] != visit[:-1]])
    return running - np.repeat(running[first], np.diff(np.r_[first, len(visit)]))


def _words(codes: Whole, words: list[str]) -> Any:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(words)).cast(pa.string())


def _numbered(word: str, numbers: Whole, digits: int = 6) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    padded = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), digits, "0")
    return pc.binary_join_element_wise(word, padded, "_")


def _properties(random: np.random.Generator, stage: Whole, channel: Any) -> Any:
    """JSON texts, keys in alphabetical order."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    number = 1 + (random.pareto(1.2, len(stage)) * 3).astype(np.int64) % 200
    amount = pa.array(np.round(random.lognormal(3.4, 0.6, len(stage)), 2)).cast(pa.string())
    order, product = (pa.array(np.isin(stage, chosen)) for chosen in ([5], [2, 3, 5]))

    def part(before: str, text: Any, after: str, *, where: Any = True) -> Any:
        return pc.if_else(where, pc.binary_join_element_wise(before, text, after, ""), "")

    return pc.binary_join_element_wise(
        "{",
        part('"amount":', amount, ",", where=order),
        part('"channel":"', channel, '"'),
        part(',"product":"', _numbered("product", number, 3), '"', where=product),
        "}",
        "",
    )
