"""Fields made from other fields: the hour and weekday of an event, the size of a message, the cost of tokens."""

from __future__ import annotations

import json
import math
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib import periods
from analytics_lib.ingestion import json_text
from analytics_lib.ingestion.blocks import text_column
from analytics_lib.ingestion.token_prices import simple_cost

TIME_FIELDS: Final = ("hourOfDay", "dayOfWeek", "isWeekend")
"""Fields of the event's time that :func:`time_fields` makes."""

WORDS_PER_MINUTE: Final = 200
"""Reading speed behind `estimatedReadTime`."""

_CONTENT_KEYS: Final = ("content", "message", "text")


def text_features(text: str) -> dict[str, Any]:
    """Measure a message; the text itself is not kept.

    Gives `messageLength` (characters), `hasCodeBlocks` (three back-ticks), `estimatedReadTime` (minutes,
    words / 200, rounded up).

    Examples
    --------
    >>> text_features("Hello there")
    {'messageLength': 11, 'hasCodeBlocks': False, 'estimatedReadTime': 1}
    """
    return {
        "messageLength": len(text),
        "hasCodeBlocks": "```" in text,
        "estimatedReadTime": math.ceil(len(text.split()) / WORDS_PER_MINUTE),
    }


def token_features(properties: dict[str, Any]) -> dict[str, Any]:
    """Estimate `cost` (dollars) and `efficiency` (input / output tokens, 0 without output) of a token event.

    A cost that was sent is kept; what can't be known is left out.

    Examples
    --------
    >>> token_features({"tokens": 2000, "model": "claude-3-opus", "inputTokens": 1500, "outputTokens": 500})
    {'cost': 0.03, 'efficiency': 3.0}
    """
    sent = _number(properties, "inputTokens", "input_tokens")
    answered = _number(properties, "outputTokens", "output_tokens")
    tokens = _number(properties, "tokens", "total_tokens")
    if tokens is None and sent is not None and answered is not None:
        tokens = sent + answered
    made: dict[str, Any] = {}
    if "cost" not in properties and tokens is not None:
        made["cost"] = round(simple_cost(properties.get("model"), tokens), 9)
    if sent is not None and answered is not None:
        made["efficiency"] = sent / answered if answered else 0
    return made


def _number(properties: dict[str, Any], *names: str) -> float | None:
    for name in names:
        value = properties.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
    return None


def time_fields(times: Any, *, time_zone: str = "UTC") -> Any:
    """Give JSON objects with `hourOfDay` (0–23), `dayOfWeek` (0 = Sunday) and `isWeekend` of each time.

    Parameters
    ----------
    times
        Column of aware times.
    time_zone
        Zone in which the hour and the day are meant.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> saturday = pa.array([datetime(2024, 5, 11, 23, 30, tzinfo=UTC)], pa.timestamp("us", "UTC"))
    >>> time_fields(saturday).to_pylist()
    ['{"dayOfWeek":6,"hourOfDay":23,"isWeekend":true}']
    >>> time_fields(saturday, time_zone="Europe/Berlin").to_pylist()
    ['{"dayOfWeek":0,"hourOfDay":1,"isWeekend":true}']
    """
    local = times.cast(pa.timestamp("us", str(periods.zone(time_zone))))
    day = pc.day_of_week(local, count_from_zero=True, week_start=7)  # Sunday is 0
    parts = {
        "dayOfWeek": json_text.literals(day),
        "hourOfDay": json_text.literals(pc.hour(local)),
        "isWeekend": json_text.literals(pc.or_(pc.equal(day, 0), pc.equal(day, 6))),
    }
    return json_text.objects(parts, len(times))


def with_features(events: Any, properties: Any) -> Any:
    """Give properties with the fields made for messages and token usage; message texts are left out.

    Parameters
    ----------
    events
        Column of canonical event names.
    properties
        Column of JSON objects, or null.
    """
    touched = pc.is_in(events, pa.array(["conversation.message", "token.usage"]))
    if not pc.any(touched).as_py():
        return properties
    made = [
        _featured(event, text)
        for event, text in zip(
            events.filter(touched).to_pylist(), properties.filter(touched).to_pylist(), strict=True
        )
    ]  # fmt: skip
    return pc.replace_with_mask(properties, touched, text_column(made))


def _featured(event: str, text: str | None) -> str:
    sent: dict[str, Any] = json.loads(text) if text else {}
    if event == "token.usage":
        return json_text.dumps({**token_features(sent), **sent})
    said = next((sent[key] for key in _CONTENT_KEYS if isinstance(sent.get(key), str)), None)
    if said is None:
        return text or "{}"
    kept = {key: value for key, value in sent.items() if key not in _CONTENT_KEYS}
    return json_text.dumps({**kept, **text_features(said)})
