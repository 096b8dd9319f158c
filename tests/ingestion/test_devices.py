"""User agents by a table; a viewport counts before them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from analytics_lib.ingestion.devices import device_names, device_of_width, read_user_agent, with_devices

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1"
WINDOWS, ANDROID = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Mozilla/5.0 (Linux; Android 13; Pixel 7)"
AGENTS = [
    (f"{WINDOWS} {WEBKIT} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91", ("Edge", "120", "Windows", "desktop")),
    (f"{WINDOWS} {WEBKIT} Chrome/119.0 Safari/537.36 OPR/105.0.0.0", ("Opera", "105", "Windows", "desktop")),
    (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/75.0 Safari/537.36", ("Chrome", "75", "Linux", "desktop")),
    (f"{ANDROID} {WEBKIT} Chrome/112.0.0.0 Mobile Safari/537.36", ("Chrome", "112", "Android", "mobile")),
    (f"{ANDROID} {WEBKIT} Chrome/90.0 Safari/537.36", ("Chrome", "90", "Android", "tablet")),
    (f"Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) {SAFARI}", ("Safari", "16", "iOS", "mobile")),
    (f"Mozilla/5.0 (iPad; CPU OS 14_4 like Mac OS X) {SAFARI}", ("Safari", "16", "iOS", "tablet")),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.12) Gecko/2010 Firefox/49.0", ("Firefox", "49", "macOS", "desktop")),
    ("Googlebot/2.1 (+http://www.google.com/bot.html)", ("Googlebot", "2", "Unknown", "unknown")),
    ("", ("Unknown", None, "Unknown", "unknown")),
]


@pytest.mark.parametrize(("text", "said"), AGENTS)
def test_user_agents_are_read_the_most_specific_first(text, said):
    device = read_user_agent(text)
    assert (device.browser, device.browser_version, device.os, device.device_type) == said


@pytest.mark.parametrize(("width", "kind"), [(1024, "desktop"), (1023, "tablet"), (768, "tablet"), (767, "mobile")])
def test_widths_have_their_bounds(width, kind):
    assert device_of_width(width) == kind


def test_what_was_sent_counts_then_the_viewport_then_the_user_agent():
    names = ("browser", "browser_version", "os", "os_version", "device_type")
    table = pa.table({name: pa.array([None] * 4, pa.string()) for name in names})
    table = table.set_column(4, "device_type", pa.array(["tablet", None, None, None]))
    agents = pa.array([AGENTS[0][0]] * 3 + [None])
    made = with_devices(table, agents, pa.array(["300", "300", "wide", None])).to_pydict()
    assert made["device_type"] == ["tablet", "mobile", "desktop", None]
    assert made["browser"] == ["Edge", "Edge", "Edge", None]


def test_nothing_said_changes_nothing():
    table = pa.table({"device_type": pa.array([None], pa.string())})
    assert with_devices(table, pa.nulls(1, pa.string()), None) is table


def test_other_words_for_devices_are_understood():
    sent = pa.array(["Phone", "pc", "tablet", "fridge", None])
    assert device_names(sent).to_pylist() == ["mobile", "desktop", "tablet", "unknown", None]
