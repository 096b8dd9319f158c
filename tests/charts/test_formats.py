from __future__ import annotations

import pytest

from analytics_lib.charts import formats
from analytics_lib.errors import ArgumentError


@pytest.mark.parametrize(
    ("value_format", "value", "shown"),
    [("number", 1234567, "1,234,567"), ("percent", 0.1234, "12.3 %"), ("bytes", 1.5e6, "1.5 MB"),
     ("duration", 93_600, "1 d 2 h")],
)  # fmt: skip
def test_hover_texts_are_the_texts_of_tables(value_format, value, shown):
    assert formats.texts([value, float("nan")], value_format) == [shown, "–"]


def test_an_unknown_format_names_the_known_ones():
    with pytest.raises(ArgumentError, match="'number', 'percent', 'bytes', 'duration'"):
        formats.tick_formatter("percents")


def test_duration_ticks_fall_on_minutes_and_hours():
    ticker = formats.ticker("duration")

    assert ticker.base == 60
    assert {mantissa * 60 for mantissa in ticker.mantissas} >= {60, 900, 1800}  # 1, 15, 30 minutes
