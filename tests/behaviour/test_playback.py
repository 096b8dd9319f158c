"""A visit is played in its order, and only with consent."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from analytics_lib.behaviour.playback import playback
from analytics_lib.datasets.pointers import make_pointer_events
from analytics_lib.errors import ArgumentError, PrivacyError

EVENTS = make_pointer_events(seed=3, users=4)


def test_a_visit_is_played_in_the_order_of_its_times() -> None:
    result = playback(EVENTS.sample(frac=1, random_state=1), "visit-0002", consented={"visitor-0002"})

    frame = result.to_frame()
    assert frame["seconds"].tolist() == [0.0, 4.0, 8.0, 12.0, 16.0]
    assert frame["event"].tolist() == ["page.view", *["interaction.pointer"] * 4]
    assert re.fullmatch(r"down to \d+ % of the page, window \d+ px wide", frame["what"].iloc[-1])
    assert frame["kind"].tolist() == ["page", "click", "click", "click", "scroll"]
    assert (result.duration_seconds, result.played_seconds) == (16, 16)
    assert "visitor" not in result._repr_html_()


def test_a_long_pause_is_shortened_and_told() -> None:
    later = EVENTS["event_time"] + pd.to_timedelta((EVENTS["event"] != "page.view") * 600, "s")
    more = pd.DataFrame({"user_id": ["visitor-0002"], "session_id": ["visit-0002"], "event": ["page.view"],
                         "event_time": [later.max() + pd.Timedelta("1D")], "url": ["/thanks"]})  # fmt: skip

    result = playback(pd.concat([EVENTS.assign(event_time=later), more]), "visit-0002", consented={"visitor-0002"})

    frame = result.to_frame()
    assert frame["idle_seconds"].gt(0).tolist() == [False, True, False, False, False, True]
    assert frame["idle_seconds"].iloc[1] == 574  # a pause of 604 s, of which 30 are played
    assert frame["played_seconds"].tolist() == [0, 30, 34, 38, 42, 72]
    assert frame["page"].tolist() == [1, 1, 1, 1, 1, 2]
    assert "2 pauses shortened" in result.plot().description


def test_without_consent_a_visit_is_refused_with_the_purpose() -> None:
    with pytest.raises(PrivacyError, match="no consent for session recording"):
        playback(EVENTS, "visit-0002", consented={"visitor-0001"})


def test_a_visit_with_events_of_nobody_is_refused() -> None:
    table = EVENTS.assign(user_id=EVENTS["user_id"].where(EVENTS.index % 5 != 0))

    with pytest.raises(PrivacyError):
        playback(table, "visit-0002", consented={"visitor-0002"})


def test_no_such_visit_is_said() -> None:
    with pytest.raises(ArgumentError, match="no visit 'x'"):
        playback(EVENTS, "x", consented=set())
