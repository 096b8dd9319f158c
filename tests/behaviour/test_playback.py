"""A visit is played in its order, and only with consent."""

from __future__ import annotations

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
    assert frame["what"].iloc[-1].startswith("action scroll, scroll_depth 0.")
    assert result.duration_seconds == 16
    assert "visitor" not in result._repr_html_()


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
