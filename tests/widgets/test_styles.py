from __future__ import annotations

import re

from analytics_lib.widgets.styles import style_html


def test_the_style_asks_for_nothing_from_outside():
    assert not re.search(r"url\(|@import|https?:", style_html())


def test_every_colour_follows_the_page():
    own = style_html().split("--own-bad")[1]

    for line in re.findall(r"[^-\w](?:color|background-color): ([^;]+);", own):
        assert line.startswith(("var(--", "inherit", "#c2850a", "transparent")), line
