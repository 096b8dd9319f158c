"""Engaged time on written cases and on the published results of Snowplow's own web model."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics_lib.behaviour.engaged_time import engaged_time
from analytics_lib.behaviour.sessions import sessions
from analytics_lib.errors import ArgumentError
from analytics_lib.ingestion.files import read_events
from tests.conftest import shared_data

NINE = pd.Timestamp("2024-05-01 09:00", tz="UTC")
THREE_DAYS = pd.Timedelta("3D")
"""Snowplow's model puts aside what is sent later than this, or lies later in its session, before it counts."""


def attention(*seconds: float, **columns: object) -> pd.DataFrame:
    times = [NINE, *(NINE + pd.Timedelta(second, "s") for second in seconds)]
    names = ["page.view", *(["page.ping"] * len(seconds))]
    return pd.DataFrame({"user_id": "u", "event": names, "event_time": times, "content_id": "c", **columns})


def seconds_of(events: pd.DataFrame, **options: object) -> list[float]:
    return engaged_time(events, per="content_id", **options).to_frame()["engaged_seconds"].tolist()  # type: ignore[arg-type]


def test_each_window_counts_once_and_the_first_as_the_shortest_visit() -> None:
    assert seconds_of(attention()) == [0.0]
    assert seconds_of(attention(5)) == [5.0]
    assert seconds_of(attention(5, 6, 9)) == [5.0]
    assert seconds_of(attention(5, 15, 600)) == [25.0]
    assert seconds_of(attention(30, 60), heartbeat="30s", minimum_visit="10s") == [40.0]


def test_windows_are_cut_by_the_clock_of_the_sender() -> None:
    late = attention(5, 15)
    skewed = late.assign(client_time=late["event_time"] - pd.Timedelta("7s"), event_time=late["event_time"])

    assert seconds_of(late) == [15.0]
    assert seconds_of(skewed) == [15.0]  # −2 and 8 s of that clock: still two windows
    assert seconds_of(skewed.assign(client_time=NINE)) == [5.0]


def test_a_row_is_one_session_and_stray_pings_have_no_view() -> None:
    events = attention(5, 3600, 3615)

    frame = engaged_time(events, per="content_id").to_frame()

    assert frame[["views", "pings", "engaged_seconds"]].to_numpy().tolist() == [[1, 1, 5.0], [0, 2, 15.0]]
    assert frame["session_id"].tolist() == sessions(events).to_frame()["session_id"].tolist()


def test_attention_is_summed_per_page_and_people_are_counted_once() -> None:
    events = pd.concat([attention(5, 15, url="/a"), attention(5, url="/a", content_id="d"),
                        attention(url="/b", content_id="e").assign(user_id="v")])  # fmt: skip

    pages = engaged_time(events, per="content_id").per("url")

    assert pages.to_numpy().tolist() == [["/a", 1, 2, 2, 20.0, 10.0], ["/b", 1, 1, 0, 0.0, 0.0]]


def test_the_range_chooses_rows_by_their_start_and_keeps_their_pings() -> None:
    assert seconds_of(attention(5, 15), end=NINE + pd.Timedelta("1s")) == [15.0]
    assert seconds_of(attention(5, 15), start=NINE + pd.Timedelta("1s")) == []


def test_what_has_no_name_is_left_out_and_counted() -> None:
    result = engaged_time(attention(5, content_id=None).assign(content_id=[None, "c"]), per="content_id")

    assert result.to_frame()["views"].tolist() == [0]
    assert result.notes == ("1 views and pings without content_id, or of nobody's session, are left out.",)


def test_every_kind_of_table_gives_the_same_answer_and_none_is_empty(events_as) -> None:  # type: ignore[no-untyped-def]
    assert seconds_of(events_as(attention(5, 15))) == [15.0]
    assert engaged_time(attention().iloc[:0], per="content_id").to_frame().empty
    with pytest.raises(ArgumentError):
        engaged_time(attention(), per="content_id", heartbeat="0s")


def test_the_picture_names_the_page() -> None:
    assert "/a" in engaged_time(attention(5, url="/a"), per="content_id").plot().description


def test_the_published_page_views_sessions_and_people_are_found() -> None:
    """43 page views, 18 sessions, 11 people; 45 seconds on page view 6fca8d0b."""
    sent = read_events(shared_data("snowplow-web/source/snowplow_web_events.csv")).to_pandas()
    events = sent[~(sent["sent_at"] - sent["client_time"] > THREE_DAYS)]
    expected = pd.read_csv(shared_data("snowplow-web/expected/snowplow_web_page_views_expected.csv"))
    published = pd.read_csv(shared_data("snowplow-web/expected/default/snowplow_web_sessions_expected.csv"))

    frame = engaged_time(events).to_frame()
    began = frame["session_id"].map(sessions(events).to_frame().groupby("session_id")["start"].min())
    kept = frame[frame["start"] - began <= THREE_DAYS]

    views = kept[kept["views"] > 0].set_index("page_view_id")["engaged_seconds"]
    assert views.to_dict() == expected.set_index("page_view_id")["engaged_time_in_s"].to_dict()
    assert (len(views), views["6fca8d0b-eea3-47dc-be1e-299dadbd1fcb"]) == (43, 45.0)
    per_session = kept.groupby("session_id")["engaged_seconds"].sum().to_dict()
    assert per_session == published.set_index("original_domain_sessionid")["engaged_time_in_s"].to_dict()
    assert set(kept["user_id"].dropna()) == set(expected["original_domain_userid"].dropna())
    person = kept.groupby("session_id")[
        "user_id"
    ].last()  # one name changes inside its session; the model takes the last
    assert (len(person), person.nunique()) == (18, 11)
