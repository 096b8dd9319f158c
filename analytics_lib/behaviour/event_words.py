"""What the properties of one event say, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from analytics_lib.display import format_percent, format_value

_SIZES: Final = {"viewport_width": "window {} px wide", "viewport_height": "window {} px high"}
_KNOWN: Final = frozenset({"x", "y", "scroll_depth", "page_width", "page_height", *_SIZES})


def event_words(properties: Mapping[str, Any], *, kind: str = "other") -> str:
    """Say what the properties of an event tell, in one line: where a click was, how far a scroll went, then the rest.

    Parameters
    ----------
    properties
        As they were sent.
    kind
        What the reader knows already: an ``action`` of this name is not repeated.

    Examples
    --------
    >>> event_words({"action": "click", "x": 0.502, "y": 0.6293, "viewport_width": 820}, kind="click")
    '50 % across, 63 % down, window 820 px wide'
    >>> event_words({"action": "scroll", "scroll_depth": 0.874}), event_words({"algorithm": "similar", "position": 1})
    ('action scroll, down to 87 % of the page', 'algorithm similar, position 1')
    """
    plain = {name: value for name, value in properties.items() if not (name == "action" and value == kind)}
    places = _place_words(plain)
    known = _KNOWN if places else frozenset(_SIZES)
    rest = [f"{_name_words(name)} {_value_words(name, value)}" for name, value in plain.items() if name not in known]
    sizes = [words.format(plain[name]) for name, words in _SIZES.items() if name in plain]
    return ", ".join([*rest, *places, *sizes])


def _place_words(properties: Mapping[str, Any]) -> list[str]:
    """Say where on the page it was; nothing where that is not known as a share of the page."""
    shares = {name: _share(properties, name, page) for name, page in (("x", "page_width"), ("y", "page_height"))}
    depth = _share(properties, "scroll_depth", "")
    if None not in shares.values():
        across, down = (format_percent(share, decimals=0) for share in shares.values())
        return [f"{across} across", f"{down} down"]
    return [] if depth is None else [f"down to {format_percent(depth, decimals=0)} of the page"]


def _share(properties: Mapping[str, Any], name: str, whole: str) -> float | None:
    try:
        share = float(properties[name]) / float(properties.get(whole) or 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return share if 0 <= share <= 1 else None


def _name_words(name: str) -> str:
    words = re.sub(r"_(ms|seconds|bytes)$", "", name)  # the value has its unit
    return re.sub(r"(?<=[a-z\d])(?=[A-Z])|[_.]+", " ", words).lower()


def _value_words(name: str, value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else format_value(name, value)
