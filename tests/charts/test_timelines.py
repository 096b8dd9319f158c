import pandas as pd
import pytest

from analytics_lib.charts.timelines import draw_timeline
from analytics_lib.errors import MissingColumnError

VISIT = pd.DataFrame(
    {"second": [0.0, 4.0, 34.0], "kind": ["page", "click", "page"], "what": ["/a", "x", "/b"], "idle": [0, 0, 570]}
)
LOOK = {"x": "second", "lane": "kind", "text": "what", "title": "A visit"}


def source_of(chart, name):
    return next(one.data_source for one in chart.figure.renderers if one.data_source.name == name)


def test_every_event_stands_in_the_lane_of_its_kind_and_a_shortened_pause_is_a_line() -> None:
    chart = draw_timeline(VISIT, pause="idle", **LOOK)

    assert list(chart.figure.y_range.factors) == ["click", "page"]
    assert chart.source.data["lane"] == ["page", "click", "page"]
    assert source_of(chart, "pauses").data["left"] == ["570 s without an event, shortened"]
    assert chart.description == "3 events in 34 seconds: 2 page, 1 click; 1 pause shortened."


def test_what_has_not_been_played_yet_is_pale() -> None:
    chart = draw_timeline(VISIT, at=5.0, **LOOK)

    assert [alpha == 1 for alpha in chart.source.data["alpha"]] == [True, True, False]
    assert source_of(chart, "now").data["x"] == [5.0]
    assert source_of(draw_timeline(VISIT, **LOOK), "now").data["x"] == []


def test_no_event_is_said_and_a_missing_column_refused() -> None:
    assert draw_timeline(VISIT.iloc[:0], **LOOK).description
    with pytest.raises(MissingColumnError):
        draw_timeline(VISIT.drop(columns="what"), **LOOK)
