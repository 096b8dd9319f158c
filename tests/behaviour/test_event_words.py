from __future__ import annotations

import pytest

from analytics_lib.behaviour.event_words import event_words


@pytest.mark.parametrize(
    ("properties", "kind", "words"),
    [
        ({}, "other", ""),
        ({"action": "click", "x": 410, "y": 630, "page_width": 820, "page_height": 1000}, "click",
         "50 % across, 63 % down"),
        ({"action": "click", "x": 410, "y": 630}, "click", "x 410, y 630"),  # pixels of an unknown page are no place
        ({"action": "click", "x": 0.5}, "click", "x 0.5000"),
        ({"action": "copy", "x": 0.5, "y": 0}, "other", "action copy, 50 % across, 0 % down"),
        ({"scroll_depth": 1}, "scroll", "down to 100 % of the page"),
        ({"scroll_depth": "far"}, "scroll", "scroll depth far"),
        ({"viewport_width": 820}, "other", "window 820 px wide"),
        ({"itemCount": 12_000, "load_ms": 12.5, "is_new": True, "coupon": None}, "other",
         "item count 12,000, load 12.50 ms, is new yes, coupon –"),
        ({"items": ["a", 1]}, "other", 'items ["a", 1]'),
    ],
)  # fmt: skip
def test_properties_are_told_in_words(properties, kind, words):
    assert event_words(properties, kind=kind) == words


def test_no_name_keeps_its_underscores():
    told = event_words({"content_read_share": 0.25, "a.b_c": 1})

    assert "_" not in told
    assert "." not in told.replace("0.25", "")
