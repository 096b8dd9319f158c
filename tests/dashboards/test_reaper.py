from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.dashboards.reaper import Reaper


def test_a_kernel_whose_reader_has_gone_is_ended_after_the_grace():
    reaper = Reaper(grace_seconds=90)
    reaper.orphans({"k": 1}, warm=(), now=0)

    assert reaper.orphans({"k": 0}, warm=(), now=10) == []
    assert reaper.orphans({"k": 0}, warm=(), now=99) == []
    assert reaper.orphans({"k": 0}, warm=(), now=101) == ["k"]


def test_a_short_loss_of_network_costs_nothing():
    reaper = Reaper(grace_seconds=90)
    reaper.orphans({"k": 1}, warm=(), now=0)
    reaper.orphans({"k": 0}, warm=(), now=10)
    reaper.orphans({"k": 1}, warm=(), now=60)
    reaper.orphans({"k": 0}, warm=(), now=110)

    assert reaper.orphans({"k": 0}, warm=(), now=190) == []


def test_a_page_that_takes_long_to_draw_is_waited_for():
    reaper = Reaper(grace_seconds=90, first_contact_seconds=600)
    reaper.orphans({"k": 0}, warm=(), now=0)

    assert reaper.orphans({"k": 0}, warm=(), now=500) == []
    assert reaper.orphans({"k": 0}, warm=(), now=601) == ["k"]


def test_a_kept_kernel_waits_for_its_visitor_for_ever():
    reaper = Reaper()
    reaper.orphans({"k": 0}, warm={"k"}, now=0)

    assert reaper.orphans({"k": 0}, warm={"k"}, now=1e9) == []
    assert reaper.orphans({"k": 0}, warm=(), now=1e9 + 1) == []  # taken now; its reader is about to connect


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 300)), max_size=30))
def test_a_watched_kernel_is_never_ended(history):
    reaper, now = Reaper(), 0.0
    for count, later in history:
        now += later
        ended = reaper.orphans({"k": count}, warm=(), now=now)
        assert not (count and ended)


def test_what_has_ended_is_forgotten():
    reaper = Reaper(grace_seconds=10)
    reaper.orphans({"k": 1}, warm=(), now=0)
    reaper.orphans({"k": 0}, warm=(), now=1)

    assert reaper.orphans({}, warm=(), now=100) == []
